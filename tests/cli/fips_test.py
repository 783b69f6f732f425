# SPDX-License-Identifier: Apache-2.0
"""fips_test.py SSPI FIPS_ON: on a machine in FIPS mode nobody logs on by NTLM."""
import json
import sys

from tap import case, main

FIPS_ON = sys.argv[2]


@case
def ntlm_is_refused_altogether(world):
    world.env["LD_PRELOAD"] = FIPS_ON
    out, err = world.sspi("demo", "--json", expect=1)
    assert json.loads(out)["result"] != "ok" and "AcquireCredentialsHandle" in err, (out, err)


@case
def the_same_works_otherwise(world):
    world.sspi("demo", "--json")


main()
