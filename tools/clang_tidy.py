#!/usr/bin/env python3
"""Runs clang-tidy-19 on the sources of the library, applications, examples and benchmarks.

    clang_tidy.py --build DIR [--jobs N]     DIR has compile_commands.json

A file that was found clean is not looked at again until it, a header of it, its flags or the
checks change: build/clang-tidy-cache keeps a hash of the preprocessed text of each."""
import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = ROOT / "build" / "clang-tidy-cache"
FOLDERS = ("src", "apps", "examples", "benches")
TIDY = "clang-tidy-19"
TIMEOUT_S = 300


def entries(build):
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if path.suffix == ".cpp" and path.is_relative_to(ROOT) \
                and path.relative_to(ROOT).parts[0] in FOLDERS:
            found[path] = entry
    return dict(sorted(found.items()))


def compiler_command(entry):
    """The compile command without what precedes the compiler: a launcher."""
    words = shlex.split(entry["command"])
    first = next(i for i, word in enumerate(words) if pathlib.Path(word).name.startswith("clang++"))
    return words[first:]


def state_of(entry, salt):
    command = compiler_command(entry)
    if "-o" in command:
        at = command.index("-o")
        del command[at:at + 2]
    command.remove("-c")
    done = subprocess.run([*command, "-E", "-o", "-"], capture_output=True, check=False,
                          cwd=entry["directory"])
    if done.returncode != 0:
        return None
    return hashlib.sha256(salt + " ".join(command).encode() + done.stdout).hexdigest()


def look_at(path, entry, build, salt):
    """What clang-tidy says of a file, or "" if it is clean."""
    state = state_of(entry, salt)
    if state and (CACHE / state).exists():
        return ""
    try:
        done = subprocess.run([TIDY, "--quiet", "-p", str(build), str(path)], capture_output=True,
                              text=True, check=False, timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return f"{path}: no end after {TIMEOUT_S} s"
    if done.returncode == 0 and "warning:" not in done.stdout:
        if state:
            (CACHE / state).touch()
        return ""
    return done.stdout + (done.stderr if not done.stdout else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    salt = version + (ROOT / ".clang-tidy").read_bytes()
    files = entries(options.build)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        said = list(pool.map(lambda f: look_at(*f, options.build, salt), files.items()))
    for text in filter(None, said):
        print(text)
    failed = sum(map(bool, said))
    print(f"{len(said) - failed} passed, {failed} failed")
    return failed != 0 or not said


if __name__ == "__main__":
    sys.exit(main())
