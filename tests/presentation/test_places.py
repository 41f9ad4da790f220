"""Names of inputs and results with the place that they are about."""

from __future__ import annotations

import pytest

from calculator import size
from calculator.inputs.schema import all_paths
from calculator.presentation.figures import column_of, rule_of
from calculator.presentation.places import input_label, inputs_in, label_of, place_text, short_label, short_meaning
from calculator.rules.registry import RULES


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("backup.method", "Backup method"),
        ("tiers.2.mailboxes", "Mailboxes, tier 2"),
        ("storage.secondary.database_disk_capacity", "Database disk capacity, secondary datacenter"),
        ("servers.lagged.processor_cores", "Processor cores, servers for lagged copies"),
        ("replication.hourly_log_share.9", "Hourly share of logs, 08\u201309 h"),
    ],
)
def test_the_label_of_an_input_has_its_place(path, label):
    assert input_label(path) == label
    assert label_of(path) == label


def test_an_unknown_input_has_no_label():
    with pytest.raises(KeyError):
        input_label("tiers.mailbox")


def test_every_input_has_a_label_of_its_own_within_its_section():
    paths = all_paths(2)
    labels = [(path.split(".")[0], input_label(path)) for path in paths]
    assert len(set(labels)) == len(paths)


@pytest.mark.parametrize(
    ("column", "place"),
    [
        ("reseed_hours", ""),
        ("summary_servers.environment", "whole environment"),
        ("cpu_utilization_by_mode.worst.secondary", "worst failure, secondary datacenter"),
        ("tiers.3.mailbox_size_on_disk", "tier 3"),
        ("tiers.1.mailbox_size_by_month.60.12", "tier 1, 60 % kept, month 12"),
        ("replication_hourly_logs.1", "00\u201301 h"),
    ],
)
def test_the_place_of_a_result_is_in_words(column, place):
    assert place_text(*rule_of(column)) == place


def test_no_two_results_of_a_rule_have_the_same_place():
    design = size({"tiers.1.mailboxes": 1.0, "tiers.2.mailboxes": 1.0})
    places = [(rule_of(column)[0].name, place_text(*rule_of(column))) for column in design]
    assert len(set(places)) == len(places)


def test_what_is_neither_input_nor_result_keeps_its_name():
    assert label_of("failed_databases") == "failed databases"
    assert label_of("tiers.mailboxes") == "Mailboxes"
    assert label_of("active_databases_by_mode.single.primary").endswith(", one server failed, primary datacenter")


@pytest.mark.parametrize(
    ("column", "label"),
    [
        ("storage_jbod_disks_per_server.primary", "JBOD disks per server, primary datacenter"),
        ("server_drive_bays.primary", "Drive bays that a server needs, primary datacenter"),
        ("volume_database_volume_size", "Size of the first database (+ log) volume of a server"),
        (
            "storage_database_raid.primary",
            "RAID level that the database (+ log) disks of a server would use, primary datacenter",
        ),
        ("volume_exchange_volumes", "Database, log, spare and restore volumes per server"),
        ("summary_databases", "Databases in a DAG, or on all standalone servers"),
        ("content_index_share", "Size of the content index next to a database file, as a share of the file"),
        ("busiest_hour_throughput", "Log traffic of a database in the busiest hour, before compression"),
        ("summary_log_space.environment", "Space of the logs, whole environment"),
        ("backed_up", "Whether the databases of a valid design are backed up"),
        ("quorum_votes_needed", "Votes that keep a DAG running"),
        ("reseed_hours", "Hours to reseed a volume within its datacenter from one source"),
    ],
)
def test_a_short_label_leaves_out_the_details_and_stays_the_name_of_its_figure(column, label):
    assert short_label(column) == label


def test_no_two_rules_have_the_same_short_meaning():
    short = [short_meaning(rule) for rule in RULES.values()]
    assert len(set(short)) == len(short)


def test_the_label_of_an_axis_with_a_single_one_may_be_left_out():
    rule, label = rule_of("activation_home_1_active_databases_site_failure.server.secondary")
    assert label == "server.secondary"
    assert column_of(rule, "server") == column_of(rule, label)
    assert place_text(rule, "server") == "per server"


def test_the_inputs_that_a_message_names_are_found():
    assert inputs_in('Set guidance.dumpster_model to "larger" to use the larger figure.') == ["guidance.dumpster_model"]
    assert inputs_in("Raise storage.primary.database_disk_capacity, or lower tiers.1.mailboxes.") == [
        "storage.primary.database_disk_capacity",
        "tiers.1.mailboxes",
    ]
    assert inputs_in("Measure a pilot, e.g. with Jetstress.") == []
