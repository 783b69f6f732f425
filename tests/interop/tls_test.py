# SPDX-License-Identifier: Apache-2.0
"""TLS by SSPI with OpenSSL's and GnuTLS's programs and with curl, in both roles."""
import contextlib
import os
import re
import socket
import subprocess

from tap import case, main
from tls_world import (free_port, gnutls_server, issue, new_key, openssl, openssl_server,
                       our_client, our_server, PEER, prepare, Program, s_client, SUITES, WAIT)


@case
def each_suite_is_spoken_with_openssls_client(world):
    for kind in ("ec", "rsa"):
        prepare(world, kind=kind)
        with our_server(world) as server:
            for version, suite, number in SUITES:
                if version == "1.2" and ("RSA" in suite) != (kind == "rsa"):
                    continue
                option = "-ciphersuites" if version == "1.3" else "-cipher"
                said = s_client(world, server, option, suite, "-tls" + version.replace(".", "_"))
                assert "Verify return code: 0 (ok)" in said, said
                server.wait_for(f"suite={number}")


@case
def each_suite_is_spoken_with_openssls_server(world):
    for kind in ("ec", "rsa"):
        prepare(world, kind=kind)
        for version, suite, number in SUITES:
            if version == "1.2" and ("RSA" in suite) != (kind == "rsa"):
                continue
            option = "-ciphersuites" if version == "1.3" else "-cipher"
            with openssl_server(world, option, suite, "-tls" + version.replace(".", "_")) as server:
                said = our_client(world, server)
                assert f"suite={number}" in said and said.count("heard=olleh") == 2, said


@case
def gnutls_programs_are_spoken_with_in_both_roles(world):
    prepare(world)
    for version in ("1.2", "1.3"):
        priority = f"NORMAL:-VERS-ALL:+VERS-TLS{version}"
        with our_server(world) as server:
            done = subprocess.run(["gnutls-cli", "--x509cafile", "ca.pem", "--priority", priority,
                                   "-p", server.port, "localhost"], input=b"hello\n",
                                  capture_output=True, cwd=world.folder, timeout=WAIT, check=False)
            assert b"\nhello\n" in done.stdout, done
            server.wait_for("version=30" + str(int(version[-1]) + 1))
        with gnutls_server(world, "--priority", priority) as server:
            said = our_client(world, server)
            assert said.count("heard=hello") == 2, said


@case
def curl_gets_a_page(world):
    prepare(world, "alpn = http/1.1\n")
    with our_server(world) as server:
        for version in ("--tlsv1.3", "--tls-max=1.2"):
            option = version.split("=")
            done = subprocess.run(["curl", "-s", *option[:1], *option[1:], "--cacert", "ca.pem",
                                   f"https://localhost:{server.port}/"], capture_output=True,
                                  cwd=world.folder, timeout=WAIT, check=False)
            assert done.stdout == b"hello\n", done
        server.wait_for("version=304 .*alpn=http/1.1")
        server.wait_for("version=303 .*alpn=http/1.1")


@case
def bytes_may_come_one_by_one(world):
    prepare(world)
    for version in ("-tls1_2", "-tls1_3"):
        with our_server(world, "piece=1") as server:
            s_client(world, server, version)
        with openssl_server(world, version) as server:
            said = our_client(world, server, "piece=1")
            assert said.count("heard=olleh") == 2, said


@case
def alpn_is_agreed_on_with_openssl(world):
    prepare(world, "alpn = h2, http/1.1\n")
    with our_server(world) as server:
        said = s_client(world, server, "-alpn", "http/1.1,h2")
        assert "ALPN protocol: h2" in said, said
    with openssl_server(world, "-alpn", "foo,bar") as server:
        said = our_client(world, server, "alpn=bar")
        assert "alpn=bar" in said, said


@case
def sessions_are_resumed_with_openssl(world):
    prepare(world)
    for version in ("-tls1_2", "-tls1_3"):
        with our_server(world) as server:
            s_client(world, server, version, "-sess_out", "session")
            said = s_client(world, server, version, "-sess_in", "session")
            assert "Reused, TLS" in said, said
            server.wait_for("resumed=1")
    with openssl_server(world, "-tls1_2") as server:
        said = our_client(world, server, "times=2")
        assert "resumed=0" in said and "resumed=1" in said, said


