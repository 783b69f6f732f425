# SPDX-License-Identifier: Apache-2.0
"""HTTP with Kerberos chosen by Negotiate: curl and our server; our client and Apache's mod_auth_gssapi."""
import os
import pwd
import signal
import socket
import subprocess
import sys
import tempfile

from acceptor import LSAD, Server, both, is_welcome
from tap import case, main

CLIENT, KDC = sys.argv[3:5]
HOST = "server.test.example"  # as harness/kdc.h has it, and the other names
USER = "TEST.EXAMPLE\\User"
MODULES = "/usr/lib/apache2/modules"


class Realm:
    """A KDC, for as long as the block lasts; its user has a ticket."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        path = self.folder.name
        self.process = subprocess.Popen([KDC, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout.readline() == b"ready\n"
        self.env = {"KRB5_CONFIG": f"{path}/krb5.conf", "KRB5_KTNAME": f"FILE:{path}/keytab",
                    "KRB5CCNAME": f"FILE:{path}/ccache", "KRB5RCACHEDIR": path}
        return self

    def __exit__(self, *error):
        self.process.communicate()
        self.folder.cleanup()
        assert self.process.returncode == 0

    def rule(self, world):
        world.env.update(self.env)

    def lend_keytab(self, user):
        """A place with a copy of the keytab that is this user's, who may keep a replay cache there."""
        place = os.path.join(self.folder.name, "lent")
        os.makedirs(place, exist_ok=True)
        keytab = os.path.join(place, "keytab")
        with open(os.path.join(self.folder.name, "keytab"), "rb") as source, open(keytab, "wb") as file:
            file.write(source.read())
        os.chmod(self.folder.name, 0o711)
        os.chmod(os.path.join(self.folder.name, "krb5.conf"), 0o644)
        if user:
            for path in place, keytab:
                os.chown(path, user.pw_uid, user.pw_gid)
        return place


realm = Realm()


# ---- curl and our server -------------------------------------------------------------------------


@both
def curl_negotiates_with_its_ticket(world, processes):
    realm.rule(world)
    with Server(world, processes, "Negotiate", HOST) as server:
        lines = server.curl("--user", ":", paths=("first", "second", "third"))
        for nth, welcome in enumerate(lines[0::2], 1):  # it needs a token less than NTLM
            is_welcome(welcome, server, nth, USER)
        assert lines[1::2] == ["200 1", "200 0", "200 0"], lines


@case
def curl_is_let_in_again_and_again(world):
    realm.rule(world)
    with Server(world, "one", "Negotiate", HOST) as server:
        for _ in range(3):
            is_welcome(server.curl("--user", ":")[0], server, user=USER)


@case
def curl_is_not_let_in_without_a_ticket(world):
    realm.rule(world)
    with Server(world, "one", "Negotiate", HOST) as server:
        server.env = {**server.env, "KRB5CCNAME": f"FILE:{world.path('none')}"}
        assert server.curl("--user", ":")[-1].startswith("401")


# ---- Our client and Apache -----------------------------------------------------------------------

CONFIGURATION = """
ServerRoot {folder}
ServerName {host}
PidFile {folder}/pid
DefaultRuntimeDir {folder}
Listen 127.0.0.1:{port}
ErrorLog /dev/stderr
LogLevel notice auth_gssapi:debug
{modules}
{user}
DocumentRoot {folder}/root
<Location />
AuthType GSSAPI
AuthName test
GssapiAllowedMech krb5
GssapiCredStore keytab:{lent}/keytab
Require valid-user
</Location>
Header always set X-User expr=%{{REMOTE_USER}}
"""


class Apache:
    """Apache with mod_auth_gssapi, for as long as the block lasts."""

    MODULES = ("mpm_event", "authn_core", "authz_core", "authz_user", "auth_gssapi", "headers")
    TRIES = 5  # when somebody else takes the port that was free

    def __init__(self, world):
        # Apache does not serve as root.
        self.user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self.world = world
        self.lent = realm.lend_keytab(self.user)
        self.env = {**world.env, "KRB5RCACHEDIR": self.lent}
        os.mkdir(world.path("root"))
        world.write("root/page", "a page\n", 0o644)
        os.chmod(world.folder, 0o711)
        os.chmod(world.path("root"), 0o755)

    def configure(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        return self.world.write("apache.conf", CONFIGURATION.format(
            folder=self.world.folder, host=HOST, port=self.port, lent=self.lent,
            modules="\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in self.MODULES),
            user=f"User #{self.user.pw_uid}\nGroup #{self.user.pw_gid}" if self.user else ""))

    def is_up(self):
        """Whether it serves; it says so."""
        self.said = []
        for line in self.process.stderr:
            self.said.append(line)
            if "resuming normal operations" in line:
                return True
        self.process.wait(60)
        self.process.stderr.close()
        return False

    def __enter__(self):
        for _ in range(self.TRIES):
            self.process = subprocess.Popen(["apache2", "-DFOREGROUND", "-f", self.configure()],
                                            stderr=subprocess.PIPE, env=self.env, text=True)
            if self.is_up():
                return self
        raise AssertionError(self.said)

    def __exit__(self, *error):
        self.process.send_signal(signal.SIGTERM)
        _, rest = self.process.communicate(timeout=60)
        if error[0]:
            print("".join("# " + line for line in rest.splitlines(keepends=True)))
        assert self.process.returncode == 0

    def ask(self, processes, *paths):
        """Our client's lines, one a path."""
        done = subprocess.run([CLIENT, processes, str(self.port), HOST, *paths], capture_output=True,
                              env=self.world.env, text=True, timeout=60, check=False)
        assert done.returncode == 0, done
        return done.stdout.splitlines()


def with_lsad(body):
    """The world's client has an LSA of its own where the tests are told to."""
    def wrapped(world, *rest):
        realm.rule(world)
        lsad = world.start_lsad(LSAD) if LSAD else None
        body(world, *rest)
        if lsad:
            lsad.send_signal(signal.SIGTERM)
            assert lsad.wait(60) == 0
    wrapped.__name__ = body.__name__
    return wrapped


@both
@with_lsad
def apache_knows_our_client_and_proves_itself(world, processes):
    with Apache(world) as apache:
        assert apache.ask(processes, "page") == ["200 User@TEST.EXAMPLE proved"]


@case
@with_lsad
def apache_knows_our_client_again_and_again(world):
    with Apache(world) as apache:
        lines = apache.ask("one", "page", "nothing", "page")
        assert lines == ["200 User@TEST.EXAMPLE proved", "404 User@TEST.EXAMPLE proved",
                         "200 User@TEST.EXAMPLE proved"], lines


with realm:
    main()
