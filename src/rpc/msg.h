/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked and answered in each call: the structs, and the table of their
 * fields.  An answer stands behind the call's status.  Bodies: docs/formats/rpc.md.
 *
 * Ids of credentials, contexts and of packages' contexts are lsad's, blinded for
 * the client (rpc/session.h).
 */
#ifndef SSP_RPC_MSG_H
#define SSP_RPC_MSG_H

#include "rpc/buffers.h"
#include "rpc/codec.h"
#include "rpc/proto.h"

enum { RPC_SLOTS = 2 /* handles that one call can give the client */ };

/* Says who the client is: a process that is new here, one that has other connections, or a child of
 * one, which may use its parent's credentials. */
struct hello_ask {
    uint8_t id[RPC_ID_SIZE]; /* zero: new */
    bool is_child;           /* the id is the parent's */
};

struct hello_answer {
    uint8_t id[RPC_ID_SIZE]; /* another one than was asked with: nothing is left of that */
};

struct package_ask {
    uint32_t package; /* SEC_E_SECPKG_NOT_FOUND beyond the last */
};

struct package_answer {
    uint32_t capabilities;
    uint16_t version;
    uint16_t rpc_id;
    uint32_t max_token;
    struct str16 name;
    struct str16 comment;
    bool is_builtin;
    struct secret module; /* its name, or that of its file in the package folder; UTF-8 */
    uint32_t index;       /* among the module's packages */
    struct secret thunks; /* 32 bits each */
};

struct add_package_ask {
    struct secret path; /* UTF-8 */
};

struct add_package_answer {
    uint32_t package;
};

struct cred_ask {
    uint64_t cred; /* ADD_CRED: the one that is added to */
    struct str16 principal;
    struct str16 package;
    uint32_t use;
    bool has_logon;
    uint64_t logon;
    bool has_identity; /* else the next five say nothing */
    struct str16 user;
    struct str16 domain;
    struct str16 password;
    struct str16 package_list;
    uint32_t identity_flags;
    bool has_tls;      /* then there is no identity */
    struct secret tls; /* base/tls_auth.h, flat */
    bool ansi;
    uint32_t gatherer; /* the package that gathered */
    struct secret gathered;
};

struct cred_answer {
    uint64_t cred;
    uint64_t expiry;
};

struct id_ask {
    uint64_t id;
};

struct attribute_ask { /* a value is as rpc/attr.h has it */
    uint64_t id;
    uint32_t attribute;
    struct secret value; /* when it is set */
};

struct attribute_answer {
    struct secret value;
};

struct leg_ask {
    bool accept;
    uint64_t cred;
    uint64_t ctx;
    struct str16 target;
    uint32_t requirements;
    uint32_t data_rep;
    struct buffers in;
    struct buffers out;
    uint32_t slot[RPC_SLOTS]; /* descriptors that the client keeps free for handles */
};

struct leg_answer {
    uint64_t ctx;
    uint32_t package;
    uint64_t package_handle;
    uint32_t attributes;
    uint64_t expiry;
    bool mapped;
    struct secret packed;
    struct buffers in;
    struct buffers out;
    /* Of the slots, the first so many are used: as many as there are descriptors in the frame. */
};

struct control_ask {
    uint64_t ctx;
    struct buffers in;
};

struct control_answer {
    struct buffers in;
};

struct seal_ask { /* the context's token, if it has one, is the frame's descriptor */
    uint64_t ctx; /* SEAL_NEGOTIATING */
    uint32_t package;
    uint32_t flags;
    bool to_other_uid;
    uint32_t uid_to;
    uint32_t lifetime_ms;
    uint64_t context_expiry;
    struct secret packed; /* SEAL */
};

struct seal_answer {
    struct secret blob;
    uint8_t ticket[RPC_ID_SIZE];
};

struct open_ask { /* the token, if any, is the frame's descriptor */
    struct str16 package;
    struct secret blob;
};

struct open_answer {
    bool negotiating;
    uint32_t package;
    struct secret packed;
    uint64_t ctx;
    uint64_t package_handle;
    uint64_t expiry;
};

struct claim_ask { /* CLAIM and RELEASE */
    uint8_t ticket[RPC_ID_SIZE];
};

struct token_answer {
    struct secret record; /* as a token has it (lsa/token.h) */
};

struct password_ask {
    uint32_t package;
    struct str16 domain;
    struct str16 account;
    struct str16 old_password;
    struct str16 new_password;
    bool impersonating;
    struct buffers out;
};

struct password_answer {
    struct buffers out;
};

struct status_ask {
    uint32_t from; /* users from that uid on */
};

struct status_answer { /* numbers in the order of enum charge */
    uint32_t version;  /* OPENSSPI_VERSION_NUMBER */
    uint32_t pid;
    struct numbers limits;   /* of each user */
    struct numbers accounts; /* of each user first the uid; as many users as there is room for */
};

struct nothing {
    uint8_t unused;
};

/* Any of them. */
union rpc_ask {
    struct hello_ask hello;
    struct package_ask package;
    struct add_package_ask add_package;
    struct cred_ask cred;
    struct id_ask id;
    struct attribute_ask attribute;
    struct leg_ask leg;
    struct control_ask control;
    struct seal_ask seal;
    struct open_ask open;
    struct claim_ask claim;
    struct password_ask password;
    struct status_ask status;
    struct nothing nothing;
};

union rpc_answer {
    struct hello_answer hello;
    struct package_answer package;
    struct add_package_answer add_package;
    struct cred_answer cred;
    struct attribute_answer attribute;
    struct leg_answer leg;
    struct control_answer control;
    struct seal_answer seal;
    struct open_answer open;
    struct token_answer token;
    struct password_answer password;
    struct status_answer status;
    struct nothing nothing;
};

struct rpc_shape {
    struct message ask;
    struct message answer;
    size_t ask_fds; /* descriptors that may come with it */
};

/* Of a call that exists. */
const struct rpc_shape *rpc_shape(enum rpc_call call);

#endif
