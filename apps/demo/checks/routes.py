"""Every route, with curl."""

import hashlib
import re
import statistics

from checks.client import curl, curl_process, finish

ROUTES = ["/report/7", "/report/7?join", "/hash?mb=", "/timeout?ms=", "/race", "/ticks", "/freeze?ms=",
          "/blocked?ms="]


def ask(t, server, path, *options, show=True):
    t.command("curl -sS " + "".join(o + " " for o in options) + f"'{path}'")
    answer = curl(server.url + path, *options)
    if show:
        t.show(answer.body)
    return answer


def page(t, server):
    t.section("/ is the start page")
    answer = ask(t, server, "/", show=False)
    t.claim(answer.status == 200 and "<!doctype html>" in answer.body,
            f"200, {len(answer.body)} bytes of HTML", answer.status)
    missing = [r for r in ROUTES if f'href="{r}' not in answer.body]
    t.claim(not missing, "it links each route", missing)
    outside = re.findall(r'(?:src|href)="(?:https?:)?//[^"]*', answer.body)
    t.claim(not outside, "it needs nothing from elsewhere", outside)
    head = ask(t, server, "/", "-I", show=False)
    t.claim(head.status == 200 and "<!doctype" not in head.body, "HEAD gives the head alone")


def reports(t, server):
    t.section("/report: one after the other, and together")
    single = ask(t, server, "/report/7")
    joined = ask(t, server, "/report/7?join")
    t.claim(single.status == 200 and joined.status == 200, "both 200")
    same = [single.json.get(k) == joined.json.get(k) for k in ("id", "user", "orders")]
    t.claim(all(same) and single.json.get("user"), "both tell the same")
    t.note("five of each, the median of what the server measured:")
    runs = {}
    for path in ("/report/7", "/report/7?join"):
        runs[path] = [curl(server.url + path).json.get("elapsed_ms", 0) for _ in range(5)]
        t.note(f"{path:16} {runs[path]} median {statistics.median(runs[path])} ms")
    in_turn, at_once = (statistics.median(runs[p]) for p in ("/report/7", "/report/7?join"))
    t.claim(in_turn >= 100, "one after the other takes twice the latency of 50 ms", in_turn)
    t.claim(50 <= at_once < 0.75 * in_turn, "together takes clearly less", (at_once, in_turn))


def hashes(t, server):
    t.section("/hash: the blocking pool")
    for mb in (0, 1, 64, 256):
        answer = ask(t, server, f"/hash?mb={mb}")
        want = hashlib.sha256(bytes(mb << 20)).hexdigest()
        t.claim(answer.json.get("sha256") == want, f"the SHA-256 of {mb} MiB of zeros", answer.body)
    long = [curl_process(server.url + "/hash?mb=256") for _ in range(4)]
    quick = ask(t, server, "/report/1?join")
    hashed = [finish(p) for p in long]
    t.claim(all(a.status == 200 for a in hashed) and quick.status == 200,
            f"four at once, and a report meanwhile in {quick.json.get('elapsed_ms')} ms")


def timeouts(t, server):
    t.section("/timeout")
    for ms, want in ((20, "elapsed"), (2000, "value")):
        # A machine that stops for 30 ms may answer before the deadline is looked at: try again.
        for _ in range(3):
            answer = ask(t, server, f"/timeout?ms={ms}")
            if answer.json.get("outcome") == want:
                break
        t.claim(answer.status == 200 and answer.json.get("outcome") == want,
                f"{ms} ms against a fetch of 50 ms: {want}", answer.body)
    took = curl(server.url + "/timeout?ms=20").json.get("elapsed_ms", 1e9)
    t.claim(took >= 20, "never early", took)


def races(t, server):
    t.section("/race: the loser is dropped")
    answer = ask(t, server, "/race")
    answers = [answer] + [curl(server.url + "/race") for _ in range(9)]
    winners = "".join(a.json.get("winner", "?") for a in answers)
    t.note(f"the winners of ten races: {winners}")
    t.claim(all(a.status == 200 and a.json.get("winner") in ("a", "b") for a in answers), "ten won")
    dropped = [a.json.get("loser_dropped") for a in answers]
    t.claim(all(d is True for d in dropped), "the loser's destructor ran before each answer", dropped)


