"""Plain values as text, by hand: what people read, and what files hold."""

import math

import pytest

from calculator.inputs.choices import Choice
from calculator.inputs.units import percent_text
from calculator.presentation.text import (
    csv_cell,
    exact_number,
    harmless,
    markdown_table,
    number,
    percent,
    plural,
    readable,
    round_down,
    word,
)

NAN = math.nan


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (None, "n/a"),
        (NAN, "n/a"),
        (1.0, "1"),
        (99.0, "99"),
        (0.125, "0.125"),
        (2.345, "2.35"),
        (-2.5, "-2.5"),
        (99.94, "99.9"),
        (99.96, "100"),
        (100.4, "100"),
        (999.5, "1,000"),
        (-999.6, "-1,000"),
        (0.000012, "1.2e-05"),
        (1e6, "1,000,000"),
        (1234567.8, "1,234,568"),
    ],
)
def test_a_number_has_three_digits_below_100_and_is_whole_above(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (-0.0, "0 %"),
        (NAN, "n/a"),
        (None, "n/a"),
        (0.0004, "0.0 %"),
        (0.05, "5.0 %"),
        (0.0999, "10.0 %"),
        (0.1, "10 %"),
        (0.796, "80 %"),
        (-0.25, "-25 %"),
        (1.0, "100 %"),
        (12.34, "1,234 %"),
    ],
)
def test_a_share_is_shown_in_percent_that_no_line_break_parts(share, text):
    assert number(share, "share") == text.replace(" ", "\u00a0")


def test_another_unit_changes_nothing():
    assert number(0.05, "GB") == number(0.05) == "0.05"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "n/a"),
        (NAN, "n/a"),
        (True, "true"),
        (False, "false"),
        ("jbod", "jbod"),
        (7, "7"),
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (0.123456789, "0.123457"),
        (999.5, "999.5"),
        (123456.7, "123,457"),
        (999_999.4, "999,999"),
        (999_999.6, "1,000,000"),
        (1e6, "1,000,000"),
        (-1e9, "-1,000,000,000"),
        (1.5e-7, "1.5e-07"),
    ],
)
def test_a_value_of_a_table_has_six_digits(value, text):
    assert readable(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (NAN, ""),
        (True, "true"),
        (False, "false"),
        (5.0, "5.0"),
        (0.1, "0.1"),
        (-0.0, "-0.0"),
        (1e22, "1e+22"),
        (12, "12"),
        ("DB1", "DB1"),
        ("=1+1", "'=1+1"),
    ],
)
def test_a_cell_of_a_file_gives_the_value_back(value, text):
    assert csv_cell(value) == text
    if isinstance(value, float) and value == value:
        assert float(text) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (NAN, ""),
        (0.0, "0"),
        (5.0, "5"),
        (-3.0, "-3"),
        (0.1, "0.1"),
        (999_999_999_999_999.0, "999999999999999"),
        (1e15, "1000000000000000.0"),
        (1e22, "1e+22"),
        (1 / 3, "0.3333333333333333"),
    ],
)
def test_a_whole_number_of_a_file_has_no_point(value, text):
    assert exact_number(value) == text
    if value == value:
        assert float(text) == value


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_no_spreadsheet_runs_a_text(first):
    assert harmless(f"{first}1") == f"'{first}1"
    assert harmless(f"a{first}") == f"a{first}"
    assert harmless("") == ""


def test_percent():
    assert percent(0.07) == 7.0  # 0.07 * 100 is 7.000000000000001
    assert percent_text(0.07) == "7 %"
    assert percent_text(0.125, 1) == "12.5 %"
    assert percent_text(0.00123, 2, "\u00a0") == "0.12\u00a0%"
    assert percent_text(-0.0) == "0 %"


def test_plural():
    assert plural(1, "server") == plural("1", "server") == "1 server"
    assert [plural(count, "server") for count in (0, 2, "1,000")] == ["0 servers", "2 servers", "1,000 servers"]
    assert [plural(count, "mailbox") for count in (1, 2)] == ["1 mailbox", "2 mailboxes"]


def test_a_word_is_what_people_call_an_option():
    named = Choice("Place", ("one_site", "two_sites"), texts=("One datacenter", "Two datacenters"))
    assert word(named, "two_sites") == "Two datacenters"
    assert word(Choice("Place", ("one_site",)), "one_site") == "one site"
    assert (word(named, "elsewhere"), word(None, "one_site")) == ("elsewhere", "one_site")


def test_a_table_in_markdown():
    assert markdown_table(("a", "b"), [("1|2", "x\ny"), ("", "z")], "<>") == [
        "| a | b |",
        "| --- | ---: |",
        "| 1\\|2 | x y |",
        "|  | z |",
    ]
    assert markdown_table(("a", "b"), []) == ["| a | b |", "| --- | --- |"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (5.26865, "5.26"),
        (1999.9, "1,999"),
        (100.0, "100"),
        (99.99, "99.9"),
        (0.5, "0.5"),
        (0.123456, "0.123"),
        (7.0, "7"),
        (4.35, "4.35"),
        (0.0, "0"),
    ],
)
def test_a_limit_is_rounded_down_to_what_is_shown(value, shown):
    assert number(round_down(value)) == shown


@pytest.mark.parametrize(
    ("value", "unit", "limit", "text"),
    [
        (1.004, "share", None, "100.4\u00a0%"),
        (1.0003, "share", None, "100.03\u00a0%"),
        (1.0, "share", None, "100\u00a0%"),
        (1 + 1e-12, "share", None, "100\u00a0%"),
        (0.8004, "share", 0.8, "80.04\u00a0%"),
        (0.7996, "share", 0.8, "80\u00a0%"),
        (3725.4, "GB", 3725.29, "3,725.4"),
        (57.52, "", 57.5, "57.52"),
    ],
)
def test_a_number_just_above_a_limit_differs_from_it(value, unit, limit, text):
    assert number(value, unit, limit) == text
