"""Tables for people."""

import io
import os

import pytest

from calculator.cli.printing import print_rows


class Terminal(io.StringIO):
    """Standard output that is a terminal."""

    def isatty(self):
        return True


def printed(rows, form="table"):
    out = io.StringIO()
    print_rows(rows, form, out)
    return out.getvalue().splitlines()


@pytest.fixture
def terminal(monkeypatch):
    def show(rows, width):
        monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((width, 24)))
        out = Terminal()
        print_rows(rows, "table", out)
        lines = out.getvalue().splitlines()
        assert all(len(line) <= width for line in lines[:-1])
        return lines

    return show


ROWS = [
    {"result": "summary_memory", "value": 1096.0, "why": "the cache of active databases", "flag": True},
    {"result": "reseed_hours", "value": None, "why": "", "flag": None},
]


def test_texts_are_aligned_to_the_left_and_figures_to_the_right():
    assert printed(ROWS) == [
        "result          value  why                            flag",
        "summary_memory  1,096  the cache of active databases  true",
        "reseed_hours      n/a                                  n/a",
    ]


def test_a_table_has_any_width_where_there_is_no_terminal():
    assert len(printed([{f"summary_servers.environment.{number:02}": "x" * 30 for number in range(8)}])[0]) > 200


def test_texts_are_wrapped_to_the_width_of_the_terminal(terminal):
    assert terminal(ROWS, 45) == [
        "result          value  why               flag",
        "summary_memory  1,096  the cache of      true",
        "                       active databases",
        "reseed_hours      n/a                     n/a",
    ]


def test_heads_are_folded_at_dots_and_underscores(terminal):
    assert terminal([{"summary_servers.environment": 12.0, "why": "a reason"}], 22) == [
        "    summary_",
        "    servers.",
        " environment  why",
        "          12  a reason",
    ]


def test_columns_that_do_not_fit_are_named(terminal):
    assert terminal(ROWS, 30) == [
        "result          value",
        "summary_memory  1,096",
        "reseed_hours      n/a",
        "Columns left out, because the terminal is too narrow: why, flag.",
    ]


def test_markdown_is_not_fitted():
    row = {f"summary_servers.environment.{number:02}": float(number) for number in range(8)}
    assert printed([row], "markdown")[0].count("summary_servers.environment") == 8


def test_a_table_without_rows_is_its_head():
    out = io.StringIO()
    print_rows([], "table", out, ["result", "value"])
    assert out.getvalue() == "result  value\n"
