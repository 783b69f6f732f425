# SPDX-License-Identifier: Apache-2.0
"""sspi status: what lsad says of itself and its users, to whom, and what is said when it is not there."""
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys

from tap import case, main

LSAD = sys.argv[2]
COUNTS = ["connections", "processes", "credentials", "contexts", "tickets", "calls", "bytes"]


@contextlib.contextmanager
def lsad_of(world, more=""):
    """lsad in this world, from when it says that it is ready; more: lines of section [lsad]."""
    path = world.path("socket")
    text = f"[lsa]\nruntime = {world.path('run')}\nsocket = {path}\n[lsad]\n{more}"
    world.env["OPENSSPI_CONFIG"] = world.write("opensspi.conf", text, 0o644)
    os.chmod(world.folder, 0o755)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(world.path("notify"))
        notify.settimeout(60)
        lsad = subprocess.Popen([LSAD], env={**world.env, "NOTIFY_SOCKET": world.path("notify"),
                                             "ASAN_OPTIONS": "detect_leaks=0"})
        try:
            while notify.recv(4096) != b"READY=1":
                pass
            yield lsad
        finally:
            lsad.send_signal(signal.SIGTERM)
            assert lsad.wait(60) == 0


def objects(world, *options, **more):
    out, _ = world.sspi("status", "--json", *options, **more)
    return [json.loads(line) for line in out.splitlines()]


@case
def says_which_lsad_it_is_and_what_its_limits_are(world):
    with lsad_of(world, "contexts = 77\nbytes = 12345678\n") as lsad:
        head = objects(world)[0]
    assert head["there"] is True and head["pid"] == lsad.pid, head
    assert head["version"].startswith("0.") and head["socket"] == world.path("socket"), head
    assert "NTLM" in head["packages"], head
    assert head["max_contexts"] == 77 and head["max_bytes"] == 12345678, head
    assert [f"max_{name}" for name in COUNTS] == [name for name in head if "max_" in name], head


@case
def counts_itself_as_a_client(world):
    with lsad_of(world):
        (user,) = objects(world)[1:]
    assert list(user) == ["uid"] + COUNTS and user["uid"] == os.geteuid(), user
    assert user["connections"] == user["processes"] == user["calls"] == 1, user
    assert user["contexts"] == 0 and user["bytes"] > 0, user


@case
def text_says_the_same_and_fits_into_eighty_columns(world):
    with lsad_of(world) as lsad:
        lines = world.sspi("status")[0].splitlines()
    assert max(map(len, lines)) <= 80, lines
    assert f"process {lsad.pid}, at {world.path('socket')}" in lines[0], lines
    assert lines[3].split() == ["uid"] + COUNTS, lines
    assert lines[4].split()[0] == "limit" and lines[5].split()[0] == str(os.geteuid()), lines


@case
def asks_at_the_socket_that_is_named(world):
    with lsad_of(world):
        world.configure("[lsa]\nsocket = /nonexistent/socket\n")
        assert objects(world, "--socket", world.path("socket"))[0]["there"] is True


@case
def says_that_lsad_is_not_there(world):
    out, err = world.sspi("status", "--socket", world.path("none"), expect=1)
    assert f"not at {world.path('none')}" in out and err == "", (out, err)
    (head,) = objects(world, "--socket", world.path("none"), expect=1)
    assert head["there"] is False and head["socket"] == world.path("none"), head
    _, err = world.sspi("status", "--socket", "/" + 200 * "x", expect=1)
    assert "sspi status: /xxx" in err, err


def many_users(world, first, n):
    """Processes of that many users, connected and greeted, until they are killed."""
    script = ("import os,socket,sys\n"
              "os.setresuid(*3*[int(sys.argv[2])])\n"
              "s=socket.socket(socket.AF_UNIX,socket.SOCK_SEQPACKET)\n"
              "s.connect(sys.argv[1])\n"
              "s.send(b'LSAD'+bytes([1,0,1,0,1,0,0,0,1,0,0,0,17,0,0,0])+bytes(17))\n"
              "assert s.recv(64)\n"
              "print('in',flush=True)\n"
              "sys.stdin.read()\n")
    return [subprocess.Popen([sys.executable, "-c", script, world.path("socket"), str(first + i)],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE) for i in range(n)]


@case
def root_sees_every_user_in_order_and_others_themselves(world):
    if os.geteuid() != 0:
        return  # nobody else can be made
    with lsad_of(world):
        users = many_users(world, 61010, 3)
        for user in users:
            assert user.stdout.readline() == b"in\n"
        seen = [user["uid"] for user in objects(world)[1:]]
        alone = [user["uid"] for user in objects(world, user=61011, group=61011, extra_groups=[])[1:]]
        for user in users:
            user.communicate()
    assert seen == [0, 61010, 61011, 61012] and alone == [61011], (seen, alone)


main()
