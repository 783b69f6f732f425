/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte picks the form.  0 to 3: a structure with pointers, whose
 * lengths and flags come from the input, and whose texts are exact-size blocks.
 * 4: a flat block, which says its own size.  Whatever decodes can be flattened,
 * and decodes again to the same.
 */
#include <sspi.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/identity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PLAIN_A, PLAIN_W, EX_A, EX_W, EX2, FORMS };

static void must(bool good)
{
    if (!good)
        abort();
}

static bool same_text(const struct str16 *a, const struct str16 *b)
{
    return a->n == b->n && (a->n == 0 || memcmp(a->p, b->p, a->n * sizeof(*a->p)) == 0);
}

static void check(const void *auth_data)
{
    ssp_cleanup(identity_wipe) struct identity id = { 0 };
    ssp_cleanup(identity_wipe) struct identity again = { 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1 << 20);

    if (identity_decode(auth_data, &id) != SSP_OK)
        return;
    must(identity_flatten(&id, &out) == SSP_OK);
    must(identity_decode(out.p, &again) == SSP_OK);
    must(same_text(&id.user, &again.user) && same_text(&id.domain, &again.domain));
    must(same_text(&id.password, &again.password));
    must(same_text(&id.package_list, &again.package_list));
    must(id.has_user == again.has_user && id.has_domain == again.has_domain);
    must(id.has_password == again.has_password && id.flags == again.flags);
}

/* But for nothing, which is a byte. */
static void *exact_copy(struct view v)
{
    void *p = malloc(v.n == 0 ? 1 : v.n);

    must(p != NULL);
    if (v.n != 0)
        memcpy(p, v.p, v.n);
    return p;
}

/* A byte: the length in characters; 0xff: a NULL pointer.  One more byte may make the length lie
 * upwards by a lot, which no reader may follow. */
static void *take_text(struct rd *in, size_t width, ULONG *ret_n)
{
    uint8_t n = rd_u8(in);
    struct view v = rd_view(in, n == 0xff ? 0 : n * width);

    *ret_n = n == 0xff ? rd_u8(in) & 1U : (ULONG)(v.n / width);
    if ((rd_u8(in) & 0x1f) == 0x1f)
        *ret_n |= (ULONG)rd_u8(in) << 24 | 0x10000;
    return n == 0xff ? NULL : exact_copy(v);
}

static void check_pointers(struct rd *in, unsigned form)
{
    size_t width = form == PLAIN_W || form == EX_W ? 2 : 1;
    SEC_WINNT_AUTH_IDENTITY_EXW w = { .Version = SEC_WINNT_AUTH_IDENTITY_VERSION };
    ULONG form_flag = width == 2 ? SEC_WINNT_AUTH_IDENTITY_UNICODE : SEC_WINNT_AUTH_IDENTITY_ANSI;

    w.Length = (ULONG)sizeof(w) - (rd_u8(in) & 1U);
    w.Flags = (rd_le32(in) & ~3U) | form_flag;
    w.User = take_text(in, width, &w.UserLength);
    w.Domain = take_text(in, width, &w.DomainLength);
    w.Password = take_text(in, width, &w.PasswordLength);
    w.PackageList = take_text(in, width, &w.PackageListLength);
    SEC_WINNT_AUTH_IDENTITY_W plain = { w.User,     w.UserLength,     w.Domain, w.DomainLength,
                                        w.Password, w.PasswordLength, w.Flags };
    check(form == EX_A || form == EX_W ? (const void *)&w : (const void *)&plain);
    free(w.User);
    free(w.Domain);
    free(w.Password);
    free(w.PackageList);
}

/* A block that claims more than it has would be read, as on Windows: so it claims what it has. */
static void check_flat(struct view rest)
{
    uint8_t *block = NULL;

    if (rest.n < sizeof(SEC_WINNT_AUTH_IDENTITY_EX2))
        return;
    block = exact_copy(rest);
    uint32_t version = SEC_WINNT_AUTH_IDENTITY_VERSION_2;
    uint32_t size = (uint32_t)rest.n;
    memcpy(block, &version, sizeof(version));
    memcpy(block + offsetof(SEC_WINNT_AUTH_IDENTITY_EX2, cbStructureLength), &size, sizeof(size));
    check(block);
    free(block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rd in = rd_of((struct view){ data, size });
    unsigned form = rd_u8(&in) % FORMS;

    if (form == EX2)
        check_flat(in.left);
    else
        check_pointers(&in, form);
    return 0;
}
