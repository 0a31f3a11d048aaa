#!/usr/bin/env python3
"""What each mechanism of the figure reader is worth on the labelled documents of ../shared, by leaving it out.
Standard library only.

    ablation.py [LABELS]

Prints the table of docs/ABLATION.md. LABELS: labels in the format of ../shared/corpus (a `manifest.jsonl` beside them);
else that corpus. Where ../shared is absent, it says so and exits 0.
"""
import importlib.util
import json
import pathlib
import subprocess
import sys
from collections import defaultdict

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
EXAMPLE = ["cargo", "run", "--quiet", "--locked", "-p", "bellwether-extractors", "--example", "ablation", "--"]


def scorer():
    """The functions of score.py, so that what counts as right is said in one place."""
    spec = importlib.util.spec_from_file_location("score", SHARED / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judge(score, labels, predicted):
    """Tallies, and the places of the labels that are met and of those figures that are wrong."""
    every, headline = score.Tally(), score.Tally()
    met, wrong = set(), 0
    for label in labels:
        figures = predicted.get(label["id"], [])
        golds = [dict(gold, place=place) for place, gold in enumerate(label.get("figures", []))]

        def tally(golds, figures, into):
            pairs, unmet, left = score.pair_up(golds, figures, score.same_figure)
            _, _, left = score.pair_up(label.get("borderline", []), left, lambda a, b: score.same_figure(a, b, lenient=True))
            into.add(len(pairs), len(unmet), len(left))
            return pairs, left

        pairs, left = tally(golds, figures, every)
        met |= {(label["id"], gold["place"]) for gold, _ in pairs}
        wrong += len(left)
        whole = [figure for figure in figures if figure.get("partner") is None and figure.get("product") is None]
        tally([gold for gold in golds if gold.get("headline")], whole, headline)
    return every.row(), headline.row(), met, wrong


def main():
    if not SHARED.is_dir():
        print("skipped: there are no labelled documents beside this checkout")
        return 0
    file = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else SHARED / "corpus/dev.jsonl").resolve()
    labels = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    printed = subprocess.run([*EXAMPLE, file.parent / "manifest.jsonl"], stdout=subprocess.PIPE, check=True, cwd=ROOT)
    runs = defaultdict(dict)
    for line in printed.stdout.decode().splitlines():
        read = json.loads(line)
        runs[read["without"]][read["id"]] = read["figures"]
    score = scorer()
    every, headline, met, wrong = judge(score, labels, runs.pop(None))
    print("| left out | F1 | precision | headline F1 | worth (F1) | lost | wrongly gained |")
    print("|---|---|---|---|---|---|---|")
    print(f"| nothing | {every['f1']:.3f} | {every['precision']:.3f} | {headline['f1']:.3f} | | | |")
    rows = []
    for name, predicted in runs.items():
        less, less_headline, still_met, now_wrong = judge(score, labels, predicted)
        worth = every["f1"] - less["f1"]
        rows.append((-round(worth, 4), -len(met - still_met), wrong - now_wrong, name,
                     f"| {name} | {less['f1']:.3f} | {less['precision']:.3f} | {less_headline['f1']:.3f} | {worth:+.3f} "
                     f"| {len(met - still_met)} | {now_wrong - wrong:+d} |"))
    print("\n".join(row[-1] for row in sorted(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
