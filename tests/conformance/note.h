/* SPDX-License-Identifier: Apache-2.0 */
/* A short message as a caller of the subject lays it out: a token and data, or a record. */
#ifndef SSP_TEST_NOTE_H
#define SSP_TEST_NOTE_H

#include "conformance/subject.h"

enum { NOTE_TEXT = 64, NOTE_AROUND = 128 /* header and trailer, or token, of any subject */ };

struct note {
    uint8_t bytes[NOTE_AROUND + NOTE_TEXT];
    ULONG sizes[3]; /* of the token and the data; of header, data and trailer */
    SecBuffer buffers[4];
    SecBufferDesc desc;
};

/* For EncryptMessage; note_fold() after it has worked keeps the sizes. */
void note_write(struct note *note, const void *text, ULONG n);
void note_fold(struct note *note);

/* For DecryptMessage, as often as it is wanted; and what is the text after it. */
void note_unfold(struct note *note);
struct view note_text(const struct note *note);

/* All of that with the calls. */
SECURITY_STATUS note_seal(PCtxtHandle ctx, const void *text, ULONG n, struct note *ret);
SECURITY_STATUS note_open(PCtxtHandle ctx, struct note *note);

#endif
