# SPDX-License-Identifier: Apache-2.0
"""lsad as an administrator starts it: its options, and what the kernel says of it when it is ready."""
import contextlib
import os
import signal
import socket
import stat
import subprocess

from tap import SSPI as LSAD, case, main


@contextlib.contextmanager
def ready(world, *options):
    """The daemon, from when it says so; it has to end well when it is told to."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(world.path("notify"))
        notify.settimeout(30)
        lsad = subprocess.Popen([LSAD, "--socket", world.path("socket"), *options],
                                env={**world.env, "NOTIFY_SOCKET": world.path("notify"),
                                     "ASAN_OPTIONS": "detect_leaks=0"})
        try:
            told = notify.recv(64)
            while told.startswith(b"FDSTORE"):  # to be kept for the next start
                told = notify.recv(64)
            assert told == b"READY=1", told
            yield lsad.pid
        finally:
            lsad.send_signal(signal.SIGTERM)
            assert lsad.wait(30) == 0


def only_by_option(world, text):
    """A configuration that nothing but --config names."""
    del world.env["OPENSSPI_CONFIG"]
    return world.write("other.conf", text)


@case
def says_what_it_is_and_how_it_is_called(world):
    assert world.sspi("--version")[0].startswith("lsad "), "no version"
    assert "usage: lsad" in world.sspi("--help")[0]
    for wrong in (["--nonsense"], ["left over"], ["--config"]):
        assert "usage: lsad" in world.sspi(*wrong, expect=2)[1], wrong


@case
def packages_read_the_file_that_the_option_names(world):
    path = only_by_option(world, f"[lsa]\nruntime = {world.path('run')}\n[ntlm]\nallow = perhaps\n")
    _, said = world.sspi("--foreground", "--socket", world.path("socket"), "--config", path, expect=1)
    assert f"{path}:4" in said, said


@case
def listens_for_everybody_and_ends_when_told(world):
    path = only_by_option(world, f"[lsa]\nruntime = {world.path('run')}\n")
    with ready(world, "--config", path):
        mode = os.stat(world.path("socket")).st_mode
        assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o666, oct(mode)


@case
def a_ready_daemon_has_given_up_what_it_does_not_need(world):
    with ready(world) as pid:
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in file)
    assert status["NoNewPrivs"] == "1" and status["Seccomp"] == "2", status
    for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(status[name], 16) == 0, (name, status[name])


@case
def a_second_daemon_does_not_take_the_socket(world):
    with ready(world):
        _, said = world.sspi("--socket", world.path("socket"), expect=1)
        assert said.startswith("lsad: "), said


main()
