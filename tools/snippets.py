#!/usr/bin/env python3
"""Keeps the code in the documentation equal to code that the tests compile and run.

A source marks a region with `// [name]` and `// [/name]`. A page shows it after a comment:

    <!-- snippet: composing#join -->        region `join` of tests/guide/composing.cpp
    <!-- snippet: examples/echo.cpp -->     a whole file, by its path from the root
    ```cpp
    ...
    ```

and shows what a program prints in blocks after `<!-- output: composing -->`: all such blocks of a
page, one after the other, are the program's whole standard output.

usage: snippets.py check              the pages' code is that of the sources; the guide's, all of it
       snippets.py write              copies the sources' code into the pages
       snippets.py run NAME PROGRAM   PROGRAM prints what the pages say of NAME, and ends well
       snippets.py expect SOURCE PROGRAM   the same for an example, whose source ends with a comment:
                                      `// Prints:` or `// Prints, with ARGUMENTS:`, then the lines
"""
import argparse
import difflib
import pathlib
import re
import subprocess
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ROOT / "tests" / "guide"
TIMEOUT_S = 60

BLOCK = re.compile(
    r"(?:<!-- (?P<kind>snippet|output): (?P<name>\S+) -->\n)?"
    r"^```(?P<language>\w*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def pages():
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in found if page.exists()]


def regions_of(path):
    """The regions of a source: name -> code, without the indentation they have in common."""
    regions, open_regions = {}, {}
    for number, line in enumerate(path.read_text().splitlines(keepends=True), 1):
        mark = re.fullmatch(r"\s*// \[(/?)([a-z_0-9]+)\]\n?", line)
        if not mark:
            for lines in open_regions.values():
                lines.append(line)
        elif not mark[1]:
            if mark[2] in regions or mark[2] in open_regions:
                raise SystemExit(f"{path}:{number}: a second region {mark[2]}")
            open_regions[mark[2]] = []
        else:
            if mark[2] not in open_regions:
                raise SystemExit(f"{path}:{number}: no region {mark[2]} is open")
            regions[mark[2]] = textwrap.dedent("".join(open_regions.pop(mark[2])))
    if open_regions:
        raise SystemExit(f"{path}: not closed: {', '.join(open_regions)}")
    return regions


def code_of(name):
    """The code that `name` stands for."""
    source, _, region = name.partition("#")
    path = ROOT / source if "/" in source else SOURCES / f"{source}.cpp"
    if not path.exists():
        raise SystemExit(f"snippet {name}: there is no {path.relative_to(ROOT)}")
    if not region:
        return path.read_text()
    regions = regions_of(path)
    if region not in regions:
        raise SystemExit(f"snippet {name}: no region {region} in {path.relative_to(ROOT)}")
    return regions[region]


def difference(want, got, want_name, got_name):
    lines = difflib.unified_diff(
        want.splitlines(), got.splitlines(), want_name, got_name, n=2, lineterm=""
    )
    return "\n".join(lines)


def check_page(page, shown):
    """The complaints about one page; adds to `shown` what it shows."""
    complaints = []
    text = page.read_text()
    name_of_page = page.relative_to(ROOT)
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start()) + 1
        if block["kind"] == "snippet":
            shown.add(block["name"])
            want = code_of(block["name"])
            if block["body"] != want:
                complaints.append(
                    f"{name_of_page}:{line}: differs from its source\n"
                    + difference(want, block["body"], block["name"], str(name_of_page))
                )
        elif block["language"] == "cpp" and page.parent.name == "guide":
            complaints.append(f"{name_of_page}:{line}: code without a snippet: nothing compiles it")
    marks = len(re.findall(r"^<!-- (?:snippet|output): ", text, re.MULTILINE))
    if marks != sum(block["kind"] is not None for block in BLOCK.finditer(text)):
        complaints.append(f"{name_of_page}: a snippet or output comment without a block behind it")
    return complaints


def check():
    shown, complaints = set(), []
    for page in pages():
        complaints += check_page(page, shown)
    for source in sorted(SOURCES.glob("*.cpp")):
        for region in regions_of(source):
            if f"{source.stem}#{region}" not in shown:
                complaints.append(f"{source.relative_to(ROOT)}: no page shows the region {region}")
    for complaint in complaints:
        print(complaint)
    print(f"{len(shown)} snippets in {len(pages())} pages, {len(complaints)} wrong")
    return bool(complaints)


def write():
    for page in pages():
        def updated(block):
            if block["kind"] != "snippet":
                return block[0]
            return f"<!-- snippet: {block['name']} -->\n```cpp\n{code_of(block['name'])}```"

        text = page.read_text()
        new = BLOCK.sub(updated, text)
        if new != text:
            page.write_text(new)
            print(f"wrote {page.relative_to(ROOT)}")
    return False


def compare(wanted, command):
    """Runs `command`; true: it failed, or printed something else than `wanted`."""
    if not wanted:
        print(f"nothing says what {command[0]} prints")
        return True
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    sys.stderr.write(done.stderr)
    if done.returncode != 0:
        print(f"{command[0]} ended with {done.returncode}")
    if done.stdout != wanted:
        print(difference(wanted, done.stdout, "documentation", "program"))
    return done.returncode != 0 or done.stdout != wanted


def run(name, program):
    wanted = ""
    for page in pages():
        for block in BLOCK.finditer(page.read_text()):
            if block["kind"] == "output" and block["name"] == name:
                wanted += block["body"]
    return compare(wanted, [program])


def expect(source, program):
    text = pathlib.Path(source).read_text()
    comment = re.search(r"^// Prints(?:, with (.*))?:\n((?://.*\n)+)\Z", text, re.MULTILINE)
    if not comment:
        raise SystemExit(f"{source}: does not end with a comment // Prints:")
    arguments = (comment[1] or "").split()
    wanted = "".join(f"{line[2:].strip()}\n" for line in comment[2].splitlines())
    return compare(wanted, [program, *arguments])


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1])
    parser.add_argument("command", choices=["check", "write", "run", "expect"])
    parser.add_argument("arguments", nargs="*")
    options = parser.parse_args()
    if options.command in ("run", "expect"):
        return {"run": run, "expect": expect}[options.command](*options.arguments)
    return check() if options.command == "check" else write()


if __name__ == "__main__":
    sys.exit(main())
