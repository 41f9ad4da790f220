"""Files of any content are sized, or it is said why not."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.batch_files import ERRORS, HEADER, rows, run
from support.examples import examples

from calculator.batch import run as batch_run
from calculator.batch.sizer import Sizer


@pytest.fixture
def one_sizer(monkeypatch):
    """Give all runs over columns of the same names one sizer, because most of the time goes into making it."""
    sizers = {}

    def sizer_of(header, base, results, **settings):
        key = (header.names, *(column.decimal_comma for column in header.inputs.values()))
        if key not in sizers:
            sizers[key] = Sizer(header, base, results, **settings)
        return sizers[key]

    monkeypatch.setattr(batch_run, "Sizer", sizer_of)


CELL = st.text(max_size=8) | st.sampled_from(["", "none", "5", "-1", "2 GB", "10 %", '"', "\n", "\r", "=1"])
LINES = st.lists(st.lists(CELL, max_size=4), max_size=4)


@settings(examples(50), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES)
def test_whatever_rows_hold_each_has_its_result(here, one_sizer, lines):
    text = io.StringIO()
    csv.writer(text).writerows([["id", "tiers.1.mailboxes", "raid.raid", "note.a"], *lines])
    given_rows = [line for line in lines if any(cell.strip(" \t\r\n") for cell in line)]
    code, _, err = run(text.getvalue().encode("utf-8", "replace"), *ERRORS)
    assert code in (0, 1), err
    results = rows()
    assert len(results) == len(given_rows)
    bad = [line["status"] for line in results].count("error")
    assert (here / "errors.csv").exists() == (bad > 0)
    assert not bad or len(rows("errors.csv")) == bad


@settings(examples(50), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_whatever_a_file_holds_is_sized_or_explained(here, one_sizer, data):
    code, _, err = run(HEADER.encode() + data)
    assert code in (0, 1, 2)
    assert all(line.isprintable() for line in err.splitlines())
