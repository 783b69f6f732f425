/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/port.h"

bool krb_types_have(const struct krb_types *types, int32_t type)
{
    for (size_t i = 0; i < types->n; i++)
        if (types->list[i] == type)
            return true;
    return false;
}

void krb_key_wipe(struct krb_key *key)
{
    key_wipe(&key->key);
    key->type = 0;
}

void krb_tickets_info_wipe(struct krb_tickets_info *info)
{
    str16_wipe(&info->client);
}

void krb_asked_wipe(struct krb_asked *asked)
{
    secret_wipe(&asked->request);
    krb_key_wipe(&asked->session);
    krb_key_wipe(&asked->subkey);
    str16_wipe(&asked->client);
    str16_wipe(&asked->server);
}

void krb_taken_wipe(struct krb_taken *taken)
{
    krb_key_wipe(&taken->session);
    krb_key_wipe(&taken->subkey);
    secret_wipe(&taken->checksum);
    secret_wipe(&taken->logon_info);
    str16_wipe(&taken->client);
    str16_wipe(&taken->server);
}
