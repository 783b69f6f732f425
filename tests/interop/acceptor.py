# SPDX-License-Identifier: Apache-2.0
"""The small HTTP server that stands on AcceptSecurityContext, and curl in front of it."""
import os
import signal
import subprocess
import sys
import urllib.request

from tap import case

ACCEPTOR = sys.argv[2]
LSAD = os.environ.get("LSAD")


class Server:
    """An HTTP acceptor of one process or two, for as long as the block lasts."""

    def __init__(self, world, processes, scheme="NTLM", host=None):
        """host: how clients name the server; it is on the loopback interface in any case."""
        world.sspi("passwd", "--domain", "Domain", "alice", stdin=b"secret\n")
        self.lsad = world.start_lsad(LSAD) if LSAD else None
        self.env = world.env
        self.processes = processes
        self.scheme = scheme
        # gss-ntlmssp says whom it means, and that has to be a name of ours.
        self.host = host or ("127.0.0.1" if scheme == "NTLM" else "localhost")

    def __enter__(self):
        self.process = subprocess.Popen([ACCEPTOR, self.processes, self.scheme], stdout=subprocess.PIPE,
                                        env=self.env, text=True)
        word, port = self.process.stdout.readline().split()
        assert word == "port", word
        self.port = port
        self.url = f"http://{self.host}:{port}/"
        return self

    def __exit__(self, kind, *error):
        if kind is None:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/stop", timeout=60).close()
        else:
            self.process.kill()
        status = self.process.wait(60)
        self.process.stdout.close()
        if self.lsad:
            self.lsad.send_signal(signal.SIGTERM)
            assert self.lsad.wait(60) == 0
        assert kind is not None or status == 0, status

    def curl(self, *arguments, paths=("",)):
        """Yields one line a path: what the server said, the HTTP status, how many connections."""
        done = subprocess.run(["curl", "--silent", "--show-error", "--ipv4", "--noproxy", "*",
                               "--" + self.scheme.lower(),
                               "--resolve", f"{self.host}:{self.port}:127.0.0.1",
                               "--write-out", "%{http_code} %{num_connects}\n", *arguments,
                               *(self.url + path for path in paths)],
                              capture_output=True, text=True, timeout=60, env=self.env,
                              check=False)
        assert done.returncode == 0, done
        return done.stdout.splitlines()


def is_welcome(line, server, nth=0, user="Domain\\alice"):
    """That is the user; of two processes the one that did not begin was the first to welcome them."""
    name, began, ended = line.split()
    assert name == user, line
    assert int(began) == server.process.pid, line
    assert (began == ended) == (server.processes == "one" or nth % 2 == 1), line


def both(body):
    """The same with one process, and with two that take turns, request by request."""
    def one(world):
        body(world, "one")

    def two(world):
        body(world, "two")
    one.__name__ = body.__name__
    two.__name__ = body.__name__ + "_when_two_processes_take_turns"
    case(one)
    case(two)
