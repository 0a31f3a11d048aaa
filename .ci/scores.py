#!/usr/bin/env python3
"""Compares the scores on the labelled documents of ../shared with the floors in floors.json. Standard library only.

    scores.py PROGRAM

Exit 1 where a score lies below its floor. Where ../shared is absent, it says so and exits 0.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # Nothing of a run stays beside the scripts.

import merging  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
SHARED = HERE.parent.parent / "shared"


def corpus_scores(program):
    """Every score and check that score.py knows, under a flat name."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as predicted:
        subprocess.run([program, "extract", "--manifest", SHARED / "corpus/manifest.jsonl"], stdout=predicted, check=True)
        printed = subprocess.run([sys.executable, SHARED / "score.py", SHARED / "corpus/dev.jsonl", predicted.name, "--json"],
                                 stdout=subprocess.PIPE, check=True)
    result = json.loads(printed.stdout)
    scores = {f"{name}, F1": row["f1"] for name, row in result["scores"].items()}
    scores.update({f"{name}, precision": row["precision"] for name, row in result["scores"].items()})
    scores.update({name: check["right"] / check["of"] for name, check in result["checks"].items()})
    return scores


def quantity_scores(program):
    """The share of right cases of each kind of quantity."""
    questions = []
    with open(SHARED / "specs/recognizers.jsonl", encoding="utf-8") as lines:
        for case in map(json.loads, lines):
            questions.append(json.dumps({"id": case["id"], "lang": case["lang"], "text": case["input"],
                                         "reference": case["reference"]}, ensure_ascii=False))
    answers = subprocess.run([program, "quantities"], input="\n".join(questions).encode(), stdout=subprocess.PIPE, check=True)
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as predicted:
        predicted.write(answers.stdout)
        predicted.flush()
        printed = subprocess.run([sys.executable, SHARED / "score_quantities.py", SHARED / "specs/recognizers.jsonl", predicted.name],
                                 stdout=subprocess.PIPE, check=True, text=True)
    rows = (line.rsplit(maxsplit=4) for line in printed.stdout.splitlines())
    return {f"quantities, {row[0].strip()}": float(row[4]) for row in rows if len(row) == 5}


def main():
    if not SHARED.is_dir():
        print("skipped: there are no labelled documents beside this checkout")
        return 0
    program = pathlib.Path(sys.argv[1]).resolve()
    floors = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))
    scores = {**corpus_scores(program), **quantity_scores(program), **merging.scores(program, SHARED / "corpus")}
    below = 0
    for name, floor in floors.items():
        score = scores.get(name)
        fails = score is None or score + 1e-9 < floor
        below += fails
        print(f"{'BELOW' if fails else 'ok':6}{name:45}{'absent' if score is None else f'{score:.4f}':>8}  floor {floor:.4f}")
    print(f"{len(floors) - below} passed, {below} failed")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
