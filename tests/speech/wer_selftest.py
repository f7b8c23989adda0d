# SPDX-License-Identifier: Apache-2.0
"""wer.py counts what it should."""

import silero_onnx

try:
    import wer
except ImportError as missing:
    silero_onnx.skip(f"python has no {missing.name}")

SAME = [
    ("fr", "L’accident a eu lieu : 80 % !", "l'accident a eu lieu quatre-vingts pour cent"),
    ("fr", "le 1er mai, 3h10", "le premier mai trois h dix"),
    ("fr", "Au XVIIe siècle", "au dix-septième siècle"),
    ("fr", "12 500 euros", "douze mille cinq cents euros"),
    ("fr", "Euh, un œuf [rires]", "un oeuf"),
    ("fr", "3,5 points", "trois virgule cinq points"),
    ("en", "It's 3:2, 100%", "it s three two one hundred percent"),
]
for language, left, right in SAME:
    assert wer.normalise(left, language) == wer.normalise(right, language), (
        wer.normalise(left, language),
        wer.normalise(right, language),
    )

score = wer.Score()
score.add("a b c d", "a x c d e")
assert (score.words, score.substituted, score.deleted, score.inserted) == (4, 1, 0, 1)
assert score.rate == 50.0
score.add("", "ghost words")
assert score.words == 4 and score.inserted == 3, "words heard where nobody speaks are insertions"
