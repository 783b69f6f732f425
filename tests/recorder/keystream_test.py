#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""keystream_test.py RECORDER CARELESS SCENES PROGRAM...: runs the suite's programs, with each of
the scenes that commas separate, with the recorder in front of the library, and looks for an RC4
state, a key and a nonce, or a key and a number or confounder, that protected two messages, in
whatever processes (recorder.c).  TAP: one case a program and scene, one for all together, and the checker's own."""
import os
import subprocess
import sys
import tempfile

RECORDER, CARELESS, SCENES, *PROGRAMS = sys.argv[1:]
KINDS = ["messages", "records", "confounders", "numbers"]
WAYS = ["direct", "moved", "thawed"]


class Reused(Exception):
    """A keystream protected two messages."""


def check(record, least):
    """No line twice, and so many lines at least: a record of nothing proves nothing."""
    if len(record) < least:
        raise ValueError(f"{len(record)} uses recorded, expected {least} or more")
    twice = len(record) - len(set(record))
    if twice:
        raise Reused(f"{twice} of {len(record)} keystreams used again")


def run(command, **more):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "record")
        env = {**os.environ, "LD_PRELOAD": RECORDER, "KEYSTREAM_RECORD": path, **more}
        done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=120, check=False)
        if done.returncode:
            raise RuntimeError(f"exit status {done.returncode}\n{done.stdout.decode()}")
        with open(path, encoding="ascii") as file:
            return file.read().split()


def finds_a_keystream_that_is_used_twice():
    for what in KINDS:
        try:
            check(run([CARELESS, f"careless {what}"]), 2)
        except Reused:
            continue
        raise ValueError("the checker did not see it")


def lets_a_keystream_pass_that_goes_on():
    for what in KINDS:
        check(run([CARELESS, f"careful {what}"]), 2)


everything = []


def of_program(command, **more):
    def case():
        record = run(command, **more)
        check(record, 2)
        everything.extend(record)

    case.__name__ = " ".join([os.path.basename(command[0]), *more.values()])
    return case


def cases():
    yield finds_a_keystream_that_is_used_twice
    yield lets_a_keystream_pass_that_goes_on
    for program in PROGRAMS:
        if os.path.basename(program) == "sspi":
            yield of_program([program, "demo"])
            continue
        for scene in SCENES.split(","):
            if "conformance" not in os.path.basename(program):
                yield of_program([program], HANDOFF_PACKAGE=scene)
                continue
            for way in WAYS:
                yield of_program([program], CONFORMANCE_PACKAGE=scene, CONFORMANCE_WAY=way)

    def no_keystream_is_used_twice_in_all_of_them():
        check(everything, 1000)

    yield no_keystream_is_used_twice_in_all_of_them


def main():
    todo = list(cases())
    failed = 0
    print(f"1..{len(todo)}")
    for n, case in enumerate(todo, 1):
        try:
            case()
            print(f"ok {n} - {case.__name__}", flush=True)
        except Exception as why:  # one that cannot be run has failed as well
            failed = 1
            print(f"not ok {n} - {case.__name__}", flush=True)
            print("".join(f"# {line}\n" for line in str(why).splitlines()), end="", flush=True)
    sys.exit(failed)


main()
