"""Units at the boundary."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.inputs import units
from calculator.inputs.schema import CAPACITIES, DECIMAL_GB, FIELDS
from calculator.inputs.units import UnitError, convert, factor, split

LIKE = {
    "bytes": ("B", "byte", "KB", "kB", "KiB", "MB", "GB", "GiB", "TB", "TiB", "PB"),
    "bits": ("bit", "Mb", "Gb", "gigabit"),
    "time": ("ms", "s", "sec", "min", "h", "hours", "d", "day", "days", "weeks", "months", "year"),
    "rate": ("MB/s", "Mb/s", "GB/week", "KB/day"),
    "share": ("%", "percent"),
    "frequency": ("1/s", "IOPS", "1/h"),
    "mail": ("messages/day", "message/d", "messages/hour"),
}
PAIRS = st.sampled_from(sorted(LIKE)).flatmap(lambda kind: st.tuples(*[st.sampled_from(LIKE[kind])] * 2))


@pytest.mark.parametrize(
    ("value", "unit", "canonical", "expected"),
    [
        (10, "GB", "MB", 10240),
        (10, "GiB", "MB", 10240),
        (1, "TB", "MB", 1048576),
        (75, "KB", "KB", 75),
        (75, "KiB", "KB", 75),
        (2048, "bytes", "KB", 2),
        (1, "GB (decimal)", "MB", 953.67431640625),
        (4, "TB", DECIMAL_GB, 4000),
        (4000, "GB", DECIMAL_GB, 4000),
        (4000, "GB (decimal)", DECIMAL_GB, 4000),
        (1, "TiB", DECIMAL_GB, 1099.511627776),
        (1, "GiB", DECIMAL_GB, 1.073741824),
        (7, "days", "hour", 168),
        (1, "week", "hour", 168),
        (72, "hours", "day", 3),
        (2, "years", "month", 24),
        (1, "s", "ms", 1000),
        (100, "messages/day", "messages/day", 100),
        (100, "messages per day", "messages/day", 100),
        (100, "messages / day", "messages/day", 100),
        (5, "messages/hour", "messages/day", 120),
        (0.1, "IOPS", "1/s", 0.1),
        (8, "Mb/s", "MB/s", 0.95367431640625),
        (1, "TB/week", "GB/week", 1024),
        (3, "server", "servers", 3),
        (3, "DAG", "DAGs", 3),
        (16, "cores", "cores", 16),
        (12, "disk", "disks", 12),
    ],
)
def test_a_unit_becomes_the_canonical_one(value, unit, canonical, expected):
    assert convert(value, unit, canonical) == expected


@pytest.mark.parametrize("percent", range(1, 101))
def test_a_percentage_is_the_same_number_as_its_fraction(percent):
    assert convert(percent, "%", "1") == float(f"{percent / 100:.2f}")


@pytest.mark.parametrize("days", range(1, 400))
def test_whole_days_in_hours_are_whole_days(days):
    assert convert(24 * days, "hours", "day") == days


@pytest.mark.parametrize("capacity", CAPACITIES)
def test_a_disk_may_be_given_in_terabytes(capacity):
    assert convert(capacity / 1000, "TB", DECIMAL_GB) == capacity


@given(PAIRS)
def test_a_unit_converted_there_and_back_has_factor_one(pair):
    assert factor(*pair) * factor(*pair[::-1]) == pytest.approx(1, rel=1e-15)


@given(PAIRS, st.floats(0, 1e9, allow_subnormal=False))
def test_a_number_converted_there_and_back_is_the_same(pair, value):
    assert convert(convert(value, *pair), *pair[::-1]) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize("field", [f for f in FIELDS if f.unit], ids=lambda field: field.path)
def test_the_unit_of_every_input_is_known(field):
    assert factor(field.unit.replace(" (decimal)", "") or "1", field.unit) == 1


def outcome(unit, canonical):
    """Whether a unit fits, or the first part of what is said of it."""
    try:
        return "fits" if factor(unit, canonical) > 0 else "no factor"
    except UnitError as error:
        return re.split(r"\.", str(error))[0]


@pytest.mark.parametrize("name", units.names())
def test_every_unit_of_the_list_fits_an_input_or_is_refused_as_another_kind(name):
    outcomes = [outcome(name, field.unit) for field in FIELDS]
    refused = (f'"{name}" is not allowed here', f'"{name}" is a unit of bits')
    assert all(said in ("fits", *refused) for said in outcomes)


def test_the_list_of_units_leaves_out_the_names_of_our_own():
    assert "decimal_GB" not in units.names()
    assert {"GB", "%", "days", "messages", "IOPS"} < set(units.names())


@pytest.mark.parametrize(
    ("unit", "canonical", "message"),
    [
        ("hours", "MB", '"hours" is not allowed here. Give a unit like MB.'),
        ("mailboxes", "servers", '"mailboxes" is not allowed here. Give a unit like servers.'),
        ("messages", "mailboxes", '"messages" is not allowed here. Give a unit like mailboxes.'),
        ("MB", "1", '"MB" is not allowed here. Give a plain number or percent.'),
        ("MB", "", '"MB" is not allowed here. Give a plain number or percent.'),
        ("%", "MB", '"%" is not allowed here. Give a unit like MB.'),
        ("parsec", "MB", '"parsec" is not a unit.'),
        ("GX", "MB", '"GX" is not a unit.'),
        ("Days", "hour", '"Days" is not a unit. Did you mean days?'),
        ("mesages", "messages/day", '"mesages" is not a unit. Did you mean messages?'),
        ("", "MB", '"" is not a unit.'),
    ],
)
def test_a_unit_that_does_not_fit_is_refused(unit, canonical, message):
    with pytest.raises(UnitError) as error:
        factor(unit, canonical)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("units", "size"),
    [
        ("KB kB KiB kib", 1),
        ("MB mB mb MiB mib MIB", 1024),
        ("GB gB gb GiB gib GIB", 1024**2),
        ("TB tB tb TiB tib", 1024**3),
        ("bytes B", 1 / 1024),
    ],
)
def test_a_size_in_any_case_that_cannot_be_mistaken(units, size):
    assert [factor(unit, "KB") for unit in units.split()] == pytest.approx([size] * len(units.split()), rel=1e-15)


@pytest.mark.parametrize("canonical", ["KB", "MB", "GB", "GB (decimal)"])
@pytest.mark.parametrize(
    ("unit", "meant"),
    [
        ("Kb", "KB"),
        ("kb", "KB"),
        ("Mb", "MB"),
        ("Gb", "GB"),
        ("Tb", "TB"),
        ("Gib", "GiB"),
        ("bits", "bytes"),
        ("gigabit", "GB"),
    ],
)
def test_bits_are_refused_as_a_size(unit, meant, canonical):
    with pytest.raises(UnitError) as error:
        factor(unit, canonical)
    assert str(error.value) == f'"{unit}" is a unit of bits. Did you mean {meant}?'


def test_bits_measure_bandwidth():
    assert factor("Mb/s", "MB/s") == pytest.approx(1e6 / 8 / 2**20, rel=1e-15)
    assert factor("Gb", "bit") == pytest.approx(1e9, rel=1e-15)


def test_decimal_sizes_of_disks_in_small_letters():
    assert factor("tb", "GB (decimal)") == factor("TB", "GB (decimal)") == 1000


@pytest.mark.parametrize(
    "unit",
    [
        "__import__('os').system('true')",
        "().__class__",
        "MB**2/MB",
        "MB**9**9**9",
        "9**9**9",
        "1e400",
        "nan",
        "inf",
        "GB*3",
        "1 GB",
        "GB GB/GB",
        "(GB)",
        "((((",
        ")",
        "/",
        "1/",
        "1/0",
        "GB/0",
        "*",
        "%%",
        "% %",
        "GB;",
        "decimal_GB",
        "delta_GB",
        "byte.MB",
        "\x00",
        "\x1b[31m",
        "GB\x00",
        "ГБ",
        "ＧＢ",
        "M B",
        "x" * 100_000,
        " " * 100_000,
        "/".join("a" * 50_000),
    ],
    ids=lambda unit: ascii(unit[:20]),
)
def test_a_hostile_unit_is_no_unit(unit):
    with pytest.raises(UnitError, match="is not a unit") as error:
        factor(unit, "MB")
    assert len(str(error.value)) < 120
    assert str(error.value).isprintable()


@given(st.text(max_size=30))
def test_any_text_is_a_unit_or_refused(text):
    said = outcome(text, "MB")
    assert said.isprintable()
    assert said != "no factor"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("10 GB", (10, "GB")),
        ("10GB", (10, "GB")),
        ("  10\tGB ", (10, "GB")),
        ("10\u00a0GB", (10, "GB")),
        ("1e3 MB", (1000, "MB")),
        ("+5", (5, "")),
        ("-5 %", (-5, "%")),
        (".5", (0.5, "")),
        ("5.", (5, "")),
        ("1 1/s", (1, "1/s")),
        ("5 messages / day", (5, "messages / day")),
        ("4 GB (decimal)", (4, "GB (decimal)")),
        ("1e999", (float("inf"), "")),
        ("5,000", None),
        ("5 000", None),
        ("1.000,5", None),
        ("5.5.5", None),
        ("0x10", None),
        ("1/2", None),
        ("--5", None),
        ("", None),
        ("GB", None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_a_text_is_split_into_number_and_unit(text, parts):
    assert split(text) == parts


@pytest.mark.parametrize("pair", units.USUAL)
def test_usual_factors_are_those_of_the_registry(pair):
    assert units.USUAL[pair] == units._by_pint(*pair)
