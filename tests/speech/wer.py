# SPDX-License-Identifier: Apache-2.0
"""wer.py OUTPUT.jsonl… [--refs refs.tsv]: the word error rate of `vigie transcribe --json`.

A reference is found by the file's name without its folder and extension; its text is compared with the
segments' texts joined in time order, both reduced to lower-case words: numbers written out, no
punctuation, hyphens and apostrophes split, hesitations and [sound descriptions] left out.
Needs jiwer and num2words (tools/requirements.txt)."""

import argparse
import csv
import dataclasses
import json
import pathlib
import re
import unicodedata

import jiwer
import num2words

REFERENCES = pathlib.Path(__file__).resolve().parents[3] / "shared/speech/audio/refs.tsv"
HESITATIONS = {"euh", "heu", "hum", "hein", "uh", "um"}
PERCENT = {"fr": " pour cent ", "en": " percent ", "es": " por ciento ", "de": " prozent ", "pt": " por cento "}
POINT = {"fr": " virgule ", "es": " coma ", "pt": " vírgula ", "de": " komma "}
ROMAN = {"i": 1, "v": 5, "x": 10}


def spell(number, language, to="cardinal"):
    try:
        return f" {num2words.num2words(int(number), lang=language, to=to)} "
    except NotImplementedError:
        return f" {number} "


def roman(letters):
    values = [ROMAN[letter] for letter in letters]
    return sum(-v if i + 1 < len(values) and values[i + 1] > v else v for i, v in enumerate(values))


def normalise(text, language):
    language = language or "fr"
    text = unicodedata.normalize("NFKC", text).lower()
    text = text.translate({ord("’"): "'", ord("œ"): "oe", ord("æ"): "ae"})
    text = re.sub(r"\[[^\]]*\]|\*[^*]*\*", " ", text)
    text = text.replace("%", PERCENT.get(language, " % "))
    text = re.sub(r"(?<=\d)\s(?=\d{3}\b)", "", text)  # 12 500
    if language == "fr":
        text = re.sub(r"\b1er\b", "premier", text)
        text = re.sub(r"\b([ivx]+)(?:e|ème)\b", lambda m: spell(roman(m[1]), "fr", "ordinal"), text)
        text = re.sub(r"\b(\d+)(?:e|ème)\b", lambda m: spell(m[1], "fr", "ordinal"), text)
    point = POINT.get(language, " point ")
    text = re.sub(r"(\d+)[.,](\d+)", lambda m: spell(m[1], language) + point + spell(m[2], language), text)
    text = re.sub(r"\d+", lambda m: spell(m[0], language), text)
    words = re.sub(r"[^\w\s]|_", " ", text).split()
    return " ".join(word for word in words if word not in HESITATIONS)


@dataclasses.dataclass
class Score:
    words: int = 0
    substituted: int = 0
    deleted: int = 0
    inserted: int = 0

    def add(self, reference, heard):
        self.words += len(reference.split())
        if not reference:
            self.inserted += len(heard.split())
            return
        found = jiwer.process_words(reference, heard)
        self.substituted += found.substitutions
        self.deleted += found.deletions
        self.inserted += found.insertions

    @property
    def rate(self):
        return 100 * (self.substituted + self.deleted + self.inserted) / max(1, self.words)

    def __str__(self):
        return (
            f"WER {self.rate:5.1f} %  {self.words} words: {self.substituted} wrong, "
            f"{self.deleted} lost, {self.inserted} added"
        )


def read_output(path):
    """{file's stem: its text}, and the summary line."""
    pieces, summary = {}, {}
    for line in path.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if item.get("summary"):
            summary = item
        else:
            pieces.setdefault(pathlib.Path(item["file"]).stem, []).append((item["start"], item["text"]))
    return {stem: " ".join(text for _, text in sorted(found)) for stem, found in pieces.items()}, summary


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("outputs", nargs="+", type=pathlib.Path)
    arguments.add_argument("--refs", type=pathlib.Path, default=REFERENCES)
    arguments.add_argument("--each", action="store_true", help="a line for every file")
    arguments.add_argument("--files", nargs="*", default=None, help="stems to score, heard or not")
    options = arguments.parse_args()
    with options.refs.open(encoding="utf-8") as lines:
        references = {row["id"]: row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}
    for path in options.outputs:
        texts, summary = read_output(path)
        total = Score()
        for stem in sorted(options.files or texts):
            if stem not in references:
                print(f"{stem}: no reference, left out")
                continue
            language = references[stem]["language"]
            pair = (normalise(references[stem]["text"], language), normalise(texts.get(stem, ""), language))
            total.add(*pair)
            if options.each:
                one = Score()
                one.add(*pair)
                print(f"  {stem}: {one}")
        print(f"{path.name}: {total}  {json.dumps(summary)}")


if __name__ == "__main__":
    main()
