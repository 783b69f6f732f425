# SPDX-License-Identifier: Apache-2.0
"""tools/sum-tests: what it overlooked would be a failure that nobody sees."""
import json
import os
import subprocess
import sys
import tempfile

SUM = sys.argv[1]
FOUR = "1..4\nok 1 - a\nnot ok 2 - b\nok 3 - c # SKIP no peer\nok 4 - d\n"


def total(*logs):
    """Exit status and last line over these logs, each a list of tests."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, str(n)) for n in range(len(logs))]
        for path, tests in zip(paths, logs):
            if tests is not None:
                with open(path, "w", encoding="utf-8") as log:
                    log.writelines(json.dumps(test) + "\n" for test in tests)
        done = subprocess.run([SUM, *paths], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()[-1]


def run(result, stdout=""):
    return {"name": "x", "result": result, "stdout": stdout}


CASES = {
    "counts_programs_without_cases_as_one_each":
        (total([run("OK"), run("OK")]), (0, "2 passed, 0 failed")),
    "counts_cases":
        (total([run("FAIL", FOUR)]), (1, "2 passed, 1 failed, 1 skipped")),
    "takes_a_plan_at_the_end":
        (total([run("OK", "ok 1 - a\nok 2\n1..2\n")]), (0, "2 passed, 0 failed")),
    "counts_a_crash_after_cases_that_passed":
        (total([run("ERROR", "1..3\nok 1 - a\nok 2 - b\n")]), (1, "2 passed, 1 failed")),
    "counts_a_crash_and_a_timeout":
        (total([run("ERROR"), run("TIMEOUT"), run("OK")]), (1, "1 passed, 2 failed")),
    "counts_a_test_that_was_expected_to_fail_and_did_not":
        (total([run("UNEXPECTEDPASS")]), (1, "0 passed, 1 failed")),
    "adds_up_several_logs":
        (total([run("OK")], [run("OK"), run("FAIL")]), (1, "2 passed, 1 failed")),
    "takes_a_missing_log_for_a_failure":
        (total([run("OK")], None), (1, "1 passed, 1 failed")),
    "takes_an_empty_log_for_a_failure":
        (total([run("OK")], []), (1, "1 passed, 1 failed")),
    "is_not_content_with_skipping":
        (total([run("SKIP")]), (1, "0 passed, 0 failed, 1 skipped")),
}

print(f"1..{len(CASES)}")
for n, (name, (got, wanted)) in enumerate(CASES.items(), 1):
    print(f"{'ok' if got == wanted else 'not ok'} {n} - {name}")
    if got != wanted:
        print(f"# {got}, not {wanted}")
sys.exit(any(got != wanted for got, wanted in CASES.values()))
