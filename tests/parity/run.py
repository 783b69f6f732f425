#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles parity.c and reports in TAP, one case a section of the .def files.

    run.py native COMPILER...    against include/
    run.py windows CLANG         against mingw-w64's headers, for 64-bit Windows
"""
import pathlib
import re
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
OURS = here.parent.parent / "include"
MINGW = pathlib.Path("/usr/x86_64-w64-mingw32/include")
ASSERTION = re.compile(r"\b(?:IS|STATUS|TEXT_[AW]|SIZE|SIGNED|UNSIGNED|AT|CALL|TYPE|POINTER)\(")
DIAGNOSTIC = re.compile(r"^(?:.*/)?(\w+\.def):(\d+):\d+: (?:fatal )?error: (.*)", re.M)
# Assertions that must not hold anywhere: a run that accepts one proves nothing.
WRONG = ["SIZE(SecBuffer, 15)", "AT(SecBufferDesc, pBuffers, 4, 8)", "IS(SECBUFFER_TOKEN, 3)",
         "CALL(FreeContextBuffer, SECURITY_STATUS, (unsigned long long))",
         "STATUS(SEC_E_INVALID_HANDLE, 0x80090302)", 'TEXT_A(NEGOSSP_NAME_A, "Negotiatf")']


class Tap:
    def __init__(self):
        self.n = self.failed = 0

    def case(self, name, complaints):
        self.n += 1
        self.failed += bool(complaints)
        print(f"{'not ok' if complaints else 'ok'} {self.n} - {name}")
        for line in complaints:
            print(f"#   {line}")

    def end(self):
        print(f"1..{self.n}")
        sys.exit(bool(self.failed))


def sections():
    """Yields (title, file, first line, last line, lines) of each section of each .def file."""
    for path in sorted(here.glob("*.def")):
        lines = path.read_text().splitlines()
        starts = [n for n, line in enumerate(lines, 1) if re.match(r"/\* \w+\.h: ", line)]
        for start, end in zip(starts, [*starts[1:], len(lines) + 1]):
            body = lines[start:end - 1]
            if any(ASSERTION.search(line) for line in body):
                yield lines[start - 1][3:-3], path.name, start, end - 1, body


def compile_parity(command, more=(), text='#include "parity.c"\n'):
    """The compiler's complaints, as text; empty when everything holds."""
    done = subprocess.run([*command, *more, f"-I{here}", "-xc", "-std=gnu17", "-fsyntax-only", "-"],
                          input=text, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout if done.returncode else ""


def report_sections(tap, output, with_new):
    found = [(file, int(line), text) for file, line, text in DIAGNOSTIC.findall(output)]
    for title, file, start, end, body in sections():
        count = sum(len(ASSERTION.findall(line)) for line in body
                    if with_new or not line.startswith("NEW("))
        if count == 0:
            continue
        tap.case(f"{title}: {count} assertions hold",
                 [f"{f}:{n}: {text}" for f, n, text in found if f == file and start <= n <= end])
    tap.case("nothing else is wrong", [] if found or not output else output.splitlines()[:20])


def report_controls(tap, command):
    for wrong in WRONG:
        text = f'#include "parity.c"\n{wrong}\n'
        tap.case(f"a wrong assertion is noticed: {wrong}",
                 [] if compile_parity(command, text=text) else ["it compiled"])


def report_headers_read(tap, command, right, wrong):
    """A sanity check: the answers are worth nothing if they come from the other side's headers."""
    done = subprocess.run([*command, "-M", here / "parity.c"], text=True, stdout=subprocess.PIPE)
    read = {pathlib.Path(name).resolve() for name in done.stdout.replace("\\\n", " ").split()[1:]}
    for name in ("sspi.h", "ntsecpkg.h", "schannel.h", "security.h", "ntstatus.h"):
        tap.case(f"{name} is the right one",
                 [] if (right / name).resolve() in read else [f"{right / name} was not read"])
    tap.case("no header of the other side is read",
             [str(path) for path in read & {p.resolve() for p in wrong.glob("*.h")}])


def report_new(tap, command):
    """Each line marked NEW must be refused by mingw's headers, or the mark is out of date."""
    output = compile_parity(command, ["-DPARITY_TRY_NEW"])
    refused = {(file, int(line)) for file, line, _ in DIAGNOSTIC.findall(output)}
    for title, file, start, _, body in sections():
        marked = [(n, line) for n, line in enumerate(body, start + 1) if line.startswith("NEW(")]
        if marked:
            tap.case(f"{title}: {len(marked)} are new to mingw-w64",
                     [f"{file}:{n}: known by now: {line}" for n, line in marked
                      if (file, n) not in refused])
            print(*[f"#   {line[4:-1]}" for _, line in marked], sep="\n")


def main():
    tap = Tap()
    native = sys.argv[1] == "native"
    if native:
        command = [*sys.argv[2:], f"-I{OURS}"]
        report_headers_read(tap, command, OURS, MINGW)
    elif not MINGW.is_dir():
        print("1..0 # SKIP no mingw-w64 headers: install mingw-w64-x86-64-dev")
        return
    else:
        command = [sys.argv[2], "--target=x86_64-w64-windows-gnu", f"-isystem{MINGW}",
                   "-ferror-limit=0"]
        report_headers_read(tap, command, MINGW, OURS)
    report_sections(tap, compile_parity(command), with_new=native)
    report_controls(tap, command)
    if not native:
        report_new(tap, command)
    tap.end()


main()
