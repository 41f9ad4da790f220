"""Numbers, sizes and spans of time in the cells of exports."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest

from calculator.importers.formats.numbers import Decimals, are_true, days, whole
from calculator.importers.formats.sizes import sizes

# --- sizes ---------------------------------------------------------------------------------------

SIZES = {
    "1.348 GB (1,447,309,924 bytes)": 1447309924,
    "2.3 GB (2,469,396,480 bytes)": 2469396480,
    "81.4 MB (85,356,542 bytes)": 85356542,
    "0 B (0 bytes)": 0,
    "512 B (512 bytes)": 512,
    "6672B": 6672,
    "0B": 0,
    "1,348 GB (1.447.309.924 Bytes)": 1447309924,
    "1.348 GB (1 447 309 924 octets)": 1447309924,
    "10 GB": 10 * 2**30,
    "1.5GB": 1.5 * 2**30,
    "1,5 GB": 1.5 * 2**30,
    "10,240 MB": 10240 * 2**20,
    "1380": 1380,
    "2 tb": 2 * 2**40,
}


def test_sizes_are_read_in_every_form():
    found = sizes(pa.array(SIZES))
    assert found.bytes.tolist() == list(SIZES.values())
    assert not found.bad.any()
    assert not found.unlimited.any()
    assert found.edited == 0


def test_unlimited_and_what_is_no_size():
    found = sizes(pa.array(["Unlimited", "unlimited", None, "big", "12 XB", "-5 MB", "(5 bytes)", "9" * 400]))
    assert np.isnan(found.bytes).all()
    assert found.unlimited.tolist() == [True, True, False, False, False, False, False, False]
    assert found.bad.tolist() == [False, False, False, True, True, True, True, True]


def test_a_number_that_is_not_that_of_its_bytes_is_counted_as_edited():
    found = sizes(pa.array(["1.348 GB (1,447,309,924 bytes)", "2.348 GB (1,447,309,924 bytes)"]))
    assert found.edited == 1
    assert found.bytes.tolist() == [1447309924, 1447309924]


def test_a_decimal_comma_in_a_size_without_bytes():
    assert sizes(pa.array(["1,348 GB"]), decimal_comma=True).bytes.tolist() == [pytest.approx(1.348 * 2**30)]
    assert sizes(pa.array(["1,348 GB"])).bytes.tolist() == [1348 * 2**30]


# --- numbers -------------------------------------------------------------------------------------


def decimals(texts, separator=","):
    column = Decimals(separator)
    for part in (texts[:2], texts[2:]):
        column.add(pa.array(part, pa.string()))
    return column.settle().tolist(), column.sign, column.guessed


def test_a_column_tells_its_decimal_sign():
    assert decimals(["1,234", "0,5", "12"]) == ([1.234, 0.5, 12], ",", False)
    assert decimals(["1,234", "0.5", "12"]) == ([1234, 0.5, 12], ".", False)
    assert decimals(["1.234", "7", "1.234,5"]) == ([1234, 7, 1234.5], ",", False)
    assert decimals(["1,234", "7", "1,234,567"]) == ([1234, 7, 1234567], ".", False)
    assert decimals(["1 234,5", "1'234"]) == ([1234.5, 1234], ",", False)


def test_a_column_that_does_not_tell_goes_by_the_separator_of_the_file():
    assert decimals(["1,234", "5"]) == ([1234, 5], ".", True)
    assert decimals(["1,234", "5"], ";") == ([1.234, 5], ",", True)


def test_numbers_as_programs_print_them():
    values, _, _ = decimals(["1E-05", "1.2E-05", "-3", "-0.5", "n/a", ""])
    assert values[:4] == [1e-05, 1.2e-05, -3, -0.5]
    assert all(map(math.isnan, values[4:]))


def test_whole_numbers_have_no_decimals():
    found = whole(pa.array(["1,234", "1.234.567", "12", "1 234", "1.5", "x", None, "9" * 400]))
    assert found[:4].tolist() == [1234, 1234567, 12, 1234]
    assert np.isnan(found[4:]).all()


def test_spans_of_time_are_days():
    found = days(pa.array(["14.00:00:00", "7.0:00:00", "00:30:00", "1.12:00:00", None, "14"]))
    assert found[:4].tolist() == pytest.approx([14, 7, 1 / 48, 1.5])
    assert np.isnan(found[4:]).all()


def test_flags_in_any_spelling():
    assert are_true(pa.array(["True", "TRUE", "False", None, "x"])).tolist() == [True, True, False, False, False]
