# SPDX-License-Identifier: Apache-2.0
"""sspi packages."""
import json
import pathlib
import re

from tap import case, main

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"


@case
def ntlm_is_listed_with_what_it_can_do(world):
    out, _ = world.sspi("packages", "--json")
    found = {package["name"]: package for package in map(json.loads, out.splitlines())}
    ntlm = found["NTLM"]
    assert ntlm["rpc_id"] == 10 and ntlm["version"] == 1 and ntlm["max_token"] > 0, ntlm
    assert {"INTEGRITY", "PRIVACY", "CONNECTION"} <= set(ntlm["capabilities"]), ntlm


@case
def text_fits_into_eighty_columns(world):
    out, _ = world.sspi("packages")
    assert out.startswith("NTLM\n") and max(map(len, out.splitlines())) <= 80, out


@case
def a_configuration_that_does_not_hold_stops_it(world):
    for line in ("no_such_key = 1", "minimum = v9", "channel_bindings = always",
                 "anonymous = perhaps", "allow = sometimes", "[lsa]\nmode = none", "[nothing]",
                 "[lsa]\nruntime = here", "[lsa]\npackages = here", "[lsa]\nsocket = here",
                 "[export]\nlifetime = 301", "[export]\nlifetime = soon"):
        world.env["OPENSSPI_CONFIG"] = world.write("bad", f"# a comment\n[ntlm]\n{line}\n")
        out, err = world.sspi("packages", expect=1)
        last = 3 + line.count("\n")
        where = f"{world.env['OPENSSPI_CONFIG']}:{last}: "
        assert out == "" and where in err and "EnumerateSecurityPackages" in err, (line, out, err)


@case
def the_sample_configuration_holds_and_the_manual_explains_it(world):
    sample = (DOCS / "opensspi.conf").read_text()
    world.env["OPENSSPI_CONFIG"] = world.write("sample", sample)
    world.sspi("packages")
    manual = (DOCS / "man/opensspi.conf.5").read_text()
    terms = set(re.findall(r"\w+", " ".join(re.findall(r"^\.It Cm (.*)$", manual, re.M))))
    settings = set(re.findall(r"^(\w+) =", sample, re.M))
    assert settings and settings == terms, settings ^ terms


main()
