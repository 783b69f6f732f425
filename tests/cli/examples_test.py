# SPDX-License-Identifier: Apache-2.0
"""The examples: a front server, its worker, and clients."""
import subprocess
import sys

from tap import case, main

FRONT, WORKER, CLIENT = sys.argv[2:5]


class Front:
    """A front server with its worker, for as long as the block lasts."""

    def __init__(self, world):
        self.world = world

    def __enter__(self):
        self.process = subprocess.Popen([FRONT, self.world.path("socket"), WORKER],
                                        stderr=subprocess.PIPE, env=self.world.env)
        line = self.process.stderr.readline()
        assert line == b"front: listening\n", line
        return self

    def __exit__(self, *error):
        self.process.terminate()
        self.process.communicate(timeout=60)

    def greet(self, user, password):
        return subprocess.run([CLIENT, self.world.path("socket"), "EXAMPLE", user],
                              input=password + b"\n", capture_output=True, env=self.world.env,
                              timeout=60, check=False)


@case
def a_client_is_greeted_by_the_worker(world):
    world.sspi("passwd", "--domain", "EXAMPLE", "alice", stdin=b"secret\n")
    with Front(world) as front:
        for _ in range(3):
            done = front.greet("alice", b"secret")
            assert done.returncode == 0 and done.stdout == b"welcome, EXAMPLE\\alice\n", done


@case
def a_wrong_password_is_not_let_in_and_the_next_client_is(world):
    world.sspi("passwd", "--domain", "EXAMPLE", "alice", stdin=b"secret\n")
    with Front(world) as front:
        done = front.greet("alice", b"wrong")
        assert done.returncode == 1 and b"not let in" in done.stderr, done
        assert front.greet("alice", b"secret").returncode == 0


main()
