# SPDX-License-Identifier: Apache-2.0
"""fips_test.py SSPI FIPS_ON: on a machine in FIPS mode nobody logs on by NTLM, and others do."""
import json
import sys

from tap import case, main

FIPS_ON = sys.argv[2]


def demo(world, expect):
    """What came of each show, by its title, and the complaints."""
    out, err = world.sspi("demo", "--json", expect=expect)
    shows = [json.loads(line) for line in out.splitlines()]
    return {show["title"]: show["result"] for show in shows}, err


@case
def ntlm_is_refused_altogether(world):
    world.env["LD_PRELOAD"] = FIPS_ON
    results, err = demo(world, expect=1)
    assert "AcquireCredentialsHandle: SEC_E_UNSUPPORTED_FUNCTION" in err, err
    for title, result in results.items():
        assert (result == "ok") == ("NTLM" not in title), results
    assert len(results) == 5, results


@case
def the_same_works_otherwise(world):
    results, _ = demo(world, expect=0)
    assert set(results.values()) == {"ok"}, results


main()
