"""Results as people read them: their rule, their value, and why they do not apply."""

import pytest

from calculator import size
from calculator.presentation.figures import column_of, figure_text, rule_of, shown, why_not
from calculator.rules.registry import RULES
from calculator.studies.quick_start import TWO_ACTIVE, Answers, make_profile

ONE_SITE = {"tiers.1.mailboxes": 1000.0, "site_resilience.enabled": False}


@pytest.mark.parametrize(
    ("column", "name", "label"),
    [
        ("summary_dags", "summary_dags", ""),
        ("server_memory.secondary", "server_memory", "secondary"),
        ("tiers.2.mailbox_size_on_disk", "mailbox_size_on_disk", "2"),
        ("tiers.2.mailbox_size_by_month.80.12", "mailbox_size_by_month", "2.80.12"),
    ],
)
def test_the_rule_and_the_place_of_a_column(column, name, label):
    assert rule_of(column) == (RULES[name], label)


def test_values_of_every_kind():
    cpu, size_on_disk = RULES["worst_cpu_utilization"], RULES["mailbox_size_on_disk"]
    assert cpu.is_share
    assert not size_on_disk.is_share
    assert figure_text(cpu, 0.786) == "79\u00a0%"
    assert figure_text(size_on_disk, 2048.0) == "2,048"
    assert figure_text(size_on_disk, 2048.0, 1 / 1024) == "2"
    assert figure_text(RULES["two_datacenters"], True) == "yes"
    assert figure_text(RULES["two_datacenters"], False) == "no"
    assert figure_text(RULES["storage_architecture"], "jbod") == RULES["storage_architecture"].choice.text(
        RULES["storage_architecture"].choice.words.index("jbod")
    )
    assert figure_text(size_on_disk, None) == ""


def test_a_result_that_does_not_apply_gives_the_reason():
    design = size(ONE_SITE)
    assert design["server_memory.secondary"] is None
    assert shown("server_memory.secondary", design) == "n/a (one datacenter)"
    assert why_not("server_memory.secondary", design) == "n/a (one datacenter)"
    assert shown("summary_dags", design) == "1"


def test_every_result_has_a_meaning():
    for design in (size(ONE_SITE), size({}), size({"tiers.1.mailboxes": 10.0, "environment.high_availability": False})):
        for column in design:
            text = shown(column, design)
            assert text
            assert not text.startswith("n/a") or (design[column] is None and text.endswith(")"))


def test_a_place_may_leave_out_the_label_of_a_single_place():
    rule = RULES["activation_home_1_active_databases_site_failure"]
    assert column_of(rule, "server") == f"{rule.name}.server.secondary" == column_of(rule, "server.secondary")
    assert all(column_of(*rule_of(column)) == column for each in RULES.values() for column in each.columns(2))


TWO_SERVERS = make_profile(Answers(mailboxes=3000, quota=2.0, place=TWO_ACTIVE, version="2019", servers=2))


@pytest.mark.parametrize(
    ("values", "column", "reason"),
    [
        ({}, "cpu_utilization_by_mode.double.primary", "Microsoft's workbook has no figure for this failure"),
        ({}, "sized_databases_by_mode.double.primary", "Microsoft's workbook has no figure for this failure"),
        (
            {"site_resilience.enabled": False, "environment.mailbox_servers": 6.0},
            "cpu_utilization_by_mode.site.primary",
            "one datacenter",
        ),
        (
            {"servers.primary.specint2006_rate": 0.0},
            "cpu_utilization_by_mode.double.primary",
            "the processors of the primary datacenter have no rating",
        ),
        (
            {"servers.primary.specint2006_rate": 0.0, "servers.secondary.specint2006_rate": 0.0},
            "cpu_utilization_by_mode.double.secondary",
            "the processors have no rating",
        ),
    ],
)
def test_cpu_after_a_failure_gives_the_reason_that_applies(values, column, reason):
    design = size(TWO_SERVERS.with_values(values))
    assert design[column] is None
    assert why_not(column, design) == f"n/a ({reason})"
