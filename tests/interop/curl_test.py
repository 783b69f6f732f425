# SPDX-License-Identifier: Apache-2.0
"""curl --ntlm and --negotiate, and a small HTTP server that stands on AcceptSecurityContext."""
from acceptor import Server, both, is_welcome
from tap import case, main

USER = "Domain\\alice:secret"


@both
def curl_is_let_in_with_the_right_password(world, processes):
    with Server(world, processes) as server:
        for _ in range(3):
            welcome, status = server.curl("--user", USER)
            is_welcome(welcome, server)
            assert status == "200 1", status


@both
def curl_is_not_let_in_with_the_wrong_password(world, processes):
    with Server(world, processes) as server:
        assert server.curl("--user", "Domain\\alice:wrong") == ["401 1"]
        assert server.curl("--user", "Domain\\bob:secret") == ["401 1"]
        is_welcome(server.curl("--user", USER)[0], server)


@both
def curl_goes_on_over_the_connection_that_it_was_let_in_by(world, processes):
    with Server(world, processes) as server:
        lines = server.curl("--user", USER, paths=("first", "second", "third"))
        for nth, welcome in enumerate(lines[0::2]):
            is_welcome(welcome, server, nth)
        assert lines[1::2] == ["200 1", "200 0", "200 0"], lines


@both
def curl_may_post(world, processes):
    with Server(world, processes) as server:
        welcome, status = server.curl("--user", USER, "--data", "x" * 5000)
        is_welcome(welcome, server)
        assert status == "200 1", status


def be_user_of_gss(world, password):
    """Whom gss-ntlmssp takes the user to be when nobody says: curl asks for its default."""
    with open(world.path("gss"), "w", encoding="ascii") as file:
        file.write(f"Domain:alice:{password}\n")
    world.env["NTLM_USER_FILE"] = world.path("gss")


@both
def curl_negotiates(world, processes):
    be_user_of_gss(world, "secret")
    with Server(world, processes, "Negotiate") as server:
        lines = server.curl("--user", ":", paths=("first", "second", "third"))
        for nth, welcome in enumerate(lines[0::2]):
            is_welcome(welcome, server, nth)
        assert lines[1::2] == ["200 1", "200 0", "200 0"], lines


@both
def curl_negotiates_in_vain_with_the_wrong_password(world, processes):
    be_user_of_gss(world, "wrong")
    with Server(world, processes, "Negotiate") as server:
        assert server.curl("--user", ":")[-1].startswith("401")


@case
def curl_is_not_let_in_without_a_name(world):
    with Server(world, "one") as server:
        assert server.curl("--user", ":") == ["401 1"]


@case
def curl_is_refused_without_a_credential(world):
    with Server(world, "one") as server:
        assert server.curl()[-1] == "401 1"


main()
