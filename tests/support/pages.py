"""Write the parts of the documentation that are counted or measured: ``PYTHONPATH=tests python -m support.pages``.

The page of the accuracy has what the golden designs compare and how far the default settings are from Microsoft's
workbook; the list of the decisions has their titles, statuses and dates.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from calculator.engine import run
from calculator.engine.results import column_index
from calculator.numerics.rounding import RELATIVE_TOLERANCE
from calculator.presentation.text import markdown_table
from calculator.rules import CHAPTERS
from calculator.rules.registry import CORRECTIONS, RULES
from support.golden_designs import as_columns, golden_designs, inputs_of_columns
from support.layout_cases import CASES, RUNS, rows
from support.paths import DOCS, ROOT

BEGIN, END = "<!-- written by `make docs` -->\n\n", "\n<!-- end of what `make docs` writes -->\n"
NAV_BEGIN, NAV_END = "# written by `make docs`\n", "          # end of what `make docs` writes\n"
ERROR = "#ERROR"
"""Figure of a cell in which the workbook shows an error."""
MODES = {
    "standalone": "servers without a DAG",
    "single_site_dag": "one datacenter",
    "active_passive": "two datacenters, active/passive",
    "active_active_single_dag": "two datacenters, active/active in one DAG",
    "active_active_multiple_dags": "two datacenters, active/active with several DAGs",
}
FIGURES = (
    ("Recoverable Items per mailbox, {} tiers", "dumpster"),
    ("mailbox size on disk, {} tiers", "mailbox_size_on_disk"),
    ("space of all databases, {} designs", "summary_database_space"),
    ("disks in all, {} designs that have a count", "storage_disks_total"),
    ("servers, {} designs", "summary_servers"),
)
"""Rows of the table of distances: the words, and the rule, whose last place is that of the environment."""


def counts() -> dict[str, int]:
    """Return how many designs and figures the golden designs compare."""
    designs = golden_designs()
    figures = [figure for design in designs for figure in design.figures.values()]
    compared = [figure for figure in figures if figure != ERROR]
    return {
        "designs": len(designs),
        "valid": sum(design.valid for design in designs),
        "refused": sum(not design.valid for design in designs),
        "compared": len(compared),
        "numbers": sum(isinstance(figure, float | int) and not isinstance(figure, bool) for figure in compared),
        "errors": len(figures) - len(compared),
    }


def compared_part() -> str:
    """Return what is compared: the sentences, the designs by model, and the figures by chapter."""
    found = counts()
    tolerance = f"{RELATIVE_TOLERANCE:.0e}".replace("e-09", "e-9")
    text = (
        f"The tests hold {found['designs']} designs for which Microsoft's workbook, version 7.6, was recalculated: "
        f"{found['valid']} valid designs and {found['refused']} that it refuses. {found['compared']:,} figures of the "
        f"workbook are compared. {found['numbers']:,} are numbers, which must agree to a relative difference of "
        f"{tolerance}; the others are flags, words and figures that do not apply, which must be equal. Of a design "
        f"that the workbook refuses only the check flags are compared. {found['errors']} cells in which the workbook "
        f"shows an error are left out. In addition, {len(CASES)} layouts with {len(rows('layouts')):,} copies and "
        f"{len(RUNS)} runs of failures are compared with the layout of the workbook."
    )
    designs = Counter(design.mode for design in golden_designs())
    names = column_index(4)
    chapters, rules = Counter(), set()
    for design in golden_designs():
        for column, figure in design.figures.items():
            if figure != ERROR:
                rule = names[column][0]
                rules.add(rule)
                chapters[RULES[rule].chapter] += 1
    others = [rule for rule in RULES.values() if rule.group == "result" and rule.name not in rules]
    by_chapter = [
        (f"[`{chapter}`](../reference/results/{chapter}.md)", f"{chapters[chapter]:,}")
        for chapter in CHAPTERS
        if chapters[chapter]
    ]
    return "\n".join(
        [
            text,
            "",
            *markdown_table(("model", "designs"), [(MODES[mode], str(designs[mode])) for mode in MODES], "<>"),
            "",
            f"The figures are those of {len(rules)} results. {len(others)} other results are not compared, because the "
            "workbook does not show them or shows them without a cell of their own: Recoverable Items by Purges and "
            "Versions, the parts of a volume, reseed hours, quorum, hosts of guests, and the like.",
            "",
            *markdown_table(("chapter of the results", "figures compared"), by_chapter, "<>"),
            "",
        ]
    )


def quirks_part() -> str:
    """Return how many quirks of the workbook are followed and corrected."""
    odd = [rule for rule in RULES.values() if rule.oddity or rule.name in CORRECTIONS]
    return (
        f"{len(odd)} results follow a quirk of the workbook. {len(CORRECTIONS)} of them have a corrected figure, which "
        '`guidance.oddities = "corrected"` takes.\n'
    )


def sized(model: str) -> Any:
    """Return the results of the golden designs with a model of Recoverable Items."""
    designs = golden_designs()
    columns = {**as_columns(designs), "guidance.dumpster_model": [model] * len(designs)}
    return run.run(("design_invalid", "tier_in_use", *(rule for _, rule in FIGURES)), inputs_of_columns(columns), 4)


def of_valid_designs(results: Any, rule: str) -> np.ndarray:
    """Return the figures of the tiers in use, or of the environment, in the valid designs."""
    designs = golden_designs()
    valid = np.array([design.valid for design in designs])
    values = np.broadcast_to(results.values[rule], (*results.values[rule].shape[:-1], len(designs)))[..., valid]
    if rule in ("dumpster", "mailbox_size_on_disk"):
        return values[results.values["tier_in_use"][..., valid]]
    return values[-1]


def distance_part() -> str:
    """Return how far the default model of Recoverable Items is from that of the workbook."""
    models = sized("calculator"), sized("purges_versions")
    rows = [_distance(words, *(of_valid_designs(results, rule) for results in models)) for words, rule in FIGURES]
    head = ("figure", "lower than the workbook's", "equal", "higher", "median", "range")
    return "\n".join([*markdown_table(head, rows), ""])


def _distance(words: str, workbook: np.ndarray, default: np.ndarray) -> tuple[str, ...]:
    counted = np.isfinite(workbook) & (workbook > 0)
    change = 100 * (default[counted] / workbook[counted] - 1)
    equal = np.abs(change) < 100 * RELATIVE_TOLERANCE
    median, low, high = (
        re.sub(r"^[+-]0\.0$", "0.0", f"{part:+.1f}") for part in (np.median(change), change.min(), change.max())
    )
    lower, higher = (~equal & (change < 0)).sum(), (~equal & (change > 0)).sum()
    words = words.format(counted.sum())
    return words, str(lower), str(equal.sum()), str(higher), f"{median} %", f"{low} % to {high} %"


def decisions() -> list[Path]:
    """Return the files of the decisions."""
    return sorted((DOCS / "decisions").glob("[0-9]*.md"))


def decisions_part() -> str:
    """Return the table of the decisions."""
    rows = []
    for path in decisions():
        text = path.read_text(encoding="utf-8")
        title = re.match(r"# (?:\d{3}\. )?(.*)", text)[1]
        status, date = (re.search(rf"\b{fact}: ([^.\n]*)", text)[1] for fact in ("Status", "Date"))
        rows.append((path.name[:3], f"[{title}]({path.name})", status, date))
    return "\n".join([*markdown_table(("number", "decision", "status", "date"), rows), ""])


def results_nav() -> str:
    """Return the lines of the navigation for the chapters of the results."""
    return "".join(f"          - reference/results/{chapter}.md\n" for chapter in CHAPTERS)


def decisions_nav() -> str:
    """Return the lines of the navigation for the decisions."""
    return "".join(f"          - decisions/{path.name}\n" for path in decisions())


PAGES = {
    DOCS / "background" / "accuracy.md": (compared_part, quirks_part, distance_part),
    DOCS / "decisions" / "index.md": (decisions_part,),
    ROOT / "mkdocs.yml": (results_nav, decisions_nav),
}
"""What writes each generated part of a page, in the order of the page."""


def current(path: Path) -> str:
    """Return the text of a page with its generated parts written anew."""
    begin, end = (NAV_BEGIN, NAV_END) if path.suffix == ".yml" else (BEGIN, END)
    before, *rest = path.read_text(encoding="utf-8").split(begin)
    if len(rest) != len(PAGES[path]):
        raise ValueError(f"{path.name} has {len(rest)} generated parts instead of {len(PAGES[path])}")
    parts = [f"{begin}{write()}{end}{text.split(end)[1]}" for write, text in zip(PAGES[path], rest, strict=True)]
    return before + "".join(parts)


def write_pages() -> list[str]:
    """Write the generated parts, and return the names of the pages that changed."""
    changed = []
    for path in PAGES:
        text = current(path)
        if text != path.read_text(encoding="utf-8"):
            path.write_text(text, encoding="utf-8")
            changed.append(str(path.relative_to(ROOT)))
    return changed


if __name__ == "__main__":
    print("written:", ", ".join(write_pages()) or "nothing")
