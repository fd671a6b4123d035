"""Includes: floors, circles, and what a public header may cost."""
import re

FLOORS = (
    ("base",),
    ("future", "trace"),
    ("task", "sync", "stream"),
    ("sched", "driver"),
    ("runtime",),
    ("time", "io"),
    ("net", "fs", "process", "signal", "codec"),
    ("console", "test", "sim", "tls", "http"),
)
FLOOR = {folder: number for number, folders in enumerate(FLOORS) for folder in folders}

# Lower, and still not theirs: the driver wakes wakers and knows no task; only the runtime puts
# schedulers and drivers together.
FORBIDDEN = {("driver", "task"), ("driver", "sync"), ("driver", "stream")} | {
    (folder, "sched") for folder in FLOOR if folder != "runtime"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')

HEAVY = {"iostream", "ostream", "istream", "sstream", "fstream", "iomanip", "regex", "ranges",
         "functional", "thread", "mutex", "shared_mutex", "condition_variable", "future",
         "filesystem", "random", "algorithm", "map", "unordered_map", "locale"}
SYSTEM = re.compile(r"^(sys|linux|netinet|arpa|net|openssl|bits|asm)/|"
                    r"^(unistd|fcntl|pthread|signal|poll|netdb|liburing|time|errno|sched)\.h$")
CHRONO_MAY = ("time", "net", "runtime", "signal", "test")
CORE = {f"include/edo/future/{name}.hpp" for name in
        ("poll", "waker", "context", "concepts", "async")}
CORE_NOT = {"functional", "memory", "chrono", "atomic"}


def includes(file):
    """(line, is_quoted, name)"""
    for number, line in enumerate(file.lines, 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) == '"', match.group(2)


def folder_of(path):
    """`base` for include/edo/base/x.hpp and src/base/x.cpp; None for the umbrella and the rest."""
    match = re.match(r"(?:include/edo|src)/([a-z]+)/", path)
    return match.group(1) if match else None


def resolve(tree, name):
    """The file that a quoted include names, or None."""
    if name.startswith("edo/"):
        return tree.by_path.get("include/" + name)
    return tree.by_path.get("src/" + name)


def rule_floors(tree):
    """A folder includes only folders on lower floors."""
    for file in tree.library():
        mine = folder_of(file.path)
        if mine is None:
            continue
        if mine not in FLOOR:
            yield file.path, 1, f"folder {mine} has no floor (tools/tidy_rules/includes.py)"
            continue
        for line, _, name in includes(file):
            match = re.match(r"(?:edo/)?([a-z]+)/[a-z_/]+\.hpp$", name)
            other = match.group(1) if match else None
            if name == "edo/edo.hpp":
                yield file.path, line, "the library never includes the umbrella"
            elif other in FLOOR and other != mine:
                if FLOOR[other] >= FLOOR[mine]:
                    yield file.path, line, f"{mine} (floor {FLOOR[mine]}) includes {other} " \
                                           f"(floor {FLOOR[other]})"
                elif (mine, other) in FORBIDDEN:
                    yield file.path, line, f"{mine} must not know {other}"


def rule_cycles(tree):
    """No file includes itself through others."""
    graph = {f.path: [t.path for _, quoted, name in includes(f) if quoted
                      for t in [resolve(tree, name)] if t] for f in tree.library()}
    state = {}

    def visit(node, trail):
        state[node] = "open"
        for target in graph.get(node, ()):
            if state.get(target) == "open":
                circle = trail[trail.index(target):] + [target]
                yield node, 1, "a circle: " + " -> ".join(circle)
            elif target not in state:
                yield from visit(target, trail + [target])
        state[node] = "done"

    for node in graph:
        if node not in state:
            yield from visit(node, [node])


def rule_public_includes(tree):
    """A public header includes public headers and light standard ones."""
    for file in tree.public():
        folder = folder_of(file.path)
        for line, quoted, name in includes(file):
            if quoted or name.startswith("edo/"):
                if not (quoted and name.startswith("edo/") and resolve(tree, name)):
                    yield file.path, line, f'"{name}" is no public header'
            elif SYSTEM.match(name):
                yield file.path, line, f"<{name}> belongs to the system; hide it in a .cpp"
            elif name in HEAVY:
                yield file.path, line, f"<{name}> is too heavy for a public header"
            elif name == "chrono" and folder not in CHRONO_MAY:
                yield file.path, line, "<chrono> is for time, net, signal and runtime only"


def rule_poll_core(tree):
    """poll, waker, context, concepts and async do without functional, memory, chrono, atomic."""
    for start in sorted(CORE & tree.by_path.keys()):
        seen, todo = {start}, [start]
        while todo:
            file = tree.by_path[todo.pop()]
            for line, quoted, name in includes(file):
                target = resolve(tree, name) if quoted else None
                if target and target.path not in seen:
                    seen.add(target.path)
                    todo.append(target.path)
                elif not quoted and name in CORE_NOT:
                    yield start, 1, f"reaches <{name}> through {file.path}:{line}"


def rule_header_shape(tree):
    """A header begins with what it is for, then `#pragma once`, and uses the ABI namespace."""
    for file in tree.library():
        if not file.is_header:
            continue
        if "#pragma once" not in file.lines[:120]:
            yield file.path, 1, "no #pragma once"
        if not file.lines or not file.lines[0].startswith("//"):
            yield file.path, 1, "a header begins with a comment that says what it is for"
        if "namespace" in file.code and "namespace edo::inline v0" not in file.code:
            yield file.path, 1, "everything is in namespace edo::inline v0"
