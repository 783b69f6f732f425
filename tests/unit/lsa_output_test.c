/* SPDX-License-Identifier: Apache-2.0 */
/* What a leg leaves in the output when it fails. */
#include "base/heap.h"
#include "base/secbuf.h"
#include "harness/harness.h"
#include "lsa/output.h"

enum { ROOM = 20 };

struct place {
    uint8_t bytes[ROOM];
    SecBuffer buffers[2];
    SecBufferDesc desc;
    struct output output;
};

/* A token of the caller's memory, and another buffer without any. */
static void in_place(struct place *place, ULONG requirements)
{
    *place = (struct place){ 0 };
    place->buffers[0] = (SecBuffer){ ROOM, SECBUFFER_TOKEN, place->bytes };
    place->buffers[1] = (SecBuffer){ 0, SECBUFFER_ALERT, NULL };
    place->desc = (SecBufferDesc){ SECBUFFER_VERSION, 2, place->buffers };
    output_remember(&place->desc, false, requirements, &place->output);
}

static void to_allocate(struct place *place, ULONG requirements)
{
    in_place(place, requirements | ISC_REQ_ALLOCATE_MEMORY);
    place->buffers[0] = (SecBuffer){ 0, SECBUFFER_TOKEN, NULL };
    output_remember(&place->desc, false, requirements, &place->output);
}

static ULONG after(const struct place *place, SECURITY_STATUS status, ULONG attributes)
{
    return output_after_failure(&place->output, status, attributes);
}

static void assert_as_it_was(const struct place *place)
{
    for (ULONG i = 0; i < 2; i++) {
        assert_int_equal(place->buffers[i].cbBuffer, place->output.sizes[i]);
        assert_ptr_equal(place->buffers[i].pvBuffer, place->output.places[i]);
    }
}

static void leaves_a_token_for_the_peer_to_who_asks(void **state)
{
    struct place place;

    (void)state;
    in_place(&place, ISC_REQ_EXTENDED_ERROR);
    place.buffers[0].cbBuffer = 7;
    assert_int_equal(after(&place, SEC_E_INVALID_TOKEN, 3), 3 | ISC_RET_EXTENDED_ERROR);
    assert_int_equal(place.buffers[0].cbBuffer, 7);

    in_place(&place, ASC_REQ_EXTENDED_ERROR);
    output_remember(&place.desc, true, ASC_REQ_EXTENDED_ERROR, &place.output);
    place.buffers[0].cbBuffer = 7;
    assert_int_equal(after(&place, SEC_E_INVALID_TOKEN, 0), ASC_RET_EXTENDED_ERROR);

    to_allocate(&place, ISC_REQ_EXTENDED_ERROR);
    place.buffers[0] = (SecBuffer){ 9, SECBUFFER_TOKEN, heap_alloc(9) };
    assert_int_equal(after(&place, SEC_E_INVALID_TOKEN, 0), ISC_RET_EXTENDED_ERROR);
    assert_int_equal(heap_free(place.buffers[0].pvBuffer), SSP_OK);
}

static void takes_back_what_nobody_asked_for(void **state)
{
    struct place place;

    (void)state;
    in_place(&place, ASC_REQ_EXTENDED_ERROR); /* of the other role */
    place.buffers[0].cbBuffer = 7;
    assert_int_equal(after(&place, SEC_E_INVALID_TOKEN, ISC_RET_EXTENDED_ERROR), 0);
    assert_as_it_was(&place);

    to_allocate(&place, 0);
    place.buffers[0] = (SecBuffer){ 9, SECBUFFER_TOKEN, heap_alloc(9) };
    place.buffers[1] = (SecBuffer){ 2, SECBUFFER_ALERT, heap_alloc(2) };
    assert_int_equal(after(&place, SEC_E_INVALID_TOKEN, 0), 0);
    assert_as_it_was(&place);
}

