#!/usr/bin/env python3
"""The API reference of include/edo and the pages of docs/ as HTML, in build/docs/html.

usage: docs.py             run doxygen (docs/Doxyfile), count its warnings, say where index.html is
       docs.py --filter F  print F as doxygen shall read it; doxygen itself calls this
"""
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "docs"
LINK = re.compile(r"\[([^\]]*)\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
SECTIONS = re.compile(r"(?:(?<=/// )|(?<=\. ))(Awaits|Cancel safety|Errors|Threads|Complexity|"
                      r"Allocation|Memory ordering|Source)((?:, [a-z]+)*):")
NAMESPACES = ("/// @namespace edo\n/// All of edo. Its symbols are in `edo::v0`.\n"
              "/// @namespace edo::this_task\n/// What a task may ask about itself.\n"
              "/// @namespace edo::test\n/// The test kit: polls futures by hand, and counts.\n")


def label(path, anchor=""):
    """The name of a page, or of a heading on it, that no other page has."""
    name = path.resolve().relative_to(ROOT).with_suffix("").as_posix()
    return re.sub(r"\W", "_", name + ("." + anchor if anchor else ""))


def page(path):
    """Markdown: headings get labels, links between pages name them, an index owns its pages."""
    def link(match):
        text, target, anchor = match.groups(default="")
        to = (path.parent / target).resolve() if target else path.resolve()
        if "://" in target or to.suffix != ".md":
            return match.group(0) if "://" in target else text
        owned = path.name == "index.md" and to.parent == path.parent.resolve() and not anchor
        return f'@{"subpage" if owned else "ref"} {label(to, anchor)} "{text}"'

    fenced, anchor = False, None
    text = re.sub(r"<!--.*?-->\n?", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for line in re.sub(r"(\[[^\]\n]*)\n +([^\]\n]*\]\()", r"\1 \2", text).splitlines():
        fenced ^= line.lstrip().startswith("```")
        if not fenced and re.match("#+ ", line):  # the first names the page; as GitHub's anchors
            anchor = "" if anchor is None else re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower())
            yield f"{line} {{#{label(path, anchor.replace(' ', '-'))}}}"
        else:
            yield line if fenced else LINK.sub(link, line)


def header(path):
    """C++: the first comment is the file's, sections stand out, what streams inherit is public."""
    yield (NAMESPACES if path.name == "edo.hpp" else "") + "/// @file"
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.replace("edo::inline v0", "edo")
        if path.name == "socket_ops.hpp":
            line = line.replace("namespace edo::detail", "namespace edo")
        line = re.sub(r"detail::(reading|writing|addressed)<", r"\1<", line)
        line = re.sub(r"^\s*friend [\w:<> ]+;$", "", line)
        line = re.sub(r"(:)(:ffff)|(file)(:line)", r"\1\3&zwj;\2\4", line)  # these are no links
        yield SECTIONS.sub(r"<br>**\1\2:**", line) if line.lstrip().startswith("///") else line


def main():
    if sys.argv[1:2] == ["--filter"]:
        path = pathlib.Path(sys.argv[2])
        print("\n".join((page if path.suffix == ".md" else header)(path)))
        return
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    run = subprocess.run(["doxygen", "docs/Doxyfile"], cwd=ROOT, capture_output=True, text=True,
                         check=False)
    print(run.stderr, end="", file=sys.stderr)
    if run.returncode != 0 or re.search(r"^error: ", run.stderr, re.MULTILINE):
        sys.exit(f"docs.py: doxygen failed (status {run.returncode})")
    print(f"{run.stderr.count(': warning: ')} warnings\n{OUT / 'html' / 'index.html'}")


if __name__ == "__main__":
    main()
