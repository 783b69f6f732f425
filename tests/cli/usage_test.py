# SPDX-License-Identifier: Apache-2.0
"""sspi itself: help, version, wrong calls."""
import pathlib
import re
import subprocess

from tap import SSPI, case, main

COMMANDS = ["demo", "packages", "passwd", "inspect", "status"]
TOP = pathlib.Path(__file__).resolve().parents[2]


@case
def help_names_every_command(world):
    out, _ = world.sspi("--help")
    assert all(f"\n  {name} " in out for name in COMMANDS), out


@case
def every_command_has_help_of_its_own(world):
    for name in COMMANDS:
        out, err = world.sspi(name, "--help")
        assert out.startswith(f"Usage: sspi {name}") and err == "", (out, err)


@case
def every_command_has_a_manual_page(world):
    for name in COMMANDS:
        assert (TOP / f"docs/man/sspi-{name}.1").exists(), name


@case
def every_status_has_a_name_to_be_printed(world):
    header = (TOP / "include/sspi_status.h").read_text()
    named = (TOP / "src/cli/status.def").read_text()
    known = re.findall(r"^#define ((?:SEC_[EI]|CRYPT_E)_\w+) +\(\(SECURITY_STATUS\)", header, re.M)
    assert known and known == re.findall(r"STATUS\((\w+)\)", named)


@case
def version_is_printed(world):
    out, _ = world.sspi("--version")
    assert out.startswith("sspi 0."), out


@case
def no_command_is_a_wrong_call(world):
    out, err = world.sspi(expect=2)
    assert out == "" and "Usage" in err, err


@case
def an_unknown_command_is_named(world):
    _, err = world.sspi("frobnicate", expect=2)
    assert "no command 'frobnicate'" in err, err


@case
def unknown_options_and_surplus_arguments_are_wrong_calls(world):
    world.sspi("packages", "--nonsense", expect=2)
    world.sspi("packages", "more", expect=2)
    world.sspi("inspect", expect=2)
    world.sspi("inspect", "a", "b", expect=2)
    world.sspi("passwd", expect=2)
    world.sspi("passwd", "a", "b", expect=2)
    world.sspi("demo", "more", expect=2)
    world.sspi("demo", "--package", "NoSuchPackage", expect=2)


@case
def output_that_cannot_be_written_is_a_failure(world):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([SSPI, "--help"], stdout=full, stderr=subprocess.PIPE,
                              env=world.env, check=False)
    assert done.returncode == 1 and b"standard output" in done.stderr, done


main()
