#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a page of 50 accounts and an event to 1,000 sockets cost, against the minimal Django of bench/django
on the same machine, in turns: CPU of the server, since the machine may be shared. Memory and time to ready.
web.py VIGIE [CLIENTS]"""
import base64
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import secrets
import select
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

from beside.peer_python import peer_python

TICK = os.sysconf("SC_CLK_TCK")
BENCH = pathlib.Path(__file__).parent / "django"
BROADCASTS = 8


def cpu_of(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def resident_kb(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def call(port, method, path, headers=None, body=None):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    link.request(method, path, body, headers or {})
    answer = link.getresponse()
    return answer.status, answer.read()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """A process that serves, and what is asked of it."""

    def __init__(self, name, command, env, port, ready, cwd=None):
        self.name, self.port = name, port
        began = time.monotonic()
        self.process = subprocess.Popen(command, env=env, cwd=cwd, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        while True:
            with contextlib.suppress(OSError):
                if call(port, "GET", ready)[0] < 500:
                    break
            if self.process.poll() is not None or time.monotonic() - began > 60:
                sys.exit(f"{name} did not start")
            time.sleep(0.002)
        self.ready_s = time.monotonic() - began
        self.base_kb = resident_kb(self.process.pid)

    def cpu(self):
        return cpu_of(self.process.pid)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def cost_of_pages(server, path, headers, pages, connections, between=lambda: None):
    """Seconds of CPU a page, asked on so many kept connections at once; between() happens before each round."""
    links = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=30) for _ in range(connections)]

    def one_each():
        between()
        for link in links:
            link.request("GET", path, headers=headers)
        for link in links:
            answer = link.getresponse()
            body = answer.read()
            assert answer.status == 200, (server.name, path, answer.status)
        return len(body)

    size = one_each()
    rounds = max(1, pages // connections)
    before = server.cpu()
    for _ in range(rounds):
        one_each()
    cost = (server.cpu() - before) / (rounds * connections)
    for link in links:
        link.close()
    return cost, size


def open_sockets(server, path, count, headers_of):
    sockets = []
    for i in range(count):
        link = socket.create_connection(("127.0.0.1", server.port), timeout=30)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        fields = "".join(f"{name}: {value}\r\n" for name, value in headers_of(i).items())
        link.sendall((f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
                      f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{fields}\r\n")
                     .encode())
        said = b""
        while b"\r\n\r\n" not in said:
            piece = link.recv(4096)
            assert piece, (server.name, said)
            said += piece
        assert b" 101 " in said.split(b"\r\n", 1)[0], (server.name, said[:300])
        link.setblocking(False)
        sockets.append(link)
    return sockets


def deliver(server, sockets, broadcast):
    """Delays of every delivery, how many were lost, CPU a delivery."""
    poll = select.epoll()
    by_number = {link.fileno(): link for link in sockets}
    for number in by_number:
        poll.register(number, select.EPOLLIN)
    delays, lost = [], 0
    before = server.cpu()
    for seq in range(1, BROADCASTS + 1):
        mark = b'"seq":%d}' % seq
        waiting, rest = set(by_number), {}
        sent = time.monotonic()
        broadcast(seq)
        while waiting and time.monotonic() - sent < 20:
            for number, _ in poll.poll(1):
                got = rest.get(number, b"") + by_number[number].recv(65536)
                now = time.monotonic()
                if mark in got and number in waiting:
                    waiting.discard(number)
                    delays.append(now - sent)
                rest[number] = got[-200:]
        lost += len(waiting)
        time.sleep(0.1)
    cpu = (server.cpu() - before) / max(1, len(delays))
    poll.close()
    delays.sort()
    return delays, lost, cpu


def idle_kb(server, sockets):
    time.sleep(1)
    return (resident_kb(server.process.pid) - server.base_kb) / len(sockets)


def start_vigie(program, folder, clients):
    env = {"PATH": os.environ["PATH"], "HOME": folder, "DATA_DIR": folder, "SECRET_KEY": "00" * 32,
           "METRICS_LISTEN": "127.0.0.1:0", "VIGIE_BENCH": "1", "LOG_LEVEL": "warn"}
    port = free_port()
    env["LISTEN"] = f"127.0.0.1:{port}"

    def run(*words, told=""):
        return subprocess.run([program, *words], env=env, input=told, text=True, check=True,
                              capture_output=True).stdout.strip()

    password = "une phrase de passe assez longue 42"
    run("db", "migrate")
    run("admin", "create", "--username", "bench", "--role", "admin", told=password + "\n")
    admin_token = run("token", "create", "--username", "bench", "--scope", "write")
    now = int(time.time() * 1e6)
    tokens = []
    with contextlib.closing(sqlite3.connect(pathlib.Path(folder) / "vigie.db")) as base, base:
        person = base.execute("SELECT id FROM person").fetchone()[0]
        for i in range(50):
            base.execute("INSERT INTO account (id, platform, username, url, status, created_at) VALUES "
                         "(?, 'tiktok', ?, ?, 'offline', ?)",
                         (f"01ACCOUNT{i:02}", f"compte_{i}", f"https://www.tiktok.com/@compte_{i}", now))
            base.execute("INSERT INTO follow (person_id, account_id, created_at) VALUES (?, ?, ?)",
                         (person, f"01ACCOUNT{i:02}", now))
        for i in range((clients + 9) // 10):  # ten sockets a person at most
            base.execute("INSERT INTO person (id, username, username_folded, password_hash, role, created_at) "
                         "VALUES (?, ?, ?, '-', 'user', ?)", (f"01PERSON{i:03}", f"p{i}", f"p{i}", now))
            base.execute("INSERT INTO follow (person_id, account_id, created_at) VALUES (?, '01ACCOUNT00', ?)",
                         (f"01PERSON{i:03}", now))
            tokens.append(admin_token[:-64] + secrets.token_hex(32))  # the same form
            base.execute("INSERT INTO api_token (id, person_id, token_sha256, scope, created_at) "
                         "VALUES (?, ?, ?, 'read', ?)",
                         (f"01TOKEN{i:03}", f"01PERSON{i:03}", hashlib.sha256(tokens[-1].encode()).hexdigest(), now))
    server = Server("vigie", [program, "serve", "--roles", "web"], env, port, "/readyz")
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    link.request("POST", "/api/v1/session", json.dumps({"username": "bench", "password": password}),
                 {"Content-Type": "application/json"})
    answer = link.getresponse()
    answer.read()
    assert answer.status == 200, answer.status
    server.headers = {"Cookie": answer.headers["Set-Cookie"].split(";")[0]}
    server.tokens = tokens
    changing = sqlite3.connect(pathlib.Path(folder) / "vigie.db", isolation_level=None)
    server.change = lambda: changing.execute("UPDATE account SET followers = COALESCE(followers, 0) + 1 "
                                             "WHERE id = '01ACCOUNT07'")
    server.broadcast = lambda seq: call(port, "POST", f"/bench/broadcast?seq={seq}&account_id=01ACCOUNT00",
                                        {"Authorization": f"Bearer {admin_token}"})
    return server


def start_django(folder):
    python = peer_python("bench-django", BENCH / "requirements.txt")
    env = {"PATH": os.environ["PATH"], "BENCH_DATABASE": str(pathlib.Path(folder) / "django.db"),
           "PYTHONDONTWRITEBYTECODE": "1"}
    key = subprocess.run([python, "app.py"], cwd=BENCH, env=env, text=True, check=True,
                         capture_output=True).stdout.strip()
    port = free_port()
    server = Server("django", [python, "-m", "uvicorn", "app:application", "--port", str(port), "--log-level", "error"],
                    env, port, "/login", cwd=BENCH)
    server.headers = {"Cookie": f"sessionid={key}"}
    server.broadcast = lambda seq: call(port, "GET", f"/broadcast?seq={seq}")
    return server


def show(name, ours, theirs, unit, digits=1):
    ratio = theirs / ours if ours else float("inf")
    print(f"  {name:34} vigie {ours:10.{digits}f} {unit}   django {theirs:10.{digits}f} {unit}   ratio {ratio:6.0f}x",
          flush=True)


def measure_pages(ours, theirs):
    """In turns: pages while nothing changes, on 8 connections and on one; and each after a change of its rows."""
    path = "/api/v1/accounts?limit=50"
    again, alone, changed, other, other_alone = [], [], [], [], []
    for _ in range(5):
        cost, size = cost_of_pages(ours, path, ours.headers, 8000, 8)
        again.append(cost)
        alone.append(cost_of_pages(ours, path, ours.headers, 8000, 1)[0])
        changed.append(cost_of_pages(ours, path, ours.headers, 300, 1, ours.change)[0])
        cost, other_size = cost_of_pages(theirs, "/", theirs.headers, 160, 8)
        other.append(cost)
        other_alone.append(cost_of_pages(theirs, "/", theirs.headers, 160, 1)[0])
    print(f"  a page of 50 accounts: vigie {size} bytes of JSON, django {other_size} bytes of HTML")
    for name, mine, peers in (("CPU a page, 8 connections", again, other), ("CPU a page, one connection", alone, other_alone),
                              ("CPU a page, changed each time", changed, other_alone)):
        show(name, statistics.median(mine) * 1e6, statistics.median(peers) * 1e6, "us")
        print(f"{'':38}{min(mine) * 1e6:.1f}–{max(mine) * 1e6:.1f} us{'':9}{min(peers) * 1e6:.1f}–{max(peers) * 1e6:.1f} us")


def main():
    program = os.path.abspath(sys.argv[1])
    clients = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as folder:
        ours, theirs = start_vigie(program, folder, clients), start_django(folder)
        try:
            print(f"  ready: vigie {ours.ready_s * 1000:.0f} ms, django {theirs.ready_s * 1000:.0f} ms; "
                  f"base: vigie {ours.base_kb / 1024:.1f} MB, django {theirs.base_kb / 1024:.1f} MB")
            measure_pages(ours, theirs)
            figures = []
            for server, path, headers_of in (
                    (ours, "/api/v1/events", lambda i: {"Authorization": f"Bearer {ours.tokens[i // 10]}"}),
                    (theirs, "/events", lambda i: {})):
                before = resident_kb(server.process.pid)
                server.base_kb = before
                sockets = open_sockets(server, path, clients, headers_of)
                kb = idle_kb(server, sockets)
                server.broadcast(0)
                time.sleep(1)
                delays, lost, cpu = deliver(server, sockets, server.broadcast)
                figures.append((cpu, delays, lost, kb))
                for link in sockets:
                    link.close()
            (cpu, delays, lost, kb), (other_cpu, other_delays, other_lost, other_kb) = figures
            show(f"CPU a delivery, {clients} sockets", cpu * 1e6, other_cpu * 1e6, "us")
            at = lambda all, part: all[min(len(all) - 1, int(len(all) * part))] * 1000  # noqa: E731
            show("p50 of a delivery", at(delays, 0.5), at(other_delays, 0.5), "ms")
            show("p99 of a delivery", at(delays, 0.99), at(other_delays, 0.99), "ms")
            show("memory of an idle socket", kb, other_kb, "KB")
            print(f"  lost: vigie {lost} of {clients * BROADCASTS}, django {other_lost}")
        finally:
            ours.stop()
            theirs.stop()


if __name__ == "__main__":
    main()
