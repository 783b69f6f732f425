/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/proto.h"

enum who { RPC_WHO_ANYONE, RPC_WHO_ROOT };

struct rule {
    const char *name; /* NULL: there is no such call */
    enum rpc_state state;
    enum who who;
};

static const struct rule rules[RPC_CALLS] = {
#define RPC_CALL(name, number, state, who) [number] = { #name, RPC_STATE_##state, RPC_WHO_##who },
#include "rpc/proto.def"
#undef RPC_CALL
};

static const struct rule *rule_of(unsigned call)
{
    return call < RPC_CALLS && rules[call].name != NULL ? &rules[call] : NULL;
}

const char *rpc_call_name(unsigned call)
{
    const struct rule *rule = rule_of(call);

    return rule != NULL ? rule->name : "?";
}

bool rpc_call_permitted(unsigned call, enum rpc_state state, uid_t uid)
{
    const struct rule *rule = rule_of(call);

    return rule != NULL && rule->state == state && (rule->who == RPC_WHO_ANYONE || uid == 0);
}
