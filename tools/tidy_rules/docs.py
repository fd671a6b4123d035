"""Documentation: what it points to exists, what it shows is what the tests run."""
import re

README_ECHO = re.compile(r"<!-- snippet: examples/echo\.cpp -->\s*```cpp\n(.*?)```", re.DOTALL)
PATH = re.compile(
    r"`((?:\./)?(?:include|src|docs|tests|tools|examples|apps|benches|cmake|\.ci)/[^`\s]*)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def expand(path):
    """`a/{b,c}.d` -> [a/b.d, a/c.d]"""
    match = re.search(r"\{([^}]*)\}", path)
    if not match:
        return [path]
    return [e for part in match.group(1).split(",")
            for e in expand(path[:match.start()] + part + path[match.end():])]


def rule_doc_paths(tree):
    """The pages name files that exist."""
    for page in tree.pages:
        name = page.relative_to(tree.root).as_posix()
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            for path in PATH.findall(line):
                path = path.removeprefix("./").split(":")[0].rstrip("/.")
                if re.search(r"[<>…]|\bx\.|NAME|\.\.\.", path):
                    continue
                for one in expand(path.split("#")[0]):
                    if not list(tree.root.glob(one)):
                        yield name, number, f"{one} does not exist"
            for target in LINK.findall(line):
                target = target.split("#")[0]
                if target and "://" not in target and not target.startswith("mailto:") and \
                        not (page.parent / target).exists():
                    yield name, number, f"the link to {target} leads nowhere"


def rule_readme_echo(tree):
    """The echo server in README.md is examples/echo.cpp, to the letter."""
    readme = tree.root / "README.md"
    echo = tree.by_path.get("examples/echo.cpp")
    if not readme.exists() or echo is None:
        return
    match = README_ECHO.search(readme.read_text(encoding="utf-8"))
    if not match:
        yield "README.md", 1, "shows no <!-- snippet: examples/echo.cpp -->"
    elif match.group(1) != echo.text:
        yield "README.md", 1, "its echo server differs from examples/echo.cpp " \
                              "(tools/snippets.py write)"


def rule_error_codes(tree):
    """Every code EDO-Exxxx of the library has its section in docs/errors.md."""
    page = tree.root / "docs" / "errors.md"
    usage = tree.by_path.get("include/edo/base/usage.hpp")
    if usage is None or not page.exists():
        return
    text = page.read_text(encoding="utf-8")
    for line, match in usage.find(r"^\s+(\w+) = (\d+),"):
        code = f"EDO-E{int(match.group(2)):04}"
        if code not in text:
            yield "docs/errors.md", 1, f"{code} ({match.group(1)}) is not explained"


def rule_test_of_header(tree):
    """Each unit test is named x_test.cpp, or is a helper that a test includes."""
    for file in tree.unit_tests():
        if file.path.endswith(".cpp") and not file.path.endswith("_test.cpp") and \
                "TEST(" in file.code:
            yield file.path, 1, "has tests, so it is named x_test.cpp"