def ticks(t, server):
    t.section("/ticks: a stream, until the client leaves")
    before = server.descriptors()
    answer = ask(t, server, "/ticks", "-N", "--max-time", "1.2", show=False)
    t.show("\n".join(answer.body.replace("\n\n", "\n").split("\n")[:3]) + "\n...")
    events = answer.body.count("data: ")
    t.claim(answer.exit_code == 28 and 6 <= events <= 12, f"{events} ticks in 1.2 s", answer)
    silent = ask(t, server, "/ticks?every=0", "-N", "--max-time", "0.5", show=False)
    t.claim(silent.status == 200 and silent.body == "", "every=0: a head, and silence")
    left = server.descriptors_left(before)
    t.claim(left == 0, "the server has noticed that they left", left)


def refusals(t, server):
    t.section("what is not there, and what is not allowed")
    for path, want in (("/nothing", 404), ("/report/x", 400), ("/hash?mb=257", 400),
                       ("/freeze?ms=5001", 400), ("/ticks?every=1", 400), ("/%zz", 400)):
        answer = ask(t, server, path)
        t.claim(answer.status == want, f"{want}", answer.status)
    answer = ask(t, server, "/", "-i", "-X", "DELETE", show=False)
    t.claim(answer.status == 405 and "Allow: GET, HEAD" in answer.body, "405 with Allow", answer.body)
    answer = ask(t, server, "/", "-d", "a body of a few bytes")
    t.claim(answer.status == 405, "405, the body is drained", answer.status)
    t.command("curl '/' '/report/7'")
    both = finish(curl_process(server.url + "/", "-o", "/dev/null", "-o", "/dev/null", "-w",
                               "%{num_connects}\n", server.url + "/report/7"))
    t.claim(both.exit_code == 0, "two requests of one curl", both)


def freezes(t, server):
    """On two workers: one frozen task is not seen by others, two are."""
    t.section("/freeze and /blocked on two workers")
    for route, ms in (("/freeze", 300), ("/blocked", 300)):
        answer = ask(t, server, f"{route}?ms={ms}")
        t.claim(answer.status == 200 and answer.json.get("elapsed_ms", 0) >= ms,
                f"it held a worker for {answer.json.get('elapsed_ms')} ms", answer.body)
        t.command(f"curl '{route}?ms=900' & curl '/' ten times & wait")
        frozen = curl_process(server.url + f"{route}?ms=900")
        others = [ask(t, server, "/", show=False) for _ in range(10)]
        t.claim(all(a.status == 200 for a in others) and frozen.poll() is None,
                "the other worker has served ten requests before it ends", others[-1].status)
        finish(frozen)
    for route in ("/freeze", "/blocked"):
        seen = len(server.lines)
        t.command(f"curl '{route}?ms=900' & curl '{route}?ms=900' & wait")
        both = [curl_process(server.url + f"{route}?ms=900") for _ in range(2)]
        done = [finish(p) for p in both]
        late = wait_late(server, seen)
        t.show(late or "")
        t.claim(all(a.status == 200 for a in done) and late is not None,
                "two take both workers, and the heartbeat tells", server.lines[seen:])


def freeze_of_one(t, server):
    """On one thread: one task is enough."""
    t.section("/freeze on the current-thread flavour")
    for route in ("/freeze", "/blocked"):
        seen = len(server.lines)
        ask(t, server, f"{route}?ms=700")
        late = wait_late(server, seen)
        t.show(late or "")
        t.claim(late is not None, "one takes all there is, and the heartbeat tells",
                server.lines[seen:])


def wait_late(server, seen):
    found = None
    for _ in range(200):
        server.collect()
        found = [line for line in server.lines[seen:] if "heartbeat late by" in line]
        if found:
            return found[0]
        server.wait_for("no such line", 0.02)
    return None


def all_routes(t, server):
    page(t, server)
    reports(t, server)
    hashes(t, server)
    timeouts(t, server)
    races(t, server)
    ticks(t, server)
    refusals(t, server)
    freezes(t, server)
