#!/usr/bin/env python3
"""Each public header compiles alone and twice, without a warning, as a user includes it: nothing
but include/ on the path. Once more as a checked build and in strict mode."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness import ROOT, STANDARD, WARNINGS, Tally, options, parallel, run  # noqa: E402

MODES = {"plain": [], "checked": ["-DEDO_CHECKED=1"], "strict": ["-DEDO_STRICT_LIFETIMES=1"]}


def main():
    chosen = options(__doc__)
    headers = sorted(p.relative_to(ROOT / "include").as_posix()
                     for p in (ROOT / "include").rglob("*.hpp"))
    cases = [(name, compiler, header, "plain") for name, compiler in chosen.compilers.items()
             for header in headers]
    cases += [(name, compiler, "edo/edo.hpp", mode)
              for name, compiler in chosen.compilers.items() for mode in ("checked", "strict")]

    def compile_one(case):
        _, compiler, header, mode = case
        text = f'#include "{header}"\n#include "{header}"\nint main() {{ return 0; }}\n'
        command = [compiler, STANDARD, *WARNINGS, *MODES[mode], f"-I{ROOT / 'include'}",
                   "-fsyntax-only", "-x", "c++", "-"]
        return run(["sh", "-c", 'printf "%s" "$0" | "$@"', text, *command])

    tally = Tally()
    for case, done in zip(cases, parallel(compile_one, cases, chosen.jobs)):
        tally.claim(done.returncode == 0, f"{case[2]} alone, {case[0]}, {case[3]}", done.stderr)
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
