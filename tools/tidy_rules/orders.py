"""Memory orders: each is named, and each says beside it why it is enough."""
import re

NEAR = 12  # lines above an operation in which its comment may stand
ORDER = re.compile(r"\bmemory_order_(relaxed|acquire|release|acq_rel|seq_cst)\b")
OPERATION = re.compile(
    r"(?:\.|->)(load|store|exchange|fetch_\w+|compare_exchange_\w+|test_and_set)\s*\(")
TAG = re.compile(r"\[([a-z_]+\.[a-z_]+)\]")
PROTOCOL = ("INV-1", "(?i)races?", "--", r"(?i)test")
ATOMIC_HPP = "include/edo/base/atomic.hpp"


def arguments(code, begin):
    """The text between the parentheses of the call whose `(` ends at `begin`."""
    depth = 1
    for at in range(begin, len(code)):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        if depth == 0:
            return code[begin:at]
    return code[begin:]


def rule_order_named(tree):
    """Every atomic operation names its memory order."""
    for file in tree.library():
        if "atomic<" not in file.code and "memory_order" not in file.code:
            continue
        for match in OPERATION.finditer(file.code):
            if "memory_order" not in arguments(file.code, match.end()) and \
                    "order" not in arguments(file.code, match.end()):
                yield file.path, file.line_of(match.start()), \
                    f"{match.group(1)} without a memory order"


def rule_order_reason(tree):
    """Every memory order is named in a comment on its line or close above it, with its reason."""
    for file in tree.library():
        if file.path == ATOMIC_HPP:
            continue
        for line, match in file.find(ORDER.pattern):
            order = match.group(1)
            near = range(max(1, line - NEAR), line + 1)
            if not any(re.search(rf"\b{order}\b", file.comment(n)) for n in near):
                yield file.path, line, f"no comment says why {order} is enough here"


def rule_order_partner(tree):
    """A tag like [task.complete] stands at two places at least: each side of a pairing."""
    places = {}
    for file in tree.library():
        for number in range(1, len(file.lines) + 1):
            for tag in TAG.findall(file.comment(number)):
                places.setdefault(tag, []).append((file.path, number))
    for tag, where in sorted(places.items()):
        if len(where) < 2:
            yield where[0][0], where[0][1], f"[{tag}] has no partner"


def rule_fences(tree):
    """No fences: the thread sanitizer does not see them."""
    for file in tree.library():
        for line, match in file.find(r"\batomic_(thread|signal)_fence\b"):
            yield file.path, line, f"{match.group(0)} (docs/compilers.md, G6)"


def rule_protocol_header(tree):
    """A file with a compare-and-exchange begins, or its header does, with its protocol."""
    for file in tree.library():
        if not re.search(r"compare_exchange_\w+\s*\(", file.code):
            continue
        stem = file.path.rsplit(".", 1)[0]
        stems = {stem, re.sub(r"^src/", "include/edo/", stem),
                 re.sub(r"^include/edo/", "src/", stem)}
        heads = [head(tree.by_path[s + e]) for s in stems for e in (".hpp", ".cpp")
                 if s + e in tree.by_path]
        for wanted in PROTOCOL:
            if not any(re.search(wanted, text) for text in heads):
                yield file.path, 1, f"the protocol's header comment has no {wanted}"


def head(file):
    """The comments at the beginning of a file, up to its first namespace."""
    end = file.code.find("namespace edo")
    text = file.text[:end if end > 0 else len(file.text)]
    return "\n".join(line for line in text.splitlines() if line.lstrip().startswith("//"))
