# SPDX-License-Identifier: Apache-2.0
"""Sentences as a recogniser writes them, and as people write to get past a filter."""
import re

HOMOPHONES = {
    "sont": ["son", "sons"], "son": ["sont"], "ces": ["ses", "c'est", "sait"], "ses": ["ces"], "est": ["et", "ai"],
    "et": ["est"], "a": ["à"], "à": ["a"], "ont": ["on"], "on": ["ont"], "ou": ["où"], "c'est": ["ces", "s'est"],
    "se": ["ce"], "ce": ["se"], "sa": ["ça"], "ça": ["sa"], "mes": ["mais"], "mais": ["mes"], "tous": ["tout"],
    "leur": ["leurs"], "leurs": ["leur"], "faut": ["faux"], "peu": ["peut"], "peut": ["peu"], "sans": ["s'en"],
    "dans": ["d'en"], "quand": ["qu'en", "quant"], "mort": ["mors", "morts"], "elles": ["elle"], "ils": ["il"],
    "aux": ["au", "haut"], "des": ["dès", "de"], "les": ["l'est", "le"], "vais": ["vait"], "sale": ["salle"],
}
FILLERS = ["euh", "ben", "bah", "hein", "quoi", "voilà", "tu vois", "mh", "enfin", "du coup", "genre", "en fait"]
LEET = {"a": "4@", "e": "3", "i": "1", "o": "0", "s": "5$", "t": "7"}


def bare(text):
    """Lower case and no punctuation, as most recognisers write."""
    return re.sub(r"\s+", " ", re.sub(r"[«»\"“”,;:.!?…]", " ", text.lower())).strip()


def misheard(text, dice):
    out = []
    for word in bare(text).split(" "):
        throw = dice.source.random()
        if throw < 0.03 or (word == "ne" and throw < 0.6):
            continue
        if throw < 0.09:
            out.append(dice.pick(FILLERS))
        if throw < 0.11:
            out.append(word)
        if 0.11 < throw < 0.2 and word in HOMOPHONES:
            word = dice.pick(HOMOPHONES[word])
        elif 0.2 < throw < 0.26 and len(word) > 4:
            word = ending(word)
        elif 0.26 < throw < 0.3 and word.startswith("n'"):
            word = word[2:]
        out.append(word)
    return " ".join(out)


def ending(word):
    for old, new in (("er", "é"), ("és", "er"), ("ées", "é"), ("é", "er"), ("ez", "er"), ("ent", "e"), ("s", "")):
        if word.endswith(old):
            return word[: -len(old)] + new
    return word


def disguised(text, dice):
    """One or two words written so that a list does not find them."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    if not long:
        return text
    for _ in range(1 + dice.below(2)):
        i = dice.pick(long)
        word = words[i]
        at = 1 + dice.below(max(1, len(word) - 2))
        manner = dice.below(5)
        if manner == 0:
            word = word[:at] + word[at + 1:]
        elif manner == 1:
            word = word[:at] + word[at:at + 2][::-1] + word[at + 2:]
        elif manner == 2:
            word = "".join(dice.pick(LEET[c]) if c in LEET and dice.chance(0.4) else c for c in word)
        elif manner == 3:
            word = " ".join(word)
        elif i > 0:
            word, words[i - 1] = words[i - 1] + word, ""
        words[i] = word
        long = [k for k in long if k != i] or long
    return re.sub(r"\s+", " ", " ".join(words)).strip()
