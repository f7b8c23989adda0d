#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who wants to keep others out (A2, B11): a thousand sockets that say next to nothing, and two hundred sign-ins a
second. A page goes on being answered as before, memory stays where it was, and each besieger is told to go.
besieged.py BUILD sockets|sign-ins"""
import asyncio
import http.client
import json
import multiprocessing
import os
import pathlib
import resource
import statistics
import sys
import time

import _paths  # noqa: F401
import vigie_rig as rig_of

SOCKETS = 1200
SIGN_INS_A_S = 200
FLOOD_S = 2.4
ROUNDS = 2
PAGES = 200
PATIENCE_S = 13.0  # ten seconds for a head or a body, and what a busy machine adds
MOST_SLOWER = 2.0
# Below this a page's p99 says how busy the machine is and not what Vigie does.
LEAST_P99_S = 0.010
QUICK_REFUSAL_S = 0.050
MOST_GROWTH_MB = {"sockets": 80, "sign-ins": 2 * 64 + 30}  # 64 KB a socket; two hashes of 64 MiB at once


def idle_s():
    fields = pathlib.Path("/proc/stat").read_text().splitlines()[0].split()
    return (int(fields[4]) + int(fields[5])) / rig_of.TICKS / os.cpu_count()


def share_idle():
    before = idle_s()
    time.sleep(1)
    return idle_s() - before


IDLE = share_idle()


def is_quiet():
    """Where others take the processors, times are theirs: they are told, and not judged."""
    return IDLE > 0.5


def p99(seconds):
    return statistics.quantiles(seconds, n=100)[98]


def ask_pages(port, token, count=PAGES):
    """How long each of so many pages took, one after another on one connection: every third one asks the database."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    paths = ["/connexion", "/api/v1/accounts", "/healthz"]
    taken = []
    for i in range(count):
        begun = time.monotonic()
        line.request("GET", paths[i % 3], headers={"Authorization": f"Bearer {token}"} if "api" in paths[i % 3] else {})
        answer = line.getresponse()
        answer.read()
        taken.append(time.monotonic() - begun)
        assert answer.status == 200, f"{paths[i % 3]} is answered {answer.status} under siege"
        time.sleep(0.008)
    line.close()
    return taken


async def one_slow(port, kind, closed):
    """Ten seconds are allowed; each says a byte a second for longer than that."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    begun = time.monotonic()
    if kind == "head":
        writer.write(b"GET /connexion HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    elif kind == "body":
        writer.write(b"POST /connexion HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n")
    dripping = asyncio.create_task(drip(writer, kind))
    try:
        answer = await asyncio.wait_for(reader.read(), 30)
        closed.append((kind, time.monotonic() - begun, answer[9:12].decode()))
    except (OSError, asyncio.TimeoutError) as error:
        closed.append((kind, time.monotonic() - begun, type(error).__name__))
    dripping.cancel()
    writer.close()


async def drip(writer, kind):
    while kind != "silent":
        await asyncio.sleep(1)
        writer.write(b"a")
        await writer.drain()


def slow_sockets(port, ready, results):
    async def all_of_them():
        closed = []
        kinds = ["head", "body", "silent"]
        slow = [asyncio.create_task(one_slow(port, kinds[i % 3], closed)) for i in range(SOCKETS)]
        await asyncio.sleep(1.5)
        ready.set()
        await asyncio.gather(*slow)
        return closed

    results.put(asyncio.run(all_of_them()))


def sign_in(number):
    body = json.dumps({"username": f"nobody{number}", "password": "une phrase qui n'ouvre rien"})
    return "POST /api/v1/session HTTP/1.1", f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"


def harmless(_number):
    return "GET /healthz HTTP/1.1", "\r\n"


async def one_request(port, what, number, seen):
    line, rest = what(number)
    address = f"198.{51 + number // 60000}.{number // 250 % 250}.{number % 250}"  # a proxy names everybody
    fields = f"Host: localhost\r\nConnection: close\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: {address}"
    begun = time.monotonic()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"{line}\r\n{fields}\r\n{rest}".encode())
        answer = await asyncio.wait_for(reader.read(), 30)
        writer.close()
        seen.append((answer[9:12].decode(), time.monotonic() - begun, b"retry-after:" in answer.lower()))
    except (OSError, asyncio.TimeoutError) as error:
        seen.append((type(error).__name__, time.monotonic() - begun, False))


def flood(what):
    def besiege(port, ready, results):
        async def all_of_them():
            seen, asked = [], []
            begun = time.monotonic()
            for number in range(int(SIGN_INS_A_S * FLOOD_S)):
                await asyncio.sleep(max(0.0, begun + number / SIGN_INS_A_S - time.monotonic()))
                asked.append(asyncio.create_task(one_request(port, what, number, seen)))
                if number == SIGN_INS_A_S // 2:
                    ready.set()
            await asyncio.gather(*asked)
            return seen

        results.put(asyncio.run(all_of_them()))

    return besiege


def under_siege(rig, besiege):
    """The pages' times while it lasts, what the besiegers met, and the most memory."""
    port = int(rig.url.rsplit(":", 1)[1])
    ready, results = multiprocessing.Event(), multiprocessing.Queue()
    process = multiprocessing.Process(target=besiege, args=(port, ready, results), daemon=True)
    process.start()
    assert ready.wait(30), "nobody besieges"
    taken = ask_pages(port, rig.token)
    memory = rig.rss_mb()
    met = results.get(timeout=90)
    process.join(10)
    return taken, met, max(memory, rig.rss_mb())


