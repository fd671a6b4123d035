#!/usr/bin/env python3
"""Each rule of tidy.py catches a planted violation, and lets its good twin pass."""
import pathlib
import sys
import tempfile

import tidy

HEAD = "/// What it is for.\n#pragma once\n\nnamespace edo::inline v0 {\n"
TAIL = "}  // namespace edo::inline v0\n"
LONG_BODY = "\n".join(["  step();"] * 71)
PROTOCOL = ("// The word: idle --> busy.\n// INV-1: one owner.\n// Races: none.\n"
            "// Test: x_test.\n")


def header(body):
    return HEAD + body + TAIL


# rule: [(files that violate it, files that do not)]
CASES = {
    "file-lines": [({"src/base/a.cpp": "\n" * 501}, {"src/base/a.cpp": "\n" * 500}),
                   ({"tests/unit/base/a_test.cpp": "\n" * 801},
                    {"tests/unit/base/a_test.cpp": "\n" * 501})],
    "columns": [({"src/base/a.cpp": "x" * 101}, {"src/base/a.cpp": "x" * 100})],
    "function-lines": [({"src/base/a.cpp": "void f() {\n" + LONG_BODY + "\n}\n"},
                        {"src/base/a.cpp": "namespace a {\n" + LONG_BODY + "\n}\n"}),
                       ({"src/base/a.cpp": "template <class T>\nint f(T t) const noexcept {\n"
                                           + LONG_BODY + "\n}\n"},
                        {"src/base/a.cpp": "template <class R, class... A>\nclass fn<R(A...)> {\n"
                                           + LONG_BODY + "\n};\n"})],
    "file-names": [({"src/base/BadName.cpp": ""}, {"src/base/good_name.cpp": ""})],
    "floors": [({"src/base/a.cpp": '#include "edo/future/poll.hpp"\n'},
                {"src/future/a.cpp": '#include "edo/base/config.hpp"\n'}),
               ({"src/driver/a.cpp": '#include "task/state.hpp"\n'},
                {"src/sched/a.cpp": '#include "task/state.hpp"\n'}),
               ({"src/net/a.cpp": '#include "sched/worker.hpp"\n'},
                {"src/runtime/a.cpp": '#include "sched/worker.hpp"\n'}),
               ({"src/attic/a.cpp": ""}, {}),
               ({"src/net/a.cpp": '#include "edo/edo.hpp"\n'},
                {"examples/a.cpp": '#include "edo/edo.hpp"\n'})],
    "cycles": [({"src/base/a.hpp": '#include "base/b.hpp"\n',
                 "src/base/b.hpp": '#include "base/a.hpp"\n'},
                {"src/base/a.hpp": '#include "base/b.hpp"\n', "src/base/b.hpp": ""})],
    "public-includes": [
        ({"include/edo/base/a.hpp": "#include <iostream>\n"},
         {"include/edo/base/a.hpp": "#include <utility>\n", "src/base/a.cpp": "#include <regex>\n"}),
        ({"include/edo/base/a.hpp": "#include <sys/epoll.h>\n"}, {}),
        ({"include/edo/sync/a.hpp": "#include <chrono>\n"},
         {"include/edo/time/a.hpp": "#include <chrono>\n"}),
        ({"include/edo/task/a.hpp": '#include "task/state.hpp"\n', "src/task/state.hpp": ""}, {})],
    "poll-core": [({"include/edo/future/poll.hpp": '#include "edo/base/a.hpp"\n',
                    "include/edo/base/a.hpp": "#include <memory>\n"},
                   {"include/edo/future/poll.hpp": "#include <optional>\n"})],
    "header-shape": [({"include/edo/base/a.hpp": "/// For.\n"}, {"include/edo/base/a.hpp": header("")}),
                     ({"include/edo/base/a.hpp": "#pragma once\n"}, {}),
                     ({"src/base/a.hpp": "// For.\n#pragma once\nnamespace edo {\n}\n"}, {})],
    "macros": [({"src/base/a.cpp": "#define MAX 3\n"},
                {"include/edo/base/assert.hpp": header("#define EDO_ASSERT(x)\n")}),
               ({"include/edo/base/assert.hpp": "#define ASSERT(x)\n"}, {})],
    "conditionals": [({"src/base/a.cpp": "#ifdef __clang__\n#endif\n"},
                      {"include/edo/base/config.hpp": "#ifdef __clang__\n#endif\n"})],
    "atomic": [({"src/base/a.cpp": "std::atomic<int> n;\n"}, {"src/base/a.cpp": "atomic<int> n;\n"}),
               ({"src/base/a.cpp": "#include <atomic>\n"},
                {"src/base/a.cpp": "// std::atomic is what we do not say\n"})],
    "volatile": [({"src/base/a.cpp": "volatile int n;\n"},
                  {"src/base/a.cpp": 'asm volatile("yield");\n'})],
    "sfinae": [({"src/base/a.cpp": "std::enable_if_t<true> f();\n"}, {"src/base/a.cpp": ""})],
    "test-sleeps": [
        ({"tests/unit/a/a_test.cpp": "std::this_thread::sleep_for(1ms);\n"},
         {"tests/unit/a/a_test.cpp": "auto f = edo::sleep_until(t);\n"}),
        ({"tests/unit/a/a_test.cpp": "usleep(10);\n"}, {})],
    "order-named": [({"src/base/a.cpp": "atomic<int> n;\nint f() { return n.load(); }\n"},
                     {"src/base/a.cpp": "atomic<int> n;\nint f() {\n  // relaxed: a statistic.\n"
                                        "  return n.load(memory_order_relaxed);\n}\n"})],
    "order-reason": [({"src/base/a.cpp": "int a = n.load(memory_order_acquire);\n"},
                      {"src/base/a.cpp": "// acquire: pairs with b.\n"
                                         "int a = n.load(memory_order_acquire);\n"})],
    "order-partner": [({"src/base/a.cpp": "// release: pairs with [a.b].\n"},
                       {"src/base/a.cpp": "// release: [a.b].\n// acquire: [a.b].\n"})],
    "fences": [({"src/base/a.cpp": "atomic_thread_fence(memory_order_seq_cst);  // seq_cst: x\n"},
                {})],
    "protocol-header": [
        ({"src/base/a.cpp": "// relaxed: x\nn.compare_exchange_weak(a, b, memory_order_relaxed);\n"},
         {"src/base/a.cpp": PROTOCOL + "// relaxed: x\n"
                            "n.compare_exchange_weak(a, b, memory_order_relaxed);\n"})],
    "todo": [({"src/base/a.cpp": "// TODO(now): do it\n"}, {"src/base/a.cpp": "// TODO(soon): it\n"}),
             ({"src/base/a.cpp": "// FIXME\n"}, {}), ({"src/base/a.cpp": "// TODO: do it\n"}, {})],
    "dead-code": [({"src/base/a.cpp": "// queue.push(task);\n"},
                   {"src/base/a.cpp": "// The queue is full; push() waits.\n"}),
                  ({"src/base/a.cpp": "#if 0\n#endif\n"}, {}),
                  ({"src/base/a.cpp": "  // return x;\n"}, {})],
    "suppressions": [({"src/base/a.cpp": "int x;  // NOLINT\n"},
                      {"src/base/a.cpp": "int x;  // NOLINT(some-check): the caller wants it\n"})],
    "doc-paths": [({"docs/a.md": "see `src/base/gone.cpp`\n"},
                   {"docs/a.md": "see `src/base/a.{hpp,cpp}`\n", "src/base/a.cpp": "",
                    "src/base/a.hpp": HEAD}),
                  ({"docs/a.md": "[there](gone.md)\n"}, {"docs/a.md": "[web](https://x.org)\n"})],
    "readme-echo": [
        ({"README.md": "<!-- snippet: examples/echo.cpp -->\n```cpp\nint a;\n```\n",
          "examples/echo.cpp": "int b;\n"},
         {"README.md": "<!-- snippet: examples/echo.cpp -->\n```cpp\nint a;\n```\n",
          "examples/echo.cpp": "int a;\n"}),
        ({"README.md": "nothing\n", "examples/echo.cpp": "int b;\n"}, {})],
    "error-codes": [({"include/edo/base/usage.hpp": "  gone = 3,\n", "docs/errors.md": ""},
                     {"include/edo/base/usage.hpp": "  gone = 3,\n", "docs/errors.md": "EDO-E0003"})],
    "test-of-header": [({"tests/unit/a/a.cpp": "TEST(a, b) {}\n"},
                        {"tests/unit/a/a_test.cpp": "TEST(a, b) {}\n"})],
}

