#!/usr/bin/env python3
"""Runs the workloads of tasks for edo and for its peers, in turn, and prints tables.

usage: bench.py --edo PROGRAM [--peer NAME=PROGRAM]... [--workers N] [--rounds N] [FILTER]
       bench.py --edo PROGRAM --instructions [FILTER]
       bench.py --edo PROGRAM --growth

Each program takes `WORKLOAD SIZE --workers N` and prints `operations nanoseconds` (for the workload
`idle`: `1 bytes`). A round runs edo, then each peer; of all rounds the least and the median count,
and the ratio is that of the least: noise only adds. With --instructions each workload runs under
callgrind with one worker at two sizes, and the difference is divided by that of the operations.
"""
import argparse
import re
import statistics
import subprocess
import sys

# Workload, size for timing, two sizes for counting, and what is aimed at: instructions for each
# operation, and the time over that of the better Tokio in the same run.
WORKLOADS = {
    "spawn_join": (500_000, (20_000, 120_000), 350, 0.4),
    "spawn_remote": (300_000, (20_000, 120_000), 400, 0.45),
    "spawn_await_1by1": (300_000, (10_000, 60_000), 400, 0.4),
    "chained_spawn": (300_000, (10_000, 60_000), 300, 0.5),
    "yield_now": (2_000_000, (100_000, 300_000), 120, 0.4),
    "self_wake": (2_000_000, (100_000, 300_000), 100, 0.4),
    "ping_pong": (200_000, (10_000, 60_000), 1200, 0.45),
    "join_set_child": (100_000, (10_000, 60_000), 2000, 0.5),
    "deep_await_1": (1_000_000, (10_000, 110_000), 100, 0.4),
    "deep_await_64": (1_000_000, (10_000, 110_000), 100, 0.05),
    "deep_await_256": (300_000, (10_000, 110_000), 100, 0.015),
    "spawn_blocking": (20_000, None, None, 0.5),
    "fib": (22, None, None, None),
    "skynet": (100_000, None, None, None),
    "idle": (1_000_000, None, None, None),
}
UNITS = {"fib": "ns for fib(22)", "skynet": "ns for 100,000 leaves", "idle": "bytes for each task"}


def run(program, workload, size, workers):
    """Nanoseconds (or bytes) for each operation, or None where the program has no such workload."""
    done = subprocess.run([program, workload, str(size), "--workers", str(workers)],
                          capture_output=True, text=True, check=False, timeout=300)
    if done.returncode != 0:
        return None
    operations, total = done.stdout.split()
    return float(total) / float(operations)


def instructions(program, workload, size):
    """The instructions of one run with one worker."""
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, workload,
         str(size), "--workers", "1"], capture_output=True, text=True, check=False, timeout=900)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"callgrind failed on {workload}:\n{done.stderr}")
    return int(found.group(1))


def chosen(options):
    names = [name for name in WORKLOADS if options.filter in name]
    if not names:
        sys.exit(f"no workload has '{options.filter}' in its name")
    return names


def timed(options):
    programs = {"edo": options.edo, **dict(peer.split("=", 1) for peer in options.peer)}
    peers = [name for name in programs if name != "edo"]
    head = ["workload", "edo min", "edo median"]
    for name in peers:
        head += [f"{name} min", f"edo / {name}"]
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for name in chosen(options):
        size = WORKLOADS[name][0]
        rounds = 1 if name == "idle" else options.rounds
        found = {program: [] for program in programs}
        for _ in range(rounds):
            for program, path in programs.items():
                found[program].append(run(path, name, size, options.workers))
        own = found["edo"]
        cells = [name + (f" ({UNITS[name]})" if name in UNITS else ""),
                 f"{min(own):.1f}", f"{statistics.median(own):.1f}"]
        for peer in peers:
            if None in found[peer]:
                cells += ["", ""]
            else:
                least = min(found[peer])
                cells += [f"{least:.1f}", f"**{min(own) / least:.2f}**"]
        print("| " + " | ".join(cells) + " |", flush=True)


def counted(options):
    print("| workload | edo | aim |\n|---|---|---|")
    for name in chosen(options):
        sizes, aim = WORKLOADS[name][1], WORKLOADS[name][2]
        if sizes is None:
            continue
        few, many = (instructions(options.edo, name, size) for size in sizes)
        print(f"| {name} | {(many - few) / (sizes[1] - sizes[0]):.0f} | {aim} |", flush=True)


def grown(options):
    print("| workload | tasks or workers | ns each |\n|---|---|---|")
    for size in (10_000, 100_000, 1_000_000):
        best = min(run(options.edo, "spawn_join", size, options.workers) for _ in range(3))
        print(f"| spawn_join | {size} tasks | {best:.1f} |", flush=True)
    for workload in ("spawn_join", "yield_now", "ping_pong"):
        for workers in (1, 2, 8, 32):
            size = WORKLOADS[workload][0]
            best = min(run(options.edo, workload, size, workers) for _ in range(3))
            print(f"| {workload} | {workers} workers | {best:.1f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edo", required=True, metavar="PROGRAM")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PROGRAM")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--instructions", action="store_true")
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("filter", nargs="?", default="")
    options = parser.parse_args()
    if options.instructions:
        counted(options)
    elif options.growth:
        grown(options)
    else:
        timed(options)


if __name__ == "__main__":
    main()
