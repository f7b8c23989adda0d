# SPDX-License-Identifier: Apache-2.0
"""HTTP/2 as bytes, so that what no client would say can be said. Only what the tests need: one request, its answer."""
import socket
import ssl
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, END_HEADERS, ACK = 1, 4, 1


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def whole(number, bits, first=0):
    """HPACK's integers."""
    most = (1 << bits) - 1
    if number < most:
        return bytes([first | number])
    out, number = [first | most], number - most
    while number >= 128:
        out.append(number % 128 + 128)
        number //= 128
    return bytes([*out, number])


def block(fields):
    """Each field as a literal that is never indexed."""
    text = [whole(0, 4, 0x10) + b"".join(whole(len(part), 7) + part for part in field) for field in fields]
    return b"".join(text)


def read_exactly(line, count):
    data = b""
    while len(data) < count:
        more = line.recv(count - len(data))
        if not more:
            raise ConnectionError("closed")
        data += more
    return data


def ask(port, name, context, fields, body=None, patience=5):
    """Sends one request; returns how it ended: "answered", "refused" (its stream) or "closed" (everything)."""
    context.set_alpn_protocols(["h2"])
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as plain, \
            context.wrap_socket(plain, server_hostname=name) as line:
        assert line.selected_alpn_protocol() == "h2"
        flags = END_HEADERS | (END_STREAM if body is None else 0)
        line.sendall(PREFACE + frame(SETTINGS, 0, 0) + frame(HEADERS, flags, 1, block(fields)))
        try:
            if body is not None:
                line.sendall(frame(DATA, END_STREAM, 1, body))
            return answer_of(line)
        except (ConnectionError, ssl.SSLError):
            return "closed"


def answer_of(line):
    while True:
        head = read_exactly(line, 9)
        kind, flags = head[3], head[4]
        payload = read_exactly(line, int.from_bytes(head[:3], "big"))
        if kind == SETTINGS and not flags & ACK:
            line.sendall(frame(SETTINGS, ACK, 0))
        if kind == PING and not flags & ACK:
            line.sendall(frame(PING, ACK, 0, payload))
        if kind == GOAWAY:
            return "closed"
        if kind == RST_STREAM:
            return "refused"
        if kind in (DATA, HEADERS) and flags & END_STREAM:
            return "answered"
