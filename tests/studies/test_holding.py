"""How often the load exceeds the limits of a design as it is built: the limits of capacity, and what does not vary."""

import pytest

from calculator.issues import InputError
from calculator.studies.capacity import ALL_MAILBOXES, capacity
from calculator.studies.uncertainty.holding import holds
from calculator.studies.uncertainty.monte_carlo import uncertainty

DESIGN = {
    "tiers.1.mailboxes": 4000,
    "tiers.1.mailbox_size_limit": "5 GB",
    "servers.primary.processor_cores": 16,
    "servers.primary.specint2006_rate": 540,
}
MAILBOXES, SERVERS = "tiers.1.mailboxes", "environment.mailbox_servers"


def shares(study):
    return {row["event"]: row["probability"] for row in study}


def test_each_limit_is_exceeded_above_the_largest_load_that_capacity_finds():
    """All numbers of mailboxes from half to four times those of the design are equally likely."""
    [found] = capacity(DESIGN, [ALL_MAILBOXES])
    low, high = 2000, 16_000
    study = holds(DESIGN, vary={MAILBOXES: f"{low}..{high}"}, samples=20_000)
    expected = {
        limit.limit: (high - limit.largest) / (high + 1 - low) for limit in found.limits if limit.largest < high
    }
    assert len(expected) > 2
    chances = shares(study)
    for limit, share in expected.items():
        if limit != "design_check":
            assert chances[limit] == pytest.approx(share, abs=0.02)
    assert chances["any_limit"] == pytest.approx((high - found.largest) / (high + 1 - low), abs=0.02)
    assert study.limits[0].event == found.limits[0].limit
    assert study.limits[0].dominant_input == MAILBOXES
    assert study.limits[0].dominant_share == pytest.approx(1, abs=0.05)


def test_the_share_of_a_limit_that_is_used_grows_with_the_load():
    study = holds(DESIGN, vary={MAILBOXES: "2000..6000"}, samples=20_000)
    middle, high = (holds(DESIGN, vary={MAILBOXES: f"{n}..{n + 1}"}, samples=100).used for n in (4000, 5600))
    for limit, shares in study.used.items():
        assert shares == pytest.approx((middle[limit][0], high[limit][0]), rel=0.02), limit
    rows = {row["event"]: row for row in study}
    assert (rows["volume"]["used_p50"], rows["volume"]["used_p90"]) == study.used["volume"]
    assert rows["any_limit"]["used_p90"] is None


def test_databases_and_disks_stay_while_a_newly_sized_design_gets_others():
    vary = {"tiers.1.mailbox_size_limit": "4..8 GB"}
    volume = next(limit for limit in holds(DESIGN, vary=vary, samples=2000).limits if limit.event == "volume")
    [figure] = uncertainty(DESIGN, "summary_databases", vary=vary, samples=2000).figures
    assert volume.probability > 0.3
    assert figure.percentiles[0] < figure.percentiles[100]


def test_what_is_built_does_not_vary():
    vary = {MAILBOXES: "3000..5000", SERVERS: "3..8"}
    study = holds(DESIGN, vary=vary, samples=1000)
    assert [varied.path for varied in study.inputs] == [MAILBOXES]
    assert [varied.path for varied in study.kept] == [SERVERS]
    assert study.rows() == holds(DESIGN, vary={MAILBOXES: "3000..5000"}, samples=1000).rows()
    with pytest.raises(InputError) as refused:
        holds(DESIGN, vary={SERVERS: "3..8"}, samples=1000)
    assert "All inputs that vary describe what is built, which does not change in this study." in str(refused.value)


def test_a_limit_that_cannot_be_measured_has_no_probability():
    """Also if the processors of only one of the datacenters have no rating."""
    unrated = {**DESIGN, "servers.primary.specint2006_rate": 0}
    study = holds(unrated, vary={MAILBOXES: "3000..5000"}, samples=1000)
    assert shares(study)["cpu"] is None
    assert "cpu" not in study.used
    assert study.limits[-1].event == "cpu"


def test_a_limit_that_the_design_does_not_have_is_left_out():
    one = {**DESIGN, "site_resilience.enabled": False}
    assert "link" in shares(holds(DESIGN, vary={MAILBOXES: "3000..5000"}, samples=1000))
    assert "link" not in shares(holds(one, vary={MAILBOXES: "3000..5000"}, samples=1000))


def test_the_sentence_names_the_limit_that_is_exceeded_most_often():
    study = holds(DESIGN, vary={MAILBOXES: "3000..3001"}, samples=1000)
    assert study.sentence == "What is built keeps all limits in 100.0 % of 1,000 draws."
    study = holds(DESIGN, vary={MAILBOXES: "90000..90001"}, samples=1000)
    assert study.sentence.startswith("What is built keeps all limits in 0.0 % of 1,000 draws. Most often ")


def test_workers_change_nothing():
    vary = {MAILBOXES: "2000..9000"}
    alone, together = (holds(DESIGN, vary=vary, samples=20_000, jobs=jobs).rows() for jobs in (1, 2))
    assert alone == together
