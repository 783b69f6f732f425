# SPDX-License-Identifier: Apache-2.0
"""Whom TLS trusts, and who may be whom: stapled answers, keys in tokens, users of sections, users of
certificates, and certificates that nobody should take; with OpenSSL's programs."""
import os
import socket
import subprocess
import time

from tap import case, main
from tls_world import (configure, issue, LSAD, new_key, openssl, openssl_server, our_client,
                       our_server, prepare, PEER, Program, s_client, WAIT)

FIPS_ON = os.environ.get("FIPS_ON")
SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
COLLEAGUE, STRANGER = 61001, 61002
REVOKED, NO_REVOCATION = "failed=80092010", "failed=80092012"
UNUSABLE, NOT_OWNER = "8009030d", "80090306"
VERSIONS = ("-tls1_2", "-tls1_3")


def text_of(world, *arguments):
    done = subprocess.run(["openssl", *arguments], cwd=world.folder, check=True,
                          capture_output=True, timeout=WAIT)
    return done.stdout.decode().strip()


def answer(world, state):
    """What the authority says of www, in ocsp: V is good, R is revoked."""
    serial = text_of(world, "x509", "-in", "www.pem", "-noout", "-serial").split("=")[1]
    soon, now = (time.strftime("%y%m%d%H%M%SZ", time.gmtime(time.time() + n)) for n in (86400, -9))
    gone = now if state == "R" else ""
    world.write("index", f"{state}\t{soon}\t{gone}\t{serial}\tunknown\t/CN=localhost\n")
    openssl(world, "ocsp", "-issuer", "ca.pem", "-cert", "www.pem", "-no_nonce", "-reqout", "ask")
    openssl(world, "ocsp", "-index", "index", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey",
            "ca.key", "-reqin", "ask", "-respout", "ocsp", "-ndays", "1")
    os.chmod(world.path("ocsp"), 0o600)


def is_refused(world, status, *options):
    """Does acquiring the server's credential fail with that?"""
    done = subprocess.run([PEER, "server", "www", *options], env=world.env, capture_output=True,
                          timeout=WAIT, check=False)
    return done.stdout.decode() == f"failed={status}\n"


@case
def a_stapled_answer_reaches_openssl(world):
    prepare(world)
    answer(world, "V")
    configure(world, f"ocsp = {world.path('ocsp')}\n")
    with our_server(world) as server:
        for version in VERSIONS:
            said = s_client(world, server, version, "-status")
            assert "Cert Status: good" in said, said


@case
def without_one_openssl_gets_none(world):
    prepare(world)
    with our_server(world) as server:
        assert "no response sent" in s_client(world, server, "-status")


@case
def where_somebody_has_to_vouch_a_stapled_answer_does(world):
    prepare(world, plain="revocation = required\n")
    answer(world, "V")
    for version in VERSIONS:
        with openssl_server(world, version, "-status_file", "ocsp") as server:
            said = our_client(world, server)
            assert said.count("heard=olleh") == 2, said
        with openssl_server(world, version) as server:
            assert NO_REVOCATION in our_client(world, server)
            server.wait_for("alert number 113")


@case
def a_stapled_answer_that_says_revoked_counts(world):
    prepare(world)
    answer(world, "R")
    for version in VERSIONS:
        with openssl_server(world, version, "-status_file", "ocsp") as server:
            assert REVOKED in our_client(world, server)
            server.wait_for("alert number 44")


@case
def an_answer_against_our_own_certificate_is_no_credential(world):
    prepare(world)
    answer(world, "R")
    configure(world, f"ocsp = {world.path('ocsp')}\n")
    assert is_refused(world, UNUSABLE)


@case
def a_revoked_certificate_is_refused_by_a_list_of_them(world):
    prepare(world)
    world.write("crl.conf", "[ca]\ndefault_ca = it\n[it]\ndatabase = index\ndefault_md = sha256\n"
                "default_crl_days = 1\n")
    answer(world, "R")
    openssl(world, "ca", "-gencrl", "-config", "crl.conf", "-cert", "ca.pem", "-keyfile", "ca.key",
            "-out", "crl.pem")
    configure(world, plain=f"crl = {world.path('crl.pem')}\n")
    with openssl_server(world) as server:
        assert REVOKED in our_client(world, server)
        server.wait_for("alert number 44")


