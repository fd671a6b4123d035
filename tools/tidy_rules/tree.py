"""The files of the tree, read once, with comments and strings told from code."""
import pathlib
import re

CODE_DIRS = ("include", "src", "tests", "apps", "examples", "benches", "docs")
CODE = (".hpp", ".cpp")
TEXT = CODE + (".py", ".cmake", ".txt", ".sh")

TOKEN = re.compile(
    r'''//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|'''
    r'''(?<![\w'])'(?:\\.|[^'\\\n])+[']''', re.DOTALL)


class File:
    """One source file: `text` as it is, `code` with comments and strings blanked out, in which
    every character keeps its line and column."""

    def __init__(self, root, path):
        self.path = path.relative_to(root).as_posix()
        self.text = path.read_text(encoding="utf-8")
        self.lines = self.text.splitlines()
        self.is_code = path.suffix in CODE
        self.is_header = path.suffix == ".hpp"
        if self.is_code:
            self.code = TOKEN.sub(blank, self.text)
            self.code_lines = self.code.splitlines()

    def find(self, pattern):
        """(line number, match) for each match of a regular expression in the code."""
        for number, line in enumerate(self.code_lines, 1):
            for match in re.finditer(pattern, line):
                yield number, match

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def comment(self, number):
        """The comment on line `number`, or the empty string."""
        line, code = self.lines[number - 1], self.code_lines[number - 1]
        at = line.find("//")
        while at >= 0 and code[at:at + 2].strip():
            at = line.find("//", at + 2)
        return line[at:] if at >= 0 else ""


def blank(match):
    """A comment becomes blanks; a string keeps its quotes, so that `#include "x"` stays a line."""
    text = match.group(0)
    return re.sub(r"[^\n]", " ", text)


class Tree:
    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self.files = []
        paths = [p for d in CODE_DIRS for p in sorted((self.root / d).rglob("*"))]
        paths += sorted((self.root / "tools").rglob("*"))
        paths += sorted((self.root / "cmake").rglob("*"))
        for path in paths:
            if path.suffix in TEXT and path.is_file() and "__pycache__" not in path.parts:
                self.files.append(File(self.root, path))
        self.code = [f for f in self.files if f.is_code]
        self.by_path = {f.path: f for f in self.files}
        self.pages = sorted(
            p for p in [*self.root.glob("*.md"), *(self.root / "docs").rglob("*.md")])

    def library(self):
        """The public headers and the sources of the library and of the test kit."""
        return [f for f in self.code if f.path.startswith(("include/", "src/"))]

    def public(self):
        return [f for f in self.code if f.path.startswith("include/")]

    def unit_tests(self):
        return [f for f in self.code if f.path.startswith("tests/unit/")]
