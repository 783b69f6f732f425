/* SPDX-License-Identifier: Apache-2.0 */
/* Starts the processes of a demo and listens to them until all have ended. */
#ifndef SSP_CLI_DEMO_RUN_H
#define SSP_CLI_DEMO_RUN_H

#include "cli/demo/place.h"
#include "cli/demo/report.h"

/* hear() gets each event as it comes, those of the start included.  IO when a process could not be
 * started; what one of them did wrong is in the report. */
enum ssp_err demo_run(const struct demo_recipe *recipe, const struct demo_place *place,
                      void (*hear)(void *arg, const struct event *event), void *arg,
                      struct demo_report *ret);

#endif
