# SPDX-License-Identifier: Apache-2.0
"""The requests that lie about themselves, as src/http/server_smuggling_test.cpp has them: read from there, so that what
is sent through a proxy is what is sent to us directly."""
import ast
import pathlib
import re

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "src/http/server_smuggling_test.cpp"
WORD = re.compile(r'"(?:[^"\\]|\\.)*"|std::string\(1, \'\\0\'\)|\b(?:post|chunked|end)\b')
ROW = re.compile(r'\{("(?:[^"\\]|\\.)*"),\s*((?:"(?:[^"\\]|\\.)*"|[^"{}])*)\}', re.S)


def value_of(expression, names):
    """A concatenation of literals and of the names that stand for some."""
    out = b""
    for word in WORD.findall(expression):
        if word.startswith('"'):
            out += ast.literal_eval("b" + word)
        else:
            out += names.get(word, b"\0")
    return out


def rows():
    """[(name, bytes)]: what is refused, then what is odd and accepted."""
    text = SOURCE.read_text(encoding="utf-8")
    names = {}
    for name, expression in re.findall(r"const std::string (post|chunked|end) = ([^;]+);", text):
        names[name] = value_of(expression, names)
    found = [(ast.literal_eval(name), value_of(expression, names)) for name, expression in ROW.findall(text)]
    found = [row for row in found if len(row[1]) > 7]  # not the targets that a test compares
    assert len(found) >= 98, f"only {len(found)} rows were understood"
    return found


def rows_of_http2(host, smuggled):
    """[(name, fields, body)] that say in HTTP/2 what becomes two requests where it is written as HTTP/1.1 unread."""
    def fields(*more, method=b"GET", path=b"/", authority=None):
        return [(b":method", method), (b":scheme", b"https"), (b":authority", authority or host), (b":path", path), *more]

    ends = b" HTTP/1.1\r\nHost: x\r\n\r\n"
    return [
        ("length zero and a body", fields((b"content-length", b"0"), method=b"POST"), smuggled),
        ("length beyond the body", fields((b"content-length", b"500"), method=b"POST"), b"hello"),
        ("two lengths", fields((b"content-length", b"5"), (b"content-length", b"6"), method=b"POST"), b"hello"),
        ("length with a sign", fields((b"content-length", b"+5"), method=b"POST"), b"hello"),
        ("no length", fields(method=b"POST"), smuggled),
        ("chunked", fields((b"transfer-encoding", b"chunked"), method=b"POST"), b"0\r\n\r\n" + smuggled),
        ("line ends in a value", fields((b"x-a", b"b\r\nContent-Length: 60")), None),
        ("a request in a value", fields((b"x-a", b"b\r\n\r\n" + smuggled)), None),
        ("line feed in a value", fields((b"x-a", b"b\nX-C: d")), None),
        ("a request in a name", fields((b"x-a: b\r\n\r\n" + smuggled, b"c")), None),
        ("a colon in a name", fields((b"x-a: b", b"c")), None),
        ("a request in the path", fields(path=b"/a" + ends + b"GET /smuggled"), None),
        ("a space in the path", fields(path=b"/a b"), None),
        ("a request in the method", fields(method=b"GET /a" + ends + b"GET"), None),
        ("a request in the authority", fields(authority=b"x\r\n\r\n" + smuggled), None),
        ("another host", fields((b"host", b"x")), None),
        ("named hop by hop", fields((b"connection", b"content-length"), (b"content-length", b"5"), method=b"POST"), b"hello"),
        ("an upgrade", fields((b"connection", b"upgrade"), (b"upgrade", b"websocket")), None),
    ]
