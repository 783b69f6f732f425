/* SPDX-License-Identifier: Apache-2.0 */
/* What lies in files: keys that never should, and tickets that nobody will claim. */
#ifndef SSP_TEST_FILES_H
#define SSP_TEST_FILES_H

#include "base/rd.h"

#include <stdbool.h>

/* Whether any file in the world, or one in /dev/shm or right in /tmp that changed since the test
 * began, has these bytes. */
bool files_hold(struct view bytes);

/* The tickets in the runtime folder. */
size_t files_tickets(void);

/* Makes the time of all of them long over. */
void files_age_tickets(void);

#endif
