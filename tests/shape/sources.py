# SPDX-License-Identifier: Apache-2.0
"""The sources as the rules read them: which files, and C++ text without its comments."""
import re
import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

CPP = (".cpp", ".hpp")
FOLDERS = ("src", "sim", "tests", "bench", "fuzz", "cmake")

# Comments, raw strings, strings and characters, whichever starts first.
TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",
    re.S,
)


def blank(text):
    """As many spaces and the same line ends, so that places stay what they are."""
    return re.sub(r"[^\n]", " ", text)


@dataclass
class Source:
    path: str  # from the repository's root, with slashes
    text: str
    literals: list = field(default_factory=list)  # (offset, text between the quotes)

    def __post_init__(self):
        if self.is_cpp:
            self.code  # fills literals

    @property
    def is_cpp(self):
        return self.path.endswith(CPP)

    @property
    def is_test(self):
        return self.path.startswith("tests/") or self.path.endswith("_test.cpp")

    @cached_property
    def code(self):
        """Without comments."""
        self.literals = []
        return TOKEN.sub(self._keep_literals, self.text)

    @cached_property
    def bare(self):
        """Without comments and without what strings say."""
        return TOKEN.sub(lambda token: blank(token[0]), self.text)

    def _keep_literals(self, token):
        word = token[0]
        if word.startswith("/"):
            return blank(word)
        if word.startswith("R"):
            self.literals.append((token.start(), word[word.index("(") + 1 : word.rindex(")")]))
        elif word.startswith('"'):
            self.literals.append((token.start(), word[1:-1]))
        return word

    def line(self, offset):
        return self.text.count("\n", 0, offset) + 1


@dataclass
class Finding:
    path: str
    line: int
    words: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.words}"


def find(source, pattern, text, words):
    """A Finding for each match of pattern in text, which is the source's text in some form."""
    return [
        Finding(source.path, source.line(match.start()), words.format(match[0].strip()))
        for match in re.finditer(pattern, text)
    ]


def list_files(root):
    """Files that git knows or would add, so that what is built stays out."""
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        capture_output=True,
        check=True,
    ).stdout.decode()
    return sorted(path for path in set(listed.split("\0")) if path and (Path(root) / path).is_file())


def load(root):
    """Every text file that a rule may look at."""
    sources = []
    for path in list_files(root):
        name = path.rsplit("/", 1)[-1]
        is_ours = path.split("/", 1)[0] in FOLDERS and (
            path.endswith((*CPP, ".py", ".sh", ".cmake")) or name == "CMakeLists.txt"
        )
        is_script = path.startswith("tools/") and (Path(root) / path).read_bytes()[:2] == b"#!"
        if is_ours or is_script or path.endswith(".md") or path == "CMakeLists.txt":
            sources.append(Source(path, (Path(root) / path).read_text(encoding="utf-8")))
    return sources
