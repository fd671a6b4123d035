"""Many connections: wrk, a thousand that are silent, a thousand that tick."""

import os
import re
import resource
import selectors
import shutil
import signal
import subprocess
import tempfile
import time

from checks.client import connect
from checks.server import is_instrumented

REQUEST = b"GET %s HTTP/1.1\r\nHost: demo\r\n\r\n"


def allow_descriptors(count):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def wrk(t, server, seconds):
    t.section("wrk")
    if shutil.which("wrk") is None:
        t.claim(False, "wrk is installed (./dev packages test)", "not found")
        return
    command = ["wrk", "-t1", "-c64", f"-d{seconds}s", server.url + "/"]
    t.command(" ".join(command).replace(server.url, ""))
    text = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60).stdout
    t.show(text)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    errors = re.findall(r"(?:Socket errors|Non-2xx).*", text)
    t.claim(rate is not None and float(rate.group(1)) > 0 and not errors,
            f"{rate.group(1) if rate else 0} requests a second, no error", errors)


def hold(server, count, path):
    """Opens `count` streams and reads their heads."""
    held = []
    for _ in range(count):
        raw = connect(server)
        raw.sendall(REQUEST % path)
        held.append(raw)
    bad = 0
    for raw in held:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = raw.recv(4096)
            if not piece:
                break
            head += piece
        bad += not head.startswith(b"HTTP/1.1 200 ")
    return held, bad


def threads_of(pid):
    return os.listdir(f"/proc/{pid}/task")


def switches(pid):
    """Voluntary context switches of all threads."""
    total = 0
    for thread in threads_of(pid):
        with open(f"/proc/{pid}/task/{thread}/status", encoding="ascii") as file:
            total += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", file.read(), re.M).group(1))
    return total


def system_calls(pid, seconds):
    """How many system calls began in `seconds`, as strace sees them; None if it may not look.

    Attaching interrupts each thread once, so the first second does not count."""
    settle = 1.0
    with tempfile.NamedTemporaryFile(mode="r", suffix=".strace") as file:
        tracer = subprocess.Popen(["strace", "-f", "-ttt", "-p", str(pid), "-o", file.name],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(settle)
        if tracer.poll() is not None:
            return None
        begin = time.time()
        time.sleep(seconds)
        end = time.time()
        tracer.send_signal(signal.SIGINT)
        tracer.wait(timeout=10)
        calls = []
        for line in file:
            words = line.split(None, 2)
            if len(words) == 3 and begin <= float(words[1]) <= end:
                calls.append(words[2].strip())
    return calls


def silent(t, server, count, seconds, counts):
    t.section(f"{count} idle /ticks?every=0 connections, and no heartbeat: no wake-ups")
    held, bad = hold(server, count, b"/ticks?every=0")
    t.claim(bad == 0, f"{count} connections are open", bad)
    if counts:
        no_wake_ups(t, server, seconds)
    else:
        t.skip("ThreadSanitizer's own thread wakes up all the time")
    events = readable(held, 0)
    t.claim(not events, "none of them has ended or said anything", len(events))
    for raw in held:
        raw.close()


def no_wake_ups(t, server, seconds):
    time.sleep(0.5)
    before = switches(server.pid)
    time.sleep(seconds)
    woken = switches(server.pid) - before
    t.claim(woken == 0, f"{woken} voluntary context switches of {len(threads_of(server.pid))} "
            f"threads in {seconds} s")
    if shutil.which("strace") is None:
        t.claim(False, "strace is installed (./dev packages test)", "not found")
    else:
        calls = system_calls(server.pid, seconds)
        if calls is None:
            t.skip("strace may not attach here")
        else:
            t.claim(not calls, f"{len(calls)} system calls in {seconds} s", calls[:10])


def readable(held, timeout):
    with selectors.DefaultSelector() as selector:
        for raw in held:
            selector.register(raw, selectors.EVENT_READ)
        return [key.fileobj for key, _ in selector.select(timeout)]


def ticking(t, server, count, seconds=4):
    t.section(f"{count} ticking /ticks connections")
    held, bad = hold(server, count, b"/ticks")
    t.claim(bad == 0, f"{count} connections are open", bad)
    received = {raw: 0 for raw in held}
    ended = 0
    with selectors.DefaultSelector() as selector:
        for raw in held:
            raw.setblocking(False)
            selector.register(raw, selectors.EVENT_READ)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for key, _ in selector.select(0.1):
                data = key.fileobj.recv(65536)
                if data:
                    received[key.fileobj] += data.count(b"data: ")
                else:
                    ended += 1
                    selector.unregister(key.fileobj)
    least, most = min(received.values()), max(received.values())
    t.claim(ended == 0, "none has ended", ended)
    t.claim(least >= seconds * 10 * 0.4,
            f"each got between {least} and {most} ticks in {seconds} s, {sum(received.values())} in all")
    for raw in held:
        raw.close()


def all_load(t, binary, start, quick):
    count = min(100 if quick else 1000, allow_descriptors(4096) - 100)
    with start() as server:
        wrk(t, server, 1 if quick else 5)
    with start("--no-heartbeat") as server:
        silent(t, server, count, 1 if quick else 5, not is_instrumented(binary, "tsan"))
    with start() as server:
        before = server.descriptors()
        ticking(t, server, count)
        left = server.descriptors_left(before)
        t.claim(left == 0, "no descriptor is left behind when they leave", left)
