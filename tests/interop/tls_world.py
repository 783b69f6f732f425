# SPDX-License-Identifier: Apache-2.0
"""What the tests of TLS with other programs share: certificates, sections, servers and clients."""
import atexit
import contextlib
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time

PEER = os.path.abspath(sys.argv[2])
LSAD = os.environ.get("LSAD")
WAIT = 60

SUITES = [("1.3", "TLS_AES_128_GCM_SHA256", "1301"), ("1.3", "TLS_AES_256_GCM_SHA384", "1302"),
          ("1.3", "TLS_CHACHA20_POLY1305_SHA256", "1303"),
          ("1.2", "ECDHE-ECDSA-AES128-GCM-SHA256", "c02b"),
          ("1.2", "ECDHE-ECDSA-AES256-GCM-SHA384", "c02c"),
          ("1.2", "ECDHE-ECDSA-CHACHA20-POLY1305", "cca9"),
          ("1.2", "ECDHE-RSA-AES128-GCM-SHA256", "c02f"),
          ("1.2", "ECDHE-RSA-AES256-GCM-SHA384", "c030"),
          ("1.2", "ECDHE-RSA-CHACHA20-POLY1305", "cca8")]


def openssl(world, *arguments):
    subprocess.run(["openssl", *arguments], cwd=world.folder, check=True, capture_output=True,
                   timeout=WAIT)


def new_key(kind):
    return ["rsa:2048"] if kind == "rsa" else ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]


def issue(world, name, subject, extension, kind="ec"):
    """NAME.key and NAME.pem, by ca.pem."""
    openssl(world, "req", "-newkey", *new_key(kind), "-nodes", "-keyout", f"{name}.key", "-out",
            f"{name}.csr", "-subj", f"/CN={subject}")
    world.write("ext", extension)
    openssl(world, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "2", "-extfile", "ext", "-out", f"{name}.pem")
    for file in (f"{name}.key", f"{name}.pem"):
        os.chmod(world.path(file), 0o600)


def prepare(world, more="", kind="ec", **parts):
    """An authority, a certificate for localhost, one for alice, and sections for both."""
    openssl(world, "req", "-x509", "-newkey", *new_key("ec"), "-nodes", "-keyout", "ca.key", "-out",
            "ca.pem", "-subj", "/CN=Test CA", "-days", "2")
    os.chmod(world.path("ca.pem"), 0o600)
    issue(world, "www", "localhost", "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n",
          kind)
    issue(world, "alice", "alice", "extendedKeyUsage=clientAuth\n")
    configure(world, more, **parts)


def configure(world, more="", plain="", before="", key="www.key"):
    """more: lines of the server's section; plain: of that without a name; before: in front."""
    socket_path = world.path("lsad.sock")
    where = f"[lsa]\nmode = lsad\nsocket = {socket_path}\n" if LSAD else ""
    world.configure(f"{where}{before}[schannel]\nca = {world.path('ca.pem')}\n{plain}"
                    f"[schannel \"alice\"]\nca = {world.path('ca.pem')}\n"
                    f"certificate = {world.path('alice.pem')}\nkey = {world.path('alice.key')}\n"
                    f"[schannel \"www\"]\nca = {world.path('ca.pem')}\n"
                    f"certificate = {world.path('www.pem')}\n"
                    f"key = {key if ':' in key else world.path(key)}\n{more}")
    stop_lsad()
    if LSAD:
        start_lsad(world, socket_path)


_running = []


def start_lsad(world, path):
    """The LSA as a process of its own; back when it is ready."""
    # Its leaks are looked for by tracing it, which it does not permit.
    asan = f"{world.env.get('ASAN_OPTIONS', '')}:detect_leaks=0"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(world.path(f"notify{time.monotonic_ns()}"))
        notify.settimeout(WAIT)
        _running.append(subprocess.Popen([LSAD, "--foreground", "--config",
                                          world.env["OPENSSPI_CONFIG"], "--socket", path],
                                         env={**world.env, "NOTIFY_SOCKET": notify.getsockname(),
                                              "ASAN_OPTIONS": asan}))
        while not notify.recv(100).startswith(b"READY=1"):
            pass


@atexit.register
def stop_lsad():
    """The one of the case before."""
    while _running:
        lsad = _running.pop()
        lsad.send_signal(signal.SIGTERM)
        lsad.wait(WAIT)


class Program:
    """One that runs beside the case."""

    def __init__(self, world, command, stdin=None):
        self.said = b""
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        stdin=stdin or subprocess.DEVNULL, cwd=world.folder,
                                        env=world.env)

    def text(self):
        return self.said.decode(errors="replace")

    def hear(self, seconds):
        """More of what it says; False at its end, or when it says nothing."""
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            return False
        more = os.read(self.process.stdout.fileno(), 65536)
        self.said += more
        return bool(more)

    def wait_for(self, pattern):
        while not (found := re.search(pattern, self.text())):
            assert self.hear(WAIT), f"no {pattern} in {self.text()}"
        return found

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.stop_by_itself()

    def stop_by_itself(self):
        while self.hear(WAIT):
            pass
        self.process.wait(WAIT)
        self.process.stdout.close()


@contextlib.contextmanager
def our_server(world, *options, credential="www"):
    server = Program(world, [PEER, "server", credential, *options])
    try:
        server.port = server.wait_for(r"port=(\d+)")[1]
        yield server
    finally:
        server.stop()


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return str(found.getsockname()[1])


@contextlib.contextmanager
def openssl_server(world, *options, name="www"):
    """Turns each line around."""
    port = free_port()
    server = Program(world, ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert",
                             f"{name}.pem", "-key", f"{name}.key", "-rev", *options],
                     stdin=subprocess.PIPE)
    try:
        server.wait_for("ACCEPT")
        server.port = port
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def gnutls_server(world, *options):
    port = free_port()
    server = Program(world, ["gnutls-serv", "--echo", "-p", port, "--x509certfile", "www.pem",
                             "--x509keyfile", "www.key", *options])
    try:
        server.wait_for("listening on .*" + port)
        server.port = port
        yield server
    finally:
        server.stop()


def s_client(world, server, *options, lines=("hello",)):
    """What openssl s_client says after it got each line back."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-servername",
               "localhost", "-CAfile", "ca.pem", "-verify_return_error", *options]
    client = Program(world, command, stdin=subprocess.PIPE)
    try:
        for line in lines:
            client.process.stdin.write((line + "\n").encode())
            client.process.stdin.flush()
            # A letter alone is an order to s_client, which it says it has carried out.
            client.wait_for(f"(?m)^{line if len(line) > 1 else 'KEYUPDATE'}$")
            client.said = client.said.replace(b"KEYUPDATE", b"keyupdate")
    finally:
        client.process.stdin.close()
        client.stop()
    return client.text()


def our_client(world, server, *options, host="localhost"):
    done = subprocess.run([PEER, "client", server.port, host, *options], capture_output=True,
                          env=world.env, timeout=WAIT, check=False)
    return done.stdout.decode()


