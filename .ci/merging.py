"""How well reports of one fact become one event: B-cubed over the labelled documents of ../shared. Standard library only.

Two labelled figures are of one fact where area, flow, partner, period, measure, unit, product, and whether it is expected agree,
and their values agree within their rounding. Two mentions are taken for one fact where they are of one event and both agree
with what it shows, or differ from it by the same value. Counted are the figures that several documents tell: of one that a
single document tells there is nothing to merge, and it would count as right.
"""
import collections
import json
import pathlib
import subprocess
import tempfile
from decimal import Decimal

SETTINGS = '[crawler]\ncontact = "mailto:ops@example.org"\nstore = "{0}/store"\narchive = "{0}/archive"\n'


def scores(program, corpus):
    """Precision, recall and F1 by name."""
    found = pair(labels(corpus), mentions(program, corpus))
    gold = gold_clusters(found)
    told = collections.defaultdict(set)
    for place, (document, _, _) in enumerate(found):
        told[gold[place]].add(document)
    several = [place for place in range(len(found)) if len(told[gold[place]]) > 1]
    precision, recall = b_cubed(several, gold, {place: found[place][2] for place in several})
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"merging, B-cubed precision": precision, "merging, B-cubed recall": recall, "merging, B-cubed F1": f1}


def labels(corpus):
    """Each labelled figure with the name of its document."""
    with open(corpus / "dev.jsonl", encoding="utf-8") as lines:
        for label in (json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in lines):
            yield from ((label["id"], figure) for figure in label["figures"])


def mentions(program, corpus):
    """What each document is taken to say: figures with the event and the value by which they differ from it."""
    with tempfile.TemporaryDirectory() as home:
        home = pathlib.Path(home)
        (home / "sources.toml").write_text(SETTINGS.format(home), encoding="utf-8")
        (home / "watchlist.toml").write_text("", encoding="utf-8")
        manifest = home / "manifest.jsonl"
        with open(corpus / "manifest.jsonl", encoding="utf-8") as lines, open(manifest, "w", encoding="utf-8") as out:
            for line in map(json.loads, lines):
                line["path"] = str(corpus / line["path"])
                out.write(json.dumps(line) + "\n")
        command = [program, "--config", home, "--log", "error"]
        subprocess.run([*command, "ingest", "--manifest", manifest], check=True, capture_output=True)
        listed = subprocess.run([*command, "events", "list", "--kind", "figure", "--format", "jsonl"], check=True,
                                stdout=subprocess.PIPE)
    said = collections.defaultdict(list)
    for line in listed.stdout.splitlines():
        event = json.loads(line, parse_float=Decimal, parse_int=Decimal)
        for mention in event["mentions"]:
            value = amount(mention)
            cluster = (event["id"],) if mention["agrees"] else (event["id"], value)
            said[mention["url"].rsplit("/", 1)[-1]].append((event["figure"], value, cluster))
    return said


def pair(labelled, said):
    """Labelled figures that were found: document, figure, predicted cluster. What was not found is the reading's to answer for."""
    found = []
    for document, figure in labelled:
        alike = [(other, cluster) for other, value, cluster in said[document]
                 if about(other) == about(figure) and value == amount(figure)
                 and bool(other.get("product")) == bool(figure.get("product"))]
        if alike:
            words = set(figure.get("product") or "")
            found.append((document, figure, max(alike, key=lambda pair: len(words & set(pair[0].get("product") or "")))[1]))
    return found


def about(figure):
    expected = "forecast" if figure["status"] == "forecast" else "actual"
    return tuple(figure.get(part) for part in ("area", "flow", "partner", "period", "measure", "unit")) + (expected,)


def amount(figure):
    value = figure.get("value")
    return (value,) if value is not None else (figure.get("low"), figure.get("high"))


def step(value, unit):
    """One unit of the last digit that is not a trailing zero; of a rate at most a tenth, since rates are given so."""
    digits = Decimal(1).scaleb(abs(value).normalize().as_tuple().exponent) if value else Decimal(1)
    return min(digits, Decimal("0.1")) if unit == "percent" else digits


def agree(a, b, unit):
    return len(a) == len(b) and all(abs(x - y) * 2 <= max(step(x, unit), step(y, unit)) for x, y in zip(a, b))


def gold_clusters(found):
    groups = collections.defaultdict(list)
    for place, (_, figure, _) in enumerate(found):
        product = (figure.get("product") or "").lower().strip().rstrip("s")
        groups[about(figure) + (product,)].append(place)
    clusters = {}
    for group in groups.values():
        left = list(group)
        while left:
            cluster = [left.pop(0)]
            for place in cluster:
                near = [other for other in left if found[other][0] != found[place][0]
                        and agree(amount(found[other][1]), amount(found[place][1]), found[place][1]["unit"])]
                cluster += near
                left = [other for other in left if other not in near]
            clusters.update({place: cluster[0] for place in cluster})
    return clusters


def b_cubed(places, gold, predicted):
    precision = recall = 0.0
    for place in places:
        same = [other for other in places if predicted[other] == predicted[place]]
        true = [other for other in places if gold[other] == gold[place]]
        both = sum(gold[other] == gold[place] for other in same)
        precision += both / len(same)
        recall += both / len(true)
    return precision / len(places), recall / len(places)
