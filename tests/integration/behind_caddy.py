#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Vigie behind Caddy. smuggling (requirement B12): requests that can be read in two ways are sent raw to Caddy, and
what Caddy makes of them is one request for Vigie where it is one for Caddy; whoever comes next on the same connection
gets their own answer. deployment: what README and docs/guides/deployment.md promise of a proxy that speaks TLS.
behind_caddy.py BUILD smuggling|deployment"""
import base64
import contextlib
import http.client
import json
import os
import re
import socket
import sys

import _paths  # noqa: F401
import caddy as caddy_of
import raw_h2
import smuggling_rows
import vigie_rig as rig_of

HOST = caddy_of.HOST
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
PATIENCE_S = 5
SILENCE_S = 0.5


def send_raw(port, data):
    """Sends, and waits until the other side closes or says nothing any more: it waits for more."""
    with socket.create_connection(("127.0.0.1", port), timeout=SILENCE_S) as line, contextlib.suppress(OSError):
        line.sendall(data)
        while line.recv(65536):
            pass


def probe(caddy, name, tls):
    """A request of somebody else; whether its answer is its own."""
    path = f"/connexion?suite=/{name}"
    status, _, text = over_tls(caddy, "GET", path) if tls else in_the_clear(caddy.raw_port, HOST, path)
    return status == 200 and f'value="/{name}"' in text


def answered(rig):
    return sum(value for name, value in rig.metrics().items()
               if name.startswith("vigie_http_requests_total") and 'server="web"' in name)


def requests_on(wire):
    """The requests that Caddy put on the wire, by their framing alone: how many it began, how many are whole."""
    begun = whole = 0
    for there, _ in list(wire.carried):
        rest = bytes(there)
        while rest:
            head, found, rest = rest.partition(b"\r\n\r\n")
            begun += 1 if found else 0
            rest, is_whole = behind_body(head.lower(), rest)
            whole += 1 if found and is_whole else 0
    return begun, whole


def behind_body(head, rest):
    """What follows the body, and whether all of it is there."""
    if b"\r\ntransfer-encoding: chunked" in head:
        end = rest.find(b"0\r\n\r\n")  # no body of the cases has that inside a chunk
        return (rest[end + 5:], True) if end >= 0 else (b"", False)
    length = re.search(rb"\r\ncontent-length: (\d+)", head)
    size = int(length[1]) if length else 0
    return rest[size:], len(rest) >= size


def one_case(rig, caddy, name, send, tls=False):
    """What is wrong with how this case went."""
    begun_before, whole_before = requests_on(caddy.wire)
    handled_before, answered_before = len(caddy.forwarded()), answered(rig)
    send()
    wrong = []
    if not probe(caddy, f"after-{handled_before}", tls):
        wrong.append(f"{name}: who came next got the answer of somebody else")
    counts = None

    def agree():
        nonlocal counts
        begun, whole = requests_on(caddy.wire)
        counts = (len(caddy.forwarded()) - handled_before, begun - begun_before, whole - whole_before,
                  int(answered(rig) - answered_before))
        handled, begun, whole, seen = counts
        return whole <= seen <= begun <= handled

    try:
        rig_of.until(agree, 2, "the counts agree", 0.02)
    except TimeoutError:
        wrong.append("{}: Caddy handled {} requests, began to pass {} on, {} of them whole, Vigie answered {}".format(
            name, *counts))
    return wrong


def check_smuggling(rig, caddy):
    wrong, rows, at_first = [], smuggling_rows.rows(), answered(rig)
    for name, data in rows:
        wrong += one_case(rig, caddy, name, lambda data=data: send_raw(caddy.raw_port, data + SMUGGLED))
    of_http2 = smuggling_rows.rows_of_http2(f"{HOST}:{caddy.tls_port}".encode(), SMUGGLED)
    for name, fields, body in of_http2:
        wrong += one_case(rig, caddy, f"HTTP/2, {name}",
                          lambda fields=fields, body=body: raw_h2.ask(caddy.tls_port, HOST, caddy.new_context(), fields, body),
                          tls=True)
    probes = len(rows) + len(of_http2)
    (begun, whole), seen = requests_on(caddy.wire), answered(rig) - at_first
    if not whole <= seen <= begun:
        wrong.append(f"in all Caddy began to pass {begun} requests on, {whole} of them whole, Vigie answered {seen:.0f}")
    passed = begun - probes
    print(f"{len(rows)} cases in HTTP/1.1 and {len(of_http2)} in HTTP/2: Caddy passed {passed} requests of theirs on, and "
          f"{probes} of others, over {len(caddy.wire.carried)} connections")
    if passed <= 0:
        wrong.append("Caddy passed nothing on: this proves nothing")
    return wrong


def over_tls(caddy, method, path, headers=None, body=None):
    """(status, fields, body) of a request as a browser sends it, through the guide's site."""
    line = http.client.HTTPSConnection(HOST, caddy.tls_port, context=caddy.context, timeout=PATIENCE_S)
    line.sock = caddy.context.wrap_socket(socket.create_connection(("127.0.0.1", caddy.tls_port), PATIENCE_S), server_hostname=HOST)
    line.request(method, path, body, {"Content-Type": "application/json", **(headers or {})})
    answer = line.getresponse()
    text = answer.read().decode()
    line.close()
    return answer.status, answer.headers, text


