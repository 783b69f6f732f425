#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# install_test BUILD SOURCE CC: what is installed into a folder of one's own is complete: an example
# builds against it by pkg-config alone, in C and in C++, and the command runs from there.
set -eu
build=$1 source=$2 cc=$3
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

n=0
report() {
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
try() {
    name=$1
    shift
    if "$@" >"$root/log" 2>&1; then report 0 "$name"; else report 1 "$name"; sed 's/^/# /' "$root/log"; fi
}

echo 1..8
DESTDIR=$root meson install -C "$build" --no-rebuild --quiet >"$root/log" 2>&1 || sed 's/^/# /' "$root/log"
pc=$(find "$root" -name opensspi.pc)
lib=$(dirname "$(find "$root" -name libopensspi.so.0)")
sspi=$(find "$root" -path '*/bin/sspi')
man=$(find "$root" -name man1 -type d)
export PKG_CONFIG_PATH="${pc%/*}" PKG_CONFIG_SYSROOT_DIR="$root" LD_LIBRARY_PATH="$lib"
flags=$(pkg-config --cflags --libs opensspi)

try "pkg-config knows it" test -n "$flags"
try "the README's program builds against it" \
    $cc -Wall -Werror -o "$root/worker" "$source/examples/worker.c" "$source/examples/greet.c" $flags
try "Windows sources find sspi.h by its name" \
    sh -c "printf '#include <sspi.h>\n#include <ntsecpkg.h>\n#include <security.h>\n#include <schannel.h>\n' |
        $cc -std=c99 -pedantic -Wall -Werror -fsyntax-only -xc - $(pkg-config --cflags opensspi)"
try "C++ calls it by its declarations" \
    sh -c "printf '#include <sspi.h>\nint main() { return InitSecurityInterfaceW() == nullptr; }\n' |
        $cc -std=c++11 -pedantic -Wall -Werror -o '$root/cxx' -xc++ - -xnone $flags && '$root/cxx'"
try "the command runs from there" "$sspi" --version
try "the demonstration runs from there" "$sspi" demo --lsa both --json
try "every command has its manual page" \
    ls "$man/sspi.1" "$man/sspi-demo.1" "$man/sspi-packages.1" "$man/sspi-passwd.1" "$man/sspi-inspect.1"
try "the library exports nothing but its interface" \
    sh -c "! nm -D --defined-only '$lib/libopensspi.so.0' | grep -E ' [TDBR] (ssp_|lsa_|ntlm_|user_ctx)'"
