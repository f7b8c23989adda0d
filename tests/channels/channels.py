#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What leaves Vigie as others receive it: channels.py SENDER CACHE. Mails are caught by a real SMTP server
(aiosmtpd) and read by Python's parser; webhooks are verified by code that shares nothing with Vigie's. Without
aiosmtpd this is skipped (77), and says so."""
import email
import email.policy
import hashlib
import hmac
import http.server
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

SKIPPED = 77
SECRET = "00" * 32
PASSWORD = "un mot de passe"
MODERN = email.policy.default


def find_python(cache):
    """Runs itself again under the Python that has aiosmtpd."""
    try:
        import aiosmtpd  # noqa: F401
    except ImportError:
        python = cache / "venv/bin/python"
        if not python.exists() or os.environ.get("VIGIE_CHANNELS_AGAIN"):
            print("skipped: aiosmtpd is missing; cure: tools/setup")
            sys.exit(SKIPPED)
        os.environ["VIGIE_CHANNELS_AGAIN"] = "1"
        os.execv(python, [str(python), "-B", *sys.argv])


def send(sender, *words):
    done = subprocess.run([sender, *map(str, words)], capture_output=True, text=True, timeout=30, check=True)
    return json.loads(done.stdout)


def certificate(folder):
    names = ["/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", f"{folder}/key",
               "-out", f"{folder}/certificate", "-subj", *names]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(f"{folder}/certificate", f"{folder}/key")
    return context


def free_port():
    """aiosmtpd must be told one."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


class Catcher:
    """Keeps every mail; refuses the recipient nobody@…, and the text of anything for late@…."""

    def __init__(self):
        self.caught = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, session, envelope):
        if envelope.rcpt_tos[0].startswith("late@"):
            return "451 4.3.0 come back later"
        self.caught.append((envelope, session))
        return "250 2.0.0 queued as 42"


def check_mail(envelope):
    assert envelope.mail_from == "vigie@vigie.test", envelope.mail_from
    assert envelope.rcpt_tos == ["anna@a.test"], envelope.rcpt_tos
    raw = envelope.original_content
    assert all(len(line) <= 78 for line in raw.split(b"\r\n")), "a line is too long"
    mail = email.message_from_bytes(raw, policy=MODERN)
    assert not mail.defects, mail.defects
    assert mail["Subject"] == "Vigie : 2 alertes, jusqu’à élevée", mail["Subject"]
    assert mail["Subject"].isascii() is False and b"=?utf-8?B?" in raw
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@vigie.test>"), mail["Message-ID"]
    assert mail["To"].addresses[0].addr_spec == "anna@a.test"
    assert abs(mail["Date"].datetime.timestamp() - time.time()) < 60
    plain = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    for part in (plain, html):
        assert "https://vigie.test/alertes?alerte=01ALERT" in part and "alerte=02ALERT" in part, part
        assert "propos possiblement haineux" in part, part
    assert '<html lang="fr">' in html and "</html>" in html
    return mail["Message-ID"]


