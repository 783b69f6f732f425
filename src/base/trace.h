/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an administrator can read.  Log lines go to syslog (LOG_AUTHPRIV); with
 * OPENSSPI_TRACE=stderr in the environment they go to standard error, debug
 * lines and the place where each error was born included; with "errors" only
 * errors go there, which is what the command `sspi` wants.
 *
 * There is no way to print a key here: no call takes bytes.  A token is shown
 * as type, length and the first bytes of its digest by those who have one.
 */
#ifndef SSP_BASE_TRACE_H
#define SSP_BASE_TRACE_H

#include <stdbool.h>

enum trace_level { TRACE_ERROR, TRACE_WARNING, TRACE_NOTICE, TRACE_DEBUG };

/* One line, without its newline.  Control characters in it are replaced: a peer chose some of it.
 */
void trace(enum trace_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether anybody would get that line: for who takes long to make it. */
bool trace_is_heard(enum trace_level level);

#endif
