"""Runs over planted files of designs, with and without rows that cannot be used."""

import csv
import random
from pathlib import Path

from calculator.batch.run import size_file
from calculator.inputs.profile import Profile

RESULTS = ["summary_databases", "largest_mailbox_size_on_disk", "design_invalid", "storage_architecture.primary"]
BASE = Profile({"tiers.1.mailbox_size_limit": 2048.0})


def text_of(rows, broken=0.1, note=""):
    """Rows of which some cannot be used, in every way a row can be wrong."""
    draw = random.Random(2013)
    wrong = ("{n},many,2,4,", "{n},1000,-1,4,", "{n},1000,2 parsecs,4,", "{n},1000", "{n},1,2,3,4,5,6,7", "{n},,,99,")
    lines = ["id,tiers.1.mailboxes,tiers.1.mailbox_size_limit [GB],environment.mailbox_servers,note.where"]
    for n in range(rows):
        if draw.random() < broken:
            lines.append(draw.choice(wrong).format(n=n))
        else:
            lines.append(
                f"{n},{draw.randrange(100, 9000)},{draw.choice((1, 2, 5.5))},{draw.randrange(3, 9)},Ä {n}{note}"
            )
    return "\n".join(lines) + "\n"


def run(source="designs.csv", target="results.csv", **more):
    options = {"base": BASE, "results": RESULTS, "errors": "errors.csv", **more}
    return size_file(source, target, **options)


def contents():
    return {path.name: path.read_bytes() for path in Path().iterdir() if not path.name.startswith("designs")}


def results(path="results.csv"):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