@case
def keys_are_updated_by_either_side(world):
    prepare(world)
    with our_server(world, "update") as server:
        s_client(world, server, "-tls1_3", lines=("first", "K", "second", "k", "third"))
    with openssl_server(world, "-tls1_3") as server:
        said = our_client(world, server, "update")
        assert said.count("heard=olleh") == 2, said


@case
def a_session_that_moves_a_hundred_times_is_one_session_to_its_peer(world):
    prepare(world)
    for version in ("-tls1_2", "-tls1_3"):
        with our_server(world, "move", "piece=7") as server:
            said = s_client(world, server, version, lines=[f"line {n}" for n in range(100)])
            assert "line 99" in said
        with openssl_server(world, version) as server:
            said = our_client(world, server, "move", "piece=1")
            assert said.count("heard=olleh") == 2, said


@case
def a_session_moves_before_and_after_its_keys_are_updated(world):
    prepare(world)
    with our_server(world, "move", "update") as server:
        s_client(world, server, "-tls1_3", lines=("first", "K", "second", "k", "third"))


@case
def a_session_changes_its_process_a_hundred_times(world):
    prepare(world)
    for version in ("-tls1_2", "-tls1_3"):
        with our_server(world, "hop", "piece=7") as server:
            said = s_client(world, server, version, lines=[f"line {n}" for n in range(100)])
            assert "line 99" in said
        with openssl_server(world, version) as server:
            said = our_client(world, server, "hop", "piece=1")
            assert said.count("heard=olleh") == 2, said


@case
def a_session_changes_its_process_before_and_after_its_keys_are_updated(world):
    prepare(world)
    with our_server(world, "hop", "update") as server:
        s_client(world, server, "-tls1_3", lines=("1st", "K", "2nd", "k", "3rd", "k", "K", "4th"))
    with openssl_server(world, "-tls1_3") as server:
        said = our_client(world, server, "hop", "update")
        assert said.count("heard=olleh") == 2, said


@case
def gnutls_programs_go_on_when_a_session_changes_its_process(world):
    prepare(world)
    lines = "".join(f"line {n}\n" for n in range(20))
    for version in ("1.2", "1.3"):
        priority = f"NORMAL:-VERS-ALL:+VERS-TLS{version}"
        with our_server(world, "hop", *(["update"] if version == "1.3" else [])) as server:
            done = subprocess.run(["gnutls-cli", "--x509cafile", "ca.pem", "--priority", priority,
                                   "-p", server.port, "localhost"], input=lines.encode(),
                                  capture_output=True, cwd=world.folder, timeout=WAIT, check=False)
            assert lines in done.stdout.decode(), done
        with gnutls_server(world, "--priority", priority) as server:
            said = our_client(world, server, "hop", "piece=9")
            assert said.count("heard=hello") == 2, said


def page(size):
    """What tls_peer's server gives for that many bytes."""
    return b"".join(bytes([97 + at // 16384 % 26]) * min(16384, size - at)
                    for at in range(0, size, 16384))


@case
def a_download_goes_on_while_the_server_changes_its_process(world):
    prepare(world)
    for version, options in (("--tls-max=1.2", []), ("--tlsv1.3", []), ("--tlsv1.3", ["update"])):
        with our_server(world, "hop", *options) as server:
            done = subprocess.run(["curl", "-s", *version.split("="), "--cacert", "ca.pem",
                                   f"https://localhost:{server.port}/600000"], capture_output=True,
                                  cwd=world.folder, timeout=WAIT, check=False)
            assert done.stdout == page(600000), done.stderr


@case
def a_download_goes_on_while_the_client_changes_its_process_in_the_middle_of_records(world):
    prepare(world)
    world.write("file", page(200000).decode())
    for version in ("-tls1_2", "-tls1_3"):
        port = free_port()
        server = Program(world, ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert",
                                 "www.pem", "-key", "www.key", "-WWW", version],
                         stdin=subprocess.PIPE)
        try:
            server.wait_for("ACCEPT")
            server.port = port
            said = our_client(world, server, "hop", "piece=1000", "get=/file")
            assert said.encode().endswith(b"\r\n\r\n" + page(200000)), said[:400]
        finally:
            server.stop()


@contextlib.contextmanager
def openssl_that_is_told(world, *options):
    """s_server and what it is told: each write is a line of its own to it."""
    port = free_port()
    told, orders = os.pipe2(os.O_DIRECT)
    server = Program(world, ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert",
                             "www.pem", "-key", "www.key", *options], stdin=told)
    os.close(told)
    try:
        server.wait_for("ACCEPT")
        server.port = port
        yield server, orders
    finally:
        os.close(orders)
        server.stop()


