# SPDX-License-Identifier: Apache-2.0
"""The server of examples/tls-restart, restarted again and again under its clients, which are
OpenSSL's (Python's ssl, and s_client where keys are to be updated), of TLS 1.3 and 1.2, and not to
notice."""
import asyncio
import os
import re
import signal
import ssl
import subprocess
import sys
from tap import case, main

SERVER, CONNECTIONS, RESTARTS = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
LSAD = os.environ.get("LSAD")
ALPHABET = b"abcdefghijklmnopqrstuvwxyz"
BODY = ALPHABET * 4000
PATIENCE = 120
PASSED = r"(\d+) connections in ([\d.]+) ms, (\d+) us each, lost 0$"
TOOK = r"(\d+) connections, pause (\d+) us on average, ([\d.]+) ms at most$"


def certify(world):
    """A certificate that is its own authority, and the section that names it."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost", "-days", "2", "-keyout", world.path("key"),
                    "-out", world.path("cert")], check=True, capture_output=True, timeout=60)
    os.chmod(world.path("key"), 0o600)
    site = f'[schannel "www"]\ncertificate = {world.path("cert")}\nkey = {world.path("key")}\n'
    world.lsad = world.start_lsad(LSAD, site) if LSAD else world.configure(site)
    return ssl.create_default_context(cafile=world.path("cert"))


def only_1_2(trust):
    trust.maximum_version = ssl.TLSVersion.TLSv1_2
    return trust


class Server:
    """The server, whichever process it is by now."""

    def __init__(self, world, trust):
        self.world, self.trust, self.lines = world, trust, asyncio.Queue()
        self.old_trust = only_1_2(ssl.create_default_context(cafile=world.path("cert")))

    async def __aenter__(self):
        self.process = await asyncio.create_subprocess_exec(
            SERVER, "0", env=self.world.env, stderr=asyncio.subprocess.PIPE)
        self.reading = asyncio.create_task(self.read())
        self.pid, self.port = map(int, await self.expect(r"(\d+): listening on port (\d+)"))
        return self

    async def __aexit__(self, *error):
        os.kill(self.pid, signal.SIGTERM)
        await asyncio.wait_for(self.reading, PATIENCE)  # until the last of them has gone
        await self.process.wait()
        if self.world.lsad:
            self.world.lsad.send_signal(signal.SIGTERM)
            assert self.world.lsad.wait(PATIENCE) == 0

    async def read(self):
        async for line in self.process.stderr:
            await self.lines.put(line.decode())

    async def expect(self, pattern):
        line = await asyncio.wait_for(self.lines.get(), PATIENCE)
        found = re.search(pattern, line)
        assert found, line
        return found.groups()

    async def restart(self):
        """Until the successor has all; what both of them say of it."""
        os.kill(self.pid, signal.SIGUSR2)
        said = {}
        while len(said) < 2:
            pid, verb, rest = await self.expect(r"(\d+): (took|passed) (.*)")
            said[verb] = int(pid), rest
        assert said["passed"][0] == self.pid, said
        self.pid = said["took"][0]
        passed, took = re.match(PASSED, said["passed"][1]), re.match(TOOK, said["took"][1])
        assert passed and took and passed[1] == took[1], said
        print(f"# restart: passed {passed[0]}; took {took[0]}", flush=True)
        return int(passed[1]), int(passed[3]), int(took[2]), float(took[3])

    async def connect(self, is_old=False):
        trust = self.old_trust if is_old else self.trust
        return await asyncio.wait_for(asyncio.open_connection(
            "127.0.0.1", self.port, ssl=trust, server_hostname="localhost"), PATIENCE)


async def echo(reader, writer, n):
    text = os.urandom(n // 2).hex().upper().encode()  # nothing that looks like a request
    writer.write(text)
    got = await asyncio.wait_for(reader.readexactly(len(text)), PATIENCE)
    assert got == text, "not what was sent"


async def fetch(reader, writer, n):
    writer.write(f"GET /{n} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
    assert f"Content-Length: {n}\r\n".encode() in head, head
    assert await asyncio.wait_for(reader.readexactly(n), PATIENCE) == BODY[:n], "not what was asked"


async def be_idle(server, stop, is_old):
    """Says something, nothing for all the restarts, and something again."""
    reader, writer = await server.connect(is_old)
    await echo(reader, writer, 100)
    await stop.wait()
    await echo(reader, writer, 100)
    writer.close()


async def be_busy(server, stop, is_old, talk, size):
    reader, writer = await server.connect(is_old)
    n = size
    while not stop.is_set():
        await talk(reader, writer, n)
        n = n * 7 % size + 2 & ~1
    await talk(reader, writer, n)
    writer.close()


class Halves:
    """A client that has always sent half of a record, and the other half after the next restart."""

    def __init__(self, server, is_old):
        self.come, self.go = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.server = server
        trust = server.old_trust if is_old else server.trust
        self.tls = trust.wrap_bio(self.come, self.go, server_hostname="localhost")

    async def run(self, deed, *arguments):
        """A deed of TLS, with the bytes that it needs and makes."""
        while True:
            try:
                done = deed(*arguments)
                self.writer.write(self.go.read())
                return done
            except ssl.SSLWantReadError:
                self.writer.write(self.go.read())
                self.come.write(await asyncio.wait_for(self.reader.read(65536), PATIENCE))

    async def begin(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        await self.run(self.tls.do_handshake)
        await self.first_half(b"FIRST")

    async def first_half(self, word):
        self.word = word * 50
        self.tls.write(self.word)
        record = self.go.read()
        self.writer.write(record[:len(record) // 2])
        await self.writer.drain()
        self.rest = record[len(record) // 2:]

    async def go_on(self, word):
        await self.second_half()
        await self.first_half(word)

    async def second_half(self):
        self.writer.write(self.rest)
        got = b""
        while len(got) < len(self.word):
            got += await self.run(self.tls.read, 4096)
        assert got == self.word, got


class Renewer:
    """A client whose keys are updated: what it asks for right before a restart, the server sees
    before it or after it."""

    async def begin(self, server, world):
        self.process = await asyncio.create_subprocess_exec(
            "openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-servername",
            "localhost", "-CAfile", world.path("cert"), "-verify_return_error", "-tls1_3",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        await self.say("begin")

    async def expect(self, line):
        while (heard := await asyncio.wait_for(self.process.stdout.readline(), PATIENCE)):
            if heard == line:
                return
        raise AssertionError(f"s_client ended before {line}")

    async def say(self, text):
        self.process.stdin.write(f"{text}\n".encode())
        await self.expect(f"{text}\n".encode())

    def ask(self, is_for_both):
        self.process.stdin.write(b"K\n" if is_for_both else b"k\n")

    async def go_on(self, word):
        """In the keys that were asked for, and in yet other ones."""
        await self.expect(b"KEYUPDATE\n")
        await self.say(word)
        self.ask(True)
        await self.expect(b"KEYUPDATE\n")
        await self.say(word + " again")

    async def end(self):
        self.process.stdin.close()
        await asyncio.wait_for(self.process.communicate(), PATIENCE)


def report(restarts):
    counts, each, pauses, longest = zip(*restarts)
    assert counts[-1] == CONNECTIONS, counts  # at the first ones some have only begun
    print(f"# {counts[-1]} connections, {len(restarts)} restarts, none lost: a pause of "
          f"{sum(pauses) / len(pauses):.0f} us on average, {max(longest)} ms at most; "
          f"{sum(each) / len(each):.0f} us for each connection", flush=True)


async def restart_once(server, i, halves, renewers):
    for n, renewer in enumerate(renewers):
        renewer.ask((i + n) % 2 == 0)
    said = await server.restart()
    await asyncio.gather(*[half.go_on(b"NEXT%d" % i) for half in halves],
                         *[renewer.go_on(f"new keys {i}") for renewer in renewers])
    return said


async def restart_under_load(world):
    stop = asyncio.Event()
    async with Server(world, certify(world)) as server:
        halves = [Halves(server, i % 2 == 0) for i in range(CONNECTIONS // 10)]
        renewers = [Renewer() for _ in range(CONNECTIONS // 30)]
        others = CONNECTIONS - len(halves) - len(renewers)
        tasks = [asyncio.create_task(
            be_idle(server, stop, i % 3 == 0) if i % 2 == 0 else
            be_busy(server, stop, i % 3 == 0, *((echo, 3000) if i % 4 == 1 else (fetch, 100000))))
            for i in range(others)]
        await asyncio.gather(*[half.begin() for half in halves],
                             *[renewer.begin(server, world) for renewer in renewers])
        report([await restart_once(server, i, halves, renewers) for i in range(RESTARTS)])
        stop.set()
        await asyncio.gather(*tasks, *[renewer.end() for renewer in renewers])
        for half in halves:
            await half.second_half()
            half.writer.close()


@case
def no_client_notices_that_the_server_restarts(world):
    asyncio.run(restart_under_load(world))


async def start_what_does_not_come_up(world):
    async with Server(world, certify(world)) as server:
        reader, writer = await server.connect()
        await echo(reader, writer, 100)
        os.chmod(world.env["OPENSSPI_CONFIG"], 0o666)  # with what others may write nothing starts
        os.kill(server.pid, signal.SIGUSR2)
        await server.expect("tls-restart: ")  # what it has to say itself
        await server.expect("the successor did not come up")
        await echo(reader, writer, 100)
        writer.close()


@case
def a_successor_that_does_not_come_up_costs_nothing(world):
    asyncio.run(start_what_does_not_come_up(world))


main()
