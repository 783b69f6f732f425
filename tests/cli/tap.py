# SPDX-License-Identifier: Apache-2.0
"""Cases that report by TAP, and a `sspi` to run in a world of its own."""
import os
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

    def sspi(self, *arguments, stdin=b"", expect=0, **options):
        """Runs the command, wants that exit status, yields what it printed."""
        done = subprocess.run([SSPI, *arguments], input=stdin, capture_output=True, env=self.env,
                              timeout=120, check=False, **options)
        assert done.returncode == expect, (done.returncode, done.stdout, done.stderr)
        return done.stdout.decode(), done.stderr.decode()
