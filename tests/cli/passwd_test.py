# SPDX-License-Identifier: Apache-2.0
"""sspi passwd."""
import os
import pty
import stat
import subprocess

from tap import SSPI, case, main

# [MS-NLMP] 4.2.2.1.2: NTOWFv1 of "Password"
HASH = "a4f49c406510bdcab6824ee7c30fd852"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def talk(world, answers):
    """Runs it on a terminal and gives one answer a prompt; yields exit status and screen."""
    master, slave = pty.openpty()
    process = subprocess.Popen([SSPI, "passwd", "alice"], stdin=slave, stdout=slave, stderr=slave,
                               env=world.env, start_new_session=True)
    os.close(slave)
    screen = b""
    try:
        while True:
            got = os.read(master, 4096)
            screen += got
            if screen.endswith(b": ") and answers:
                os.write(master, answers.pop(0))
    except OSError:  # the other end has gone
        pass
    os.close(master)
    return process.wait(60), screen.decode()


@case
def a_line_of_standard_input_becomes_an_account(world):
    world.sspi("passwd", "--domain", "Domain", "User", stdin=b"Password\n")
    assert read(world.sam).lower() == f"user:domain:{HASH}\n", read(world.sam)


@case
def the_file_is_readable_by_its_owner_alone(world):
    os.umask(0)
    world.sspi("passwd", "alice", stdin=b"Password\n")
    assert stat.S_IMODE(os.stat(world.sam).st_mode) == 0o600


@case
def the_file_can_be_named(world):
    world.sspi("passwd", "--file", world.path("other"), "alice", stdin=b"Password")
    assert HASH in read(world.path("other")).lower() and not os.path.exists(world.sam)


@case
def only_the_account_named_is_replaced(world):
    world.write("sam", f"# kept\nbob:X:{HASH}\nalice::{'0' * 32}\n")
    world.sspi("passwd", "alice", stdin=b"Password\n")
    assert read(world.sam).lower() == f"# kept\nbob:x:{HASH}\nalice::{HASH}\n", read(world.sam)


@case
def an_empty_password_is_refused(world):
    _, err = world.sspi("passwd", "alice", stdin=b"\n", expect=1)
    assert "empty" in err and not os.path.exists(world.sam), err


@case
def no_line_at_all_is_refused(world):
    world.sspi("passwd", "alice", stdin=b"", expect=1)
    assert not os.path.exists(world.sam)


@case
def a_password_that_is_too_long_or_has_a_nul_is_refused(world):
    world.sspi("passwd", "alice", stdin=b"x" * 1025 + b"\n", expect=1)
    world.sspi("passwd", "alice", stdin=b"x\0y\n", expect=1)
    world.sspi("passwd", "alice", stdin=b"x" * 1024 + b"\n")


@case
def ill_formed_utf8_is_refused(world):
    world.sspi("passwd", "alice", stdin=b"\xff\xfe\n", expect=1)
    assert not os.path.exists(world.sam)


@case
def a_name_that_would_make_another_line_is_refused(world):
    for name in ["a:b", "a\nb::x", ""]:
        world.sspi("passwd", name, stdin=b"Password\n", expect=1)
    assert not os.path.exists(world.sam)


@case
def a_file_that_others_may_read_is_refused_and_kept(world):
    world.write("sam", "bob:X:" + HASH + "\n", mode=0o644)
    world.sspi("passwd", "alice", stdin=b"Password\n", expect=1)
    assert read(world.sam) == "bob:X:" + HASH + "\n"


@case
def without_a_file_to_write_to_it_says_what_to_do(world):
    world.env["OPENSSPI_CONFIG"] = world.write("empty", "")
    _, err = world.sspi("passwd", "alice", stdin=b"Password\n", expect=1)
    assert "--file" in err, err


@case
def a_broken_configuration_is_named_with_its_line(world):
    world.env["OPENSSPI_CONFIG"] = world.write("broken", "[ntlm]\nacounts = x\n")
    _, err = world.sspi("passwd", "alice", stdin=b"Password\n", expect=1)
    assert "broken:2" in err, err


@case
def a_terminal_is_asked_twice_and_shows_nothing(world):
    status, screen = talk(world, [b"Password\n", b"Password\n"])
    assert status == 0 and HASH in read(world.sam).lower(), screen
    assert "Password\r" not in screen and screen.count(": ") == 2, screen


@case
def two_different_entries_are_refused(world):
    status, screen = talk(world, [b"Password\n", b"password\n"])
    assert status == 1 and "differ" in screen and not os.path.exists(world.sam), screen


main()
