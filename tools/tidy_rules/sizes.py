"""Sizes: what fits a screen, an evening, a head."""
import re

FILE_LINES = 500
TEST_LINES = 800
FUNCTION_LINES = 70
COLUMNS = 100

NOT_A_FUNCTION = re.compile(
    r"^\s*(?:template\s*<.*>\s*)?(?:if|for|while|switch|catch|else|do|try|return|namespace|class|struct|union|enum|"
    r"extern|co_return|co_await|case|default)\b", re.DOTALL)


def rule_file_lines(tree):
    """A file has at most 500 lines, a test 800."""
    for file in tree.files:
        limit = TEST_LINES if file.path.startswith("tests/") else FILE_LINES
        if len(file.lines) > limit:
            yield file.path, limit, f"{len(file.lines)} lines; at most {limit}"


def rule_columns(tree):
    """A line of C++ or CMake has at most 100 columns."""
    for file in tree.files:
        if not file.is_code and not file.path.endswith((".cmake", "CMakeLists.txt")):
            continue
        for number, line in enumerate(file.lines, 1):
            if len(line) > COLUMNS and "http" not in line:
                yield file.path, number, f"{len(line)} columns; at most {COLUMNS}"


def functions(file):
    """(first line, last line) of each function body, told by the text before its brace."""
    stack, head = [], 0
    code = re.sub(r"^[ \t]*#.*(?:\\\n.*)*$", lambda m: re.sub(r"[^\n]", " ", m.group(0)),
                  file.code, flags=re.MULTILINE)
    for match in re.finditer(r"[;{}]", code):
        at = match.start()
        if match.group(0) == "{":
            text = code[head:at]
            inside = any(kind for kind, _ in stack)
            is_function = (not inside and "(" in text and not NOT_A_FUNCTION.match(text)
                           and not re.search(r"=\s*$", text))
            stack.append((is_function, head + len(text) - len(text.lstrip())))
        elif match.group(0) == "}" and stack:
            is_function, begin = stack.pop()
            if is_function:
                yield file.line_of(begin), file.line_of(at)
        head = at + 1


def rule_function_lines(tree):
    """A function has at most 70 lines."""
    for file in tree.code:
        for first, last in functions(file):
            if last - first + 1 > FUNCTION_LINES:
                yield file.path, first, f"{last - first + 1} lines; at most {FUNCTION_LINES}"


def rule_file_names(tree):
    """Files are named in snake_case."""
    for file in tree.files:
        name = file.path.rsplit("/", 1)[-1]
        if not re.fullmatch(r"[a-z0-9_]+(\.[a-z]+)+|CMakeLists\.txt|Edo\w+\.cmake", name):
            yield file.path, 1, "a file name is snake_case"
