"""What the test runners in Python share: compilers, parallel runs, and a tally."""
import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
COMPILERS = {"clang": os.environ.get("EDO_CLANG", "clang++-19"),
             "gcc": os.environ.get("EDO_GCC", "g++")}
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Wundef",
            "-Wnon-virtual-dtor", "-Wold-style-cast", "-Werror"]
STANDARD = "-std=c++23"
TIMEOUT_S = 120


def options(description, **flags):
    """Parses --jobs, --compiler and the flags `name="help"`."""
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--compiler", choices=sorted(COMPILERS), action="append",
                        help="only this one")
    for name, text in flags.items():
        parser.add_argument(f"--{name}", action="store_true", help=text)
    chosen = parser.parse_args()
    chosen.compilers = {k: v for k, v in COMPILERS.items()
                        if not chosen.compiler or k in chosen.compiler}
    for command in chosen.compilers.values():
        if not shutil.which(command):
            sys.exit(f"{command} is not installed (tools/packages.txt)")
    return chosen


def run(command, timeout=TIMEOUT_S, **more):
    """A finished process; a timeout is exit code 124, as of timeout(1)."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False,
                              timeout=timeout, stdin=subprocess.DEVNULL, **more)
    except subprocess.TimeoutExpired as late:
        return subprocess.CompletedProcess(command, 124, str(late.stdout or ""), "timed out")


def parallel(function, items, jobs):
    """[function(item)] in the order of the items, `jobs` at once."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=jobs) as pool:
        return list(pool.map(function, items))


class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def claim(self, held, text, detail=""):
        if held:
            self.passed += 1
            return
        self.failed += 1
        print(f"FAILED: {text}")
        for line in detail.splitlines()[:25]:
            print(f"    {line}")

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return self.failed != 0
