#!/usr/bin/env python3
"""Counts what a ctest run proved: each GoogleTest case, and one for each other ctest entry.

usage: count_tests.py RESULTS, a directory with junit.xml and the JSON that each gtest wrote.
"""
import json
import pathlib
import sys
import xml.etree.ElementTree as tree


def gtest_counts(path):
    report = json.loads(path.read_text())
    failed = report["failures"] + report["errors"]
    ran = sum(
        case.get("result") == "COMPLETED"
        for suite in report["testsuites"]
        for case in suite["testsuite"]
    )
    return ran - failed, failed


def main():
    results = pathlib.Path(sys.argv[1])
    passed = failed = 0
    for entry in tree.parse(results / "junit.xml").getroot().iter("testcase"):
        name = entry.get("name")
        ok = entry.get("status") == "run"
        report = results / f"{name}.json"
        p, f = gtest_counts(report) if report.exists() else (int(ok), int(not ok))
        # A process can fail after its last test: a leak, a sanitizer's report.
        if not ok and f == 0:
            f = 1
        passed, failed = passed + p, failed + f
        if f:
            print(f"{name}: {f} failed")
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
