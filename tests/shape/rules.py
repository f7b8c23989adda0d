# SPDX-License-Identifier: Apache-2.0
"""One function a rule: a Source (and the Rooms) in, Findings out. shape_test.py shows that each bites."""
import re

from sources import Finding, find

PIPELINE = ("watch", "capture", "transcribe", "analyse", "alert")
MAX_LINES = 500

# Which header may be seen where.
FOREIGN = {
    r"boost/beast\b": ("src/http/",),
    r"lib(av|sw)\w+/": ("src/media/",),
    r"sqlite3": ("src/db/sqlite/",),
    r"libpq": ("src/db/postgres/", "tests/support/"),
    r"ctranslate2/": ("src/transcribe/whisper/",),
    r"curl/": ("src/notify/curl/",),
    r"unicode/": ("src/notify/",),
}

SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|CREATE\s+(UNIQUE\s+)?"
    r"(TABLE|INDEX|VIEW)|DROP\s+(TABLE|INDEX|VIEW)|ALTER\s+TABLE)\b",
    re.S,
)

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)


class Rooms:
    """What src/CMakeLists.txt and src/app/CMakeLists.txt say of the rooms."""

    def __init__(self, cmake):
        self.depends = {}
        for call in re.finditer(r"vigie_room\(([^)]*)\)", re.sub(r"#[^\n]*", "", cmake)):
            name, *words = call[1].split()
            depends = []
            if "DEPENDS" in words:
                for word in words[words.index("DEPENDS") + 1 :]:
                    if word.isupper():
                        break
                    depends.append(word)
            self.depends[name] = depends
        # Rooms that are there on some machines only are linked afterwards.
        for link in re.finditer(r"target_link_libraries\(vigie_app\s+([^)]*)\)", cmake):
            for room in self.depends:
                if "vigie_" + room.replace("/", "_") in link[1].split():
                    self.depends.setdefault("app", []).append(room)

    def of(self, path):
        """The room of "db/sqlite/x.hpp"; nothing for what is in none."""
        parts = path.split("/")[:-1]
        while parts:
            if "/".join(parts) in self.depends:
                return "/".join(parts)
            parts.pop()
        return None

    def is_leaf(self, room):
        return "/" in room

    def reach(self, room):
        """The room itself and what it depends on, all the way down."""
        seen, todo = set(), [room]
        while todo:
            one = todo.pop()
            if one not in seen:
                seen.add(one)
                todo.extend(self.depends.get(one, []))
        return seen


def includes(source):
    return [(source.line(match.start()), match[2]) for match in INCLUDE.finditer(source.code)]


def rooms_include_what_they_depend_on(source, rooms):
    if not source.is_cpp or not source.path.startswith("src/"):
        return []
    mine = rooms.of(source.path[len("src/") :])
    if mine is None:
        return [Finding(source.path, 1, "this folder is no room of src/CMakeLists.txt")]
    findings = []
    for line, header in includes(source):
        other = rooms.of(header)
        if other is None or other == mine:
            continue
        if other not in rooms.reach(mine):
            words = f'"{header}": the room {mine} does not depend on {other} (src/CMakeLists.txt)'
            findings.append(Finding(source.path, line, words))
        elif rooms.is_leaf(other) and mine != "app":
            words = f'"{header}": a leaf room is named by the room app only'
            findings.append(Finding(source.path, line, words))
    return findings


def pipeline_rooms_ignore_one_another(source, rooms):
    if not source.is_cpp or not source.path.startswith("src/"):
        return []
    mine = source.path.split("/")[1]
    if mine not in PIPELINE:
        return []
    others = [room for room in PIPELINE if room != mine]
    return [
        Finding(source.path, line, f'"{header}": {mine} learns of others by rows and events only')
        for line, header in includes(source)
        if header.split("/")[0] in others
    ]


def rooms_have_no_circle(rooms):
    findings = []
    for room in rooms.depends:
        for other in rooms.depends[room]:
            if other not in rooms.depends:
                findings.append(Finding("src/CMakeLists.txt", 1, f"{room} depends on no room: {other}"))
            elif room in rooms.reach(other):
                findings.append(Finding("src/CMakeLists.txt", 1, f"a circle: {room} and {other}"))
    return findings


