"""curl, and raw sockets for what curl would not send."""

import json
import socket
import struct
import subprocess
import time
from dataclasses import dataclass


@dataclass
class Answer:
    status: int
    body: str
    seconds: float
    exit_code: int

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return {}


MARK = "\n--curl--"


def curl_process(url, *options):
    return subprocess.Popen(
        ["curl", "-sS", "-g", "--max-time", "30", *options, "-w", MARK + "%{http_code} %{time_total}",
         url],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def finish(process):
    text, _ = process.communicate(timeout=60)
    body, _, tail = text.rpartition(MARK)
    words = tail.split()
    if len(words) != 2:
        return Answer(0, text, 0.0, process.returncode)
    return Answer(int(words[0]), body, float(words[1]), process.returncode)


def curl(url, *options):
    return finish(curl_process(url, *options))


def connect(server, timeout=10):
    raw = socket.create_connection(("127.0.0.1", server.port), timeout=timeout)
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return raw


def reset(raw):
    """Closes with a reset instead of an orderly end."""
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raw.close()


def read_to_end(raw, limit=1 << 26):
    """What comes until the other side closes or resets, and how it ended."""
    data = bytearray()
    while len(data) < limit:
        try:
            piece = raw.recv(65536)
        except ConnectionResetError:
            return bytes(data), "reset"
        except socket.timeout:
            return bytes(data), "timeout"
        if not piece:
            return bytes(data), "closed"
        data += piece
    return bytes(data), "limit"


def read_answer(raw):
    """One whole answer of known length: its status and body; status 0 if it did not come."""
    data = bytearray()
    while b"\r\n\r\n" not in data:
        piece = raw.recv(1)
        if not piece:
            return 0, b""
        data += piece
    head, _, _ = bytes(data).partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    body = bytearray()
    while len(body) < length:
        piece = raw.recv(length - len(body))
        if not piece:
            break
        body += piece
    return int(head.split()[1]), bytes(body)


def status_of(data):
    """The status of a raw answer, or 0."""
    words = data.split(None, 2)
    return int(words[1]) if len(words) > 1 and words[0].startswith(b"HTTP/1.1") else 0


def exchange(server, data, timeout=10):
    """Sends `data` and gives all that comes back, how it ended, and after how many seconds."""
    begin = time.monotonic()
    with connect(server, timeout) as raw:
        try:
            raw.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer, end = read_to_end(raw)
    return answer, end, time.monotonic() - begin
