"""What no well-behaved client sends."""

import socket
import threading
import time

from checks.client import connect, curl, exchange, read_answer, read_to_end, reset, status_of
from checks.server import is_instrumented

HOST = b"Host: demo\r\n"


def malformed(t, server):
    t.section("malformed and oversized requests: an answer, then the end of the connection")
    cases = [
        ("no HTTP at all", b"\x16\x03\x01\x00\xa5\x01\x00\x00\r\n\r\n", 400),
        ("a wrong version", b"GET / HTTP/3.0\r\n" + HOST + b"\r\n", 400),
        ("no Host", b"GET / HTTP/1.1\r\n\r\n", 400),
        ("two Hosts", b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n", 400),
        ("a blank before a colon", b"GET / HTTP/1.1\r\n" + HOST + b"X : y\r\n\r\n", 400),
        ("a folded field", b"GET / HTTP/1.1\r\n" + HOST + b"X: y\r\n z\r\n\r\n", 400),
        ("a bare LF", b"GET / HTTP/1.1\n" + HOST + b"\r\n", 400),
        ("a NUL", b"GET / HTTP/1.1\r\n" + HOST + b"X: \0\r\n\r\n", 400),
        ("two lengths", b"POST / HTTP/1.1\r\n" + HOST +
         b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        ("a length beside chunked", b"POST / HTTP/1.1\r\n" + HOST +
         b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("chunked in HTTP/1.0", b"POST / HTTP/1.0\r\n" + HOST +
         b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("a chunk size that is none", b"POST / HTTP/1.1\r\n" + HOST +
         b"Transfer-Encoding: chunked\r\n\r\nx\r\n", 400),
        ("a target of 9 KiB", b"GET /" + b"x" * 9216 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        ("a head of 17 KiB", b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"x" * 17408 + b"\r\n\r\n", 431),
        ("101 fields", b"GET / HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 100 + b"\r\n", 431),
        ("a body of 2 MiB", b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 2097152\r\n\r\n" +
         b"x" * 2097152, 413),
        ("a chunk of 2 MiB", b"POST / HTTP/1.1\r\n" + HOST +
         b"Transfer-Encoding: chunked\r\n\r\n200000\r\n", 413),
    ]
    for name, data, want in cases:
        answer, end, _ = exchange(server, data)
        got = status_of(answer)
        reason = answer.partition(b"\r\n\r\n")[2].decode(errors="replace").strip()
        closes = b"\r\nConnection: close\r\n" in answer and end in ("closed", "reset")
        t.claim(got == want and closes, f"{want}  {name:26} {reason[:70]}", (got, end, answer[:200]))


def slow(t, server, head_ms, idle_ms):
    t.section(f"slow clients, with a head timeout of {head_ms} ms and an idle one of {idle_ms} ms")
    with connect(server) as raw:
        try:
            for byte in b"GET / HTTP/1.1\r\nHost: a-name-that-takes-its-time\r\nX: " + b"y" * 100:
                raw.sendall(bytes([byte]))
                time.sleep(0.02)
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer, end = read_to_end(raw)
    # The last bytes may cross the close, and then a reset takes the answer with it.
    t.claim(status_of(answer) == 408 or (answer == b"" and end == "reset"),
            "a byte every 20 ms: 408", (answer[:80], end))
    answer, end, seconds = exchange(server, b"GET / HTTP/1.1\r\nHo")
    t.claim(status_of(answer) == 408 and head_ms / 1000 <= seconds < 10,
            f"half a head: 408 after {seconds * 1000:.0f} ms", (answer[:80], end))
    answer, end, seconds = exchange(
        server, b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\nhalf")
    t.claim(status_of(answer) == 408 and head_ms / 1000 <= seconds < 10,
            f"half a body: 408 after {seconds * 1000:.0f} ms", (answer[:80], end))
    answer, end, seconds = exchange(server, b"")
    t.claim(answer == b"" and end == "closed" and idle_ms / 1000 <= seconds < 10,
            f"no request at all: closed after {seconds * 1000:.0f} ms", (answer[:80], end))
    answer, end, seconds = exchange(server, b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
    t.claim(status_of(answer) == 200 and end == "closed" and seconds >= idle_ms / 1000,
            f"one request, then none: answered, and closed after {seconds * 1000:.0f} ms", end)


def pipelined(t, server):
    t.section("pipelining, and pieces")
    request = b"GET /report/%d?join HTTP/1.1\r\n" + HOST + b"\r\n"
    with connect(server) as raw:
        raw.sendall(b"".join(request % i for i in range(1, 4)))
        answers = [read_answer(raw) for _ in range(3)]
    ids = [body.partition(b",")[0] for _, body in answers]
    t.claim(ids == [b'{"id": 1', b'{"id": 2', b'{"id": 3'], "three requests in one packet", answers)
    with connect(server) as raw:
        for byte in request % 5:
            raw.sendall(bytes([byte]))
        t.claim(read_answer(raw)[0] == 200, "one request in packets of one byte")
    with connect(server) as raw:
        raw.sendall(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\n\r\nabc" + request % 6)
        t.claim([read_answer(raw)[0], read_answer(raw)[0]] == [405, 200], "a body, then a request")
    with connect(server) as raw:
        raw.sendall(b"GET / HTTP/1.0\r\n\r\n")
        answer, end = read_to_end(raw)
        t.claim(status_of(answer) == 200 and end == "closed", "HTTP/1.0 without Host, then closed")


def disturbers(t, server, seconds=2.0):
    t.section("clients that reset or close in the middle, beside one that behaves")
    stop = threading.Event()
    counts = {"reset": 0, "closed": 0}

    def disturb(kind):
        parts = [b"", b"GET", b"GET / HTTP/1.1\r\nHost: ", b"POST / HTTP/1.1\r\n" + HOST +
                 b"Content-Length: 100\r\n\r\nhalf", b"GET /report/1 HTTP/1.1\r\n" + HOST + b"\r\n",
                 b"GET /ticks?every=10 HTTP/1.1\r\n" + HOST + b"\r\n",
                 b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"]
        while not stop.is_set():
            for part in parts:
                raw = connect(server)
                raw.sendall(part)
                time.sleep(0.002)
                if kind == "reset":
                    reset(raw)
                else:
                    raw.close()
                counts[kind] += 1

    threads = [threading.Thread(target=disturb, args=(kind,)) for kind in counts]
    for thread in threads:
        thread.start()
    bad, good = [], 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = curl(server.url + "/report/3?join")
        good += answer.status == 200
        if answer.status != 200:
            bad.append(answer)
    stop.set()
    for thread in threads:
        thread.join()
    t.claim(min(counts.values()) > 20, f"{counts['reset']} resets and {counts['closed']} closes")
    t.claim(not bad and good > 5, f"{good} reports meanwhile, each answered", bad[:2])


def stalled_reader(t, server, write_ms):
    t.section(f"a client that does not read, with a write timeout of {write_ms} ms")
    count = 5000
    with connect(server) as raw:
        raw.settimeout(3)
        try:
            raw.sendall((b"GET / HTTP/1.1\r\n" + HOST + b"\r\n") * count)
        except (BrokenPipeError, ConnectionResetError, socket.timeout):
            pass
        time.sleep(write_ms / 1000 * 4)
        raw.settimeout(5)
        data, end = read_to_end(raw)
    answers = data.count(b"HTTP/1.1 200 OK")
    t.claim(end in ("closed", "reset") and answers < count,
            f"cut off after {answers} of {count} answers", (end, answers))
    t.claim(curl(server.url + "/").status == 200, "others are served")


def connection_cap(t, server, cap):
    t.section(f"more clients than connections, of which there are {cap}")
    request = b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"
    first = [connect(server) for _ in range(cap)]
    for raw in first:
        raw.sendall(request)
        if read_answer(raw)[0] != 200:
            t.claim(False, "the first ones are answered")
    late = connect(server, timeout=0.5)
    late.sendall(request)
    try:
        answered = late.recv(1) != b""
    except socket.timeout:
        answered = False
    t.claim(not answered, "one more waits, and is not refused")
    first[0].close()
    late.settimeout(5)
    t.claim(not answered and status_of(late.recv(100)) == 200,
            "it is answered when another one leaves")
    for raw in [*first[1:], late]:
        raw.close()


def descriptor_shortage(t, server, limit):
    t.section(f"no descriptors left: a limit of {limit}, and no cap to keep below it")
    request = b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"
    clients = [connect(server) for _ in range(limit * 2)]
    for raw in clients:
        raw.sendall(request)
    time.sleep(0.5)
    before = cpu_seconds(server.pid)
    time.sleep(1.0)
    busy = cpu_seconds(server.pid) - before
    t.claim(busy < 0.2, f"it does not spin: {busy * 1000:.0f} ms of processor time in 1 s")
    for raw in clients:
        raw.close()
    begin = time.monotonic()
    answer = curl(server.url + "/")
    t.claim(answer.status == 200,
            f"they leave, and the next is answered after {(time.monotonic() - begin) * 1000:.0f} ms",
            answer)


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def all_bad_input(t, binary, start):
    with start("--head-timeout-ms", "400", "--idle-timeout-ms", "600") as server:
        malformed(t, server)
        slow(t, server, 400, 600)
    with start("--write-timeout-ms", "400", "--requests-per-connection", "100000") as server:
        pipelined(t, server)
        before = server.descriptors()
        disturbers(t, server)
        stalled_reader(t, server, 400)
        left = server.descriptors_left(before)
        t.claim(left == 0, "no descriptor is left behind", left)
    with start("--max-connections", "3") as server:
        connection_cap(t, server, 3)
    if is_instrumented(binary, "ubsan"):
        t.skip("UBSan needs descriptors of its own: no test without any")
        return
    with start("--max-connections", "1000", descriptors=40) as server:
        descriptor_shortage(t, server, 40)
