"""Hashes of texts, records with distinct keys, and points in time of exports."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.importers.formats.deduplicate import DistinctRecords
from calculator.importers.formats.hashing import hash_texts
from calculator.importers.formats.times import (
    DAY_FIRST,
    MONTH_FIRST,
    NEVER,
    YEAR_FIRST,
    DateOrder,
    Times,
    decide_orders,
)


@given(st.lists(st.text(max_size=12), max_size=30))
def test_equal_texts_have_equal_keys_and_others_have_not(texts):
    keys = hash_texts(pa.array(texts, pa.string())).tolist()
    assert len(set(zip(texts, keys, strict=True))) == len(set(texts)) == len(set(keys))
    sliced = pa.array(["before", *texts, None], pa.string()).slice(1, len(texts))
    assert hash_texts(sliced).tolist() == keys


def test_texts_that_are_not_times():
    texts = pa.array(
        ["", "2014-05-06", "31/12/2014 25:00", "2014-02-29T00:00Z", "1/2/3 4:05", "13:61", "0/5/2014 13:00 PM"]
    )
    for order in (DAY_FIRST, MONTH_FIRST):
        assert (Times(texts).minutes(order) == NEVER).all()


def minute(text, order=DAY_FIRST):
    found = Times(pa.array([text])).minutes(order)[0]
    return None if found == NEVER else str(np.datetime64(int(found), "m"))


EVENING = "2014-05-16T20:05"
CULTURES = {
    "en-US": ("5/16/2014 8:05:10 PM", MONTH_FIRST),
    "en-US, ICU": ("5/16/2014 8:05:10\u202fPM", MONTH_FIRST),
    "en-US, in ASCII": ("5/16/2014 8:05:10?PM", MONTH_FIRST),
    "en-AU": ("16/05/2014 8:05:10 PM", DAY_FIRST),
    "en-NZ": ("16/05/2014 8:05:10 p.m.", DAY_FIRST),
    "en-GB": ("16/05/2014 20:05:10", DAY_FIRST),
    "en-CA": ("2014-05-16 8:05:10 PM", DAY_FIRST),
    "en-IN": ("16-05-2014 20:05:10", DAY_FIRST),
    "de-DE": ("16.05.2014 20:05:10", DAY_FIRST),
    "cs-CZ": ("16. 5. 2014 20:05:10", DAY_FIRST),
    "hr-HR": ("16.5.2014. 20:05:10", DAY_FIRST),
    "hu-HU": ("2014. 05. 16. 20:05:10", DAY_FIRST),
    "lv-LV": ("2014.05.16. 20:05:10", DAY_FIRST),
    "fi-FI": ("16.5.2014 20.05.10", DAY_FIRST),
    "fi-FI, ICU": ("16.5.2014 klo 20.05.10", DAY_FIRST),
    "da-DK": ("16-05-2014 20:05:10", DAY_FIRST),
    "nl-NL": ("16-5-2014 20:05:10", DAY_FIRST),
    "sv-SE": ("2014-05-16 20:05:10", DAY_FIRST),
    "bg-BG": ("16.5.2014 г. 20:05:10 ч.", DAY_FIRST),
    "es-MX": ("16/05/2014 08:05:10 p. m.", DAY_FIRST),
    "es-CO": ("16/05/2014 8:05:10 p.\u00a0m.", DAY_FIRST),
    "el-GR": ("16/5/2014 8:05:10 μμ", DAY_FIRST),
    "ko-KR": ("2014-05-16 오후 8:05:10", DAY_FIRST),
    "ko-KR, ICU": ("2014. 5. 16. 오후 8:05:10", DAY_FIRST),
    "ja-JP": ("2014/05/16 20:05:10", DAY_FIRST),
    "ja-JP, long": ("2014年5月16日 20時05分10秒", DAY_FIRST),
    "zh-TW": ("2014/5/16 下午 08:05:10", DAY_FIRST),
    "zh-HK": ("16/5/2014 下午8:05:10", DAY_FIRST),
    "vi-VN": ("16/05/2014 8:05:10 CH", DAY_FIRST),
    "th-TH": ("16/5/2557 20:05:10", DAY_FIRST),
    "ar-EG": ("١٦/٠٥/٢٠١٤ ٠٨:٠٥:١٠ م", DAY_FIRST),
    "hi-IN": ("16-05-2014 08:05:10 अपराह्न", DAY_FIRST),
    "sq-AL": ("16.5.2014 8:05:10.MD", DAY_FIRST),
    "two digits": ("16/05/14 20:05", DAY_FIRST),
    "RFC 1123": ("Fri, 16 May 2014 20:05:10 GMT", DAY_FIRST),
}


@pytest.mark.parametrize("culture", CULTURES)
def test_times_of_cultures(culture):
    assert minute(*CULTURES[culture]) == EVENING


def test_midnight_and_noon_in_halves_of_the_day():
    assert minute("16/05/2014 12:00:10 a. m.") == "2014-05-16T00:00"
    assert minute("16/05/2014 12:00:10 p. m.") == "2014-05-16T12:00"
    assert minute("2014/5/16 上午 12:00:10") == "2014-05-16T00:00"
    assert minute("2014-05-16 20:05:10 +02:00") == "2014-05-16T18:05"


def test_other_calendars_and_words_are_no_time():
    assert minute("15/07/1435 08:05:10 م") is None  # the Islamic calendar
    assert minute("16/05/2014 8:05:10 xyz") is None
    assert minute("8:05:10 16/05/2014") is None


def order(*texts, given=None):
    found = DateOrder(given)
    found.add(Times(pa.array(texts)), pa.array(texts))
    return found.decide()


def test_a_column_shows_whether_day_or_month_comes_first():
    assert order("05/06/2014 07:00") is None
    assert order("05/06/2014 07:00", "13/06/2014 07:00") == DAY_FIRST
    assert order("05/06/2014 07:00", "06/13/2014 07:00") == MONTH_FIRST
    assert order("05.06.2014 07:00:00") == DAY_FIRST
    assert order("2014-05-06T07:00:00Z") == DAY_FIRST  # no matter: the year comes first
    assert order("5/06/2014 7:00:00 AM") == DAY_FIRST  # the month has a leading zero, the day has none


def test_halves_of_the_day_show_no_order():
    assert order("5/6/2014 7:00:00 AM") is None


def test_both_readings_are_compared():
    week = [f"{day}/5/2014 7:00 AM" for day in range(4, 11)]
    assert order(*week) == DAY_FIRST
    assert order(*(f"5/{day}/2014 7:00 AM" for day in range(4, 11))) == MONTH_FIRST
    assert order(*week, given="month-first") == MONTH_FIRST  # the caller knows better
    assert order("5/6/2014 07:00", given="day-first") == DAY_FIRST
    assert order("13/5/2014 07:00", given="month-first") == DAY_FIRST  # there is no month 13


def test_years_of_two_digits_may_come_first():
    assert order(*(f"14/05/{day} 07:00" for day in range(12, 19))) == YEAR_FIRST
    assert order(*(f"{day}/05/14 07:00" for day in range(13, 19))) == DAY_FIRST
    assert order("14/05/16 07:00") is None
    assert minute("14/05/16 20:05", YEAR_FIRST) == EVENING


def test_dates_that_contradict_each_other_are_asked_for_and_single_slips_are_not():
    assert order("13/5/2014 07:00", "5/13/2014 07:00") is None
    assert order(*["13/5/2014 07:00"] * 21, "5/13/2014 07:00") == DAY_FIRST


def test_a_file_that_leaves_the_order_open_follows_the_others():
    def one(*texts):
        found = DateOrder()
        found.add(Times(pa.array(texts)), pa.array(texts))
        return found

    open_day, shown = one("5/6/2014 07:00"), one("5/13/2014 07:00")
    assert decide_orders([open_day, shown]) == [MONTH_FIRST, MONTH_FIRST]
    assert decide_orders([one(f"{day}/6/2014 07:00") for day in range(2, 9)]) == [DAY_FIRST] * 7
    assert decide_orders([open_day]) == [None]
    assert decide_orders([open_day, shown, one("13/5/2014 07:00")]) == [None, MONTH_FIRST, DAY_FIRST]
    assert decide_orders([one("2014-05-06 07:00"), open_day]) == [DAY_FIRST, None]


def test_the_number_of_distinct_records_equals_that_of_a_set():
    draw = np.random.default_rng(1)
    keys = draw.integers(0, 50_000, 400_000, dtype=np.uint64) * np.uint64(2**64 // 50_000)
    records = DistinctRecords()
    for part in np.array_split(keys, 9):
        records.add(part, part, part)
    records.settle()
    assert records.keys.tolist() == sorted(set(keys.tolist()))
    assert (records.added, records.scale) == (400_000, 1)