def mails(sender, folder):
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    def authenticate(_server, _session, _envelope, mechanism, data):
        asked.append(mechanism)
        good = data.login == b"vigie" and data.password == PASSWORD.encode()
        return AuthResult(success=good, handled=False)

    asked = []
    context = certificate(folder)
    ca = f"{folder}/certificate"
    tls = {"authenticator": authenticate, "auth_required": True}
    servers = {
        "none": ({}, "", ""),
        "starttls": ({"tls_context": context, "require_starttls": True, **tls}, "vigie", PASSWORD),
        "tls": ({"ssl_context": context, "auth_require_tls": False, "auth_exclude_mechanism": ["PLAIN"], **tls},
                "vigie", PASSWORD),
    }
    for security, (options, user, password) in servers.items():
        catcher = Catcher()
        port = free_port()
        controller = Controller(catcher, hostname="127.0.0.1", port=port, **options)
        controller.start()
        try:

            def go(recipient, key=password, trust=ca):
                return send(sender, "mail", "localhost", port, security, user, key, trust, recipient, "fr")

            first, second = go("anna@a.test"), go("anna@a.test")
            assert first["ok"] and second["ok"], (security, first, second)
            assert "queued as 42" in first["answer"], first
            names = {check_mail(envelope) for envelope, _ in catcher.caught}
            assert len(catcher.caught) == 2 and len(names) == 1, "a repeat is not recognisable"
            refused = go("nobody@a.test")
            assert refused["code"] == "invalid" and "550" in refused["answer"], refused
            later = go("late@a.test")
            assert later["code"] == "unavailable" and "come back later" in later["answer"], later
            for injected in ("a@b.test\r\nBcc: x@y.test", "a@b.test,x@y.test", "a@b.test\r\nRCPT TO:<x@y.test>"):
                assert go(injected)["code"] == "invalid", injected
            assert len(catcher.caught) == 2
            if security != "none":
                wrong = go("anna@a.test", key="wrong")
                assert wrong["code"] == "denied" and "535" in wrong["answer"], wrong
                stranger = go("anna@a.test", trust="/etc/ssl/certs/ca-certificates.crt")
                assert stranger["code"] == "unavailable" and "certificate" in stranger["answer"], stranger
            print(f"mail {security}: {first['answer']}")
        finally:
            controller.stop()
    assert {"PLAIN", "LOGIN"} <= set(asked), asked
    closed = send(sender, "mail", "localhost", 1, "none", "", "", "", "anna@a.test", "fr")
    assert closed["code"] == "unavailable", closed


class Receiver(http.server.BaseHTTPRequestHandler):
    received = []
    status = 200

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append((self.headers, body))
        self.send_response(self.status)
        if self.status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"thanks")

    def log_message(self, *_):
        pass


def verify(headers, body):
    """As a receiver would, from what the documentation says."""
    timestamp, event = headers["Vigie-Timestamp"], headers["Vigie-Event-Id"]
    assert abs(time.time() - int(timestamp)) < 300
    assert len(body) <= 64 * 1024
    signed = f"{timestamp}.{event}.".encode() + body
    expected = "v1=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(expected, headers["Vigie-Signature"]), "the signature is wrong"
    changed = hmac.new(SECRET.encode(), signed + b" ", hashlib.sha256).hexdigest()
    assert "v1=" + changed != headers["Vigie-Signature"]
    return event


def webhooks(sender):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/hook"
    for form in ("vigie", "slack", "mattermost", "teams"):
        outcome = send(sender, "webhook", url, form, SECRET, f"event-{form}")
        assert outcome["ok"] and outcome["answer"] == "200 thanks", outcome
        headers, body = Receiver.received[-1]
        assert verify(headers, body) == f"event-{form}"
        told = json.loads(body)
        if form == "vigie":
            assert told["id"] == "event-vigie" and told["count"] == 2, told
            assert told["events"][0]["severity"] == "eleve" and told["events"][0]["kind"] == "haine", told
        elif form == "teams":
            card = told["attachments"][0]["content"]
            assert card["actions"][0]["url"].startswith("https://vigie.test/"), told
        else:
            assert "https://vigie.test/alertes?alerte=01ALERT" in told["text"], told
        print(f"webhook {form}: {outcome['answer']}")
    for status in (302, 410, 500):
        Receiver.status = status
        before = len(Receiver.received)
        outcome = send(sender, "webhook", url, "vigie", SECRET, "again")
        assert outcome["code"] == "unavailable" and str(status) in outcome["answer"], outcome
        assert len(Receiver.received) == before + 1, "a redirect was followed"
    server.shutdown()


def main():
    sender, cache = sys.argv[1], Path(sys.argv[2])
    find_python(cache)
    with tempfile.TemporaryDirectory() as folder:
        mails(sender, folder)
    webhooks(sender)
    print("channels: mails and webhooks arrived as they should")


main()
