"""The rules of tools/tidy.py: each function rule_x(tree) yields (path, line, message)."""