def foreign_headers_stay_in_their_room(source, _rooms):
    findings = []
    for line, header in includes(source) if source.is_cpp else []:
        for pattern, places in FOREIGN.items():
            if re.match(pattern, header) and not source.path.startswith(places):
                words = f"<{header}> is seen in {places[0]} only"
                findings.append(Finding(source.path, line, words))
    return findings


def may_hold_sql(path):
    return path.endswith("_sql.cpp") or path.startswith(("src/db/sqlite/", "src/db/postgres/"))


def sql_stays_in_its_files(source, _rooms):
    if not source.is_cpp or source.is_test or may_hold_sql(source.path):
        return []
    return [
        Finding(source.path, source.line(offset), "SQL belongs in a *_sql.cpp file")
        for offset, words in source.literals
        if SQL.search(words)
    ]


def sql_is_never_put_together(source, _rooms):
    if not source.path.endswith("_sql.cpp"):
        return []
    findings = find(
        source,
        r"(?:\.|->)(?:query|execute|script)\(\s*[^,;()]*?(?:\+|fmt::format|std::format|\.append)[^,;]*",
        source.bare,
        "a statement is one constant, never put together: {}",
    )
    for offset, words in source.literals:
        if SQL.search(words):
            # The literal ends with a quote, a raw one with its bracket: look at what is around both.
            before = source.code[:offset].rstrip()
            end = source.code.index(words, offset) + len(words)
            after = re.sub(r'^\)?[^\s"]{0,16}"', "", source.code[end:], count=1).lstrip()
            if before.endswith(("+", "format(", "append(")) or after.startswith("+") or "{}" in words:
                text = "a statement is one constant, with parameters: nothing is joined to it"
                findings.append(Finding(source.path, source.line(offset), text))
    return findings


def time_and_chance_come_through_their_doors(source, _rooms):
    doors = (
        "src/async/clock.cpp",
        "src/base/random.cpp",
        "src/base/random_fake.hpp",
        "bench/",
    )
    if not source.is_cpp or source.path.startswith(doors):
        return []
    pattern = (
        r"\b(?:system_clock|steady_clock|high_resolution_clock)::now\b|\bsleep_(?:for|until)\s*\("
        r"|\b(?:usleep|nanosleep)\s*\(|(?<!\w)::sleep\s*\(|\brandom_device\b|\bs?rand\s*\(\s*\)|\bgetrandom\s*\("
        r"|\bgettimeofday\s*\(|\bclock_gettime\s*\(|\bstd::time\s*\("
    )
    return find(source, pattern, source.bare, "{}: time comes through Clock, chance through Random")


def coroutines_belong_to_a_group(source, _rooms):
    if not source.is_cpp or source.path.startswith("src/async/"):
        return []
    return find(
        source, r"\bco_spawn\s*\(|\basio::detached\b", source.bare, "{}: spawn in a TaskGroup"
    ) + find(
        source,
        r"\b(?:io|ioc|context|io_context)_?(?:\.|->)stop\s*\(\s*\)",
        source.bare,
        "{}: cancel and join instead; stop() abandons coroutines half-way",
    )


def awaited_calls_are_plain(source, _rooms):
    """What one line may not hold after co_await: other compilers destroy such temporaries twice."""
    if not source.is_cpp:
        return []
    findings = []
    for match in re.finditer(r"\bco_await\b[^;{}]*(?:\{[^;]*)?", source.bare):
        words = match[0]
        # A block after a condition is no temporary: "if (co_await x) {".
        words = re.sub(r"\)\s*\{.*", ")", words, flags=re.S)
        if re.search(r"\w(?:<[^;]*>)?\{\s*[^\s}]", words):
            what = "a braced temporary"
        elif re.search(r"\?[^:;]+:", words):
            what = "a conditional"
        elif re.search(r"\[[^\]]+\]\s*[({]", words) and re.search(r"[(,=]\s*\[[^\]]+\]\s*[({]", words):
            what = "a capturing lambda"
        else:
            continue
        findings.append(
            Finding(source.path, source.line(match.start()), f"{what} in a co_await: name it first")
        )
    return findings


