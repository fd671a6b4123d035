#!/usr/bin/env python3
"""Each kind of misuse has its section in docs/errors.md, and each error code its row; none is extra.

usage: error_pages.py ROOT
"""
import pathlib
import re
import sys


def enumerators(header, name):
    """Name -> number of the enumerators of `enum class name`."""
    body = re.search(rf"enum class {name}\b[^{{]*{{(.*?)}};", header.read_text(), re.DOTALL)[1]
    found, number = {}, 0
    for match in re.finditer(r"^\s*([a-z_]+)(?:\s*=\s*(\d+))?,", body, re.MULTILINE):
        number = int(match[2]) if match[2] else number + 1
        found[match[1]] = number
    return found


def main():
    root = pathlib.Path(sys.argv[1])
    page = (root / "docs" / "errors.md").read_text()
    kinds = enumerators(root / "include/edo/base/usage.hpp", "usage")
    sections = re.findall(r"^## EDO-E(\d{4}): ([a-z_]+)$", page, re.MULTILINE)
    wanted = [(f"{number:04}", name) for name, number in kinds.items()]
    complaints = [f"no section EDO-E{number}: {name}" for number, name in wanted
                  if (number, name) not in sections]
    complaints += [f"EDO-E{number}: {name} is not in usage.hpp" for number, name in sections
                   if (number, name) not in wanted]
    for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        if section.startswith("EDO-E") and "**Cure.**" not in section:
            complaints.append(f"{section.splitlines()[0]}: no cure")
    codes = enumerators(root / "include/edo/base/error.hpp", "errc")
    rows = re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE)
    complaints += [f"errc::{name} has no row" for name in codes if name not in rows]
    complaints += [f"errc::{name} is not in error.hpp" for name in rows if name not in codes]
    for complaint in complaints:
        print(f"docs/errors.md: {complaint}")
    print(f"{len(kinds)} kinds of misuse, {len(codes)} codes, {len(complaints)} wrong")
    return bool(complaints) or not kinds or not codes


if __name__ == "__main__":
    sys.exit(main())
