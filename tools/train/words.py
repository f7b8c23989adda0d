# SPDX-License-Identifier: Apache-2.0
"""The words and templates of tools/train/sentences, and how a template becomes a sentence that agrees."""
import pathlib
import random
import re

FOLDER = pathlib.Path(__file__).parent / "sentences"
ELIDED = re.compile(r"\b(je|me|te|se|le|la|de|ne|que|ce) (?=[aeiouéèêâîôAEIOUÉ])", re.IGNORECASE)


class Dice:
    """Chance that gives the same throws with every Python."""

    def __init__(self, seed):
        self.source = random.Random(seed)

    def chance(self, probability):
        return self.source.random() < probability

    def below(self, limit):
        return int(self.source.random() * limit)

    def pick(self, values):
        return values[self.below(len(values))]


def sections(name):
    """{family: [line]} of a file of templates."""
    found, current = {}, None
    for line in (FOLDER / name).read_text(encoding="utf8").splitlines():
        line = line.strip()
        if line.startswith("[") and re.match(r"^\[[a-z-]+\](\s*#.*)?$", line):
            current = found.setdefault(line[1:line.index("]")], [])
        elif line and not line.startswith("#"):
            current.append(line)
    return found


def entries(lines):
    return [entry.strip() for line in lines for entry in line.split(",") if entry.strip()]


def plural(word):
    words = []
    for part in word.split(" "):
        if part.endswith(("s", "x", "z")) or part in {"de", "d'asile", "à", "la", "trans", "contre"}:
            words.append(part)
        elif part.endswith("al"):
            words.append(part[:-2] + "aux")
        elif part.endswith("eau"):
            words.append(part + "x")
        else:
            words.append(part + "s")
    return " ".join(words)


def agree(entry):
    """(masculine, feminine, masculine plural, feminine plural) of an adjective."""
    forms = entry.split("/")
    if len(forms) == 4:
        return tuple(forms)
    male, female = forms[0], forms[-1]
    return (male, female, plural(male), plural(female))


class Words:
    def __init__(self):
        lists = {name: entries(lines) for name, lines in sections("words.txt").items()}
        self.groups = [(w, plural(w), 0) for w in lists["groups-m"]]
        self.groups += [(w, plural(w), 1) for w in lists["groups-f"]]
        self.slurs = [(w, plural(w), 0) for w in lists["slurs-m"]]
        self.slurs += [(w, plural(w), 1) for w in lists["slurs-f"]]
        self.bad = [agree(e) for e in lists["adjectives-bad"]]
        self.good = [agree(e) for e in lists["adjectives-good"]]
        self.neutral = [agree(e) for e in lists["adjectives-plain"]]
        self.nouns_bad = [tuple(e.split("/")) for e in lists["nouns-bad"]]
        self.nouns_good = [tuple(e.split("/")) for e in lists["nouns-good"]]
        self.kill = [tuple(e.split("/")) for e in lists["kill"]]
        self.expel = [tuple(e.split("/")) for e in lists["expel"]]
        self.hate = [tuple(e.split("/")) for e in lists["hate"]]
        self.care = [tuple(e.split("/")) for e in lists["care"]]
        self.love = [tuple(e.split("/")) for e in lists["love"]]
        self.lists = lists

    def benign(self):
        """The same words where all that hurts is replaced by what is kind or plain."""
        other = Words()
        other.bad = self.good + self.good + self.neutral
        other.nouns_bad = self.nouns_good
        other.kill = other.expel = self.care
        other.hate = self.love
        return other


def participle(male, female, many):
    head, _, tail = male.partition(" ")
    head += ("e" if female else "") + ("s" if many and not head.endswith("s") else "")
    return head + (" " + tail if tail else "")


def choose(template, dice):
    """[a|b] → one of them, innermost first."""
    while True:
        match = re.search(r"\[([^\[\]]*)\]", template)
        if not match:
            return template
        choice = dice.pick(match.group(1).split("|"))
        template = template[:match.start()] + choice + template[match.end():]


class Filler:
    def __init__(self, words, dice):
        self.words = words
        self.dice = dice

    def slots_of(self, group):
        words, pick = self.words, self.dice.pick
        one, many, female = group
        slur, slurs, slur_female = pick(words.slurs)
        other = pick(words.groups)
        lady = pick([g for g in words.groups if g[2] == 1])
        kill, expel, hate = pick(words.kill), pick(words.expel), pick(words.hate)
        simple = pick([h for h in words.hate if " " not in h[0]])
        bad = pick(words.nouns_bad)
        return {
            "G": many, "S": one, "G2": other[1], "S2": lady[0],
            "un": "une" if female else "un", "ce": "cette" if female else "ce",
            "le": "la" if female else "le", "tous": "toutes" if female else "tous",
            "ils": "elles" if female else "ils", "Ils": "elles" if female else "ils",
            "eux": "elles" if female else "eux", "chaque": "chaque",
            "aucun": "aucune" if female else "aucun", "quel": "quelle" if female else "quel",
            "SL": slur, "SLP": slurs, "un2": "une" if slur_female else "un",
            "ce2": "cette" if slur_female else "ce", "ton2": "ta" if slur_female else "ton",
            "AM": pick(words.bad)[2], "ASM": pick(words.bad)[0],
            "APL": pick(words.neutral)[2 + female], "ASP": pick(words.good)[female],
            "NS": bad[0].split(" ", 1)[1], "NA": bad[0],
            "NPG": pick(words.nouns_good)[1], "NPGS": pick(words.nouns_good)[0],
            "mass": "de " + pick(words.lists["mass-bad"]), "harm": pick(words.lists["harm"]),
            "emo": pick(words.lists["emotion"]), "place": pick(words.lists["places"]),
            "kill": kill[0], "killed": participle(kill[1], female, True), "killed0": kill[1],
            "killed1": participle(kill[1], female, False), "killez": kill[2], "killez2": kill[2],
            "kille": kill[3], "expel": expel[0], "expelled": participle(expel[1], female, True),
            "expelled0": expel[1], "expelled1": participle(expel[1], female, False),
            "expelez": expel[2], "expele": expel[3],
            "hje": hate[0], "hon": hate[1], "hinf": hate[2], "hje2": simple[0],
            "hons": pick(["détestent", "haïssent", "méprisent", "maudissent", "rejettent"]),
            "hated": pick(["détesté", "haï", "méprisé", "rejeté", "maudit"]),
            "I": pick(words.lists["person"]), "P": pick(words.lists["role"]),
            "R": pick(words.lists["roles"]),
        }

    def fill(self, template, group=None, hateful=""):
        group = group or self.dice.pick(self.words.groups)
        female = group[2]
        slots = self.slots_of(group)

        def value(match):
            name = match.group(1)
            if name in {"AP", "AS"}:
                return self.dice.pick(self.words.bad)[female + (2 if name == "AP" else 0)]
            if name == "APP":
                return self.dice.pick(self.words.good)[female + 2]
            if name == "NP":
                return self.dice.pick(self.words.nouns_bad)[1]
            return hateful if name == "H" else slots[name]

        text = re.sub(r"\{(\w+)\}", value, choose(template, self.dice))
        text = re.sub(r"\bde (les|le)\b(?! dire)", lambda m: "des" if m.group(1) == "les" else "du", text)
        return ELIDED.sub(lambda m: m.group(1)[:-1] + "'", re.sub(r"\s+", " ", text)).strip()
