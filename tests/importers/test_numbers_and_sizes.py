"""Numbers, sizes and spans of time in the cells of exports."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest

from calculator.importers.formats.numbers import Decimals, are_true, days, whole
from calculator.importers.formats.sizes import Sizes
from calculator.issues import Issues

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
    "10 GB": 10 * 2**30,
    "1.5GB": 1.5 * 2**30,
    "1,5 GB": 1.5 * 2**30,
    "10,240 MB": 10240 * 2**20,
    "1380": 1380,
    "2 tb": 2 * 2**40,
    "1.348\u00a0GB (1\u202f447\u202f309\u202f924 octets)": 1447309924,
    "1.348 GB (1’447’309’924 Bytes)": 1447309924,
    "1.348 Go (1?447?309?924 octets)": 1447309924,  # exported in ASCII
    "1,447,309,924 bytes)": 1447309924,  # cut at the bracket
    "1.348 GB (1447309924.0 bytes)": 1447309924,
    "1.5 GB (": 1.5 * 2**30,
    "1,447,309,924 bytes": 1447309924,
    "912345678 octets": 912345678,
    "1.07374E+11": 107374000000,
    "1,07374E+11": 107374000000,
    "1,5 Go": 1.5 * 2**30,
    "1,5 ГБ": 1.5 * 2**30,
    "870,5 МБ": 870.5 * 2**20,
    '1.5 ג"ב': 1.5 * 2**30,
    "１．５ＧＢ": 1.5 * 2**30,
    "١٫٥ غيغابايت": 1.5 * 2**30,
    "1.5 ギガバイト": 1.5 * 2**30,
    "1,5 Gt": 1.5 * 2**30,
    "1.5 GiB": 1.5 * 2**30,
    "\u200e1.5 GB\u200f": 1.5 * 2**30,
}


def read(cells, unit=1.0, low=2.0**20, high=100 * 2.0**30, given=None):
    """Sizes of a column in two blocks, what decided the decimal sign, and the column."""
    column = Sizes(unit, given)
    for part in (cells[:2], cells[2:]):
        column.add(pa.array(part, pa.string()))
    decision = column.decimals.decide(low, high)
    return column.settle(decision.sign).tolist(), decision.reason, column


@pytest.mark.parametrize(("text", "size"), SIZES.items())
def test_sizes_are_read_in_every_form(text, size):
    found, _, column = read([text], low=1)
    assert found == [size]
    assert (column.bad, column.edited) == (0, 0)


def test_unlimited_and_what_is_no_size():
    cells = ["Unlimited", "unlimited", "無制限", None, "big", "12 XB", "-5 MB", "1.348 giga", "1 GB 2 MB", "9" * 400]
    found, _, column = read(cells)
    assert found[:3] == [math.inf] * 3
    assert np.isnan(found[3:]).all()
    assert (column.bad, column.example, column.unlimited) == (6, "big", 3)


def test_bytes_in_brackets_are_used_whatever_surrounds_them():
    cells = ["1.348 giga (1,447,309,924 bytes)", "(912,345,678 bytes)", "? (5 B", "1.2 GB (85%)"]
    found, _, column = read(cells)
    assert found[:3] == [1447309924, 912345678, 5]
    assert math.isnan(found[3])
    assert column.bad == 1


def test_a_number_that_is_not_that_of_its_bytes_is_counted_as_edited():
    found, _, column = read(["1.348 GB (1,447,309,924 bytes)", "2.348 GB (1,447,309,924 bytes)"])
    assert column.edited == 1
    assert found == [1447309924, 1447309924]


def test_a_column_of_sizes_shows_its_decimal_sign_by_other_cells_then_by_bytes():
    gb = 2.0**30
    assert read(["1.348 GB", "870.1 MB"])[:2] == ([1.348 * gb, 870.1 * 2**20], "cells")
    assert read(["1,348 GB", "12,35 GB"])[:2] == ([1.348 * gb, 12.35 * gb], "cells")
    assert read(["1,348 GB", "1.5 GB"])[:2] == ([1348 * gb, 1.5 * gb], "cells")
    assert read(["1,348 GB", "1,899 GB (2.039.480.320 Bytes)"])[:2] == ([1.348 * gb, 2039480320], "bytes in brackets")
    assert read(["1.348 GB", "2.3 GB (2,469,396,480 bytes)"])[:2] == ([1.348 * gb, 2469396480], "bytes in brackets")


def test_sizes_that_leave_the_sign_open_are_read_as_what_is_plausible_or_asked_for():
    gb, mb = 2.0**30, 2.0**20
    assert read(["1,348", "12,646"], gb)[:2] == ([1.348 * gb, 12.646 * gb], "plausible")
    assert read(["1,348", "12,646"], 2.0**10)[:2] == ([1348 * 2**10, 12646 * 2**10], "plausible")
    assert read(["1,348", "12,646"], mb)[1] == "open"
    assert read(["1,348", "12,646"], mb, given="comma")[:2] == ([1.348 * mb, 12.646 * mb], "given")
    assert read(["1,348", "12,646"], mb, given="point")[:2] == ([1348 * mb, 12646 * mb], "given")
    assert read(["10,240 MB"], low=100 * mb, high=512 * gb)[:2] == ([10240 * mb], "plausible")


def test_the_largest_cell_is_kept_with_its_line():
    column = Sizes()
    column.add(pa.array(["1 GB", "3 GB"]), range(2, 4))
    column.add(pa.array(["2 GB", None]), [10, 12])
    found = column.largest(column.settle("."))
    assert (found.text, found.row, found.line) == ("3 GB", 1, 3)


# --- numbers -------------------------------------------------------------------------------------


def decimals(texts, given=None, **bounds):
    column = Decimals(given)
    for part in (texts[:2], texts[2:]):
        column.add(pa.array(part, pa.string()))
    decision = column.decide(**bounds)
    return column.settle(decision.sign).tolist(), decision.sign, decision.reason


def test_a_column_tells_its_decimal_sign():
    assert decimals(["1,234", "0,5", "12"]) == ([1.234, 0.5, 12], ",", "cells")
    assert decimals(["1,234", "0.5", "12"]) == ([1234, 0.5, 12], ".", "cells")
    assert decimals(["1.234", "7", "1.234,5"]) == ([1234, 7, 1234.5], ",", "cells")
    assert decimals(["1,234", "7", "1,234,567"]) == ([1234, 7, 1234567], ".", "cells")
    assert decimals(["1 234,5", "1'234"]) == ([1234.5, 1234], ",", "cells")
    assert decimals(["1,00,234", "1,234"]) == ([100234, 1234], ".", "cells")  # lakhs
    assert decimals(["١٬٢٣٤٫٥", "١٫٢٣٤"]) == ([1234.5, 1.234], ".", "cells")


def test_thousands_are_whole_to_the_bit():
    texts = [f"1,{n:03}" for n in range(1000)]
    assert decimals([*texts, "0.5"])[0] == [*range(1000, 2000), 0.5]


def test_a_column_that_does_not_tell_is_asked_for():
    assert decimals(["1,234", "5"]) == ([1234, 5], ".", "open")
    assert decimals(["1,234", "5"], "comma") == ([1.234, 5], ",", "given")
    assert decimals(["1,234", "5,5", "0.5"])[2] == "open"  # cells that contradict each other
    assert decimals(["5", "12"])[2] == "no sign"


def test_many_numbers_without_one_or_two_decimals_are_thousands():
    texts = [f"{n},{n * 7 % 1000:03}" for n in range(1, 60)]
    assert decimals([*texts, "870"], low=1, high=1e9, whole_are_thousands=True)[1:] == (".", "plausible")
    assert decimals(texts, low=1, high=1e9, whole_are_thousands=True)[2] == "open"
    assert decimals([*texts[:5], "870"], low=1, high=1e9, whole_are_thousands=True)[2] == "open"


def test_stated_and_assumed_inputs_are_listed():
    def told(texts, given=None, **bounds):
        issues = Issues()
        column = Decimals(given)
        column.add(pa.array(texts))
        column.read("a.csv", "Size", issues, **bounds)
        return [f"{issue.severity}: {issue}" for issue in issues]

    assert told(["1,234"]) == [
        'error: a.csv: Size: "1,234" is ambiguous: 1.234 or 1,234? No cell shows the decimal sign. Choose the decimal '
        "sign: --decimal point or --decimal comma."
    ]
    assert told(["1,234"], low=1000.0, high=9999.0) == [
        'warning: a.csv: Size: "1,234" was read as 1,234, the more plausible reading; no cell shows the sign. If that '
        "is wrong, choose it: --decimal point or --decimal comma."
    ]
    assert told(["1,234", "0.5"], "comma") == [
        "warning: a.csv: Size: the cells show a decimal point, which is used. --decimal only applies to columns that "
        "leave it open."
    ]
    assert told(["1,234", "0,5"], "comma") == []
    assert told(["1,234"], "comma") == []


def test_numbers_as_programs_print_them():
    values, _, _ = decimals(["1E-05", "1.2E-05", "-3", "-0.5", "n/a", ""])
    assert values[:4] == [1e-05, 1.2e-05, -3, -0.5]
    assert all(map(math.isnan, values[4:]))
    assert decimals(["1,5E+3", "2"])[0] == [1500, 2]


def test_whole_numbers_have_no_decimals():
    found = whole(pa.array(["1,234", "1.234.567", "12", "1\u202f234", "١٢", "1.5E+3", "1.5", "x", None, "9" * 400]))
    assert found[:6].tolist() == [1234, 1234567, 12, 1234, 12, 1500]
    assert np.isnan(found[6:]).all()


def test_spans_of_time_are_days():
    found = days(pa.array(["14.00:00:00", "7.0:00:00", "00:30:00", "1.12:00:00", None, "14"]))
    assert found[:4].tolist() == pytest.approx([14, 7, 1 / 48, 1.5])
    assert np.isnan(found[4:]).all()


def test_flags_in_any_spelling():
    assert are_true(pa.array(["True", "TRUE", "False", None, "x"])).tolist() == [True, True, False, False, False]
