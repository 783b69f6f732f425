/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/window.h"

/* Further ahead: what lies between is missing and may still come. */
static struct krb_window ahead(const struct krb_window *window, uint64_t seq)
{
    uint64_t by = seq - window->next + 1;
    uint64_t seen = by >= KRB_WINDOW_SIZE ? 0 : window->seen << by;

    return (struct krb_window){ seq + 1, seen | 1 };
}

enum ssp_err krb_window_take(const struct krb_window *window, uint64_t first, uint64_t seq,
                             bool in_order, struct krb_window *ret)
{
    if (seq == UINT64_MAX) /* there is no next one */
        return ssp_fail(OUT_OF_SEQUENCE);
    if (in_order && seq != window->next)
        return ssp_fail(OUT_OF_SEQUENCE);
    if (seq >= window->next) {
        *ret = ahead(window, seq);
        return SSP_OK;
    }

    uint64_t age = window->next - 1 - seq;
    if (seq < first || age >= KRB_WINDOW_SIZE || (window->seen >> age & 1) != 0)
        return ssp_fail(OUT_OF_SEQUENCE);
    *ret = (struct krb_window){ window->next, window->seen | UINT64_C(1) << age };
    return SSP_OK;
}

bool krb_window_holds(const struct krb_window *window, uint64_t first)
{
    uint64_t passed = window->next - first;
    uint64_t possible = passed >= KRB_WINDOW_SIZE ? UINT64_MAX : (UINT64_C(1) << passed) - 1;

    /* The newest number is always one that came. */
    return window->next >= first && (window->seen & ~possible) == 0 &&
           (passed == 0 || (window->seen & 1) != 0);
}
