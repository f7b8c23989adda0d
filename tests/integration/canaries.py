#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What must never be logged (B8): every secret that Vigie is given, makes or is sent, what people say on a live, who
they are; planted as canaries in a `vigie serve` that says all it can (LOG_LEVEL=debug) and to which everything
happens, most of it badly. And a mailed link leads to us whatever name the request gave (A8). canaries.py BUILD"""
import email
import email.policy
import http.client
import http.server
import json
import re
import secrets
import socket
import socketserver
import subprocess
import sys
import threading
import time
import urllib.parse

import _paths  # noqa: F401
import vigie_rig as rig_of

CANARIES = {}
WORDS = "Zinfandel rutabaga cornemuse parapluie"
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u2028-\u202e\u2066-\u2069\ufeff]")


def canary(name, form="{}", size=12):
    """A value that nobody else has; the part that makes it so is what is looked for."""
    CANARIES[name] = secrets.token_hex(size)
    return form.format(CANARIES[name])


def note(name, value):
    CANARIES[name] = value
    return value


class Outside(http.server.BaseHTTPRequestHandler):
    """A recogniser that hears our words, a model, a webhook and streams that fail and tell all they were told."""
    protocol_version = "HTTP/1.1"
    met = set()

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.split("?")[0]
        Outside.met.add(path)
        if path.endswith("/audio/transcriptions"):
            self.answer(200, json.dumps({"text": WORDS + ".", "language": "french", "segments": [
                {"start": 0, "end": 2, "text": WORDS + ".", "avg_logprob": -0.1, "no_speech_prob": 0.01,
                 "compression_ratio": 1.1}]}).encode())
        else:
            echo = f"bad request: {self.path} {self.headers} ".encode() + body[:20_000]
            self.answer(500, json.dumps({"error": {"message": echo.decode("utf-8", "replace")}}).encode())

    def do_GET(self):
        name = self.path.split("?")[0].rsplit("/", 1)[-1]
        Outside.met.add(self.path.split("?")[0])
        if name == "detour.aac":
            self.answer(302, b"", f"/flux/refus.aac?sign={CANARIES['signature behind a redirect']}")
        elif name == "liste.m3u8":
            self.answer(200, f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nmorceau.ts?sig={CANARIES['signature of a piece']}\n"
                        .encode())
        elif name == "bruit.aac":
            self.answer(200, secrets.token_bytes(5000))
        else:
            self.answer(403 if name == "refus.aac" else 500, f"no: {self.path}".encode())

    do_HEAD = do_GET

    def answer(self, status, body, location=""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Mails(socketserver.StreamRequestHandler):
    """As much of SMTP as catches a mail; asks for a password and takes any."""
    caught = []

    def handle(self):
        self.say("220 here")
        while line := self.rfile.readline():
            word = line.split(b" ")[0].strip().upper()
            if word == b"EHLO":
                self.say("250-here\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN")
            elif word == b"AUTH":
                if line.strip().upper() == b"AUTH PLAIN" or word == line.strip().upper():
                    self.say("334 ")
                    self.rfile.readline()
                self.say("235 fine")
            elif word == b"DATA":
                self.say("354 go on")
                text = b""
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    text += part
                Mails.caught.append(text)
                self.say("250 kept")
            elif word == b"QUIT":
                return self.say("221 bye")
            else:
                self.say("250 fine")
        return None

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


def serve(server):
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


class Browser:
    """Sends what it is told, and keeps the cookie."""

    def __init__(self, rig):
        self.rig = rig
        self.cookie = self.csrf = ""
        self.statuses = {}

    def ask(self, method, path, body=None, form=False, **headers):
        line = http.client.HTTPConnection(self.rig.url[7:], timeout=30)
        fields = {"User-Agent": canary("a user agent", "Mozilla {}"), "Cookie": self.cookie, "X-CSRF-Token": self.csrf}
        data = None
        if body is not None:
            data = urllib.parse.urlencode(body) if form else body if isinstance(body, str) else json.dumps(body)
            fields["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, path, data, {name: value for name, value in fields.items() if value})
        answer = line.getresponse()
        text = answer.read().decode("utf-8", "replace")
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self.cookie = value.split(";")[0]
                note(f"a cookie of {path}", self.cookie.split("=")[1])
        line.close()
        return answer.status, json.loads(text) if text.startswith("{") else text


def raw(rig, data):
    host, port = rig.url[7:].split(":")
    with socket.create_connection((host, int(port)), timeout=5) as line:
        line.sendall(data)
        return line.recv(4096)


def odd_requests(rig):
    """What the server refuses before anybody asks what it means."""
    value = canary("a field of a bad request").encode()
    for data in (b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + value + b"\0\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: x\r\nCookie: vigie=" + value * 2000 + b"\r\n\r\n",
                 b"GET /?token=" + value + b" HTTP/1.1\r\n\r\n",
                 b"GET http://" + value + b":x@localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
                 b"POST /?sign=" + value + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n",
                 value + b" /\x1b[31m\r\n\r\n",
                 b"GET /\x1b[31m" + value + b" HTTP/1.1\r\nHost: x\r\n\r\n"):
        raw(rig, data)


def strangers(rig, browser):
    """Who is not signed in, and lies."""
    for form in (False, True):
        path = "/connexion" if form else "/api/v1/session"
        for name in ("rig", canary("a name that nobody has", "n{}"), "a\u001b[31m\nINJECTED"):
            browser.ask("POST", path, {"username": name, "password": canary(f"a wrong password for {path} {name}", "Mot de {}")},
                        form=form)
    browser.ask("POST", "/api/v1/session", '{"username":"rig","password":"' + canary("a password in a broken body"))
    browser.ask("POST", "/api/v1/session", {"username": "rig", "password": canary("a long password") * 30})
    person = {"username": canary("a name asked for", "n{}")[:20], "password": canary("a password asked for", "Une {} à moi")}
    CANARIES["a name asked for"] = person["username"]
    browser.ask("POST", "/api/v1/users", person | {"email": canary("an address asked for", "{}@example.org")})
    browser.ask("POST", "/inscription", person | {"email": "none"}, form=True)
    for path in ("/mot-de-passe/", "/adresse/", "/demarrage/", "/api/v1/password-resets/", "/"):
        browser.ask("GET", path + canary(f"a token in {path}", size=32) + f"?token={canary(f'a query of {path}')}&sign=x")
        browser.ask("POST", path + CANARIES[f"a token in {path}"], {"password": canary(f"a password at {path}", "Une phrase {}")})
    for kind in ("Bearer", "Basic", "Digest", "bearer  "):
        browser.ask("GET", "/api/v1/me", Authorization=f"{kind} {canary(f'an Authorization of {kind}')}")
    browser.ask("GET", "/api/v1/me", Cookie="vigie=" + canary("a cookie of nobody") + "; __Host-vigie=" +
                canary("another cookie of nobody"))
    browser.ask("GET", "/directs", Referer=f"https://a.test/?token={canary('a referer')}")
    browser.ask("POST", "/api/v1/lists", {"name": "x"}, X_CSRF_Token=canary("a forged CSRF token"))


def sign_in(browser):
    status, session = browser.ask("POST", "/api/v1/session", {"username": "rig", "password": rig_of.PASSWORD.decode()})
    assert status == 200, (status, session)
    browser.csrf = note("a CSRF token", session["csrf_token"])


def at_work(browser, base):
    """Somebody at work whose every wish brings trouble."""
    sign_in(browser)
    password = rig_of.PASSWORD.decode()
    note("the password", password)
    status, offer = browser.ask("POST", "/api/v1/me/totp", {"password": password})
    if status == 200:
        note("the seed of the second factor", offer["secret"])
    browser.ask("PUT", "/api/v1/me/totp", {"code": "000000"})
    browser.ask("PUT", "/api/v1/me/password", {"current": canary("a wrong current password"), "password": canary(
        "a refused password", "azerty {}")})
    browser.ask("PUT", "/api/v1/me/email", {"email": canary("a new address", "{}@example.org"), "password": password})
    _, token = browser.ask("POST", "/api/v1/me/tokens", {"name": "x", "scope": "write"})
    note("a token of a program", token["token"])
    _, hook = browser.ask("POST", "/api/v1/webhooks", {
        "name": "x", "url": f"{base}/services/{canary('a path of a webhook')}?key={canary('a query of a webhook')}", "form": "vigie"})
    note("the secret of a webhook", hook["secret"])
    browser.ask("POST", f"/api/v1/webhooks/{hook['id']}/test")
    browser.ask("POST", "/api/v1/me/notifications/test")
    browser.ask("POST", "/api/v1/lists", {"name": canary("the name of a list", "liste {}")})
    for what, address in {"refused": "refus.aac", "failing": "panne.aac", "list": "liste.m3u8", "noise": "bruit.aac",
                          "redirect": "detour.aac"}.items():
        query = canary(f"a signature of a {what} stream")
        _, account = browser.ask("POST", "/api/v1/accounts", {"platform": "stream", "username":
                                                              f"{base}/flux/{address}?sign={query}"})
        browser.ask("PATCH", f"/api/v1/accounts/{account['id']}", {"note": canary(f"a note about {what}")})
        browser.ask("POST", f"/api/v1/accounts/{account['id']}/check")
    browser.ask("GET", f"/api/v1/search?words={canary('words looked for')}")


def poisoned_reset(rig, browser, findings):
    """A link that leads elsewhere would hand over the secret in it."""
    lies = {name: "evil.example" for name in ("X_Forwarded_Host", "X_Host", "X_Forwarded_Server")}
    assert browser.ask("POST", "/api/v1/password-resets", {"email": "rig@example.org"}, Host="evil.example")[0] == 421
    status, _ = browser.ask("POST", "/api/v1/password-resets", {"email": "rig@example.org"}, Forwarded="host=evil.example", **lies)
    assert status == 202, status

    def read(text):
        mail = email.message_from_bytes(text, policy=email.policy.default)
        return "".join(part.get_content() for part in mail.walk() if not part.is_multipart())

    def link():
        for text in Mails.caught:
            plain = read(text)
            if found := re.search(r"https?://[^\s\"<>]*/mot-de-passe/[^\s\"<>]*", plain):
                return found.group(0)
        return ""

    try:
        where = rig_of.until(link, 15, "the mail with the link comes")
    except TimeoutError as late:
        findings.append(str(late))
        return
    print(f"the mailed link leads to {where.split('/mot-de-passe')[0]}")
    if not where.startswith("https://vigie.test/mot-de-passe/") or any("evil" in read(mail) for mail in Mails.caught):
        findings.append("a mail leads to a name that the request gave")
    token = note("the token of a mailed link", where.rsplit("/", 1)[1])
    browser.ask("GET", f"/mot-de-passe/{token}")
    browser.ask("POST", f"/api/v1/password-resets/{token}", {"password": canary("a password set by mail", "Nouvelle phrase {}")})
    browser.ask("POST", f"/api/v1/password-resets/{token}", {"password": "encore une phrase de passe"})


def wait_for_words(rig, findings):
    try:
        rig_of.until(lambda: rig.rows("SELECT COUNT(*) FROM segment WHERE text LIKE ?", f"%{WORDS[:9]}%")[0][0], 25, "words come", 0.3)
        rig_of.until(lambda: any(path.endswith("/chat/completions") for path in Outside.met), 20, "the model is asked", 0.3)
    except TimeoutError as late:
        findings.append(f"{late}: nothing is proved about words")


def commands(rig, dead_port):
    """What the other commands say of the same secrets, and of a database whose address holds a password."""
    dsn = f"postgresql://vigie:{canary('the password of a DSN')}@127.0.0.1:{dead_port}/vigie?sslpassword={canary('a query of a DSN')}"
    said = ""
    for settings, command in (({}, ["config", "show"]), ({}, ["config", "check"]), ({}, ["doctor"]), ({}, ["version"]),
                              ({"DATABASE_URL": dsn}, ["serve"]), ({"DATABASE_URL": dsn}, ["db", "status"]),
                              ({"DATABASE_URL": dsn}, ["config", "show"]), ({"DATABASE_URL": dsn}, ["doctor"]),
                              ({"SECRET_KEY_OLD": canary("an older key")}, ["config", "show"])):
        done = subprocess.run([rig.build / "vigie", *command], env=rig.environment | settings, capture_output=True, text=True,
                              timeout=60, check=False)
        said += done.stdout + done.stderr
    return said


def judge(text, findings):
    lines = [line for line in text.splitlines() if line.startswith("{")]
    for name, value in sorted(CANARIES.items()):
        if len(value) >= 6 and value in text:
            shown = next(line for line in text.splitlines() if value in line)
            findings.append(f"{name} is told: {shown[:300]}")
    for word in WORDS.split():
        if word.lower() in text.lower():
            findings.append(f"what was said is told: {word}")
    for query in sorted(set(re.findall(r"https?://[^\s\"]*\?[^\[\s\"][^\s\"]*", text)))[:3]:
        findings.append(f"the query of an address is told: {query}")
    odd = [line for line in text.splitlines() if CONTROLS.search(line)]
    if odd or "\nINJECTED" in text:
        findings.append(f"control characters: {odd[:1]}")
    broken = 0
    for line in lines:
        try:
            json.loads(line)
        except ValueError:
            broken += 1
    if broken:
        findings.append(f"{broken} lines are no JSON")
    return len(lines)


def main():
    sound = rig_of.CACHE / "demo/marche.wav"
    if not sound.exists():
        rig_of.skip("no speech to be heard; cure: tools/demo-sounds (make demo)")
    outside = f"http://127.0.0.1:{serve(http.server.ThreadingHTTPServer(('127.0.0.1', 0), Outside))}"
    mail_port = serve(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mails))
    canary("signature behind a redirect")
    canary("signature of a piece")
    title = canary("the title of a live", "Direct {}")
    scenario = f"accounts:\n  - {{username: parle, lives: [{{audio: {sound}, title: \"{title}\", viewers: [3]}}]}}\n"
    settings = {
        "LOG_LEVEL": "debug", "POLL_INTERVAL_S": "5", "OUTBOUND_ALLOW": outside, "DOMAIN": "vigie.test", "SIGNUP": "open",
        "SECRET_KEY": canary("SECRET_KEY", "clef {} de la maison"), "LLM_BASE_URL": f"{outside}/v1", "LLM_MODEL": "m",
        "LLM_API_KEY": canary("LLM_API_KEY"), "GROQ_API_KEY": canary("GROQ_API_KEY"), "WHISPER_ENGINE": "remote",
        "WHISPER_BASE_URL": f"{outside}/v1", "WHISPER_API_KEY": canary("WHISPER_API_KEY"), "WHISPER_REMOTE_MODEL": "whisper-1",
        "TIKTOK_SIGN_KEY": canary("TIKTOK_SIGN_KEY"), "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(mail_port), "EMAIL_TLS": "none",
        "EMAIL_HOST_USER": "vigie@vigie.test", "EMAIL_HOST_PASSWORD": canary("EMAIL_HOST_PASSWORD"),
        "REDIS_URL": f"redis://:{canary('the password of REDIS_URL')}@127.0.0.1:{rig_of.free_port()}/0",
    }
    findings = []
    with rig_of.Rig(sys.argv[1], scenario, settings) as rig:
        rig.start_sim()
        made = subprocess.run([rig.build / "vigie", "admin", "create", "--username", "rig", "--email", "rig@example.org"],
                              input=rig_of.PASSWORD, env=rig.environment, check=True, capture_output=True)
        rig.make_token()
        note("the rig's token", rig.token)
        rig.start_vigie()
        rig.follow(["parle"])
        browser = Browser(rig)
        strangers(rig, browser)
        odd_requests(rig)
        at_work(browser, outside)
        poisoned_reset(rig, browser, findings)
        wait_for_words(rig, findings)
        time.sleep(1)
        rig.stop_vigie()
        told = commands(rig, rig_of.free_port())
        text = "\n".join(rig.log_lines()) + "\n" + told + made.stdout.decode() + made.stderr.decode()
        lines = judge(text, findings)
        print(f"{len(CANARIES)} canaries, {lines} lines, answers {dict(sorted(browser.statuses.items()))}")
        print(f"met outside: {sorted({path.split('/')[-1] if 'flux' in path else path[:13] for path in Outside.met})}")
        if lines < 70 or len(CANARIES) < 60:
            findings.append("too little happened: this proves nothing")
    for finding in findings:
        print("FINDING:", finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