static void sees_no_token_where_none_was_written(void **state)
{
    struct place place;

    (void)state;
    in_place(&place, ISC_REQ_EXTENDED_ERROR);
    assert_int_equal(after(&place, SEC_E_INVALID_TOKEN, 0), 0);
    place.buffers[0].cbBuffer = 0;
    assert_int_equal(after(&place, SEC_E_INVALID_TOKEN, ISC_RET_EXTENDED_ERROR), 0);
    place.buffers[0].cbBuffer = ROOM + 1;
    assert_int_equal(after(&place, SEC_E_INVALID_TOKEN, ISC_RET_EXTENDED_ERROR), 0);
    assert_as_it_was(&place);
    to_allocate(&place, ISC_REQ_EXTENDED_ERROR);
    assert_int_equal(after(&place, SEC_E_INVALID_TOKEN, ISC_RET_EXTENDED_ERROR), 0);
}

/* Packages have that attribute on every leg when it was asked for. */
static void does_not_take_the_attribute_for_a_token(void **state)
{
    struct place place;

    (void)state;
    in_place(&place, ISC_REQ_EXTENDED_ERROR);
    assert_int_equal(after(&place, SEC_E_INVALID_TOKEN, ISC_RET_EXTENDED_ERROR), 0);
    assert_as_it_was(&place);
}

static void keeps_the_size_that_is_needed_and_nothing_else(void **state)
{
    struct place place;

    (void)state;
    in_place(&place, ISC_REQ_EXTENDED_ERROR);
    place.buffers[0].cbBuffer = 99;
    assert_int_equal(after(&place, SEC_E_BUFFER_TOO_SMALL, 0), 0);
    assert_int_equal(place.buffers[0].cbBuffer, 99);
    to_allocate(&place, ISC_REQ_EXTENDED_ERROR);
    place.buffers[0] = (SecBuffer){ 9, SECBUFFER_TOKEN, heap_alloc(9) };
    assert_int_equal(after(&place, SEC_E_BUFFER_TOO_SMALL, 0), 0);
    assert_null(place.buffers[0].pvBuffer);
    in_place(&place, ISC_REQ_EXTENDED_ERROR);
    place.buffers[0].cbBuffer = 7;
    assert_int_equal(after(&place, SEC_E_INCOMPLETE_MESSAGE, 0), 0);
    assert_as_it_was(&place);
}

static void refuses_output_larger_than_its_room_or_than_a_token(void **state)
{
    struct place place;
    uint8_t *large = heap_alloc(LIMIT_TOKEN);

    (void)state;
    in_place(&place, 0);
    assert_true(output_fits(&place.output));
    place.buffers[0].cbBuffer = ROOM + 1;
    assert_false(output_fits(&place.output));
    to_allocate(&place, 0);
    place.buffers[0] = (SecBuffer){ LIMIT_TOKEN, SECBUFFER_TOKEN, large };
    assert_true(output_fits(&place.output));
    place.buffers[0].cbBuffer = LIMIT_TOKEN + 1;
    assert_false(output_fits(&place.output));
    assert_true(output_take_back(&place.output)); /* frees it */
    assert_as_it_was(&place);
}

static void says_so_when_a_block_is_not_from_the_heap(void **state)
{
    uint8_t bytes[64] = { 0 };
    struct place place;

    (void)state;
    to_allocate(&place, 0);
    place.buffers[0] = (SecBuffer){ 9, SECBUFFER_TOKEN, bytes + 32 };
    assert_false(output_take_back(&place.output));
    assert_as_it_was(&place);
}

static void can_do_without_output(void **state)
{
    struct output output;

    (void)state;
    output_remember(NULL, false, ISC_REQ_EXTENDED_ERROR, &output);
    assert_true(output_fits(&output));
    assert_true(output_take_back(&output));
    assert_int_equal(output_after_failure(&output, SEC_E_INVALID_TOKEN, ~0U), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(leaves_a_token_for_the_peer_to_who_asks),
        TEST(takes_back_what_nobody_asked_for),
        TEST(sees_no_token_where_none_was_written),
        TEST(does_not_take_the_attribute_for_a_token),
        TEST(keeps_the_size_that_is_needed_and_nothing_else),
        TEST(refuses_output_larger_than_its_room_or_than_a_token),
        TEST(says_so_when_a_block_is_not_from_the_heap),
        TEST(can_do_without_output),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
