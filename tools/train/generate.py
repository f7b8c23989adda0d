#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the sentences the embedded analyser learns from: "label<TAB>family<TAB>text", one span a line.

usage: generate.py OUT.tsv [--without FAMILY,FAMILY…]
The same tools/train/sentences give the same bytes: every choice comes from one seeded generator.
"""
import argparse
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import noise  # noqa: E402
import words as vocabulary  # noqa: E402

SEED = 20261122
COUNTS = {"hateful": 30000, "mirror": 9000, "kind": 12000, "harmless": 28000, "political": 7000, "speech": 24000}
# Families of hatred whose templates also make sense of what no law protects: power, trades, things.
MIRRORED = ["emotion", "attribute", "dehumanise", "worthless", "expel", "swear", "question", "compare", "clause",
            "sentences", "opinion", "violence", "wish", "address"]
# A template of hatred that hates only through its slots says something kind once they are changed.
HARSH = re.compile(
    r"dég|répugn|haine|hais|mort|mour|crèv|crev|merde|race|sale|pute|dehors|foutez|cass|barr|nique|fuck|encul|con\\b|cons\\b"
    r"|chi(er|ant)|gueule|chien|rat\\b|cochon|singe|animal|animaux|bête|porc|vermine|infeste|pullul|grouill|pire|inférieur|supérieur"
    r"|vom|gerb|nausée|malad|marre|assez|claque|dos|emmerd|putain|saloperi|saleté|bâtard|enfoiré|peste|cancer|rage|four|camp"
    r"|fusil|balle|arme|sang|feu|potence|chasse|solution|crime|sanction|tout va mal|invasion|envahi|volent|rejet|raciste"
    r"|désolé|choquer|personne n'ose|rien contre|pas de \\{G|sous-|nature|gènes|civilis|humains|valeur|vaut|valent|mérit"
    r"|problème|honte|mass|harm|emo\\}|plutôt|préfère|préférerais|débarrass|à quand|grand nettoyage|tranquilles|pourquoi on laisse"
    r"|bande de|quelle |espèce|ces \\{NP|normal|honnête|propre|bien chez|bloque|pareil|quittez|baissez|cavernes|place|rien|attention"
    r"|poisson|partir|parler|physique|pleurer|que des|que d|donc t|mouche|peux pas|de nos|regardez|dernier|ressembl|comporte|traitez|sans pitié|aux |à la |peloton|jusqu|approche|regretter|rentre pas|jure|préviens|chercher|{SL")
SLOT = re.compile(r"\{(AP|AS|NP|NA|kill\w*|expel\w*|hje|hon|hinf)\}")
KIND = ["attribute", "dehumanise", "threat", "violence", "opinion", "question", "address", "emotion", "compare", "clause",
        "sentences", "expel"]
RARE_MIRRORS = {"violence", "wish"}
LONGEST = 16


class Writer:
    def __init__(self, without):
        self.dice = vocabulary.Dice(SEED)
        self.words = vocabulary.Words()
        self.filler = vocabulary.Filler(self.words, self.dice)
        self.kindly = vocabulary.Filler(self.words.benign(), self.dice)
        self.without = without
        self.hateful = self.families("hateful.txt")
        self.harmless = self.families("harmless.txt")
        self.political = self.families("political.txt")
        self.speech = vocabulary.sections("speech.txt")
        self.pieces = {name: vocabulary.entries(lines) for name, lines in self.speech.items() if name != "plain"}
        self.kind = [(f, t) for f, t in self.hateful if f in KIND and SLOT.search(t) and not HARSH.search(t)]
        self.core = [(f, t) for f, t in self.hateful if f not in {"sentences", "address", "clause", "opinion"}]

    def families(self, name):
        found = vocabulary.sections(name)
        return [(f, t) for f, lines in found.items() if f not in self.without for t in lines]

    # ---- everyday speech

    def clause(self):
        piece, dice = self.pieces, self.dice
        who = self.filler.fill(dice.pick(piece["people"])) if dice.chance(0.15) else dice.pick(piece["who"])
        text = f"{who} {dice.pick(piece['do'])} {dice.pick(piece['what'])}"
        if dice.chance(0.5):
            text += " " + dice.pick(piece["where"])
        if dice.chance(0.4):
            text += " " + dice.pick(piece["when"])
        return text

    def everyday(self, length):
        """About `length` words of talk, cut anywhere."""
        dice, out = self.dice, []
        while len(out) < length + 6:
            throw = dice.source.random()
            if throw < 0.45:
                text = self.clause()
            elif throw < 0.65:
                text = dice.pick(self.pieces["comment"])
            elif throw < 0.71:
                text = self.filler.fill(dice.pick(self.pieces["people"]))
            elif throw < 0.76:
                text = " ".join([dice.pick(out[-4:] or ["euh"])] * (1 + dice.below(3)))
            else:
                text = dice.pick(self.speech["plain"])
            out += text.split(" ")
            if dice.chance(0.6):
                out += dice.pick(self.pieces["join"]).split(" ")
        start = dice.below(7)
        return " ".join(out[start:start + length])

    # ---- one sentence of each kind

    def draw(self, pool, seen):
        """A template, each family as often as the square root of its size."""
        if id(pool) not in seen:
            by_family = {}
            for family, template in pool:
                by_family.setdefault(family, []).append(template)
            ladder = [f for f, lines in sorted(by_family.items()) for _ in range(max(1, round(len(lines) ** 0.5)))]
            seen[id(pool)] = (by_family, ladder)
        by_family, ladder = seen[id(pool)]
        family = self.dice.pick(ladder)
        return family, self.dice.pick(by_family[family])

    cache = {}

    def write_hateful(self):
        family, template = self.draw(self.hateful, self.cache)
        return "h-" + family, self.filler.fill(template)

    def write_core(self):
        return self.filler.fill(self.draw(self.core, self.cache)[1])

    def write_mirror(self):
        """The same words said of power, of a trade, or of a thing."""
        while True:
            family, template = self.draw(self.hateful, self.cache)
            if family in MIRRORED and not (family in RARE_MIRRORS and self.dice.chance(0.6)):
                break
        pool = self.words.lists["things" if self.dice.chance(0.3) else "roles"]
        many = self.dice.pick(pool)
        head, _, tail = many.partition(" ")
        one = head[:-1] if head.endswith("s") else head
        return "m-" + family, self.filler.fill(template, (one + (" " + tail if tail else ""), many, 0))

    def write_kind(self):
        family, template = self.draw(self.kind, self.cache)
        return "k-" + family, self.kindly.fill(template)

    def write_harmless(self):
        family, template = self.draw(self.harmless, self.cache)
        core = self.write_core() if "{H}" in template else ""
        return "n-" + family, self.filler.fill(template, hateful=core)

    def write_political(self):
        family, template = self.draw(self.political, self.cache)
        return "p-" + family, self.filler.fill(template)

    def write_speech(self):
        return "s-speech", self.everyday(self.dice.pick([6, 8, 8, 11, 11, 16, 16, 20]))

    # ---- how it is heard

    def dress(self, text, label, family):
        dice = self.dice
        if family != "s-speech" and dice.chance(0.3):
            text = f"{dice.pick(self.words.lists['openers'])} {text}"
        if family != "s-speech" and dice.chance(0.12):
            text = f"{text}{dice.pick([', ', ' ', '. '])}{dice.pick(self.words.lists['tails'])}"
        throw = dice.source.random()
        if throw < 0.1:
            text = noise.disguised(text, dice)
        if throw > 0.62:
            text = noise.misheard(text, dice)
        elif throw > 0.5:
            text = noise.bare(text)
        if family != "s-speech" and dice.chance(0.35):
            text = self.surround(text)
        return text

    def surround(self, text):
        """Other talk on one side or both, as a span that was cut out of speech has it."""
        room = LONGEST - len(text.split(" "))
        if room < 2:
            return text
        room = 1 + self.dice.below(room)
        before = self.dice.below(room + 1)
        head = self.everyday(before) if before else ""
        tail = self.everyday(room - before) if room > before else ""
        return " ".join(part for part in (head, text, tail) if part)

    def lines(self):
        makers = {"hateful": self.write_hateful, "mirror": self.write_mirror, "kind": self.write_kind, "harmless": self.write_harmless,
                  "political": self.write_political, "speech": self.write_speech}
        seen = set()
        for kind, count in COUNTS.items():
            for _ in range(count):
                family, text = makers[kind]()
                label = 1 if kind == "hateful" else 0
                text = self.dress(text, label, family)
                if text and text not in seen:
                    seen.add(text)
                    yield f"{label}\t{family}\t{text}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--without", default="")
    arguments = parser.parse_args()
    writer = Writer(set(filter(None, arguments.without.split(","))))
    with open(arguments.out, "w", encoding="utf8") as out:
        out.writelines(writer.lines())


main()
