/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bodies of frames, as tables: a message is a struct, and its fields are
 * listed once, in the order in which they travel.  Encoding, decoding and freeing
 * all follow that list, so they cannot disagree.
 */
#ifndef SSP_RPC_CODEC_H
#define SSP_RPC_CODEC_H

#include "base/secret.h"
#include "base/utf16.h"
#include "base/wr.h"

enum field_type {
    FIELD_END,
    FIELD_BOOL,    /* bool */
    FIELD_U16,     /* uint16_t */
    FIELD_U32,     /* uint32_t, or what has its size */
    FIELD_U64,     /* uint64_t, or what has its size */
    FIELD_ID,      /* uint8_t[RPC_ID_SIZE] */
    FIELD_TEXT,    /* struct str16; no p is no text, other than an empty one */
    FIELD_BYTES,   /* struct secret */
    FIELD_BUFFERS, /* struct buffers */
    FIELD_NUMBERS, /* struct numbers */
};

enum { RPC_ID_SIZE = 16, NUMBERS_MAX = 32 * 1024 };

struct numbers { /* on the heap; p is NULL when there are none */
    uint32_t *p;
    size_t n;
};

struct field {
    enum field_type type;
    size_t offset;
};

struct message {
    size_t size; /* of the struct */
    const struct field *fields;
};

/* Borrows what the struct points to. */
void message_encode(const struct message *message, const void *from, struct wr *out);

/* All of the body.  What the struct then points to is the caller's: message_wipe().  BAD_FRAME,
 * NO_MEMORY; *ret is zeroed then. */
enum ssp_err message_decode(const struct message *message, struct view body, void *ret);

/* Frees what is in a decoded struct, and wipes it. */
void message_wipe(const struct message *message, void *target);

/* What a FIELD_BYTES field holds, as text: the caller's, for free(); NULL without memory.  The
 * bytes up to a 0, if there is one. */
char *field_text(const struct secret *bytes);

#endif
