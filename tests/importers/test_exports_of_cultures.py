"""The same population and the same messages in every culture, encoding, separator and unit give the same figures."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from calculator.importers.formats.reading import Reading
from calculator.importers.mailboxes import read_population
from calculator.importers.messages.tracking_log import read_tracking_logs
from calculator.inputs.text_files import Upload
from calculator.issues import InputError, Issues

pytestmark = pytest.mark.slow

ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
UNITS = ("B", "KB", "MB", "GB", "TB")


def twelve(moment: datetime, pattern: str, morning: str, afternoon: str) -> str:
    half = morning if moment.hour < 12 else afternoon
    return moment.strftime(pattern).replace("{h}", str(moment.hour % 12 or 12)).replace("{half}", half)


@dataclass(frozen=True)
class Culture:
    """How a culture writes numbers, sizes and times; ``dates`` is the order of its dates."""

    decimal: str
    group: str
    units: tuple[str, ...]
    bytes_word: str
    time: Callable[[datetime], str]
    dates: str = "day-first"
    digits: dict[int, str] | None = None

    def number(self, text: str) -> str:
        """A number with a decimal point and commas between thousands, as the culture writes it."""
        swapped = text.translate({ord(","): self.group, ord("."): self.decimal})
        return swapped.translate(self.digits) if self.digits else swapped


FRENCH, CYRILLIC = ("o", "Ko", "Mo", "Go", "To"), ("Б", "КБ", "МБ", "ГБ", "ТБ")
CULTURES = {
    "en-US": Culture(
        ".",
        ",",
        UNITS,
        "bytes",
        lambda m: twelve(m, f"{m.month}/{m.day}/%Y {{h}}:%M:%S {{half}}", "AM", "PM"),
        "month-first",
    ),
    "en-AU": Culture(".", ",", UNITS, "bytes", lambda m: twelve(m, f"{m.day}/%m/%Y {{h}}:%M:%S {{half}}", "AM", "PM")),
    "en-IN": Culture(".", ",", UNITS, "bytes", lambda m: m.strftime("%d-%m-%Y %H:%M:%S")),
    "de-DE": Culture(",", ".", UNITS, "Bytes", lambda m: m.strftime("%d.%m.%Y %H:%M:%S")),
    "de-CH": Culture(".", "’", UNITS, "Bytes", lambda m: m.strftime("%d.%m.%Y %H:%M:%S")),
    "fr-FR": Culture(",", "\u202f", FRENCH, "octets", lambda m: m.strftime("%d/%m/%Y %H:%M:%S")),
    "ru-RU": Culture(",", "\u00a0", CYRILLIC, "байт", lambda m: m.strftime("%d.%m.%Y %H:%M:%S")),
    "cs-CZ": Culture(",", "\u00a0", UNITS, "bajtů", lambda m: m.strftime(f"{m.day}. {m.month}. %Y {m.hour}:%M:%S")),
    "hu-HU": Culture(",", "\u00a0", UNITS, "bájt", lambda m: m.strftime("%Y. %m. %d. %H:%M:%S")),
    "bg-BG": Culture(",", "\u00a0", CYRILLIC, "байта", lambda m: m.strftime("%d.%m.%Y г. %H:%M:%S ч.")),
    "es-MX": Culture(".", ",", UNITS, "bytes", lambda m: twelve(m, "%d/%m/%Y {h}:%M:%S {half}", "a. m.", "p. m.")),
    "ko-KR": Culture(".", ",", UNITS, "바이트", lambda m: twelve(m, "%Y-%m-%d {half} {h}:%M:%S", "오전", "오후")),
    "zh-TW": Culture(".", ",", UNITS, "位元組", lambda m: twelve(m, "%Y/%m/%d {half} {h}:%M:%S", "上午", "下午")),
    "el-GR": Culture(
        ",", ".", UNITS, "byte", lambda m: twelve(m, f"{m.day}/{m.month}/%Y {{h}}:%M:%S {{half}}", "πμ", "μμ")
    ),
    "fi-FI": Culture(",", "\u00a0", ("t", "kt", "Mt", "Gt", "Tt"), "tavua", lambda m: m.strftime("%d.%m.%Y %H.%M.%S")),
    "th-TH": Culture(".", ",", UNITS, "ไบต์", lambda m: m.strftime(f"{m.day}/{m.month}/{m.year + 543} %H:%M:%S")),
    "ar-EG": Culture(
        "٫",
        "٬",
        ("بايت", "كيلوبايت", "ميغابايت", "غيغابايت", "تيرابايت"),
        "بايت",
        lambda m: twelve(m, "%d/%m/%Y {h}:%M:%S {half}", "ص", "م"),
        digits=ARABIC,
    ),
}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "ascii")
HEADERS = {"GB": "Mailbox Size (GB)", "MB": "TotalItemSizeInMB", "KB": "Total Size (KB)"}


def write(rows: list[list[str]], separator: str, encoding: str, before: str) -> Upload:
    """A file as PowerShell writes it: what an encoding lacks becomes a question mark."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)
    lead = {"": "", "type": "#TYPE Selected.X\r\n", "sep": f"sep={separator}\r\n"}[before]
    return Upload("export.csv", (lead + out.getvalue()).encode(encoding, "replace"))


