"""Exports of mailboxes, messages, logs and deployment files, spoiled as text and as bytes."""

from __future__ import annotations

from random import Random
from typing import Any

from support import message_exports
from support.paths import EXPORTS, TESTS

from calculator import InputError, Profile
from calculator.importers import import_deployment, import_hourly_logs, import_mailboxes, import_messages
from calculator.inputs.profile import dump, parse
from calculator.inputs.text_files import Upload
from fuzz import draws
from fuzz.profiles import check_message, same_design

DEPLOYMENT = {
    file.name: file.read_text(encoding="utf-8-sig")
    for file in sorted((TESTS / "exporters" / "golden" / "dag_4s3c_d24").glob("*.csv"))
}
LOGS = (
    "TimeSlot,TotalLogs\n" + "".join(f"2013-01-01 {hour:02}:00,{100 * hour}\n" for hour in range(24)),
    "TimeCollected,EX1,EX2\n" + "".join(f"01/01/2013 {hour:02}:00:00,{hour},{hour}\n" for hour in range(24)),
    '"Hour","Average","Percent"\n' + "".join(f'"{hour}","{hour}","4.1"\n' for hour in range(24)),
    "Database,LogGen,Hour\n" + "".join(f"DB1,{hour},{hour}\n" for hour in range(24)),
)
TRACKING = (TESTS / "support" / "tracking_sample.txt").read_text(encoding="utf-8")
IMPORTS = {
    "mailboxes": (import_mailboxes, [file.read_text(encoding="utf-8") for file in sorted(EXPORTS.glob("*.csv"))]),
    "messages": (import_messages, [message_exports.PROFILE, message_exports.AVERAGES, message_exports.STATS, TRACKING]),
    "logs": (import_hourly_logs, LOGS),
    "deployment": (import_deployment, list(DEPLOYMENT.values())),
}
"""By kind: the function that imports it, and files that it takes."""
NAMES = ("export.csv", "MSGTRK20130101-1.LOG", "email_stats_2013_01_01.csv", "LogStats.csv", "x", "é\n.csv")


def draw(random: Random) -> tuple[str, list[Upload], dict[str, Any]]:
    """A kind of import, its files and its options."""
    kind = random.choice((*IMPORTS, "mailboxes", "messages"))
    files = [_file(random, random.choice(IMPORTS[kind][1])) for _ in range(random.choice((1, 1, 2, 3)))]
    return kind, files, _options(random, kind)


def _file(random: Random, text: str) -> Upload:
    how = random.random()
    if how < 0.3:
        text = draws.spoiled(random, text)
    elif how < 0.7:
        text = _other_cells(random, text)
    elif how < 0.75:
        text = draws.rows(random, text.split("\n")[0].split(","), ",")
    data = draws.encoded(random, text)
    return Upload(random.choice(NAMES), draws.damaged(random, data) if random.random() < 0.2 else data)


def _other_cells(random: Random, text: str) -> str:
    """The text with some cells replaced."""
    separator = random.choice((",", ",", ";", "\t"))
    lines = text.split("\n")
    for _ in range(random.randrange(1, 5)):
        line = random.randrange(len(lines))
        cells = lines[line].split(",")
        cells[random.randrange(len(cells))] = draws.cell(random)
        lines[line] = ",".join(cells)
    return "\n".join(lines) if separator == "," else "\n".join(line.replace(",", separator) for line in lines)


def _options(random: Random, kind: str) -> dict[str, Any]:
    number = random.choice((None, None, 0, -1, 5, 1e30, float("nan"), float("inf"), 0.5))
    if kind == "messages":
        offset = random.choice((None, None, 1, -30, 1e9, float("nan")))
        return {"mailboxes": number, "utc_offset": offset, "keep": random.choice(((), ("health",), ("x",)))}
    if kind == "mailboxes":
        return {
            "by": random.choice((None, None, "size", "quota", "messages", "x")),
            "tiers": random.choice((None, None, 1, 3, 0, -1, 500, 501)),
            "bounds": random.choice(((), (), (5.0,), (float("nan"), 1e30), (5.0, 5.0))),
            "uplift": random.choice((0.0, 0.35, -1.0, 1e30)),
            "raise_quotas": random.choice((False, True)),
            "work_days": number,
        }
    return {}


def use(given: tuple[str, list[Upload], dict[str, Any]]) -> None:
    """Import the files, and check that the design can be written and read."""
    kind, files, options = given
    try:
        imported = IMPORTS[kind][0](files, Profile(), **options)
    except InputError as error:
        check_message(error)
        return
    assert same_design(parse(dump(imported.profile)), imported.profile)
    for issue in imported.issues:
        assert str(issue).isprintable()
