#!/usr/bin/env python3
"""Counts instructions, which repeat to the digit where times do not, and holds them to a bound.

usage: instructions.py PATH/await_cost --compiler clang|gcc [--hardened] [--print]

Each workload of benches/await_cost.cpp runs under callgrind at two sizes; the difference of the
instructions over the difference of the operations is its cost. Two kinds of bound:

- flat: a wake at await depth 8, 64, 256 and 4096 costs what it costs at depth 1, within 10 %;
- budget: what an await of a child that completes at once may cost (docs/benchmarks.md), and the
  cost of a wake when this was last measured, with a margin of 10 %.
"""
import argparse
import re
import subprocess
import sys

DEPTHS = (1, 8, 64, 256, 4096)
FLAT = 0.10

# Instructions for each operation, release builds on x86-64: (plain, hardened). Stack protectors,
# landing marks and assertions of the standard library cost what the second lies over the first.
BUDGET = {
    "clang": {"call_chain": (90, 94), "wake": (134 * 1.10, 149 * 1.10)},
    "gcc": {"call_chain": (135, 143), "wake": (131 * 1.10, 146 * 1.10)},
}


def instructions(command):
    """The instructions that one run executes."""
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command],
        capture_output=True, text=True, check=False, timeout=600)
    found = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not found:
        sys.exit(f"callgrind failed on {command}:\n{run.stderr}")
    return int(found.group(1))


def cost(program, workload, small, large):
    """Instructions for each operation: `workload` with its count at two sizes."""
    few = instructions([program, *workload, str(small)])
    many = instructions([program, *workload, str(large)])
    return (many - few) / (large - small)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--compiler", choices=sorted(BUDGET), required=True)
    parser.add_argument("--hardened", action="store_true", help="the build has EDO_HARDEN")
    parser.add_argument("--print", action="store_true", help="only print, judge nothing")
    options = parser.parse_args()
    budget = {name: pair[options.hardened] for name, pair in BUDGET[options.compiler].items()}
    failures = []

    chain = cost(options.program, ["call_chain"], 10_000, 110_000)
    print(f"await of a child that completes at once: {chain:7.1f} (at most {budget['call_chain']})")
    if chain > budget["call_chain"]:
        failures.append("an await of a child that completes is over its budget")

    wakes = {}
    for depth in DEPTHS:
        wakes[depth] = cost(options.program, ["deep_await", str(depth)], 2_000, 22_000)
        print(f"wake at await depth {depth:4}: {wakes[depth]:21.1f} (at most {budget['wake']:.0f})")
    for depth, found in wakes.items():
        if abs(found / wakes[1] - 1) > FLAT:
            failures.append(f"a wake at depth {depth} does not cost what it costs at depth 1")
        if found > budget["wake"]:
            failures.append(f"a wake at depth {depth} is over its budget")

    for failure in failures:
        print(f"FAILED: {failure}")
    return 1 if failures and not options.print else 0


if __name__ == "__main__":
    sys.exit(main())
