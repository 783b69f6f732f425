/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/confounder.h"

#include "crypto/rand.h"

enum ssp_err krb_confounder_take(struct krb_confounders *all, uint8_t ret[KRB_CONFOUNDER_SIZE])
{
    if (all->left == 0) {
        SSP_TRY(system_rand.fill(all->b, sizeof(all->b)));
        all->left = KRB_CONFOUNDERS;
    }
    all->left--;
    uint8_t *next = all->b + all->left * KRB_CONFOUNDER_SIZE;
    memcpy(ret, next, KRB_CONFOUNDER_SIZE);
    explicit_bzero(next, KRB_CONFOUNDER_SIZE);
    return SSP_OK;
}
