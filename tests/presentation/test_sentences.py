"""How headline results come about, in words: every result has sentences, and every figure in them exists."""

from __future__ import annotations

import pytest
from support.golden_designs import golden_designs
from support.paths import PROFILES

from calculator import HEADLINE, size
from calculator.inputs.profile import load
from calculator.inputs.schema import BY_PARAMETER
from calculator.presentation.figures import rule_of
from calculator.presentation.headline import FURTHER_FIGURES
from calculator.presentation.sentences import RESULT, label_words, sentence, variants
from calculator.rules.constants import CONSTANTS
from calculator.rules.registry import RULES
from calculator.studies.quick_start import TWO_ACTIVE, Answers, make_profile

HEADLINE_RULES = {rule_of(column)[0].name for column in (*HEADLINE, *(column for _, column in FURTHER_FIGURES))}
PLACES = {"mode", "level", "datacenter", "server_role"}
TILES = {"mailbox_size_on_disk", "volume_fill"}
"""What two tiles explain: the mailbox of the largest tier, and the fullest volume."""


def profile(name, values=()):
    return load(PROFILES / f"{name}.toml").with_values(dict(values))


def test_every_headline_result_has_sentences():
    assert set(variants()) == HEADLINE_RULES | TILES


def test_every_name_in_a_sentence_exists():
    known = {RESULT, *RULES, *BY_PARAMETER, *CONSTANTS}
    for rule, entries in variants().items():
        axes = {axis.name for axis in RULES[rule].axes}
        for entry in entries:
            conditions = {condition.removeprefix("!").partition("=")[0] for condition in entry.when}
            names = {*entry.figures, *conditions, *entry.sum, *([entry.tier] if entry.tier else [])}
            unknown = {name for name in names if name.partition(".")[0] not in known | PLACES & axes}
            assert not unknown, (rule, unknown)


def test_every_label_has_words():
    for rule in HEADLINE_RULES:
        for axis in RULES[rule].axes:
            if axis.name in PLACES:
                assert set(axis.labels) <= set(label_words())


def test_every_figure_of_every_golden_design_has_a_sentence():
    """No condition leaves a figure out, and none is used in which a figure is missing."""
    seen = 0
    for golden in golden_designs():
        design = size(golden.inputs)
        for column in HEADLINE:
            text = sentence(column, design)
            assert bool(text) == (design[column] is not None), (golden.id, column)
            assert "{" not in text
            seen += bool(text)
    assert seen > 2000


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (
            "summary_memory.primary",
            "83 GB are needed: 76 GB for databases, a quarter of it as their cache, and 7 GB for Client Access; "
            "content indexing fits into the rest. 96 GB is the next size that can be bought.",
        ),
        (
            "summary_memory.secondary",
            "83 GB are needed, as much as in the servers of the primary datacenter. "
            "96 GB is the next size that can be bought.",
        ),
        (
            "cpu_utilization_by_mode.normal.secondary",
            "A server in the secondary datacenter uses 16\u00a0% of its CPU in normal operation: 0 megacycles for "
            "active databases, 5,138 megacycles for passive copies and 0 megacycles for Client Access, of the 32,000 "
            "megacycles that its 16 cores deliver.",
        ),
        (
            "volume_database_volume_size",
            "A volume holds 2,200 GB of databases, 440 GB of content index, 220 GB for a master merge and 107 GB of "
            "logs. With 5.0\u00a0% kept free that makes 3,123 GB.",
        ),
        (
            "server_drive_bays.primary",
            "A server in the primary datacenter needs bays for 10 disks: 8 disks without RAID, 0 disks in RAID groups "
            "and 2 disks for the system.",
        ),
        (
            "storage_database_disk_formatted.primary",
            "A disk sold as 4,000 GB has 3,725 GB, since vendors count in powers of 1,000 and Windows in powers "
            "of 1,024.",
        ),
    ],
)
def test_a_sentence_has_the_figures_of_its_place(column, expected):
    assert sentence(column, size(profile("active_passive"))) == expected


_NO_INDEX = "Nothing is added for the search index, because its size is not published."


@pytest.mark.parametrize(
    ("values", "volume"),
    [
        (
            {},
            "6,609 GB of databases, 1,818 GB for maintenance and 153 GB of logs. With 5.0\u00a0% kept free that makes "
            "9,032 GB",
        ),
        (
            {"data.dedicated_restore_volume": True},
            "6,609 GB of databases and 153 GB of logs. With 5.0\u00a0% kept free that makes 7,118 GB",
        ),
        (
            {"environment.high_availability": False, "storage.metacache": False},
            "1,616 GB of databases and 222 GB for maintenance. With 5.0\u00a0% kept free that makes 1,934 GB",
        ),
        (
            {"environment.high_availability": False, "storage.metacache": False, "data.dedicated_restore_volume": True},
            "1,616 GB of databases. With 5.0\u00a0% kept free that makes 1,701 GB",
        ),
    ],
    ids=["maintenance and logs", "logs", "maintenance", "databases alone"],
)
def test_a_search_index_of_unknown_size_is_said_to_be_left_out(values, volume):
    design = size(profile("exchange_2019", values))
    assert sentence("volume_database_volume_size", design) == f"A volume holds {volume}. {_NO_INDEX}"
    assert sentence("reseed_hours", design).endswith(f" hours. {_NO_INDEX}")


