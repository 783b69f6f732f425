#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""controller.py FOLDER USER PASSWORD: a domain controller of Samba's, with winbindd.

Makes the domain CORP with that user, if the folder has none yet; tells NOTIFY_SOCKET when winbindd
lets the user in, and ends at SIGTERM.  controller.py FOLDER enable|disable USER is for when it runs.

It has the ports of a domain controller on loopback, so it wants a network of its own.
"""
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import time

SIOCSIFFLAGS = 0x8914
IFF_UP = 1
PATIENCE = 60  # seconds until winbindd knows its domain

CONFIG = """[global]
netbios name = DC1
realm = CORP.EXAMPLE
workgroup = CORP
server role = active directory domain controller
server services = rpc, ldap, cldap, kdc, winbindd
interfaces = lo
bind interfaces only = yes
disable netbios = yes
private dir = {0}/private
state directory = {0}/state
cache directory = {0}/cache
lock directory = {0}
log file = {0}/log
[sysvol]
path = {0}/state/sysvol
[netlogon]
path = {0}/state/sysvol/corp.example/scripts
"""


def tool(*words):
    subprocess.run(["samba-tool", *words], check=True, stdout=subprocess.DEVNULL,
                   stderr=sys.stderr)


def edit_user(folder, deed, user, *words):
    tool("user", deed, user, *words, "-H", f"{folder}/private/sam.ldb", "-s",
         f"{folder}/etc/smb.conf")


def make_domain(folder, user, password):
    tool("domain", "provision", f"--targetdir={folder}", "--realm=CORP.EXAMPLE", "--domain=CORP",
         "--server-role=dc", "--dns-backend=NONE", f"--adminpass={password}", "--host-name=dc1",
         "--host-ip=127.0.0.1")
    with open(f"{folder}/etc/smb.conf", "w", encoding="ascii") as config:
        config.write(CONFIG.format(folder))
    edit_user(folder, "create", user, password)


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as some:
        fcntl.ioctl(some, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))


def lets_in(folder, user, password):
    return subprocess.run(["ntlm_auth", f"--configfile={folder}/etc/smb.conf", "--domain=CORP",
                           f"--username={user}", f"--password={password}"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


def say_ready():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])


def run(folder, user, password):
    samba = subprocess.Popen(["samba", f"--configfile={folder}/etc/smb.conf", "--foreground",
                              "--no-process-group", "--debuglevel=0"],
                             env={**os.environ, "NOTIFY_SOCKET": ""},
                             stdin=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, lambda number, frame: samba.terminate())
    end = time.monotonic() + PATIENCE
    # Winbindd does not tell when it knows its domain, so it is asked.
    while samba.poll() is None and not lets_in(folder, user, password):
        if time.monotonic() > end:
            samba.terminate()
    if samba.poll() is None:
        say_ready()
    samba.wait()


def main():
    folder, first, second = sys.argv[1:]
    if first in ("enable", "disable"):
        edit_user(folder, first, second)
        return
    loopback_up()
    if not os.path.exists(folder):
        make_domain(folder, first, second)
    run(folder, first, second)


main()
