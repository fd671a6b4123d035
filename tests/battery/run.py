#!/usr/bin/env python3
"""The compiler battery: tries idioms of coroutine code on each compiler, and prints which are unsafe.

Each program here tries one idiom, in plain C++, without edo. It is compiled at -O0 and at -O2 with
each compiler that is installed, and run in a process of its own; it is safe there if it compiles
and ends with 0. Comments at its top say what is expected:

    // IDIOM: what it tries, in a line
    // UNSAFE: COMPILER [LEVEL], ...    where it is known to fail; LEVEL is -O0 or -O2

The battery fails where an idiom fails that is not known to: then the compiler has a defect that
edo's rules (docs/compilers.md) do not cover yet. An idiom that is listed and passes is noted.
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
LEVELS = ("-O0", "-O2")
COMPILE_TIMEOUT_S = 120
RUN_TIMEOUT_S = 20

Compiler = collections.namedtuple("Compiler", "name path")
Result = collections.namedtuple("Result", "word detail")
SAFE = Result("safe", "")


def compilers():
    """The compilers that are there, by name: the name and the major version, as `g++ 12`."""
    found = {}
    for family, commands in (("clang", ["clang++-19"]), ("g++", ["g++-12", "g++"])):
        for command in commands:
            path = shutil.which(command)
            if path is None:
                continue
            version = subprocess.run(
                [path, "-dumpversion"], capture_output=True, text=True, check=True
            ).stdout.strip().split(".")[0]
            found.setdefault(f"{family} {version}", path)
    return [Compiler(name, path) for name, path in found.items()]


def header_of(source):
    """What the program's first comments say: the idiom, and the set of (compiler, level) unsafe."""
    text = source.read_text()
    idiom = re.search(r"^// IDIOM: (.+)$", text, re.MULTILINE)
    if not idiom:
        raise SystemExit(f"{source.name}: no `// IDIOM:` line")
    unsafe = set()
    line = re.search(r"^// UNSAFE: (.+)$", text, re.MULTILINE)
    for entry in line[1].split(", ") if line else []:
        match = re.fullmatch(r"(\S+ \d+)(?: (-O\d))?", entry)
        if not match:
            raise SystemExit(f"{source.name}: cannot read `UNSAFE: {entry}`")
        unsafe |= {(match[1], level) for level in LEVELS if match[2] in (None, level)}
    return idiom[1], unsafe


def attempt(source, compiler, level, directory):
    program = directory / f"{source.stem}-{compiler.name.replace(' ', '-')}{level}"
    command = [compiler.path, "-std=c++23", level, "-pthread", "-w", "-o", program, source]
    built = subprocess.run(
        command, capture_output=True, text=True, timeout=COMPILE_TIMEOUT_S, check=False
    )
    if built.returncode != 0:
        errors = [line for line in built.stderr.splitlines() if "error:" in line]
        return Result("no compile", (errors or built.stderr.splitlines() or ["no message"])[0])
    try:
        done = subprocess.run(
            [program],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=RUN_TIMEOUT_S,
            cwd=directory,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Result("hangs", f"no end after {RUN_TIMEOUT_S} s")
    finally:
        program.unlink()
    if done.returncode == 0:
        return SAFE
    detail = (done.stderr.strip().splitlines() or [""])[-1]
    if done.returncode < 0:
        return Result("crashes", detail or f"signal {-done.returncode}")
    return Result("wrong", detail)


def print_table(sources, columns, results):
    heads = [f"{compiler.name} {level}" for compiler, level in columns]
    print(f"{'':32}" + "".join(f"{head:>14}" for head in heads))
    for source in sources:
        words = [results[source, column].word for column in columns]
        print(f"{source.stem:32}" + "".join(f"{word:>14}" for word in words))
        print(f"    {header_of(source)[0]}")
    print()


def verdicts(sources, columns, results):
    """Counts what went as expected, and prints the rest."""
    passed = failed = 0
    for source in sources:
        unsafe = header_of(source)[1]
        for compiler, level in columns:
            result = results[source, (compiler, level)]
            where = f"{source.stem} on {compiler.name} {level}"
            known = (compiler.name, level) in unsafe
            if result is SAFE and known:
                print(f"note: {where} is listed as unsafe, and passed")
            elif result is not SAFE and not known:
                failed += 1
                print(f"FAIL: {where} {result.word}: {result.detail}")
                continue
            passed += 1
    return passed, failed


def row_of(source):
    """The line of docs/compilers.md about an idiom."""
    idiom = header_of(source)[0].replace("|", "\\|")
    line = re.search(r"^// UNSAFE: (.+)$", source.read_text(), re.MULTILINE)
    return f"| `{source.stem}` | {idiom} | {line[1] if line else ''} |"


def undocumented(sources):
    """The idioms whose line in the page is missing, or says something else."""
    page = (HERE.parent.parent / "docs" / "compilers.md").read_text().splitlines()
    return [row_of(source) for source in sources if row_of(source) not in page]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--details", action="store_true", help="say how each unsafe idiom fails")
    parser.add_argument("filter", nargs="?", default="", help="only programs with this in the name")
    options = parser.parse_args()

    sources = [s for s in sorted(HERE.glob("*.cpp")) if options.filter in s.stem]
    found = compilers()
    columns = [(compiler, level) for compiler in found for level in LEVELS]
    if not sources or not found:
        raise SystemExit("no program or no compiler to try")
    results = {}
    with tempfile.TemporaryDirectory() as directory:
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            pending = {
                (source, column): pool.submit(attempt, source, *column, pathlib.Path(directory))
                for source in sources
                for column in columns
            }
            for key, future in pending.items():
                results[key] = future.result()

    print_table(sources, columns, results)
    if options.details:
        for (source, (compiler, level)), result in results.items():
            if result is not SAFE:
                print(f"{source.stem} on {compiler.name} {level} {result.word}: {result.detail}")
    passed, failed = verdicts(sources, columns, results)
    for row in undocumented(sources):
        print(f"FAIL: docs/compilers.md has no line {row}")
        failed += 1
    if "clang 19" not in [compiler.name for compiler in found]:
        print("FAIL: clang 19, the reference compiler, is not installed")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
