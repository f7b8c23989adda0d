#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the analyser knows beyond its templates: trains once without each family of sentences, then says
how many sentences of that family are judged right (threshold 0 of the log-odds).

usage: held_out.py TRAINER
"""
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
import words  # noqa: E402

SHOWN = 400  # sentences of a family


def main():
    trainer = sys.argv[1]
    families = [f for name in ("hateful.txt", "harmless.txt", "political.txt") for f in words.sections(name)]
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        everything, rest, weights, test = (work / n for n in ("all.tsv", "rest.tsv", "weights.bin", "test.tsv"))
        subprocess.run([sys.executable, HERE / "generate.py", everything], check=True)
        lines = everything.read_text(encoding="utf8").splitlines(keepends=True)
        total, right = {"0": 0, "1": 0}, {"0": 0, "1": 0}
        for family in families:
            # Mirrors and kind fillings of a family share its templates: they stay out with it.
            own = [line for line in lines if line.split("\t")[1].split("-", 1)[1] == family]
            subset = [line for line in own if line.split("\t")[1][0] in "hnp"][:SHOWN]
            outside = set(own)
            rest.write_text("".join(line for line in lines if line not in outside), encoding="utf8")
            test.write_text("".join(subset), encoding="utf8")
            subprocess.run([trainer, rest, weights], check=True, stdout=subprocess.DEVNULL)
            scores = subprocess.run([trainer, "--score", test, weights], check=True, capture_output=True, text=True)
            label = subset[0][0]
            good = sum((float(score) >= 0) == (label == "1") for score in scores.stdout.split())
            total[label] += len(subset)
            right[label] += good
            print(f"{family:<12} {'hateful' if label == '1' else 'harmless':<9} {good / len(subset):.2f}", flush=True)
        print(f"all hateful  {right['1'] / total['1']:.3f}\nall harmless {right['0'] / total['0']:.3f}")


main()
