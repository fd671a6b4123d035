"""Language: macros, conditionals, and what the tree does without."""
import re

MACRO_HEADERS = {"include/edo/base/config.hpp", "include/edo/base/assert.hpp",
                 "include/edo/base/lock.hpp", "include/edo/test/task.hpp"}
CONDITIONALS = {"include/edo/base/config.hpp"}
# Programs about compilers: each shows one idiom, or one that must not compile.
ABOUT_COMPILERS = ("tests/battery/", "tests/compile_fail/", "tests/install/")


def own(tree):
    return [f for f in tree.code if not f.path.startswith(ABOUT_COMPILERS)]


def rule_macros(tree):
    """Macros are defined in base/{config,assert,lock}.hpp and test/task.hpp only."""
    for file in own(tree):
        for line, match in file.find(r"^\s*#\s*define\s+(\w+)"):
            if file.path not in MACRO_HEADERS:
                yield file.path, line, f"macro {match.group(1)} outside the headers for macros"
            elif not match.group(1).startswith("EDO_"):
                yield file.path, line, f"macro {match.group(1)} does not begin with EDO_"


def rule_conditionals(tree):
    """Conditional compilation is in base/config.hpp only."""
    for file in own(tree):
        if file.path not in CONDITIONALS:
            for line, match in file.find(r"^\s*#\s*(if|ifdef|ifndef|elif)\b"):
                yield file.path, line, f"#{match.group(1)} outside base/config.hpp"


def rule_atomic(tree):
    """edo::atomic, never std::atomic, so that the model checker sees every access."""
    for file in tree.library():
        if file.path != "include/edo/base/atomic.hpp":
            for line, match in file.find(r"\bstd::(atomic\w*|memory_order\w*)"):
                yield file.path, line, f"std::{match.group(1)}; use edo's (base/atomic.hpp)"
            for number, line in enumerate(file.lines, 1):
                if re.match(r"\s*#\s*include\s*<atomic>", line):
                    yield file.path, number, "<atomic>; include edo/base/atomic.hpp"


def rule_volatile(tree):
    """volatile and memory_order_consume are banned."""
    for file in tree.library():
        for line, match in file.find(r"\bvolatile\b|\bmemory_order_consume\b"):
            before = file.code_lines[line - 1][:match.start()]
            if not re.search(r"\basm\s*$", before):
                yield file.path, line, f"{match.group(0)} is banned"


def rule_sfinae(tree):
    """Concepts, not enable_if and void_t."""
    for file in tree.library():
        for line, match in file.find(r"\b(enable_if(?:_t)?|void_t)\b"):
            yield file.path, line, f"{match.group(1)}; constrain with a concept"


def rule_test_sleeps(tree):
    """A unit test sleeps nowhere: it polls by hand, or waits for an event."""
    for file in tree.unit_tests():
        for line, match in file.find(
                r"\b(sleep_for|sleep_until|usleep|nanosleep|clock_nanosleep)\s*\("):
            before = file.code_lines[line - 1][:match.start()]
            if not before.rstrip().endswith("edo::") and not (
                    match.group(1) == "sleep_until" and "this_thread" not in before):
                yield file.path, line, f"{match.group(1)} in a unit test"