@case
def certificates_out_of_their_time_or_for_something_else_are_refused(world):
    prepare(world)
    for name, extension, days, status, alert in (
            ("old", "subjectAltName=DNS:localhost\n", "-1", "80090328", 45),
            ("user", "subjectAltName=DNS:localhost\nextendedKeyUsage=clientAuth\n", "2",
             "80090349", 43)):
        issue(world, name, "localhost", extension)
        openssl(world, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-days", days, "-extfile", "ext", "-out", f"{name}.pem")
        with openssl_server(world, name=name) as server:
            said = our_client(world, server)
            assert f"failed={status}" in said, said
            server.wait_for(f"alert number {alert}")


@case
def who_looks_for_himself_gets_the_certificate(world):
    prepare(world)
    openssl(world, "req", "-x509", "-newkey", *new_key("ec"), "-nodes", "-keyout", "self.key",
            "-out", "self.pem", "-subj", "/CN=nobody", "-days", "2")
    size = len(subprocess.run(["openssl", "x509", "-in", "self.pem", "-outform", "DER"],
                              cwd=world.folder, capture_output=True, check=True).stdout)
    for version in VERSIONS:
        with openssl_server(world, version, name="self") as server:
            said = our_client(world, server, "manual")
            assert f"certificate={size}" in said and said.count("heard=olleh") == 2, said


def fill_token(world):
    """A token that has the key of www, and a module of p11-kit that leads to it."""
    world.write("softhsm", f"directories.tokendir = {world.path('tokens')}\n")
    os.makedirs(world.path("tokens"))
    os.makedirs(world.path("none/pkcs11/modules"))
    world.write("none/pkcs11/modules/softhsm.module", f"module: {SOFTHSM}\n")
    world.env["SOFTHSM2_CONF"] = world.path("softhsm")
    openssl(world, "pkcs8", "-topk8", "-nocrypt", "-in", "www.key", "-out", "www.p8")
    for order in (["--init-token", "--free", "--label", "box", "--so-pin", "4321"],
                  ["--import", "www.p8", "--token", "box", "--label", "www", "--id", "01"]):
        subprocess.run(["softhsm2-util", *order, "--pin", "1234"], env=world.env, check=True,
                       cwd=world.folder, capture_output=True, timeout=WAIT)


@case
def a_key_may_be_in_a_token(world):
    prepare(world)
    fill_token(world)
    os.remove(world.path("www.key"))
    configure(world, key="pkcs11:token=box;object=www?pin-value=1234")
    with our_server(world) as server:
        for version in VERSIONS:
            said = s_client(world, server, version)
            assert "Verify return code: 0 (ok)" in said, said


@case
def a_token_that_is_not_there_or_not_opened_is_no_credential(world):
    prepare(world)
    fill_token(world)
    for key in ("pkcs11:token=other;object=www?pin-value=1234",
                "pkcs11:token=box;object=www?pin-value=4444"):
        configure(world, key=key)
        assert is_refused(world, UNUSABLE)


def let_others_in(world):
    """To the configuration, and to nothing that it names."""
    os.chmod(world.folder, 0o711)
    os.chmod(world.env["OPENSSPI_CONFIG"], 0o644)


@case
def a_section_is_for_the_users_that_it_names(world):
    if not LSAD or os.geteuid() != 0:
        return  # without lsad whoever can read the key has it
    prepare(world, f"users = {COLLEAGUE}\n")
    let_others_in(world)
    with our_server(world, f"uid={COLLEAGUE}") as server:
        s_client(world, server)
    assert is_refused(world, NOT_OWNER, f"uid={STRANGER}")
    configure(world)
    let_others_in(world)
    assert is_refused(world, NOT_OWNER, f"uid={COLLEAGUE}")
    configure(world, "users = *\n")
    let_others_in(world)
    with our_server(world, f"uid={STRANGER}") as server:
        s_client(world, server)


@case
def the_user_of_a_certificate_is_the_local_account_that_the_map_says(world):
    prepare(world, "client_certificates = required\nclient_domain = HERE\n",
            before="[map]\nHERE\\alice = nobody\n")
    certificate = ("-cert", "alice.pem", "-key", "alice.key")
    with our_server(world) as server:
        s_client(world, server, *certificate)
        server.wait_for(r"user=HERE\\alice local=65534\n")
    configure(world, "client_certificates = required\nclient_domain = HERE\n",
              before="[map]\nTLS\\alice = nobody\n")
    with our_server(world) as server:
        s_client(world, server, *certificate)
        server.wait_for(r"user=HERE\\alice local=-1\n")


@case
def in_fips_mode_chacha20_is_not_spoken(world):
    if not FIPS_ON:
        return  # what is preloaded and a sanitizer's runtime do not go together
    world.env["LD_PRELOAD"] = FIPS_ON
    prepare(world)
    with our_server(world) as server:
        s_client(world, server, "-tls1_3")
        server.wait_for("suite=1302")
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-tls1_3",
                   "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"]
        client = Program(world, command)
        server.wait_for("failed=80090331")
        client.wait_for("alert number 40")
        client.stop()
    configure(world, "ciphers = chacha20-poly1305\n")
    assert is_refused(world, "80090331")


main()
