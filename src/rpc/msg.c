/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/msg.h"

#include <assert.h>
#include <stddef.h>

#define AT(type, s, member)                      \
    {                                            \
        FIELD_##type, offsetof(struct s, member) \
    }
#define END          \
    {                \
        FIELD_END, 0 \
    }

static const struct field nothing[] = { END };

static const struct field hello_ask[] = {
    AT(ID, hello_ask, id),
    AT(BOOL, hello_ask, is_child),
    END,
};

static const struct field hello_answer[] = { AT(ID, hello_answer, id), END };

static const struct field package_ask[] = { AT(U32, package_ask, package), END };

static const struct field package_answer[] = {
    AT(U32, package_answer, capabilities),
    AT(U16, package_answer, version),
    AT(U16, package_answer, rpc_id),
    AT(U32, package_answer, max_token),
    AT(TEXT, package_answer, name),
    AT(TEXT, package_answer, comment),
    AT(BOOL, package_answer, is_builtin),
    AT(BYTES, package_answer, module),
    AT(U32, package_answer, index),
    AT(BYTES, package_answer, thunks),
    END,
};

static const struct field add_package_ask[] = { AT(BYTES, add_package_ask, path), END };

static const struct field add_package_answer[] = { AT(U32, add_package_answer, package), END };

static const struct field cred_ask[] = {
    AT(U64, cred_ask, cred),          AT(TEXT, cred_ask, principal),
    AT(TEXT, cred_ask, package),      AT(U32, cred_ask, use),
    AT(BOOL, cred_ask, has_logon),    AT(U64, cred_ask, logon),
    AT(BOOL, cred_ask, has_identity), AT(TEXT, cred_ask, user),
    AT(TEXT, cred_ask, domain),       AT(TEXT, cred_ask, password),
    AT(TEXT, cred_ask, package_list), AT(U32, cred_ask, identity_flags),
    AT(BOOL, cred_ask, has_tls),      AT(BYTES, cred_ask, tls),
    AT(BOOL, cred_ask, ansi),         AT(U32, cred_ask, gatherer),
    AT(BYTES, cred_ask, gathered),    END,
};

static const struct field cred_answer[] = {
    AT(U64, cred_answer, cred),
    AT(U64, cred_answer, expiry),
    END,
};

static const struct field id_ask[] = { AT(U64, id_ask, id), END };

static const struct field attribute_ask[] = {
    AT(U64, attribute_ask, id),
    AT(U32, attribute_ask, attribute),
    AT(BYTES, attribute_ask, value),
    END,
};

static const struct field attribute_answer[] = { AT(BYTES, attribute_answer, value), END };

static const struct field leg_ask[] = {
    AT(BOOL, leg_ask, accept),
    AT(U64, leg_ask, cred),
    AT(U64, leg_ask, ctx),
    AT(TEXT, leg_ask, target),
    AT(U32, leg_ask, requirements),
    AT(U32, leg_ask, data_rep),
    AT(BUFFERS, leg_ask, in),
    AT(BUFFERS, leg_ask, out),
    AT(U32, leg_ask, slot[0]),
    AT(U32, leg_ask, slot[1]),
    END,
};

static const struct field leg_answer[] = {
    AT(U64, leg_answer, ctx),
    AT(U32, leg_answer, package),
    AT(U64, leg_answer, package_handle),
    AT(U32, leg_answer, attributes),
    AT(U64, leg_answer, expiry),
    AT(BOOL, leg_answer, mapped),
    AT(BYTES, leg_answer, packed),
    AT(BUFFERS, leg_answer, in),
    AT(BUFFERS, leg_answer, out),
    END,
};

static const struct field control_ask[] = {
    AT(U64, control_ask, ctx),
    AT(BUFFERS, control_ask, in),
    END,
};

static const struct field control_answer[] = { AT(BUFFERS, control_answer, in), END };

static const struct field seal_ask[] = {
    AT(U64, seal_ask, ctx),
    AT(U32, seal_ask, package),
    AT(U32, seal_ask, flags),
    AT(BOOL, seal_ask, to_other_uid),
    AT(U32, seal_ask, uid_to),
    AT(U32, seal_ask, lifetime_ms),
    AT(U64, seal_ask, context_expiry),
    AT(BYTES, seal_ask, packed),
    END,
};