def judge(findings, what, alone, besieged):
    """The best of the rounds of each, so that a moment of the machine's is not taken for ours."""
    alone, besieged = min(alone), min(besieged)
    allowed = MOST_SLOWER * max(alone, LEAST_P99_S)
    print(f"{what}: a page's p99 {alone * 1000:.1f} ms in peace, {besieged * 1000:.1f} ms under siege")
    if besieged > allowed and is_quiet():
        findings.append(f"{what}: p99 {besieged * 1000:.1f} ms where {allowed * 1000:.1f} ms are allowed")


def judge_slow(findings, met):
    by_kind = {}
    for kind, lasted, answer in met:
        by_kind.setdefault(kind, []).append((lasted, answer))
    for kind, rows in sorted(by_kind.items()):
        longest, answers = max(lasted for lasted, _ in rows), sorted({answer for _, answer in rows})
        print(f"  {len(rows)} slow by their {kind}: gone after {longest:.1f} s at most, answered {answers}")
        if longest > PATIENCE_S and is_quiet():
            findings.append(f"slow by their {kind}: kept for {longest:.1f} s")
        if set(answers) - ({""} if kind == "silent" else {"408", "ConnectionResetError"}):
            findings.append(f"slow by their {kind}: answered {answers}")
    if len(met) != SOCKETS:
        findings.append(f"{len(met)} of {SOCKETS} sockets are accounted for")


def judge_sign_ins(findings, met):
    refused = sorted(lasted for status, lasted, _ in met if status == "429")
    hashed = [lasted for status, lasted, _ in met if status == "401"]
    others = sorted({status for status, _, _ in met} - {"401", "429"})
    print(f"  {len(hashed)} sign-ins were worked on, {len(refused)} sent away, others {others}")
    if (others and is_quiet()) or not hashed:
        findings.append(f"sign-ins are answered {others}, {len(hashed)} were worked on")
    if len(refused) < len(met) // 4:
        findings.append("the queue was never full: this proves nothing")
        return
    if not all(has_wait for status, _, has_wait in met if status == "429"):
        findings.append("who is sent away is not told when to come back")
    print(f"  sent away in {statistics.median(refused) * 1000:.1f} ms (median), {p99(refused) * 1000:.1f} ms (p99)")
    if statistics.median(refused) > QUICK_REFUSAL_S and is_quiet():
        findings.append(f"it takes {statistics.median(refused) * 1000:.0f} ms to be sent away")


def besieged_by_sign_ins(rig, findings):
    """In peace as many ask, and as fast, for what costs nothing: what the besiegers themselves take of the machine is in
    both figures."""
    alone, besieged, met, most = [], [], [], 0.0
    for _ in range(ROUNDS):
        alone.append(p99(under_siege(rig, flood(harmless))[0]))
        taken, seen, memory = under_siege(rig, flood(sign_in))
        besieged.append(p99(taken))
        met, most = met + seen, max(most, memory)
    judge(findings, f"{SIGN_INS_A_S} sign-ins a second", alone, besieged)
    judge_sign_ins(findings, met)
    return most


def besieged_by_sockets(rig, findings):
    port = int(rig.url.rsplit(":", 1)[1])
    alone = [p99(ask_pages(port, rig.token)) for _ in range(ROUNDS)]
    taken, met, most = under_siege(rig, slow_sockets)
    judge(findings, f"{SOCKETS} slow sockets", alone, [p99(taken[:PAGES // 2]), p99(taken[PAGES // 2:])])
    judge_slow(findings, met)
    return most


def main():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2 * SOCKETS:
        rig_of.skip(f"only {hard} files may be open here; cure: ulimit -Hn 4096")
    kind, findings = sys.argv[2], []
    with rig_of.Rig(sys.argv[1], "accounts: []\n", {"POLL_INTERVAL_S": "600"}) as rig:
        # As a shell starts it: Vigie itself asks for more.
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
        rig.make_people()
        rig.start_vigie(roles="web")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        ask_pages(int(rig.url.rsplit(":", 1)[1]), rig.token, 30)
        before = rig.rss_mb()
        most = (besieged_by_sockets if kind == "sockets" else besieged_by_sign_ins)(rig, findings)
        if not is_quiet():
            print(f"the machine is busy ({IDLE:.0%} idle at the start): no time is judged")
        print(f"memory {before:.0f} MB, under siege at most {most:.0f} MB")
        if most > before + MOST_GROWTH_MB[kind]:
            findings.append(f"memory grew by {most - before:.0f} MB")
        opened = rig.metrics().get('vigie_http_open_connections{server="web"}')
        if opened is None or (opened > 5 and is_quiet()):
            findings.append(f"{opened} connections are still open")
    for finding in findings:
        print("FINDING:", finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