@case
def a_download_goes_on_while_its_server_updates_keys_and_the_client_changes_its_process(world):
    prepare(world)
    lines = [f"line {n} ".ljust(3000, ".") + "\n" for n in range(24)]
    for suite in ("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"):
        with openssl_that_is_told(world, "-tls1_3", "-ciphersuites", suite) as (server, orders):
            client = Program(world, [PEER, "client", server.port, "localhost", "hop", "piece=1000",
                                     "get=/", f"size={len(''.join(lines))}"])
            server.wait_for("GET / HTTP")
            for n, line in enumerate(lines):
                if n % 3 == 2:  # with a word of its own from the other side, and without
                    os.write(orders, b"K\n" if n % 2 else b"k\n")
                os.write(orders, line.encode())
            client.stop_by_itself()
            server.wait_for("(?s)" + ".*".join(["SSL_do_handshake -> 1"] * 8))
        assert client.text().endswith("got=" + "".join(lines)), client.text()[:300]


@case
def gnutls_updates_keys_while_the_server_changes_its_process(world):
    prepare(world)
    lines = "".join(f"{'^rekey^' if n % 4 == 3 else f'line {n}'}\n" for n in range(20))
    with our_server(world, "hop") as server:
        done = subprocess.run(["gnutls-cli", "--inline-commands", "--x509cafile", "ca.pem",
                               "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.3", "-p", server.port,
                               "localhost"], input=lines.encode(), capture_output=True,
                              cwd=world.folder, timeout=WAIT, check=False)
    said = done.stdout.decode()
    assert said.count("Rekey was completed") == 5, said
    assert lines.replace("^rekey^\n", "") in said, said


@case
def a_client_certificate_makes_a_user(world):
    prepare(world, "client_certificates = required\n")
    for version in ("-tls1_2", "-tls1_3"):
        with our_server(world) as server:
            s_client(world, server, version, "-cert", "alice.pem", "-key", "alice.key")
            server.wait_for(r"user=TLS\\alice")
    with openssl_server(world, "-Verify", "1", "-CAfile", "ca.pem",
                        "-verify_return_error") as server:
        said = our_client(world, server, "user=alice")
        assert said.count("heard=olleh") == 2, said


@case
def without_the_certificate_that_is_required_openssl_gets_its_alert(world):
    prepare(world, "client_certificates = required\n")
    with our_server(world) as server:
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-CAfile",
                   "ca.pem", "-tls1_3"]
        client = Program(world, command, stdin=subprocess.PIPE)
        server.wait_for("failed=8009030e")
        client.wait_for("alert number 116")
        client.process.stdin.close()
        client.stop()


@case
def a_server_that_is_not_who_it_should_be_is_refused_and_told(world):
    prepare(world)
    with openssl_server(world) as server:
        assert "failed=80090322" in our_client(world, server, host="example.org")
        server.wait_for("alert number 42")
    openssl(world, "req", "-x509", "-newkey", *new_key("ec"), "-nodes", "-keyout", "self.key",
            "-out", "self.pem", "-subj", "/CN=localhost", "-days", "2")
    with openssl_server(world, name="self") as server:
        assert "failed=80090325" in our_client(world, server)
        server.wait_for("alert number 48")


@case
def openssl_that_does_not_trust_us_is_understood(world):
    prepare(world)
    with our_server(world) as server:
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-CAfile",
                   "alice.pem", "-verify_return_error", "-tls1_2"]
        client = Program(world, command, stdin=subprocess.PIPE)
        server.wait_for("failed=80090325")
        client.process.stdin.close()
        client.stop()


@case
def new_certificates_are_taken_by_the_next_handshake(world):
    prepare(world)
    with our_server(world) as server:
        first = re.search("(?s)-----BEGIN.*END", s_client(world, server))[0]
        issue(world, "www", "localhost",
              "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n")
        second = re.search("(?s)-----BEGIN.*END", s_client(world, server))[0]
        assert first != second


@case
def a_plain_request_gets_an_alert(world):
    prepare(world)
    with our_server(world) as server:
        with socket.create_connection(("127.0.0.1", int(server.port))) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert plain.recv(7) == b"\x15\x03\x03\x00\x02\x02\x0a"
        server.wait_for("failed=80090326")


main()
