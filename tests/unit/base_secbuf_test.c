/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/heap.h"
#include "base/limits.h"
#include "base/secbuf.h"
#include "harness/harness.h"

static uint8_t memory[16];

static SecBuffer buffer_of(ULONG type, void *p, ULONG n)
{
    return (SecBuffer){ .cbBuffer = n, .BufferType = type, .pvBuffer = p };
}

static SecBufferDesc desc_of(SecBuffer *buffers, ULONG n)
{
    return (SecBufferDesc){ .ulVersion = SECBUFFER_VERSION, .cBuffers = n, .pBuffers = buffers };
}

static void takes_what_is_well_formed(void **state)
{
    SecBuffer b[] = { buffer_of(SECBUFFER_TOKEN, memory, 16), buffer_of(SECBUFFER_DATA, NULL, 0) };
    SecBufferDesc desc = desc_of(b, 2);
    SecBufferDesc none = desc_of(NULL, 0);

    (void)state;
    assert_int_equal(secbuf_check(&desc), SSP_OK);
    assert_int_equal(secbuf_check(&none), SSP_OK);
    assert_int_equal(secbuf_check_optional(NULL), SSP_OK);
    assert_int_equal(secbuf_check_optional(&desc), SSP_OK);
}

static void refuses_each_rule_broken(void **state)
{
    SecBuffer b[LIMIT_BUFFERS + 1] = { 0 };
    SecBufferDesc many = desc_of(b, LIMIT_BUFFERS + 1);
    SecBufferDesc nowhere = desc_of(NULL, 1);
    SecBufferDesc version = desc_of(b, 1);

    (void)state;
    version.ulVersion = 1;
    assert_int_equal(secbuf_check(NULL), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(secbuf_check(&version), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(secbuf_check(&many), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(secbuf_check_optional(&many), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(secbuf_check(&nowhere), SSP_ERR_BAD_ARGUMENT);
    many.cBuffers = LIMIT_BUFFERS;
    assert_int_equal(secbuf_check(&many), SSP_OK);
    b[7] = buffer_of(SECBUFFER_DATA | SECBUFFER_READONLY, NULL, 1);
    assert_int_equal(secbuf_check(&many), SSP_ERR_BAD_ARGUMENT);
}

static void an_empty_buffer_may_hold_rubbish(void **state)
{
    SecBuffer b[] = { buffer_of(SECBUFFER_EMPTY, NULL, 77), buffer_of(SECBUFFER_MISSING, NULL, 9) };
    SecBufferDesc desc = desc_of(b, 2);

    (void)state;
    assert_int_equal(secbuf_check(&desc), SSP_OK);
    assert_int_equal(secbuf_view(&b[0]).n, 0);
    assert_int_equal(secbuf_view(&b[1]).n, 0);
    b[0].pvBuffer = memory;
    assert_int_equal(secbuf_view(&b[0]).n, 0);
}

static void type_and_flags_are_told_apart(void **state)
{
    SecBuffer plain = buffer_of(SECBUFFER_DATA, NULL, 0);
    SecBuffer readonly = buffer_of(SECBUFFER_DATA | SECBUFFER_READONLY, NULL, 0);
    SecBuffer summed = buffer_of(SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM, NULL, 0);

    (void)state;
    assert_int_equal(secbuf_type(&readonly), SECBUFFER_DATA);
    assert_int_equal(secbuf_type(&summed), SECBUFFER_DATA);
    assert_false(secbuf_is_readonly(&plain));
    assert_true(secbuf_is_readonly(&readonly));
    assert_true(secbuf_is_readonly(&summed));
}

static void finds_the_first_of_a_type(void **state)
{
    SecBuffer b[] = { buffer_of(SECBUFFER_DATA, memory, 1),
                      buffer_of(SECBUFFER_TOKEN | SECBUFFER_READONLY, memory, 2),
                      buffer_of(SECBUFFER_TOKEN, memory, 3) };
    SecBufferDesc desc = desc_of(b, 3);

    (void)state;
    assert_ptr_equal(secbuf_find(&desc, SECBUFFER_TOKEN), &b[1]);
    assert_int_equal(secbuf_view(&b[1]).n, 2);
    assert_null(secbuf_find(&desc, SECBUFFER_ALERT));
    assert_null(secbuf_find(NULL, SECBUFFER_TOKEN));
    assert_int_equal(secbuf_view(NULL).n, 0);
}

static void puts_a_token_into_the_callers_memory(void **state)
{
    SecBuffer b = buffer_of(SECBUFFER_TOKEN, memory, sizeof(memory));
    SecBufferDesc desc = desc_of(&b, 1);

    (void)state;
    assert_int_equal(secbuf_put_token(&desc, false, hex("010203")), SSP_OK);
    assert_view_equal(secbuf_view(&b), hex("010203"));
    assert_int_equal(secbuf_put_token(&desc, false, (struct view){ 0 }), SSP_OK);
    assert_int_equal(b.cbBuffer, 0);
}

static void too_small_a_buffer_learns_the_size_only(void **state)
{
    SecBuffer b = buffer_of(SECBUFFER_TOKEN, memory, 2);
    SecBufferDesc desc = desc_of(&b, 1);

    (void)state;
    memset(memory, 0, sizeof(memory));
    assert_int_equal(secbuf_put_token(&desc, false, hex("010203")), SSP_ERR_TOO_SMALL);
    assert_int_equal(b.cbBuffer, 3);
    assert_int_equal(memory[0], 0);
    b = buffer_of(SECBUFFER_TOKEN, NULL, 0);
    assert_int_equal(secbuf_put_token(&desc, false, hex("010203")), SSP_ERR_TOO_SMALL);
    assert_int_equal(b.cbBuffer, 3);
}

static void puts_a_token_into_memory_of_its_own(void **state)
{
    SecBuffer b = buffer_of(SECBUFFER_TOKEN, NULL, 0);
    SecBufferDesc desc = desc_of(&b, 1);

    (void)state;
    fault_malloc_at(0);
    assert_int_equal(secbuf_put_token(&desc, true, hex("010203")), SSP_ERR_NO_MEMORY);
    assert_null(b.pvBuffer);
    assert_int_equal(secbuf_put_token(&desc, true, hex("010203")), SSP_OK);
    assert_view_equal(secbuf_view(&b), hex("010203"));
    assert_int_equal(heap_free(b.pvBuffer), SSP_OK);
}

static void a_token_without_its_place_is_refused(void **state)
{
    SecBuffer b = buffer_of(SECBUFFER_DATA, memory, sizeof(memory));
    SecBufferDesc desc = desc_of(&b, 1);

    (void)state;
    assert_int_equal(secbuf_put_token(&desc, false, hex("01")), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(secbuf_put_token(NULL, false, hex("01")), SSP_ERR_BAD_ARGUMENT);
    b.BufferType = SECBUFFER_TOKEN | SECBUFFER_READONLY;
    assert_int_equal(secbuf_put_token(&desc, false, hex("01")), SSP_ERR_BAD_ARGUMENT);
    b.BufferType = SECBUFFER_TOKEN;
    assert_int_equal(secbuf_put_token(&desc, true, (struct view){ memory, LIMIT_TOKEN + 1 }),
                     SSP_ERR_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(takes_what_is_well_formed),
        TEST(refuses_each_rule_broken),
        TEST(an_empty_buffer_may_hold_rubbish),
        TEST(type_and_flags_are_told_apart),
        TEST(finds_the_first_of_a_type),
        TEST(puts_a_token_into_the_callers_memory),
        TEST(too_small_a_buffer_learns_the_size_only),
        TEST(puts_a_token_into_memory_of_its_own),
        TEST(a_token_without_its_place_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
