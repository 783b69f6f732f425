# SPDX-License-Identifier: Apache-2.0
"""sspi inspect, on envelopes made by hand as docs/formats/envelope.md has them."""
import json
import struct
import time

from tap import case, main

SEALED = bytes(range(64))


def envelope(kind=1, flags=2, package=b"NTLM", expires_in=10.0, body=SEALED):
    expires = int((time.clock_gettime(time.CLOCK_BOOTTIME) + expires_in) * 1e9)
    return struct.pack("<7sBHHI16s16s16sIIQHH", b"SSPICTX", 1, 84 + len(package), kind, flags,
                       b"t" * 16, b"b" * 16, b"k" * 16, 1000, 1001, expires, 3,
                       len(package)) + package + body


@case
def tells_what_the_header_says(world):
    out, _ = world.sspi("inspect", "--json", world.write("blob", envelope()))
    said = json.loads(out)
    left = said.pop("expires_in_ms")
    assert 0 < left <= 10000, left
    assert said == {
        "verified": False, "kind": "established", "package": "NTLM", "packed_version": 3,
        "flags": ["DELETE_OLD"], "ticket": "74" * 16, "boot": "62" * 16, "key": "6b" * 16,
        "uid_from": 1000, "uid_to": 1001, "expired": False, "bytes": 88 + len(SEALED),
    }, said


@case
def says_that_nothing_is_verified(world):
    out, _ = world.sspi("inspect", world.write("blob", envelope()))
    assert "unverified" in out and "uid 1001" in out, out


@case
def shows_nothing_of_what_is_sealed(world):
    for option in [[], ["--json"]]:
        out, _ = world.sspi("inspect", *option, world.write("blob", envelope(body=b"S" * 64)))
        assert "SS" not in out and "5353" not in out, out


@case
def reads_standard_input(world):
    out, _ = world.sspi("inspect", "-", stdin=envelope(kind=2))
    assert "negotiating" in out, out


@case
def an_expired_one_is_said_to_be(world):
    out, _ = world.sspi("inspect", "--json", "-", stdin=envelope(expires_in=-5))
    said = json.loads(out)
    assert said["expired"] and said["expires_in_ms"] == 0, said
    assert "expired" in world.sspi("inspect", "-", stdin=envelope(expires_in=-5))[0]


@case
def a_package_name_cannot_steer_the_terminal(world):
    out, _ = world.sspi("inspect", "-", stdin=envelope(package=b"\x1b[2J\xc2\x9b2J"))
    assert "\x1b" not in out and "\x9b" not in out, repr(out)


@case
def json_stays_json_whatever_the_name(world):
    name = 'a"b\\c\x01\x7f\u00e9'
    out, _ = world.sspi("inspect", "--json", "-", stdin=envelope(package=name.encode()))
    assert json.loads(out)["package"] == name and out.count("\n") == 1, out


@case
def refuses_every_truncation_of_the_header(world):
    whole = envelope(body=b"")
    for n in range(0, len(whole), 7):
        out, err = world.sspi("inspect", "-", stdin=whole[:n], expect=1)
        assert out == "" and "envelope" in err, (n, out, err)


@case
def refuses_what_is_no_envelope(world):
    for junk in [b"", b"NTLMSSP\0" + bytes(200), envelope().replace(b"SSPICTX\x01", b"SSPICTX\x02")]:
        world.sspi("inspect", "-", stdin=junk, expect=1)


@case
def names_a_file_that_is_not_there(world):
    _, err = world.sspi("inspect", world.path("nothing"), expect=1)
    assert "nothing" in err and "No such file" in err, err


main()
