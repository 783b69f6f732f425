# SPDX-License-Identifier: Apache-2.0
"""Cases that report by TAP, and a `sspi` to run in a world of its own."""
import os
import socket
import subprocess
import sys
import tempfile
import traceback

SSPI = sys.argv[1]
_cases = []


def case(function):
    """A test case; its name is the sentence that it proves."""
    _cases.append(function)
    return function


def main():
    print(f"1..{len(_cases)}")
    failed = 0
    for n, function in enumerate(_cases, 1):
        try:
            with tempfile.TemporaryDirectory() as folder:
                function(World(folder))
            print(f"ok {n} - {function.__name__}", flush=True)
        except Exception:  # a case that cannot be run has failed as well
            failed = 1
            print(f"not ok {n} - {function.__name__}", flush=True)
            print("".join("# " + line + "\n" for line in traceback.format_exc().splitlines()),
                  flush=True)
    sys.exit(failed)


class World:
    """A temporary folder with a configuration, and an environment that points at nothing else."""

    def __init__(self, folder):
        self.folder = folder
        self.sam = self.path("sam")
        self.env = {name: value for name, value in os.environ.items()
                    if not name.startswith(("OPENSSPI", "XDG"))}
        self.configure()

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data, mode=0o600):
        with open(self.path(name), "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())
        os.chmod(self.path(name), mode)
        return self.path(name)

    def configure(self, more=""):
        """more: lines that follow those of section [ntlm]."""
        self.env["OPENSSPI_CONFIG"] = self.write("opensspi.conf", f"[lsa]\nruntime = "
                                                 f"{self.path('run')}\n[ntlm]\naccounts = "
                                                 f"{self.sam}\n{more}")
        self.env["XDG_CONFIG_HOME"] = self.path("none")

    def start_lsad(self, program, more=""):
        """The LSA as a process of its own, and the configuration that leads to it; back when it is
        ready."""
        path = self.path("lsad.sock")
        self.configure(f"{more}[lsa]\nmode = lsad\nsocket = {path}\n")
        # Its leaks are looked for by tracing it, which it does not permit.
        asan = f"{self.env.get('ASAN_OPTIONS', '')}:detect_leaks=0"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(self.path("notify"))
            notify.settimeout(60)
            lsad = subprocess.Popen([program, "--foreground", "--config",
                                     self.env["OPENSSPI_CONFIG"], "--socket", path],
                                    env={**self.env, "NOTIFY_SOCKET": self.path("notify"),
                                         "ASAN_OPTIONS": asan})
            while not notify.recv(100).startswith(b"READY=1"):
                pass
        return lsad

    def sspi(self, *arguments, stdin=b"", expect=0, **options):
        """Runs the command, wants that exit status, yields what it printed."""
        done = subprocess.run([SSPI, *arguments], input=stdin, capture_output=True, env=self.env,
                              timeout=120, check=False, **options)
        assert done.returncode == expect, (done.returncode, done.stdout, done.stderr)
        return done.stdout.decode(), done.stderr.decode()