def shown(size: int, culture: Culture) -> tuple[str, str]:
    """A size in four digits, and its unit, as Exchange prints them."""
    power = min(max(size.bit_length() - 1, 0) // 10, 4)
    return culture.number(f"{size / 1024**power:.4g}" if power else str(size)), culture.units[power]


def read_sizes(upload: Upload, culture: Culture) -> np.ndarray:
    """The sizes read, in MB; where the file leaves its decimal sign open the caller names that of the culture."""
    try:
        return read_population([upload], Issues()).get("size")
    except InputError as error:
        if "--decimal point or --decimal comma" not in str(error):
            raise
        reading = Reading("comma" if culture.decimal == "," else "point")
        return read_population([upload], Issues(), reading=reading).get("size")


sizes = st.lists(st.integers(2 * 2**20, 50 * 2**30), min_size=1, max_size=25)
files = st.tuples(st.sampled_from(",;\t|"), st.sampled_from(ENCODINGS), st.sampled_from(["", "type", "sep"]))


@pytest.mark.parametrize("name", CULTURES)
@examples(25)
@given(sizes, files)
def test_bytes_in_brackets_are_read_to_the_bit(name, population, file):
    culture = CULTURES[name]
    separator, encoding, before = file
    if culture.digits:  # other encodings lose them
        encoding = "utf-8-sig"
    rows = [["DisplayName", "TotalItemSize"]]
    for place, size in enumerate(population):
        number, unit = shown(size, culture)
        rows.append([f"M{place}", f"{number} {unit} ({culture.number(f'{size:,}')} {culture.bytes_word})"])
    found = read_sizes(write(rows, separator, encoding, before), culture)
    assert found.tolist() == [size / 2**20 for size in population]


@pytest.mark.parametrize("name", CULTURES)
@examples(25)
@given(sizes, files)
def test_sizes_with_their_unit_are_read_as_they_are_shown(name, population, file):
    culture = CULTURES[name]
    separator, encoding, before = file
    if not "".join(culture.units).isascii() or culture.digits:
        encoding = "utf-16" if encoding == "utf-16" else "utf-8-sig"
    cells = [" ".join(shown(size, culture)) for size in population]
    rows = [["DisplayName", "TotalItemSize"], *([f"M{n}", cell] for n, cell in enumerate(cells))]
    found = read_sizes(write(rows, separator, encoding, before), culture)
    np.testing.assert_allclose(found * 2**20, population, rtol=1e-3)


@pytest.mark.parametrize("name", CULTURES)
@examples(25)
@given(sizes, files, st.sampled_from(sorted(HEADERS)), st.integers(0, 3), st.booleans())
def test_columns_in_a_unit_are_read_as_they_are_shown(name, population, file, unit, places, grouped):
    culture = CULTURES[name]
    separator, encoding, before = file
    if culture.digits:
        encoding = "utf-8-sig"
    factor = 1024 ** (UNITS.index(unit))
    form = f"{',' if grouped else ''}.{places}f"
    cells = [culture.number(format(size / factor, form)) for size in population]
    rows = [["DisplayName", HEADERS[unit]], *([f"M{n}", cell] for n, cell in enumerate(cells))]
    found = read_sizes(write(rows, separator, encoding, before), culture)
    np.testing.assert_allclose(found * 2**20, population, atol=factor * 0.51 / 10**places)


JOINED = (";", ", ", "|", " ", "\n")


@pytest.mark.parametrize("name", CULTURES)
@examples(15)
@given(
    st.lists(
        st.tuples(st.integers(0, 14 * 24 * 60 - 1), st.integers(1, 4)),
        min_size=1,
        max_size=30,
        unique_by=lambda row: row[0],
    ),
    files,
    st.sampled_from(JOINED),
    st.booleans(),
)
def test_messages_are_counted_in_the_same_hours(name, rows, file, joined, braces):
    culture = CULTURES[name]
    separator, encoding, before = file
    start = datetime(2014, 5, 5)
    moments = [start + timedelta(minutes=minutes) for minutes, _ in rows]
    if any(not culture.time(moment).isascii() for moment in moments):
        encoding = "utf-8-sig"
    table = [["Timestamp", "Source", "EventId", "MessageId", "Recipients", "TotalBytes", "Sender"]]
    for place, (moment, (_, count)) in enumerate(zip(moments, rows, strict=True)):
        people = joined.join(f"u{n}@x.test" for n in range(count))
        people = f"{{{people}}}" if braces else people
        table.append([culture.time(moment), "STOREDRIVER", "DELIVER", f"<{place}>", people, "1024", "ann@x.test"])
    upload = write(table, separator, encoding, before)
    try:
        found = read_tracking_logs([upload], Issues())
    except InputError as error:
        if "--dates day-first or --dates month-first" not in str(error):
            raise
        found = read_tracking_logs([upload], Issues(), reading=Reading(dates=culture.dates))
    counts: dict[int, int] = {}
    for moment, (_, count) in zip(moments, rows, strict=True):
        hour = int((moment - datetime(1970, 1, 1)).total_seconds()) // 3600
        counts[hour] = counts.get(hour, 0) + count
    assert dict(zip(found.hours.tolist(), found.messages[1].tolist(), strict=True)) == counts
