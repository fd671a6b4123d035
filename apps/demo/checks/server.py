"""Starts and stops the demo, by its process id."""

import os
import queue
import re
import resource
import signal
import subprocess
import threading
import time

running = []


class Server:
    """A running demo. Use it in a `with`: it is stopped at the end, whatever happens."""

    def __init__(self, binary, *arguments, descriptors=None):
        self.arguments = list(arguments)

        def limit():
            if descriptors is not None:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        self.process = subprocess.Popen(
            [binary, "--listen", "127.0.0.1:0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=limit,
        )
        running.append(self.process)
        self.lines = []
        self._queue = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        first = self.wait_for(r"http://127\.0\.0\.1:(\d+)/", 10)
        if first is None:
            self.stop()
            raise RuntimeError("the demo did not start: " + " | ".join(self.lines))
        self.port = int(first.group(1))
        self.url = f"http://127.0.0.1:{self.port}"

    def _read(self):
        for line in self.process.stdout:
            self._queue.put(line.rstrip("\n"))
        self._queue.put(None)

    @property
    def pid(self):
        return self.process.pid

    def collect(self):
        """Takes in what the server has printed until now."""
        while True:
            try:
                line = self._queue.get_nowait()
            except queue.Empty:
                return
            if line is not None:
                self.lines.append(line)

    def wait_for(self, pattern, timeout):
        """The match of the first line with `pattern`, among all printed so far or soon."""
        end = time.monotonic() + timeout
        seen = 0
        while True:
            self.collect()
            for line in self.lines[seen:]:
                found = re.search(pattern, line)
                if found:
                    return found
            seen = len(self.lines)
            if time.monotonic() > end or (self.process.poll() is not None and self._queue.empty()):
                return None
            time.sleep(0.01)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def descriptors_left(self, before, timeout=10):
        """How many more there are than `before`, after it had time to notice who has left."""
        end = time.monotonic() + timeout
        while self.descriptors() > before and time.monotonic() < end:
            time.sleep(0.05)
        return max(0, self.descriptors() - before)

    def interrupt(self, timeout=10):
        """Ctrl-C. Gives the exit code, or None if it goes on; and how long it took."""
        begin = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        code = self.wait(timeout)
        return code, time.monotonic() - begin

    def wait(self, timeout):
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None
        self._reader.join(timeout=5)
        self.collect()
        return code

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            if self.wait(5) is None:
                self.process.kill()
                self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def is_instrumented(binary, by):
    """Whether the program was built with a sanitizer: "asan", "tsan" or "ubsan"."""
    with open(binary, "rb") as file:
        return f"__{by}_".encode() in file.read()


def stop_all():
    """For the end of a check that failed half-way."""
    for process in running:
        if process.poll() is None:
            process.kill()
            process.wait()
