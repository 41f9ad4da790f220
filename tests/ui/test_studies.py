"""Studies on Review: sensitivity and uncertainty, run beside the page, stopped on request."""

import time

import pytest
from support.sessions import REVIEW, plain, seen, session, shipped, sound

from calculator.studies.uncertainty.monte_carlo import uncertainty
from calculator.studies.uncertainty.sensitivity import one_at_a_time
from calculator.ui.charts import studies
from calculator.ui.review.what_if import FIGURES


@pytest.fixture
def study(opened):
    """Open a study on Review."""

    def open_study(name, design="active_active"):
        at = opened(design, page=REVIEW)
        at.session_state["review_tab"] = "Studies"
        at.session_state["study"] = name
        at.run()
        sound(at)
        return at

    return open_study


def table(at, column):
    return next(table.value for table in at.table if column in table.value)


def finished(at, name):
    """Start a run and wait for its end."""
    at.get_by_key(f"start:{name}").click().run()
    session(at).studies[name].job.wait(60)
    at.run()
    return at


# --- sensitivity ---------------------------------------------------------------------------------


@pytest.mark.parametrize("figure", ["worst_cpu_utilization", "volume_database_volume_size"])
def test_inputs_are_listed_by_how_far_they_move_a_figure(study, figure):
    at = study("Sensitivity")
    at.get_by_key("sensitivity_figure").set_value(figure).run()
    at.run()
    sound(at)
    swings = one_at_a_time(shipped("active_active"), figure).swings
    shown = table(at, "Gives at low")
    assert len(shown) == min(12, len(swings))
    assert any("It is moved most by" in text for text in plain(at))


def test_all_inputs_at_once_are_sampled_on_request(study):
    at = study("Sensitivity")
    assert seen(at, "start:global") is not None
    assert not any("Alone" in found.value for found in at.table)
    finished(at, "global")
    sound(at)
    shown = table(at, "Alone")
    assert any("of the variance with all it does together" in text for text in plain(at))
    texts = ([cell.replace("\\", "").rstrip("%\u00a0") for cell in shown[name]] for name in ("Alone", "With others"))
    alone, together = ([float(text) for text in column] for column in texts)
    assert all(0 <= one <= both for one, both in zip(alone, together, strict=True))  # as shares are, if not estimates
    assert min(together) >= 0.05
    assert any(text.startswith("Left out, since less: ") for text in plain(at))


# --- uncertainty ---------------------------------------------------------------------------------


def test_what_varies_is_a_line_an_input_and_figures_follow(study):
    at = study("Uncertainty")
    assert "io.predicted_iops_factor = 0.8..1.2 times" in at.get_by_key("uncertainty_ranges").value
    at.session_state["uncertainty_reasons"] = True
    at.run()
    assert "Predicted IOPS carry 20 % either way" in table(at, "Why")["Why"].tolist()
    at.get_by_key("uncertainty_ranges").set_value("tiers.messages_per_day = normal(100, 15)").run()
    finished(at, "uncertainty")
    sound(at)
    vary = {"tiers.messages_per_day": "normal(100, 15)"}
    expected = uncertainty(shipped("active_active"), tuple(FIGURES), vary=vary, samples=10_000)
    shown = table(at, "P90")
    memory = list(FIGURES).index("summary_memory.primary")
    assert shown["P90"][memory] == f"{expected.figures[memory].percentiles[90]:,.0f} GB"
    assert shown["Mostly by"][memory].startswith("Messages")
    chances = table(at, "Probability")
    assert len(chances) == 6
    assert chances["What may happen"][0] == "The design is invalid and has no figures"
    assert any("10,000 designs in " in text for text in plain(at))


def test_another_design_or_another_question_has_to_be_run_again(study):
    at = finished(study("Uncertainty"), "uncertainty")
    assert any("P90" in found.value for found in at.table)
    at.get_by_key("uncertainty_ranges").set_value("tiers.message_size = 50..100").run()
    assert not any("P90" in found.value for found in at.table)
    assert any("has changed since the last run" in text for text in plain(at))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tiers.message_size", "has no distribution."),
        ("tiers.message_size = 1..2\ntiers.message_size = 1..3", "is given twice."),
        ("tiers.message_size = 100..50", '"100..50" begins above its end.'),
        ("<b>x</b> = 1..2", "There is no such input."),
    ],
)
def test_what_cannot_be_read_is_told(study, text, message):
    at = study("Uncertainty")
    at.get_by_key("uncertainty_ranges").set_value(text).run()
    finished(at, "uncertainty")
    assert not at.exception
    assert any(message in written for written in plain(at))


def test_a_run_is_stopped(study, monkeypatch):
    from calculator.ui.review import uncertainty as page

    def endless(*_, progress, **__):
        for done in range(10_000):
            progress(done, done / 10_000)
            time.sleep(0.01)

    monkeypatch.setattr(page, "uncertainty", endless)
    at = study("Uncertainty")
    at.get_by_key("start:uncertainty").click().run()
    at.get_by_key("stop:uncertainty").click().run()
    at.run()
    sound(at)
    assert any(text.startswith("Stopped after") for text in plain(at))


# --- charts --------------------------------------------------------------------------------------


def test_charts_of_studies_say_what_they_show():
    swings = studies.swings("CPU, %", 50.0, [("Messages", "80", 40.0), ("Messages", "120", 60.0), ("Cores", "8", 50.0)])
    assert swings.finding == "It is moved most by Messages: from 40 to 60."
    assert [row["way"] for row in swings.rows] == ["less", "more"]
    assert not studies.swings("CPU, %", 50.0, [("Cores", "8", 50.0)]).rows
    indices = studies.indices([("Messages", 0.8, 0.9, 0.85, 0.95)])
    assert indices.finding.startswith("Most is by Messages: 90")
    single = studies.histogram("Servers", [(14.0, 14.0, 0.25), (16.0, 16.0, 0.75)])
    assert single.finding == "Likeliest is 16, in 75\u00a0% of the designs."
    binned = studies.histogram("Size, MB", [(100.0, 200.0, 0.6), (200.0, 300.0, 0.4)])
    assert binned.finding == "Likeliest is 100 to 200, in 60\u00a0% of the designs."
    assert single.spec != binned.spec
    assert studies.histogram("Servers", [(14.0, 14.0, 1.0)]).finding == "It is 14 in all designs."
    rising = studies.percentiles("Size, MB", [float(value) for value in range(101)])
    assert rising.finding == "In nine of ten designs it is 90 or less, in half of them 50 or less."
    assert studies.percentiles("Size, MB", [7.0] * 101).finding == "Every percentile is 7."


@pytest.mark.parametrize(
    "chart",
    [
        studies.swings("CPU, %", 50.0, [("Messages", "80", 40.0)]),
        studies.indices([("Messages", 0.8, 0.9, 0.85, 0.95)]),
        studies.histogram("Servers", [(14.0, 14.0, 0.25), (16.0, 16.0, 0.75)]),
        studies.histogram("Size, MB", [(100.0, 200.0, 0.6), (200.0, 300.0, 0.4)]),
        studies.percentiles("Size, MB", [float(value) for value in range(101)]),
    ],
)
def test_charts_are_specs_without_data(chart):
    import altair
    import jsonschema

    assert "data" not in chart.spec
    assert all("data" not in layer for layer in chart.spec.get("layer", ()))
    jsonschema.Draft7Validator(altair.load_schema()).validate({**chart.spec, "data": {"values": []}})
