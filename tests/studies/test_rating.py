"""A published rating scaled to the cores of a server, and where the reference of 33.75 per core is safer."""

from __future__ import annotations

import io

import pytest

from calculator.cli.main import main
from calculator.inputs.profile import Profile
from calculator.issues import InputError
from calculator.studies.rating import keep_rating_per_core, scale_rating


@pytest.mark.parametrize(
    ("rate", "rated", "cores", "rating", "advised", "words"),
    [
        (540, 16, 16, 540, 540, "its rating is used as it is."),
        (1120, 28, 28, 1120, 1120, "its rating is used as it is."),
        (1120, 28, 20, 800, 675, "33.75 per core is safer than the 40 per core of the result"),
        (480, 16, 24, 720, 720, "The 30 per core of the result are used"),
        (2800, 28, 28, 2800, 2800, "100 per core is outside the usual 10 to 80"),
    ],
)
def test_a_rating_is_scaled_by_cores(rate, rated, cores, rating, advised, words):
    found = scale_rating(rate, rated, cores)
    assert found.per_core == rate / rated
    assert found.rating == pytest.approx(rating, rel=1e-12)
    assert found.advised == pytest.approx(advised, rel=1e-12)
    assert found.advised_per_core == pytest.approx(advised / cores, rel=1e-12)
    assert words in found.sentence


def test_all_numbers_that_cannot_be_used_are_reported_together():
    with pytest.raises(InputError) as told:
        scale_rating(-1, 0, 1.5)
    assert [(issue.field, issue.message) for issue in told.value.issues] == [
        ("rate", "-1 is not above 0."),
        ("rated_cores", "0 is not above 0."),
        ("cores", "1.5 is not a whole number."),
    ]


def test_the_command_prints_a_row_and_the_advised_rating():
    out, err = io.StringIO(), io.StringIO()
    assert main(["rating", "--rate", "1120", "--rated-cores", "28", "--cores", "20", "--format", "csv"], out, err) == 0
    assert out.getvalue().splitlines() == ["per_core,rating,advised_per_core,advised", "40.0,800.0,33.75,675.0"]
    assert err.getvalue() == (
        "The result was measured with another number of cores. Microsoft's reference of 33.75 per core is safer than "
        "the 40 per core of the result, because cores share memory and caches.\n"
    )


@pytest.mark.parametrize(
    ("path", "cores", "given", "kept"),
    [
        ("servers.primary.processor_cores", 8, {}, {"servers.primary.specint2006_rate": 270.0}),
        ("servers.secondary.processor_cores", 24, {}, {"servers.secondary.specint2006_rate": 810.0}),
        ("servers.primary.processor_cores", 16, {}, {}),
        ("servers.primary.processor_cores", None, {}, {}),
        ("servers.primary.processor_cores", 8, {"servers.primary.specint2006_rate": 0.0}, {}),
        ("servers.primary.host_cores", 8, {}, {}),
        ("tiers.1.mailboxes", 8, {}, {}),
    ],
)
def test_the_rating_per_core_stays_when_the_cores_change(path, cores, given, kept):
    assert keep_rating_per_core(Profile(given), path, cores) == kept
