#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""systemd reads the units of lsad and finds nothing to say about them.

units_test.py LSAD SOCKET SERVICE: the units are checked as they would be installed, with the
daemon of this build in the place of the installed one.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

cases = []


def case(name, problems):
    cases.append(not problems)
    print("ok" if not problems else "not ok", len(cases), "-", name)
    for line in problems:
        print("#", line)


def verify(folder):
    """What systemd says of lsad.  It fails for units of the system, too; the wrong line below shows
    that it got as far as ours."""
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", folder / "lsad.socket",
                           folder / "lsad.service"], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return [line for line in done.stdout.splitlines() if "lsad" in line]


def settings(text):
    return dict(re.findall(r"(?m)^(\w+)=(.*)$", text))


lsad, socket, service = (pathlib.Path(arg).resolve() for arg in sys.argv[1:])
unit = service.read_text()
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    (folder / "lsad.socket").write_text(socket.read_text())
    installed = settings(unit)["ExecStart"]
    (folder / "lsad.service").write_text(unit.replace(installed, str(lsad)))
    case("systemd knows every line", verify(folder))
    (folder / "lsad.service").write_text(unit.replace("Type=", "Typo="))
    case("and would say so if it did not", [] if verify(folder) else ["a wrong line passes"])

wanted = {"ListenSequentialPacket": "/run/opensspi/lsad.sock", "SocketMode": "0666"}
got = settings(socket.read_text())
case("the socket is where programs look for it, and for everybody",
     [f"{key} is {got.get(key)}" for key in wanted if got.get(key) != wanted[key]])
case("the service starts what is installed",
     [] if re.fullmatch(r"/.*/lsad", installed) else [f"ExecStart is {installed}"])
print(f"1..{len(cases)}")
sys.exit(not all(cases))