static const struct field seal_answer[] = {
    AT(BYTES, seal_answer, blob),
    AT(ID, seal_answer, ticket),
    END,
};

static const struct field open_ask[] = {
    AT(TEXT, open_ask, package),
    AT(BYTES, open_ask, blob),
    END,
};

static const struct field open_answer[] = {
    AT(BOOL, open_answer, negotiating),
    AT(U32, open_answer, package),
    AT(BYTES, open_answer, packed),
    AT(U64, open_answer, ctx),
    AT(U64, open_answer, package_handle),
    AT(U64, open_answer, expiry),
    END,
};

static const struct field claim_ask[] = { AT(ID, claim_ask, ticket), END };

static const struct field token_answer[] = { AT(BYTES, token_answer, record), END };

static const struct field password_ask[] = {
    AT(U32, password_ask, package),       AT(TEXT, password_ask, domain),
    AT(TEXT, password_ask, account),      AT(TEXT, password_ask, old_password),
    AT(TEXT, password_ask, new_password), AT(BOOL, password_ask, impersonating),
    AT(BUFFERS, password_ask, out),       END,
};

static const struct field password_answer[] = { AT(BUFFERS, password_answer, out), END };

static const struct field status_ask[] = { AT(U32, status_ask, from), END };

static const struct field status_answer[] = {
    AT(U32, status_answer, version),
    AT(U32, status_answer, pid),
    AT(NUMBERS, status_answer, limits),
    AT(NUMBERS, status_answer, accounts),
    END,
};

#define MESSAGE(name)               \
    {                               \
        sizeof(struct name), (name) \
    }

static const struct rpc_shape shapes[RPC_CALLS] = {
    [RPC_HELLO] = { MESSAGE(hello_ask), MESSAGE(hello_answer), 0 },
    [RPC_PACKAGE] = { MESSAGE(package_ask), MESSAGE(package_answer), 0 },
    [RPC_ADD_PACKAGE] = { MESSAGE(add_package_ask), MESSAGE(add_package_answer), 0 },
    [RPC_ACQUIRE_CRED] = { MESSAGE(cred_ask), MESSAGE(cred_answer), 0 },
    [RPC_ADD_CRED] = { MESSAGE(cred_ask), MESSAGE(cred_answer), 0 },
    [RPC_FREE_CRED] = { MESSAGE(id_ask), MESSAGE(nothing), 0 },
    [RPC_QUERY_CRED] = { MESSAGE(attribute_ask), MESSAGE(attribute_answer), 0 },
    [RPC_SET_CRED] = { MESSAGE(attribute_ask), MESSAGE(nothing), 0 },
    [RPC_LEG] = { MESSAGE(leg_ask), MESSAGE(leg_answer), 0 },
    [RPC_DELETE_CTX] = { MESSAGE(id_ask), MESSAGE(nothing), 0 },
    [RPC_CONTROL] = { MESSAGE(control_ask), MESSAGE(control_answer), 0 },
    [RPC_QUERY_CTX] = { MESSAGE(attribute_ask), MESSAGE(attribute_answer), 0 },
    [RPC_SET_CTX] = { MESSAGE(attribute_ask), MESSAGE(nothing), 0 },
    [RPC_SEAL] = { MESSAGE(seal_ask), MESSAGE(seal_answer), 1 },
    [RPC_SEAL_NEGOTIATING] = { MESSAGE(seal_ask), MESSAGE(seal_answer), 1 },
    [RPC_OPEN] = { MESSAGE(open_ask), MESSAGE(open_answer), 1 },
    [RPC_CLAIM] = { MESSAGE(claim_ask), MESSAGE(nothing), 0 },
    [RPC_QUERY_TOKEN] = { MESSAGE(nothing), MESSAGE(token_answer), 1 },
    [RPC_CHANGE_PASSWORD] = { MESSAGE(password_ask), MESSAGE(password_answer), 0 },
    [RPC_RELEASE] = { MESSAGE(claim_ask), MESSAGE(nothing), 0 },
    [RPC_STATUS] = { MESSAGE(status_ask), MESSAGE(status_answer), 0 },
};

/* A call that proto.def has and this table has not would have no fields. */
const struct rpc_shape *rpc_shape(enum rpc_call call)
{
    assert(call < RPC_CALLS && shapes[call].ask.fields != NULL);
    return &shapes[call];
}
