#!/usr/bin/env python3
"""Programs that must not compile, and what the compiler must say.

Each file in cases/ is a typical mistake with its correction beside it (`#ifdef EDO_GOOD`). Comments
at its top say how it is compiled and what the message must have:

    // MODE: plain|strict       strict defines EDO_STRICT_LIFETIMES=1
    // COMPILER: clang|gcc      only there; both without it
    // EXPECT: REGEX            found in the compiler's output

The mistake must fail with that message, and the correction must compile without a warning.
"""
import pathlib
import re
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from harness import ROOT, STANDARD, Tally, options, parallel, run  # noqa: E402

# What a user's build has: these, and warnings are errors, for a discarded future is only a warning.
FLAGS = [STANDARD, "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-fdiagnostics-color=never",
         f"-I{ROOT / 'include'}"]
MODES = {"plain": [], "strict": ["-DEDO_STRICT_LIFETIMES=1"]}


def header_of(source):
    """(mode, compiler or None, regex) of a case."""
    fields = dict(re.findall(r"^// (MODE|COMPILER|EXPECT): (.+)$", source.read_text(), re.M))
    if fields.get("MODE") not in MODES or "EXPECT" not in fields:
        sys.exit(f"{source.name}: needs // MODE: plain|strict and // EXPECT: REGEX")
    if "#ifdef EDO_GOOD" not in source.read_text():
        sys.exit(f"{source.name}: has no correction (#ifdef EDO_GOOD)")
    return fields["MODE"], fields.get("COMPILER"), fields["EXPECT"]


def main():
    chosen = options(__doc__)
    jobs = []
    for source in sorted((HERE / "cases").glob("*.cpp")):
        mode, only, expected = header_of(source)
        for name, compiler in chosen.compilers.items():
            if only in (None, name):
                command = [compiler, *FLAGS, *MODES[mode]]
                jobs.append((name, source, command, expected))

    def attempt(job):
        _, source, command, _ = job
        return (run([*command, str(source)]), run([*command, "-DEDO_GOOD", str(source)]))

    tally = Tally()
    for (name, source, _, expected), (bad, good) in zip(jobs, parallel(attempt, jobs, chosen.jobs)):
        # The compiler repeats the source line; what the case's own comments say does not count.
        said = "\n".join(line for line in bad.stderr.splitlines() if "// EXPECT" not in line)
        tally.claim(bad.returncode == 1 and re.search(expected, said) is not None,
                    f"{source.stem} on {name} is refused with /{expected}/",
                    "it compiles" if bad.returncode == 0 else said)
        tally.claim(good.returncode == 0, f"{source.stem} on {name}, corrected, compiles",
                    good.stderr)
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
