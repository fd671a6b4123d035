#!/usr/bin/env python3
"""The style guide as a test: what a reader of the tree may rely on, checked in a second or two.

usage: tidy.py [--root DIR] [--list]

Each rule prints `path:line: [rule] message`. What is meant to be otherwise stands in
tools/tidy_exceptions.txt, with its reason; an exception that nothing needs is an error too.
"""
import argparse
import pathlib
import re
import sys

from tidy_rules import comments, docs, includes, language, orders, sizes
from tidy_rules.tree import Tree

MODULES = (sizes, includes, language, orders, comments, docs)


def rules():
    """name -> generator of (path, line, message), by the functions named rule_*."""
    return {
        name.removeprefix("rule_").replace("_", "-"): function
        for module in MODULES
        for name, function in sorted(vars(module).items())
        if name.startswith("rule_")
    }


def read_exceptions(root):
    """[(path, rule, reason, line)] and the findings about the list itself."""
    path = root / "tools" / "tidy_exceptions.txt"
    entries, findings = [], []
    if not path.exists():
        return entries, findings
    for number, text in enumerate(path.read_text().splitlines(), 1):
        if not text.strip() or text.startswith("#"):
            continue
        parts = text.split(None, 2)
        if len(parts) < 3:
            findings.append((path.name, number, "an exception is: path, rule, reason"))
        elif parts[1] not in rules():
            findings.append((path.name, number, f"there is no rule {parts[1]}"))
        else:
            entries.append((parts[0], parts[1], parts[2], number))
    return entries, findings


def check(root):
    """rule -> findings that no exception covers."""
    tree = Tree(root)
    entries, about_list = read_exceptions(root)
    used = set()
    left = {"exceptions": about_list}
    for name, rule in rules().items():
        left[name] = []
        for path, line, message in rule(tree):
            covering = [e for e in entries if e[0] == path and e[1] == name]
            used.update(covering)
            if not covering:
                left[name].append((path, line, message))
    for entry in entries:
        if entry not in used:
            left["exceptions"].append(
                ("tidy_exceptions.txt", entry[3], f"nothing needs it: {entry[0]} {entry[1]}"))
    return left


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--list", action="store_true", help="name the rules")
    options = parser.parse_args()
    if options.list:
        for name, rule in rules().items():
            print(f"{name:24} {(rule.__doc__ or '').splitlines()[0]}")
        return 0
    left = check(options.root)
    for name, findings in left.items():
        for path, line, message in findings:
            print(f"{path}:{line}: [{name}] {message}")
    failed = sum(1 for findings in left.values() if findings)
    print(f"{len(left) - failed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
