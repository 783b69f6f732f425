/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A clock that is wrong.  A program that links this has its own time(2) and gettimeofday(2), which
 * MIT's library asks, so its process can be ahead of all others or behind them.
 */
#ifndef SSP_TEST_SHIFTED_CLOCK_H
#define SSP_TEST_SHIFTED_CLOCK_H

#include "harness/party.h"

/* From now on the clock of this process, and of those that it starts, is that many seconds ahead;
 * 0: it is right. */
void shift_clock(int seconds);

deed_fn party_shift_clock; /* arg: the same for the process of an actor */

#endif
