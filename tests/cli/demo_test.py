# SPDX-License-Identifier: Apache-2.0
"""sspi demo: the hand-over between three processes, as anybody sees it."""
import json
import os
import pty
import re
import subprocess

from tap import SSPI, case, main

# What is shown, in this order, and what of it has a KDC.
TITLES = ["NTLM", "Kerberos", "Negotiate over Kerberos", "Negotiate over NTLM", "Schannel"]
REALMS = ["Kerberos", "Negotiate over Kerberos"]
# What leaves nothing behind: one of each kind.
PACKAGES = ["NTLM", "Kerberos", "Schannel"]


def is_gone(pid):
    return not os.path.exists(f"/proc/{pid}")


def reports(world, *options):
    out, err = world.sspi("demo", "--json", *options)
    assert out and err == "", (out, err)
    return [json.loads(line) for line in out.splitlines()]


def check(report, lsa, roles):
    pids = {report[role + "_pid"] for role in roles}
    assert len(pids) == len(roles) and 0 not in pids, report
    assert report["lsa"] == lsa and report["result"] == "ok", report
    assert report["blob_bytes"] > report["packed_bytes"] > 0, report
    assert report["messages_before"] >= 2 and report["messages_after"] >= 2, report
    assert report["old_handle"] == "SEC_E_INVALID_HANDLE", report
    assert report["second_import"] == "SEC_E_CONTEXT_EXPIRED", report
    assert report["export_us"] >= 0 <= report["import_us"], report
    assert (report["kdc_pid"] != 0) == (report["title"] in REALMS), report
    assert report["kdc_pid"] == 0 or is_gone(report["kdc_pid"]), "the KDC was left behind"


@case
def without_a_daemon_all_of_it_holds(world):
    told = reports(world)
    for report in told:
        check(report, "embedded", ["client", "front", "worker"])
        assert report["lsad_pid"] == 0 == report["greeter_pid"], report
    assert [report["title"] for report in told] == TITLES, told


@case
def through_an_lsad_of_its_own_all_of_it_holds(world):
    told = reports(world, "--lsa", "lsad")
    for report in told:
        check(report, "lsad", ["client", "greeter", "front", "worker", "lsad"])
        assert is_gone(report["lsad_pid"]), "lsad was left behind"
        if os.geteuid() == 0:
            assert report["secret_file"] == "EACCES", report
    assert [report["title"] for report in told] == TITLES, told


@case
def it_is_told_what_a_negotiation_chose(world):
    told = reports(world, "--package", "Negotiate")
    assert told and all(report["title"].endswith(report["inner"]) for report in told), told


@case
def both_ways_are_shown_one_after_the_other(world):
    out, _ = world.sspi("demo", "--package", "NTLM", "--lsa", "both", "--json")
    assert [json.loads(line)["lsa"] for line in out.splitlines()] == ["embedded", "lsad"], out
    out, _ = world.sspi("demo", "--package", "NTLM", "--lsa", "both")
    assert out.index("(embedded)") < out.index("through lsad") < out.index("has taken leg 1"), out
    assert out.count("All of it held.") == 2, out


@case
def another_way_is_not_known(world):
    assert "embedded, lsad or both" in world.sspi("demo", "--lsa", "none", expect=2)[1]


@case
def packages_can_be_chosen(world):
    out, _ = world.sspi("demo", "--package", "ntlm", "--package", "NTLM", "--json")
    assert [json.loads(line)["package"] for line in out.splitlines()] == ["NTLM", "NTLM"], out


@case
def the_story_names_both_refusals(world):
    out, _ = world.sspi("demo", "--package", "NTLM")
    assert "SEC_E_INVALID_HANDLE" in out and "SEC_E_CONTEXT_EXPIRED" in out, out
    assert "All of it held." in out and "\x1b" not in out, out
    assert re.search(r"^ +\d+\.\d\d ms  worker +reads \"question 4\"", out, re.M), out


@case
def the_story_is_told_in_order_of_time(world):
    out, _ = world.sspi("demo", "--package", "NTLM")
    assert out.index("sends session") < out.index("imports the session"), out


@case
def it_leaves_nothing_behind(world):
    os.mkdir(world.path("tmp"))
    world.env["TMPDIR"] = world.path("tmp")
    os.chmod(world.folder, 0o711)  # root's processes give up what would let them through
    for package in PACKAGES:
        world.sspi("demo", "--package", package, "--lsa", "lsad", "--json")
    assert os.listdir(world.path("tmp")) == []
    assert not os.path.exists(world.path("run")), "used another runtime folder than its own"


@case
def it_cleans_up_even_if_nobody_reads_the_story(world):
    os.mkdir(world.path("tmp"))
    world.env["TMPDIR"] = world.path("tmp")
    reader, writer = os.pipe()
    os.close(reader)
    subprocess.run([SSPI, "demo", "--package", PACKAGES[-1]], stdout=writer, env=world.env, timeout=60, check=False)
    os.close(writer)
    assert os.listdir(world.path("tmp")) == []


@case
def it_needs_no_set_up(world):
    del world.env["OPENSSPI_CONFIG"]
    world.sspi("demo", "--package", "NTLM", "--json")


@case
def a_package_that_policy_forbids_fails_and_says_where(world):
    os.mkdir(world.path("opensspi"))
    world.write("opensspi/opensspi.conf", "[ntlm]\nallow = no\n")
    world.env["XDG_CONFIG_HOME"] = world.folder
    out, err = world.sspi("demo", "--package", "NTLM", "--json", expect=1)
    assert json.loads(out)["result"] != "ok" and "AcquireCredentialsHandle" in err, (out, err)


@case
def a_terminal_gets_colour(world):
    master, slave = pty.openpty()
    process = subprocess.Popen([SSPI, "demo", "--package", "NTLM"], stdout=slave, env=world.env)
    os.close(slave)
    screen = b""
    try:
        while got := os.read(master, 4096):
            screen += got
    except OSError:  # the other end has gone
        pass
    os.close(master)
    assert process.wait(60) == 0 and b"\x1b[32mAll of it held." in screen, screen


main()
