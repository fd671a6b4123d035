#!/usr/bin/env python3
"""What the public headers cost whoever includes them: time to parse, and what they drag in.

    header_cost.py [--limit SECONDS]

edo.hpp must parse within the limit (processor time, the best of three), and no public header may
include one of the operating system or of a third-party library."""
import argparse
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = ROOT / "include"
COMPILER = os.environ.get("EDO_CLANG", "clang++-19")
COMMAND = [COMPILER, "-std=c++23", f"-I{INCLUDE}", "-x", "c++"]
UMBRELLA = "edo/edo.hpp"


def processor_time(command, text):
    before = os.times()
    subprocess.run(command, input=text, text=True, check=True)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - \
        before.children_system


def cost(header, runs):
    text = f'#include "{header}"\n'
    seconds = min(processor_time([*COMMAND, "-fsyntax-only", "-"], text) for _ in range(runs))
    done = subprocess.run([*COMMAND, "-E", "-P", "-"], input=text, text=True, check=True,
                          capture_output=True)
    return seconds, done.stdout.count("\n")


def foreign(header):
    """The included headers with a name that the C++ standard library does not have."""
    names = re.findall(r"^#\s*include\s+<([^>]+)>", (INCLUDE / header).read_text(), re.MULTILINE)
    allowed = {"edo/test/gtest.hpp": ["gtest/gtest.h"]}.get(header, [])  # the adaptor for it
    return [name for name in names if name not in allowed and ("/" in name or name.endswith((".h", ".hpp")))]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--limit", type=float, default=1.2, help="seconds for edo.hpp")
    limit = parser.parse_args().limit
    passed = failed = 0
    print(f"{'header':44} {'seconds':>8} {'lines':>8}")
    for path in sorted(INCLUDE.rglob("*.hpp")):
        header = path.relative_to(INCLUDE).as_posix()
        seconds, lines = cost(header, 3 if header == UMBRELLA else 1)
        print(f"{header:44} {seconds:8.2f} {lines:8}")
        problems = [f"includes <{name}>" for name in foreign(header)]
        if header == UMBRELLA and seconds > limit:
            problems.append(f"takes {seconds:.2f} s to parse; at most {limit} s")
        for problem in problems:
            print(f"FAILED: {header} {problem}")
        failed += bool(problems)
        passed += not problems
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