def in_the_clear(port, host, path="/connexion"):
    """(status, where to, body) of a request to one of Caddy's ports without TLS."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    line.request("GET", path, headers={"Host": host})
    answer = line.getresponse()
    text = answer.read().decode()
    line.close()
    return answer.status, answer.getheader("Location", ""), text


def sign_in(caddy, headers=None):
    words = json.dumps({"username": "rig", "password": rig_of.PASSWORD.decode()})
    return over_tls(caddy, "POST", "/api/v1/session", headers, words)


def ping_the_socket(caddy, cookie):
    """The status of the handshake of the event socket, and how the frame that answers a ping begins."""
    plain = socket.create_connection(("127.0.0.1", caddy.tls_port), PATIENCE_S)
    with caddy.context.wrap_socket(plain, server_hostname=HOST) as line:
        origin = f"{HOST}:{caddy.tls_port}"
        line.sendall((f"GET /api/v1/events?after=0 HTTP/1.1\r\nHost: {origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                      f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n"
                      f"Origin: https://{origin}\r\nCookie: {cookie}\r\n\r\n").encode())
        answer = line.makefile("rb")
        status = int(answer.readline().split()[1])
        while answer.readline().strip():
            pass
        if status != 101:
            return status, b""
        line.sendall(b"\x89\x80\0\0\0\0")
        return status, answer.read(1)


def check_deployment(rig, caddy):
    wrong = []

    def expect(holds, what):
        print("holds:" if holds else "does not hold:", what)
        if not holds:
            wrong.append(what)

    status, fields, _ = sign_in(caddy)
    cookie = fields.get("Set-Cookie", "").split(";")[0]
    expect(status == 200 and cookie.startswith("__Host-vigie=") and "; Secure" in fields["Set-Cookie"],
           "the cookie is __Host- and Secure")
    expect("max-age" in fields.get("Strict-Transport-Security", ""), "browsers are told to keep to TLS")
    for lie in ({"X-Forwarded-Proto": "http"}, {"Connection": "X-Forwarded-Proto"}, {"Connection": "close, Host, X-Forwarded-For"}):
        status, fields, _ = sign_in(caddy, lie)
        expect(status == 200 and fields.get("Set-Cookie", "").startswith("__Host-vigie="), f"{lie} changes nothing")
    expect(over_tls(caddy, "GET", "/api/v1/me", {"Cookie": cookie})[0] == 200, "the session holds")
    expect(over_tls(caddy, "GET", "/api/v1/me", {"Cookie": cookie.replace("__Host-", "")})[0] == 401,
           "not under the name for plain HTTP")
    status, place, _ = in_the_clear(caddy.plain_port, f"{HOST}:{caddy.plain_port}")
    expect(status == 308 and place.startswith(f"https://{HOST}"), "who comes in the clear is sent to TLS")
    expect(in_the_clear(caddy.raw_port, "evil.example")[0] == 421, "another host is not answered")
    expect(over_tls(caddy, "GET", "/healthz")[0] == 200, "supervisors see it")
    expect(ping_the_socket(caddy, cookie) == (101, b"\x8a"), "the event socket opens and speaks")
    expect(ping_the_socket(caddy, "")[0] == 401, "and not for strangers")
    over_tls(caddy, "GET", "/connexion", {"X-Forwarded-For": "203.0.113.66"})
    passed = b"".join(bytes(there) for there, _ in caddy.wire.carried)
    expect(b"X-Forwarded-For: 127.0.0.1\r\n" in passed and b"203.0.113.66" not in passed, "nobody else's address can be claimed")
    return wrong


def main():
    build, what = sys.argv[1], sys.argv[2]
    settings = {"ALLOWED_HOSTS": HOST + ",x"}
    with rig_of.Rig(build, "accounts: []\n", settings) as rig:
        rig.make_people()
        rig.start_vigie(roles="web")
        caddy = caddy_of.Caddy(rig.folder, int(rig.url.rsplit(":", 1)[1]))
        try:
            wrong = check_smuggling(rig, caddy) if what == "smuggling" else check_deployment(rig, caddy)
        finally:
            caddy.close()
    for finding in wrong:
        print("FINDING:", finding)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
