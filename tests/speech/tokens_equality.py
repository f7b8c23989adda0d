# SPDX-License-Identifier: Apache-2.0
"""tokens_equality.py SPEECH_PROBE: tokens become the text that the model's own tokenizer.json makes of them,
through the package `tokenizers` where python has it, else by that file's vocabulary read here. Every token
alone, sentences in several scripts, and runs of tokens nobody would say."""

import json
import random
import subprocess
import sys

from silero_onnx import CACHE, SKIPPED, skip

FOLDER = CACHE / "models/whisper/base"
SENTENCES = [
    "Bonjour à tous, c'est l'été : 3,5 % de l'œuvre…",
    "¿Qué tal? Grüße aus Köln — mañana, açaí.",
    "Привет, мир. 你好，世界。 こんにちは 🎉👩‍👩‍👧 مرحبا",
    "\tdeux  espaces\net une ligne",
]

if not (FOLDER / "tokenizer.json").exists():
    skip("Whisper base is not there")
description = json.loads((FOLDER / "tokenizer.json").read_text(encoding="utf-8"))
ordinary = min(token["id"] for token in description["added_tokens"])
by_id = {number: token for token, number in description["model"]["vocab"].items()}


def bytes_of_characters():
    """GPT-2's table: which byte a character of the vocabulary stands for."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(b): b for b in printable} | {chr(256 + n): b for n, b in enumerate(others)}


TABLE = bytes_of_characters()


def decode_by_file(ids):
    told = b"".join(bytes(TABLE[c] for c in by_id[i]) for i in ids if i < ordinary)
    return told.decode("utf-8", errors="replace")


try:
    import tokenizers

    tokenizer = tokenizers.Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    way = f"tokenizers {tokenizers.__version__}"
    encoded = [tokenizer.encode(text, add_special_tokens=False).ids for text in SENTENCES]

    def decode(ids):
        return tokenizer.decode([i for i in ids if i < ordinary], skip_special_tokens=False)
except ImportError:
    print("python has no tokenizers: by the vocabulary of tokenizer.json instead")
    way, encoded, decode = "tokenizer.json", [], decode_by_file


def clean(text):
    """What is kept of any text: no control characters but newline and tab, no overrides of direction."""
    gone = {*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)} - {9, 10}
    return "".join(c for c in text if ord(c) not in gone).strip()


chance = random.Random(1)
lines = [[number] for number in range(ordinary + 20)]
lines += encoded
lines += [[chance.randrange(ordinary) for _ in range(chance.randrange(1, 30))] for _ in range(3000)]
answer = subprocess.run(
    [sys.argv[1], "tokens", str(FOLDER)],
    input="".join(" ".join(map(str, ids)) + "\n" for ids in lines).encode(),
    stdout=subprocess.PIPE,
    check=False,
)
if answer.returncode == SKIPPED:
    skip("this Vigie was built without CTranslate2")
assert answer.returncode == 0, answer.returncode
found = [json.loads(line) for line in answer.stdout.decode("utf-8").splitlines()]
assert len(found) == len(lines), (len(found), len(lines))

unlike = []
for ids, ours in zip(lines, found):
    theirs = decode(ids) if max(ids) < len(by_id) else decode_by_file(ids)
    # How many marks stand for broken bytes is each decoder's own taste.
    squeeze = "\ufffd"
    left = "".join(c for c in clean(ours) if c != squeeze)
    right = "".join(c for c in clean(theirs) if c != squeeze)
    if left.split() != right.split():
        unlike.append((ids, ours, theirs))
print(f"{way}: {len(lines)} lines, {len(unlike)} unlike")
assert not unlike, unlike[:5]