LIST = "tools/tidy_exceptions.txt"
EXCEPTIONS = [
    ({LIST: "src/base/a.cpp columns it is not long at all\n", "src/base/a.cpp": ""}, "unused"),
    ({LIST: "src/base/a.cpp columns\n", "src/base/a.cpp": "x" * 101}, "without a reason"),
    ({LIST: "src/base/a.cpp no-such-rule it was renamed\n", "src/base/a.cpp": ""}, "no rule"),
]


def findings(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        return tidy.check(root)


def main():
    passed, failed = 0, 0

    def claim(held, text):
        nonlocal passed, failed
        passed, failed = passed + held, failed + (not held)
        if not held:
            print(f"FAILED: {text}")

    for rule in tidy.rules():
        claim(rule in CASES, f"{rule} has a test")
    for rule, cases in CASES.items():
        for number, (bad, good) in enumerate(cases, 1):
            claim(bool(findings(bad).get(rule)), f"{rule} catches violation {number}")
            claim(not findings(good).get(rule), f"{rule} lets twin {number} pass")
    for files, what in EXCEPTIONS:
        claim(bool(findings(files)["exceptions"]), f"an exception that is {what} is an error")
    allowed = findings({LIST: "src/base/a.cpp columns a table\n", "src/base/a.cpp": "x" * 101})
    claim(not allowed["columns"] and not allowed["exceptions"], "an exception covers its finding")
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
