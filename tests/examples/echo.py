"""Runs the echo server given as the first argument: several clients, an occupied port, Ctrl-C."""

import os
import signal
import socket
import struct
import subprocess
import sys

TIMEOUT_S = 60


def holds_signals_back(program):
    """ThreadSanitizer delivers a signal only when the thread that got it calls something next, and
    an idle server's threads sleep."""
    with open(program, "rb") as binary:
        return b"__tsan_init" in binary.read()


def start(program, address):
    server = subprocess.Popen([program, address], stdout=subprocess.PIPE, text=True)
    line = server.stdout.readline().strip()
    prefix = "listening on "
    assert line.startswith(prefix), f"it says {line!r}"
    host, port = line[len(prefix):].rsplit(":", 1)
    return server, (host.strip("[]"), int(port))


def receive_exactly(sock, size):
    got = bytearray()
    while len(got) < size:
        part = sock.recv(size - len(got))
        assert part, f"the connection ended after {len(got)} of {size} bytes"
        got += part
    return bytes(got)


def check_small_messages(clients):
    for turn in range(20):
        for number, client in enumerate(clients):
            client.sendall(f"{turn}/{number};".encode())
        for number, client in enumerate(clients):
            expected = f"{turn}/{number};".encode()
            assert receive_exactly(client, len(expected)) == expected


def check_large_message(address):
    """More than all buffers hold together, so that the server has to wait while it writes."""
    data = os.urandom(4 * 1024 * 1024)
    with socket.create_connection(address, TIMEOUT_S) as client:
        sent = 0
        answer = bytearray()
        client.setblocking(False)
        while len(answer) < len(data):
            try:
                sent += client.send(data[sent:sent + 65536]) if sent < len(data) else 0
            except BlockingIOError:
                pass
            try:
                answer += client.recv(65536)
            except BlockingIOError:
                pass
        assert bytes(answer) == data, "the echo differs"


def check_half_close(address):
    with socket.create_connection(address, TIMEOUT_S) as client:
        client.sendall(b"last words")
        client.shutdown(socket.SHUT_WR)
        assert receive_exactly(client, 10) == b"last words"
        assert client.recv(1) == b"", "the server ends its side too"


def check_reset(address):
    client = socket.create_connection(address, TIMEOUT_S)
    client.sendall(b"x" * 100_000)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def check_occupied_port(program, address):
    text = f"{address[0]}:{address[1]}"
    second = subprocess.run([program, text], capture_output=True, text=True, timeout=TIMEOUT_S)
    assert second.returncode == 1, second
    expected = f"cannot listen on {text}: Address already in use\n"
    assert second.stderr == expected, second.stderr


def check_bad_address(program):
    bad = subprocess.run([program, "127.0.0.1"], capture_output=True, text=True, timeout=TIMEOUT_S)
    assert bad.returncode == 1 and "cannot listen on 127.0.0.1: " in bad.stderr, bad


def main():
    program = sys.argv[1]
    server, address = start(program, "127.0.0.1:0")
    try:
        clients = [socket.create_connection(address, TIMEOUT_S) for _ in range(10)]
        check_small_messages(clients)
        check_large_message(address)
        check_half_close(address)
        check_reset(address)
        check_occupied_port(program, address)
        check_bad_address(program)
        check_small_messages(clients)  # nobody was disturbed
        assert server.poll() is None, f"it ended with {server.returncode}"
        if not holds_signals_back(program):
            server.send_signal(signal.SIGINT)  # with clients still connected
            code = server.wait(TIMEOUT_S)
            assert code == 0, f"it ended with {code}"
    finally:
        server.kill()
        server.wait()
    print("echo: all checks passed")


if __name__ == "__main__":
    main()
