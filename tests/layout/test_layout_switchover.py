"""The plan of a datacenter switchover: the steps in order, with the design's names."""

from __future__ import annotations

import pytest

from calculator.issues import InputError
from calculator.layout import switchover

DESIGN = {
    "tiers.1.mailboxes": 2000,
    "environment.mailbox_servers": 4,
    "site_resilience.model": "active_passive",
    "database_copies.ha_copies": 4,
    "database_copies.ha_copies_secondary": 2,
    "names.dag": "DAG7",
    "names.servers.1": "EX01",
}
BLOCKED = DESIGN | {"site_resilience.block_secondary_activation": True}


def commands(steps):
    return [command for step in steps for command in step.commands]


def messages(*given):
    with pytest.raises(InputError) as caught:
        switchover(*given)
    return [str(issue) for issue in caught.value.issues]


def test_the_steps_come_in_their_order():
    plan = switchover(DESIGN)
    cmdlets = [command.split()[0] for command in commands(plan.steps)]
    order = ["Stop-DatabaseAvailabilityGroup", "Invoke-Command", "Restore-DatabaseAvailabilityGroup"]
    order += ["Get-DatabaseAvailabilityGroup", "Move-ActiveMailboxDatabase", "Get-MailboxDatabase"]
    assert list(dict.fromkeys(cmdlets)) == [*order, "Remove-MailboxDatabaseCopy"]
    back = [command.split()[0] for command in commands(plan.way_back)]
    assert back[:5] == ["Start-DatabaseAvailabilityGroup"] * 4 + ["Set-DatabaseAvailabilityGroup"]


def test_the_commands_name_the_design():
    found = commands(switchover(DESIGN).steps)
    assert found[0] == "Stop-DatabaseAvailabilityGroup -Identity DAG7 -MailboxServer EX01 -ConfigurationOnly"
    assert found[4] == "Invoke-Command -ComputerName SRV05, SRV06, SRV07, SRV08 -ScriptBlock { Stop-Service ClusSvc }"
    assert switchover(DESIGN, "secondary").steps[0].commands[0].split()[4] == "SRV05"


@pytest.mark.parametrize(
    ("lost", "witness", "end"),
    [
        (
            "primary",
            "primary",
            "-AlternateWitnessServer '<alternate witness>' -AlternateWitnessDirectory '<directory>'",
        ),
        ("secondary", "primary", "-UsePrimaryWitnessServer"),
        ("primary", "third_site", "-UsePrimaryWitnessServer"),
    ],
)
def test_the_witness_is_one_that_works(lost, witness, end):
    plan = switchover(DESIGN | {"dag.witness_location": witness}, lost)
    restore = next(c for c in commands(plan.steps) if c.startswith("Restore-"))
    assert restore.endswith(end)


def test_an_odd_number_of_servers_needs_no_witness():
    plan = switchover(DESIGN | {"environment.mailbox_servers": 5, "dag.witness_location": "third_site"})
    restore = next(c for c in commands(plan.steps) if c.startswith("Restore-"))
    assert restore.endswith("'<site of the secondary datacenter>'")


@pytest.mark.parametrize(
    ("servers", "witness", "sentence"),
    [
        (4, "third_site", "An even number of servers is left: a witness votes. Where the command fails"),
        (
            4,
            "primary",
            "An even number of servers is left: a witness votes. The witness was in the lost datacenter; an alternate "
            "one takes its place. Where the command fails",
        ),
        (5, "third_site", "An odd number of servers is left. Where the command fails"),
        (
            5,
            "primary",
            "An odd number of servers is left. The witness was in the lost datacenter; an alternate one takes its "
            "place. Where the command fails",
        ),
    ],
)
def test_the_plan_says_whether_a_witness_votes(servers, witness, sentence):
    plan = switchover(DESIGN | {"environment.mailbox_servers": servers, "dag.witness_location": witness})
    (detail,) = [step.detail for step in plan.steps if step.title.startswith("Restore the DAG")]
    assert detail == f"{sentence}, wait five minutes and repeat it."


def test_activation_that_is_blocked_is_allowed_and_blocked_again():
    plan = switchover(BLOCKED)
    assert "Set-MailboxServer SRV05 -DatabaseCopyAutoActivationPolicy Unrestricted" in commands(plan.steps)
    assert "Set-MailboxServer SRV05 -DatabaseCopyAutoActivationPolicy Blocked" in commands(plan.way_back)
    assert not any("Policy" in command for command in commands(switchover(BLOCKED, "secondary").steps))


def test_the_summary_says_what_is_carried():
    aas = DESIGN | {"site_resilience.model": "active_active_single_dag"}
    assert switchover(aas).summary.startswith(
        "4 servers of the primary datacenter are lost. The 4 of the secondary carry "
    )
    assert "Quorum holds and the databases activate by themselves" in switchover(aas).summary
    assert "Quorum holds" not in switchover(DESIGN | {"dag.witness_location": "primary"}).summary
    assert "Before the restore: quorum is lost" in switchover(DESIGN | {"dag.witness_location": "primary"}).summary


def test_figures_are_the_designs():
    text = str(switchover(DESIGN))
    assert "A volume as sized fills in" in text
    assert "hours over the link" in text
    assert text.startswith("# Switchover of DAG7 when the primary datacenter is lost\n")


def test_lagged_copies_are_kept():
    lagged = DESIGN | {"database_copies.lagged_copies": 1, "database_copies.lagged_copies_secondary": 1}
    assert "Leave the lagged copies" in str(switchover(lagged))
    assert "Leave the lagged copies" not in str(switchover(lagged, "secondary"))


@pytest.mark.parametrize(
    ("name", "shown"),
    [("DAG-1", "DAG-1"), ("My DAG", "'My DAG'"), ("it's", "'it''s'"), ("-WhatIf", "'-WhatIf'"), ("a’b", "'a’’b'")],
)
def test_names_are_no_commands(name, shown):
    command = switchover(DESIGN | {"names.dag": name}).steps[0].commands[0]
    assert command == f"Stop-DatabaseAvailabilityGroup -Identity {shown} -MailboxServer EX01 -ConfigurationOnly"


def test_designs_without_a_switchover():
    assert messages(DESIGN | {"dag.dac_mode": False}) == [
        "design: dag.dac_mode: The cmdlets of a switchover need DAC mode, which the design leaves off. Set it to true."
    ]
    assert messages(DESIGN | {"site_resilience.enabled": False}, "third") == [
        'design: lost: "third" is not a datacenter. Give primary or secondary.',
        "design: database_copies.ha_copies_secondary: The databases have copies in one datacenter only, there is none "
        "to switch over to. Put copies into a second datacenter.",
    ]
