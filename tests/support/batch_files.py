"""Files of designs run by the command, and what comes of them."""

import csv
import gzip
import io
import os

from calculator.cli.main import main

LIST = "Every input: exchange-calculator fields"
CSV = "Give a CSV file in UTF-8."
EMPTY = "designs.csv: is empty. Give a header line that names inputs, and one row per design."
HEADER = "id,tiers.1.mailboxes\n"
COLUMNS = "tiers.1.mailbox_size_on_disk,summary_databases"
ERRORS = ("--errors", "errors.csv")

BROKEN_HEADERS = {
    "an unknown column": (
        "id,tiers.1.mailboxs\n",
        f'designs.csv header column 2: "tiers.1.mailboxs": is not an input. Did you mean "tiers.1.mailboxes"? {LIST}',
    ),
    "a column like no other": ("xyzzy\n", f'designs.csv header column 1: "xyzzy": is not an input. {LIST}'),
    "a column without a name": (
        "id,,tiers.1.mailboxes\n",
        'designs.csv header column 2: "": The column has no name. Name it, or remove it.',
    ),
    "a doubled column": (
        "tiers.1.message_size [KB],tiers.1.message_size\n",
        'designs.csv header: "tiers.1.message_size": appears twice in the header. Keep one of the columns.',
    ),
    "a wrong unit": (
        "tiers.1.mailboxes [GB]\n",
        'designs.csv header column 1: tiers.1.mailboxes: "GB" is not allowed here. Give a unit like mailboxes. '
        "Plain numbers are in mailboxes.",
    ),
    "an unknown unit": (
        "tiers.1.message_size [stones]\n",
        'designs.csv header column 1: tiers.1.message_size: "stones" is not a unit. Plain numbers are in KB.',
    ),
    "a unit on a choice": (
        "raid.raid [%]\n",
        'designs.csv header column 1: raid.raid: The column has the unit "%", but its input is not a number. Remove'
        " the unit.",
    ),
    "tier 0": (
        "tiers.0.mailboxes\n",
        'designs.csv header column 1: "tiers.0.mailboxes": is not an input. Tiers are numbered from 1 to 500.',
    ),
    "a hundred thousand blanks": (" " * 100_000 + "]\n", f'designs.csv header column 1: "]": is not an input. {LIST}'),
    "several problems": (
        "a,a,raid.raid [GB]\n",
        'designs.csv header: "a": appears twice in the header. Keep one of the columns.\n'
        'designs.csv header column 3: raid.raid: The column has the unit "GB", but its input is not a number. Remove'
        " the unit.",
    ),
    "an empty file": ("", EMPTY),
    "an empty line": ("\nid\n", EMPTY),
    "a header of commas": (",,\n", EMPTY),
    "binary junk": (
        bytes(range(256)),
        "designs.csv: is not a text file: its header holds NUL characters. Save it as CSV in UTF-8.",
    ),
}
"""Headers that cannot be used, with the message about each."""


def run(text, *more, source="designs.csv", target="results.csv", results=COLUMNS):
    """Exit code, results and what is said of a batch."""
    if text is not None:
        data = text if isinstance(text, bytes) else text.encode()
        with open(source, "wb") as file:
            file.write(gzip.compress(data) if source.endswith(".gz") else data)
    out, err = io.StringIO(), io.StringIO()
    code = main(["batch", source, "-o", target, "--results", results, *more], out, err)
    leftover = [name for name in os.listdir() if ".part" in name]
    assert leftover == []
    return code, out.getvalue(), err.getvalue()


def rows(path="results.csv"):
    with open(path, "rb") as file:
        data = file.read()
    text = (gzip.decompress(data) if path.endswith(".gz") else data).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def refused(text, *more, **options):
    """What is said of a batch that cannot be run: nothing is written then."""
    target = options.get("target", "results.csv")
    code, out, err = run(text, *more, **options)
    assert (code, out) == (2, "")
    assert not os.path.isfile(target)
    assert not os.path.exists("errors.csv")
    return err.rstrip("\n")


def problems(text):
    """Errors of each row."""
    run(text)
    return [
        [part.removeprefix("error: ") for part in line["issues"].split(" | ") if part.startswith("error: ")]
        for line in rows()
    ]