def test_log_volumes_of_their_own_are_not_counted_as_zero_gb_of_logs():
    values = {"environment.high_availability": False, "data.dedicated_restore_volume": False}
    assert " for a master merge. With " in sentence(
        "volume_database_volume_size", size(profile("exchange_2016", values))
    )


@pytest.mark.parametrize(
    ("name", "column", "expected"),
    [
        (
            "small_office",
            "cpu_utilization_by_mode.worst.primary",
            "A server uses 6.0\u00a0% of its CPU: 701 megacycles for databases and 263 megacycles for Client Access, "
            "of the 16,000 megacycles that its 8 cores deliver.",
        ),
        (
            "small_office",
            "summary_databases",
            "The server has 4 databases, as many as its 165 mailboxes need with at most 48 mailboxes in each.",
        ),
        (
            "active_active",
            "summary_databases",
            "A DAG has 80 databases. Its 10,000 mailboxes need 74 databases with at most 136 mailboxes in each; the "
            "number is rounded up so that the copies spread evenly over servers and volumes.",
        ),
        (
            "exchange_2019",
            "storage_jbod_disks_per_server.primary",
            "A server has 12 disks without RAID: 11 disks for databases and logs and 1 disk kept spare for AutoReseed.",
        ),
        (
            "active_active",
            "tiers.1.mailbox_size_on_disk",
            "A mailbox of the tier takes 5.24 GB: 5 GB of quota, 234 MB of Recoverable Items and 7.32 MB of "
            "whitespace, the mail of one day.",
        ),
    ],
)
def test_a_headline_is_explained_by_all_its_parts(name, column, expected):
    assert sentence(column, size(profile(name))) == expected


def test_a_number_of_databases_that_is_given_is_not_called_rounded():
    design = size(profile("active_active", {"database.automatic_count": False, "database.custom_count": 90.0}))
    assert sentence("summary_databases", design) == (
        f"A DAG has {design['summary_databases']:.0f} databases; the number is an input. Its 10,000 mailboxes need 74 "
        "databases with at most 136 mailboxes in each."
    )


def test_slots_of_ssds_are_given_with_the_drive_bays():
    assert sentence("server_drive_bays.primary", size(profile("exchange_2019"))) == (
        "A server in the datacenter needs bays for 14 disks: 12 disks without RAID, 0 disks in RAID groups and "
        "2 disks for the system. The SSDs of the MetaCacheDatabase, 4 disks, need slots of their own."
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("single_site", "The whole environment has 4 servers: 1 DAG of 4 servers, as the inputs say."),
        (
            "hundred_thousand_mailboxes",
            "The whole environment has 128 servers: 8 DAGs of 16 servers, as the inputs say.",
        ),
    ],
)
def test_the_servers_of_one_dag_and_of_several(name, expected):
    assert sentence("summary_servers.environment", size(profile(name))) == expected


MINIMUM = "128 GB is Microsoft's minimum for Exchange 2019 or Subscription Edition."
EXCHANGE_2019 = make_profile(Answers(mailboxes=3000, quota=2.0, place=TWO_ACTIVE, version="2019", servers=2))


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (
            "summary_memory.primary",
            "The load needs 87 GB: 80 GB for databases, a quarter of it as their cache, and 7 GB for Client Access; "
            f"content indexing fits into the rest. {MINIMUM}",
        ),
        (
            "volume_fill.primary",
            "When all mailboxes are full, a volume takes 42\u00a0% of its disk: 1,547 GB of 3,725 GB. This includes "
            "the 5.0\u00a0% of the volume that are kept free.",
        ),
        (
            "replication_peak_throughput.environment",
            "In the busiest hour 23.8 Mb/s of logs cross the link; no content index is sent.",
        ),
    ],
)
def test_a_minimum_is_not_called_the_next_size_and_every_tile_has_figures(column, expected):
    assert sentence(column, size(EXCHANGE_2019)) == expected


def test_the_traffic_of_one_dag_is_that_of_its_logs_and_content_index():
    expected = "In the busiest hour 209 Mb/s cross the link: 86.1 Mb/s of logs and 123 Mb/s of content index."
    assert sentence("replication_peak_throughput.environment", size(profile("active_active"))) == expected


def test_a_sum_is_said_only_where_it_adds_up():
    """The servers of the secondary take the memory of the primary, not the sum of their own parts (66 GB)."""
    design = size(profile("active_passive"))
    parts = [design[f"memory_for_{part}.secondary"] for part in ("cache", "client_access", "content_index")]
    assert (parts, design["memory_required.secondary"]) == ([60, 6, 0], 83)
    assert "60 GB" not in sentence("summary_memory.secondary", design)


def test_a_figure_that_does_not_apply_has_no_sentence():
    assert sentence("summary_memory.secondary", size(profile("single_site"))) == ""
