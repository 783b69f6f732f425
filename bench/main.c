/* SPDX-License-Identifier: Apache-2.0 */
/* bench [--json]: how fast this is, next to others (docs/benchmarks.md). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"
#include "place.h"

int main(int argc, char **argv)
{
    static struct bench bench;
    static struct through through;

    bench.report.json = argc == 2 && strcmp(argv[1], "--json") == 0;
    if (argc > 2 || (argc == 2 && !bench.report.json)) {
        (void)fprintf(stderr, "usage: bench [--json]\n");
        return 2;
    }
    place_make();
    need(atexit(place_remove) == 0, "atexit");
    far_start();
    place_start_lsad();
    measure_through(&through);
    ours_start(&bench.ours);
    rival_start(&bench.rival);
    bare_start(&bench.bare);
    part_messages(&bench);
    part_passage(&bench);
    part_handover(&bench);
    part_through(&bench, &through);
    part_tls(&bench);
    part_restart(&bench.report);
    part_kerberos(&bench.report);
    part_many(&bench);
    far_end();
    rival_end(&bench.rival);
    ours_end(&bench.ours);
    return 0;
}
