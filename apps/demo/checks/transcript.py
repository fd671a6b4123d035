"""What a check prints, and how it is counted."""

import sys


class Transcript:
    """Prints what is done and what came of it; counts the claims."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = 0

    def section(self, title):
        print(f"\n== {title}", flush=True)

    def show(self, text):
        """What a program said: indented, long lines cut."""
        for line in text.rstrip("\n").split("\n"):
            print("   " + (line if len(line) <= 160 else line[:157] + "..."), flush=True)

    def command(self, text):
        print(f"$ {text}", flush=True)

    def note(self, text):
        print(f"   {text}", flush=True)

    def claim(self, holds, text, detail=""):
        """Counts one claim; `detail` is printed when it does not hold."""
        if holds:
            self.passed += 1
            print(f"ok  {text}", flush=True)
        else:
            self.failed += 1
            print(f"FAILED  {text}" + (f": {detail}" if detail != "" else ""), flush=True)
        return holds

    def skip(self, text):
        self.skipped += 1
        print(f"--  skipped: {text}", flush=True)

    def summary(self):
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        print(f"\n{self.passed} passed, {self.failed} failed{skipped}", flush=True)
        sys.stdout.flush()
        return 0 if self.failed == 0 and self.passed > 0 else 1
