"""Comments: sentences, no graveyard, no promises without a date."""
import re

TODO = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(\((\w+)\):\s*\S)?")
KINDS = {"soon", "someday", "perf", "test"}
LOOKS_LIKE_CODE = re.compile(
    r"^//\s*(?:[\w:<>*&\s.\->]+\([^)]*\)\s*;|[\w:.\->]+\s*[-+|&]?=\s*[^=].*;|"
    r"(?:if|for|while|switch)\s*\(.*\)\s*\{|return\b.*;|#\s*include\b.*|\}\s*else.*\{)\s*$")


def rule_todo(tree):
    """TODO(soon|someday|perf|test): text; TODO(now) is not done yet."""
    for file in tree.code:
        for number, line in enumerate(file.lines, 1):
            match = TODO.search(line)
            if match and match.group(1) != "TODO":
                yield file.path, number, f"{match.group(1)}; say TODO(kind): text"
            elif match and match.group(3) not in KINDS:
                yield file.path, number, "TODO(soon|someday|perf|test): text"


def rule_dead_code(tree):
    """No commented-out code, no #if 0."""
    for file in tree.code:
        for number, line in enumerate(file.lines, 1):
            if re.match(r"\s*#\s*if\s+0\b", line):
                yield file.path, number, "#if 0"
            comment = file.comment(number).strip()
            whole_line = line.strip() == comment
            if whole_line and not comment.startswith("///") and LOOKS_LIKE_CODE.match(comment):
                yield file.path, number, "commented-out code"


def rule_suppressions(tree):
    """NOLINT names its check and gives a reason on the same line."""
    for file in tree.code:
        for number, line in enumerate(file.lines, 1):
            if "NOLINT" in line and not re.search(
                    r"NOLINT(NEXTLINE|BEGIN|END)?\([\w\-.,* ]+\):? .{8,}|NOLINTEND", line):
                yield file.path, number, "NOLINT(check) and the reason"
