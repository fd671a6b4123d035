"""The beginning and the end: occupied ports, wrong options, Ctrl-C."""

import signal
import socket
import subprocess
import time

from checks.client import connect, curl_process, finish


def run(t, binary, *arguments):
    t.command("demo " + " ".join(arguments))
    done = subprocess.run([binary, *arguments], capture_output=True, text=True, timeout=20)
    t.show(done.stdout + done.stderr)
    return done


def beginnings(t, binary, start):
    t.section("an occupied port, and wrong options")
    with start() as server:
        address = f"127.0.0.1:{server.port}"
        done = run(t, binary, "--listen", address)
        t.claim(done.returncode == 1 and address in done.stderr and "--listen" in done.stderr,
                "the message names the port and the cure, exit 1", done)
    for arguments, code in ((("--listen", "0.0.0.0:0"), 1), (("--listen", "nonsense"), 1),
                            (("--workers", "0"), 2), (("--flavour", "green"), 2), (("--what",), 2),
                            (("--workers",), 2)):
        done = run(t, binary, *arguments)
        t.claim(done.returncode == code and done.stderr.startswith("demo: "), f"exit {code}", done)


def endings(t, start):
    t.section("Ctrl-C")
    with start("--backend-latency-ms", "500") as server:
        idle = connect(server)
        ticks = curl_process(server.url + "/ticks")
        asked = curl_process(server.url + "/report/7?join", "-i")
        time.sleep(0.25)
        t.command("curl '/report/7?join' & curl '/ticks' & kill -INT $demo")
        server.process.send_signal(signal.SIGINT)
        t.claim(refused(server.port), "new connections are refused")
        answer = finish(asked)
        t.claim(answer.status == 200 and "Connection: close" in answer.body,
                "the request that was being answered gets its answer", answer)
        begin = time.monotonic()
        code = server.wait(5)
        t.show("\n".join(server.lines[-2:]))
        t.claim(code == 0 and any("goodbye" in line for line in server.lines),
                f"a goodbye, exit 0, {time.monotonic() - begin:.2f} s after it", (code, server.lines))
        finish(ticks)
        t.claim(idle.recv(1) == b"", "idle connections and streams are closed")
        idle.close()
    for flavour in ("multi", "current"):
        with start("--flavour", flavour) as server:
            code, took = server.interrupt()
            t.claim(code == 0 and took < 2, f"--flavour {flavour}, nothing to do: exit 0 after "
                    f"{took * 1000:.0f} ms", code)


def refused(port, timeout=0.2):
    """Whether nobody listens there any more, soon."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
        except (ConnectionRefusedError, ConnectionResetError):  # reset: the kernel was faster
            return True
        time.sleep(0.01)
    return False