def coroutine_lambdas_capture_nothing(source, _rooms):
    if not source.is_cpp:
        return []
    return find(
        source,
        r"\[[^\[\]]*[^\s\[\]][^\[\]]*\]\s*\([^()]*\)\s*(?:mutable\s*)?->\s*(?:vigie::)?(?:Async|asio::awaitable)\b",
        source.bare,
        "a coroutine lambda captures nothing: pass parameters",
    )


def files_are_short_and_licensed(source, _rooms):
    if source.path.endswith(".md"):
        return []
    findings = []
    lines = source.text.splitlines()
    if source.is_cpp and len(lines) > MAX_LINES:
        findings.append(Finding(source.path, len(lines), f"{len(lines)} lines, {MAX_LINES} at most"))
    first = lines[1] if lines and lines[0].startswith("#!") and len(lines) > 1 else lines[0] if lines else ""
    if "SPDX-License-Identifier: Apache-2.0" not in first:
        findings.append(Finding(source.path, 1, "the first line is the SPDX line"))
    return findings


METRIC = re.compile(r"(?:\.|->)\s*(?:counter|gauge|histogram)\s*\(")


def metrics_are_named_and_described(source, _rooms):
    if not source.is_cpp or source.is_test or source.path.startswith("src/metrics/"):
        return []
    findings = []
    for call in METRIC.finditer(source.bare):
        rest = source.code[call.end() :]
        line = source.line(call.start())
        words = re.match(r'\s*"([^"]*)"\s*,\s*((?:"(?:\\.|[^"\\])*"\s*)+)', rest)
        if not words:
            is_described_elsewhere = re.match(r'\s*"[^"]*"\s*,\s*[A-Za-z_]', rest)
            if re.match(r'\s*"', rest) and not is_described_elsewhere:
                findings.append(Finding(source.path, line, "a metric has a help text"))
            continue
        if not re.fullmatch(r"vigie_[a-z]+(_[a-z0-9]+)+", words[1]):
            findings.append(Finding(source.path, line, f"{words[1]}: vigie_<room>_<what>_<unit>"))
        help_text = "".join(re.findall(r'"((?:\\.|[^"\\])*)"', words[2]))
        if len(help_text) < 8 or not help_text.endswith("."):
            findings.append(Finding(source.path, line, f"{words[1]}: its help is a sentence"))
    return findings


def slug(heading):
    """A heading's anchor, as forges make it."""
    plain = re.sub(r"[`*_]|\[([^\]]*)\]\([^)]*\)", lambda match: match[1] or "", heading)
    return re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")


def links_resolve(source, documents, files):
    """documents: Markdown by path; files: every path of the repository."""
    findings = []
    text = re.sub(r"```.*?```|`[^`\n]*`", lambda code: re.sub(r"[^\n]", " ", code[0]), source.text, flags=re.S)
    folders = {path.rsplit("/", depth)[0] for path in files for depth in range(1, path.count("/") + 1)}
    for match in re.finditer(r"\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)", text):
        target, _, anchor = match[1].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        line = source.line(match.start())
        path = source.path
        if target:
            parts = [] if target.startswith("/") else source.path.split("/")[:-1]
            for part in target.strip("/").split("/"):
                if part == "..":
                    if not parts:
                        break
                    parts.pop()
                elif part != ".":
                    parts.append(part)
            path = "/".join(parts)
            if path not in files and path not in folders:
                findings.append(Finding(source.path, line, f"{match[1]}: there is no such file"))
                continue
        if anchor and path in documents:
            headings = re.findall(r"^#{1,6}\s+(.*?)\s*#*$", documents[path], re.M)
            if anchor not in [slug(heading) for heading in headings]:
                findings.append(Finding(source.path, line, f"{match[1]}: there is no such heading"))
    return findings


PER_SOURCE = (
    rooms_include_what_they_depend_on,
    pipeline_rooms_ignore_one_another,
    foreign_headers_stay_in_their_room,
    sql_stays_in_its_files,
    sql_is_never_put_together,
    time_and_chance_come_through_their_doors,
    coroutines_belong_to_a_group,
    awaited_calls_are_plain,
    coroutine_lambdas_capture_nothing,
    files_are_short_and_licensed,
    metrics_are_named_and_described,
)
