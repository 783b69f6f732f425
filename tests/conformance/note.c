/* SPDX-License-Identifier: Apache-2.0 */
#include "conformance/note.h"

#include <stdlib.h>
#include <string.h>

static const ULONG of_message[] = { SECBUFFER_TOKEN, SECBUFFER_DATA };
static const ULONG of_record[] = { SECBUFFER_STREAM_HEADER, SECBUFFER_DATA,
                                   SECBUFFER_STREAM_TRAILER };

static ULONG parts(void)
{
    return subject->scene->is_stream ? 3 : 2;
}

/* One behind the other, without a gap. */
static void lay_out(struct note *note)
{
    const ULONG *types = subject->scene->is_stream ? of_record : of_message;
    uint8_t *at = note->bytes;

    note->buffers[3] = (SecBuffer){ 0, SECBUFFER_EMPTY, NULL };
    for (ULONG i = 0; i < parts(); i++) {
        note->buffers[i] = (SecBuffer){ note->sizes[i], types[i], at };
        at += note->sizes[i];
    }
    note->desc =
        (SecBufferDesc){ SECBUFFER_VERSION, subject->scene->is_stream ? 4 : 2, note->buffers };
}

void note_write(struct note *note, const void *text, ULONG n)
{
    ULONG before = subject->scene->is_stream ? subject->header_size : subject->trailer_size;

    if (n > NOTE_TEXT || subject->header_size + subject->trailer_size > NOTE_AROUND)
        abort();
    *note = (struct note){ .sizes = { before, n, subject->trailer_size } };
    memcpy(note->bytes + before, text, n);
    lay_out(note);
}

/* What may be shorter than its room is a record's trailer, behind all else. */
void note_fold(struct note *note)
{
    for (ULONG i = 0; i < parts(); i++)
        note->sizes[i] = note->buffers[i].cbBuffer;
}

void note_unfold(struct note *note)
{
    lay_out(note);
    if (!subject->scene->is_stream)
        return;
    ULONG whole = note->sizes[0] + note->sizes[1] + note->sizes[2];
    note->buffers[0] = (SecBuffer){ whole, SECBUFFER_DATA, note->bytes };
    note->buffers[1] = note->buffers[2] = note->buffers[3];
}

struct view note_text(const struct note *note)
{
    const SecBuffer *text = &note->buffers[0];

    while (text->BufferType != SECBUFFER_DATA)
        text++;
    return (struct view){ text->pvBuffer, text->cbBuffer };
}

SECURITY_STATUS note_seal(PCtxtHandle ctx, const void *text, ULONG n, struct note *ret)
{
    note_write(ret, text, n);
    SECURITY_STATUS status = EncryptMessage(ctx, 0, &ret->desc, 0);
    if (status == SEC_E_OK)
        note_fold(ret);
    return status;
}

SECURITY_STATUS note_open(PCtxtHandle ctx, struct note *note)
{
    note_unfold(note);
    return DecryptMessage(ctx, &note->desc, 0, NULL);
}
