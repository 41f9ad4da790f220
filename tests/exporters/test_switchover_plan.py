"""The switchover plan: every step for every shape of design, its cmdlets, and how it is written."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

import numpy as np
import pytest
from support.switchovers import AT_HOME, LAGGED, ONE_EACH, RESERVE, SHAPES, THREE_AND_TWO, used_cmdlets

from calculator.exporters.shell import quote_if_needed
from calculator.exporters.switchover import split_commands, switchover, write_markdown, write_text
from calculator.issues import InputError

pytestmark = pytest.mark.slow

STEPS = {
    0: ("Find out whether quorum holds", "", "Get-ClusterNode"),
    1: ("as Stopped", "Stop-DatabaseAvailabilityGroup", "Get-DatabaseAvailabilityGroup"),
    2: ("cluster service is off", "Invoke-Command", "Get-WmiObject"),
    3: ("that these members are Stopped", "Stop-DatabaseAvailabilityGroup", "Get-DatabaseAvailabilityGroup"),
    4: ("Unified Messaging", "", ""),
    5: ("Stop the cluster service", "Invoke-Command", "Get-Service"),
    6: ("Restore the DAG", "Restore-DatabaseAvailabilityGroup", "Get-ClusterNode"),
    7: ("Refresh the quorum model", "Set-DatabaseAvailabilityGroup", "Get-ClusterQuorum"),
    8: ("who is Started and who is Stopped", "", "Get-DatabaseAvailabilityGroup"),
    9: ("Keep lagged copies", "", "Get-MailboxDatabaseCopyStatus"),
    10: ("databases mount", "Move-ActiveMailboxDatabase", "Get-MailboxDatabase"),
    11: ("logs", "Remove-MailboxDatabaseCopy", "Get-WmiObject"),
    12: ("start the members again", "Start-DatabaseAvailabilityGroup", "Get-MailboxDatabase"),
    13: ("Lead clients and mail", "", "Get-ClientAccessServer"),
    14: ("Power on the members", "", "Get-MailboxDatabaseCopyStatus"),
    15: ("is Disabled", "Clear-ClusterNode", "Get-WmiObject"),
    16: ("Take the members back", "Start-DatabaseAvailabilityGroup", "Get-ClusterNode"),
    17: ("bring the copies up to date", "Update-MailboxDatabaseCopy", "Get-MailboxDatabaseCopyStatus"),
    18: ("witness back", "Set-DatabaseAvailabilityGroup", "Get-DatabaseAvailabilityGroup"),
    19: ("Primary Active Manager", "Move-ClusterGroup", "Get-DatabaseAvailabilityGroup"),
    20: ("Move the databases back", "", "Get-MailboxDatabase"),
    21: ("because of its index", "Update-MailboxDatabaseCopy", "Get-MailboxDatabaseCopyStatus"),
    22: ("Remove what was set", "", "Test-ReplicationHealth"),
}
"""What each step is about, and a cmdlet of its commands and of its check in every shape."""
OWED = {
    0: ("Votes left: ", "DagOnly", "stop here"),
    1: ("(a) Servers", "(b) Only a domain controller", "(c) Nothing", "powered off", "-ConfigurationOnly"),
    2: ("Stop-Service", "-StartupType Disabled"),
    3: ("-ConfigurationOnly", "-PreferredServer"),
    4: ("VoIP gateway",),
    5: ("ServiceDown", "DisconnectedAndHealthy", "quorum holds"),
    6: ("evicts the Stopped members", "wait five minutes", "more than once", "-PreferredServer"),
    7: ("without parameters", "QuorumResource"),
    8: ("StoppedMailboxServers lists exactly", "StartedMailboxServers lists exactly", "restart"),
    9: ("lagged cop",),
    10: (
        "-DatabaseCopyAutoActivationPolicy Unrestricted",
        "Resume-MailboxDatabaseCopy",
        "-ActivateOnServer",
        "-SkipClientExperienceChecks",
        "-SkipHealthChecks",
        "-SkipLagChecks",
    ),
    11: ("no log is truncated", "is full", "seeded again", "over the link"),
    12: ("was restarted", "Started already"),
    13: (
        "OWA:",
        "ActiveSync:",
        "Outlook Anywhere:",
        "Never point",
        "subject",
        "service connection points",
        "restart it",
    ),
    14: ("evicted", "Failed", "cannot mount anything"),
    15: ("is Disabled on", "do not go on", "/forcecleanup"),
    16: ("join the cluster again", "stay active where they are"),
    17: ("without parameters", "-DeleteExistingFiles", "suspended first", "Healthy", "queues are short"),
    18: ("the first command is enough", "-WitnessServer", "-WitnessDirectory"),
    19: ("/moveto:SERVER", "PrimaryActiveManager"),
    20: ("hange the records of step 13 back",),
    21: ("-CatalogOnly", "-SkipClientExperienceChecks"),
    22: ("Activation:", "Lagged copies:", "DNS:", "time to live"),
}
"""Words that each step owes in every shape."""
PARTS = {0: "is a switchover needed?", 1: "Terminate", 5: "Activate", 13: "Clients", 14: "The way back"}


@cache
def plan_of(shape):
    return switchover(*SHAPES[shape])


def step_of(shape, number):
    return plan_of(shape).steps[number]


def cmdlets(lines):
    return {name for line in lines for name, _ in used_cmdlets(line)}


@cache
def listed():
    text = files("calculator.exporters.switchover").joinpath("cmdlets.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


# --- every step, every shape -----------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_has_every_step_with_its_check_and_stop(shape):
    plan = plan_of(shape)
    assert [step.number for step in plan.steps] == list(STEPS)
    part = ""
    for step in plan.steps:
        about, does, checks = STEPS[step.number]
        part = PARTS.get(step.number, part)
        assert part in step.part
        assert about in step.title
        assert all((step.text, step.check, step.stop)), step.title
        assert not does or does in cmdlets(step.commands), step.title
        assert not checks or checks in cmdlets(step.check_commands), step.title
        whole = " ".join((*step.text, *step.commands, step.check, *step.check_commands, step.stop))
        assert [words for words in OWED[step.number] if words not in whole] == [], step.title


@pytest.mark.parametrize("shape", SHAPES)
def test_only_cmdlets_and_parameters_of_exchange_2013_are_used(shape):
    known = {name: set(parameters) for part in listed().values() for name, parameters in part["cmdlets"].items()}
    for step in plan_of(shape).steps:
        for line in (*step.commands, *step.check_commands):
            for name, parameters in used_cmdlets(line):
                assert name in known, line
                assert set(parameters) <= known[name], line


def test_the_list_of_cmdlets_has_sources_and_no_parameter_of_later_versions():
    for part in listed().values():
        assert part["source"].startswith("Microsoft, ")
    parameters = {name for part in listed().values() for names in part["cmdlets"].values() for name in names}
    assert parameters & {"SkipAllChecks", "SkipCpuChecks", "MoveAllDatabasesOrNone", "QuorumOnly"} == set()


@pytest.mark.parametrize("line", ["DB1, DB2 | ForEach-Object { $_ }", "Get-Nothing -Identity DAG1"])
def test_a_bare_name_is_a_command_that_is_not_listed(line):
    known = {name for part in listed().values() for name in part["cmdlets"]}
    assert not {name for name, _ in used_cmdlets(line)} <= known


@pytest.mark.parametrize("shape", SHAPES)
def test_placeholders_are_those_in_the_steps_and_name_a_person_to_ask(shape):
    plan = plan_of(shape)
    for form in (write_markdown(plan).replace("\\", ""), write_text(plan).replace("\n", " ")):
        found = set(re.findall("<[^<>]+>", re.sub(" +", " ", form)))
        assert found <= {place.token for place in plan.placeholders} | {
            "<witness server>",
            "<alternate witness server>",
        }
    for place in plan.placeholders:
        assert place.who
        assert place.steps
        for number in place.steps:
            assert place.token in str(plan.steps[number])


@pytest.mark.parametrize("shape", SHAPES)
def test_the_text_is_whole(shape):
    text = write_text(plan_of(shape))
    assert not re.search(r"\{|\}", re.sub(r"\{ [$A-Z(].* \}", "", text))
    assert not re.search(r"\bNone\b(?! uses|\n| -Confirm)", re.sub("-MountDialOverride None", "", text))
    assert "nan" not in text.split()


# --- is a switchover needed? -----------------------------------------------------------------------


def test_a_design_that_keeps_quorum_stops_at_once():
    first = step_of("even survivors, witness in a third site", 0)
    assert first.text[0] == (
        "By the design no switchover is needed. Votes left: 5 of 9, needed: 5. Quorum holds, and 12 of 12 "
        "databases are active in the secondary datacenter by themselves. Do not run steps 1 to 10 and 12: they would "
        "stop the cluster service on the servers that carry the users. They are for the case in which quorum is lost "
        "all the same, because the witness or a further server failed too: neither a further member nor the witness "
        "may fail. Look at step 11, because logs are kept until the primary datacenter is back, and at step 13 if "
        "names of clients lead to the primary datacenter. When the primary datacenter is back its members join by "
        "themselves, and steps 17, 20 and 22 bring the copies up to date and the users back."
    )
    assert first.stop.startswith(
        "If quorum holds and every database is mounted, stop here: nothing below is to be run, apart from steps 11 "
        "and 13 where they are due. If quorum holds and some databases are not mounted, leave out steps 1 to 8"
    )
    assert step_of("even survivors, witness in a third site", 5).commands[0] == (
        "# only if step 0 has shown that quorum is lost"
    )
    assert step_of("even survivors, witness in a third site", 5).stop == (
        "Do not run this step if step 0 has shown that quorum holds: it would dismount every database."
    )


def test_a_survivor_that_failed_is_no_lost_quorum():
    assert step_of("even survivors, witness in a third site", 0).check == (
        "Quorum holds if Get-ClusterNode answers and PrimaryActiveManager names a server. It should show 4 servers of "
        "the secondary datacenter as Up. If fewer are Up and both are true, quorum still holds: repair those servers, "
        "and do not begin with step 1. All databases are mounted if the last command lists none of DAG7. "
        "DatacenterActivationMode has to be DagOnly, or the cmdlets of steps 1, 6, 12 and 16 refuse to work."
    )


def test_a_witness_without_a_vote_is_not_what_else_failed():
    said = "because a further server failed too: no further member may fail. "
    assert said in step_of("odd number of members, odd survivors", 0).text[0]
    assert said in step_of("dedicated lagged servers", 0).text[0]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_plan_warns_before_the_first_command_that_would_stop_every_member(shape):
    assert step_of(shape, 1).text[0] == (
        "If both datacenters are one Active Directory site, -ActiveDirectorySite would stop every member: in steps 1, "
        f"3 and 16 name each server of the {plan_of(shape).facts.lost.datacenter} datacenter with -MailboxServer "
        "instead."
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_commands_are_run_on_a_member_of_the_dag(shape):
    where = f"on a member of {dict(plan_of(shape).known)['DAG'].split(',')[0]} in the "
    assert any(where in text for text in step_of(shape, 0).text)
    assert where in plan_of(shape).assumptions[-1]


def test_a_design_that_waits_for_activation_leaves_out_the_restore():
    assert step_of("activation blocked", 0).text[0] == (
        "By the design quorum holds. Votes left: 5 of 9, needed: 5. 0 of 12 databases are active, because "
        "activation on the servers of the secondary datacenter is blocked. Do not restore the DAG and do not stop the "
        "cluster service: leave out steps 1 to 8, and do steps 9, 10, 11 and 13. If quorum is lost later, begin with "
        "step 1: neither a further member nor the witness may fail. When the primary datacenter is back its members "
        "join by themselves, and steps 17, 20 and 22 bring the copies up to date and the users back."
    )


def test_a_design_that_loses_quorum_is_restored():
    assert step_of("even survivors, witness lost", 0).text[0] == (
        "By the design a switchover is needed. Votes left: 4 of 9, needed: 5. Quorum is lost, and no database "
        "is mounted until the DAG is restored in the secondary datacenter by hand."
    )


@pytest.mark.parametrize(
    ("shape", "summary"),
    [
        (
            "even survivors, witness lost",
            "According to the design, a switchover is needed: quorum is lost (votes left: 4 of 9, needed: 5), and "
            "nothing is mounted without it. 4 members of the primary datacenter are lost. The 4 members of the "
            "secondary datacenter carry 12 of 12 databases, at most 3 on a server.",
        ),
        (
            "one survivor, witness in a third site",
            "According to the design, no switchover is needed: quorum holds (votes left: 2 of 3, needed: 2), 6 of 6"
            " databases activate by themselves. 1 member of the primary datacenter is lost. The 1 member of the "
            "secondary datacenter carries 6 of 6 databases, at most 6 on a server.",
        ),
        (
            "activation blocked",
            "According to the design, no restore is needed: quorum holds (votes left: 5 of 9, needed: 5). 0 of 12 "
            "databases are active until an administrator allows activation. 4 members of the primary datacenter are"
            " lost. The 4 members of the secondary datacenter carry 12 of 12 databases, at most 3 on a server.",
        ),
    ],
)
def test_the_summary_answers_first(shape, summary):
    assert plan_of(shape).summary == summary


def test_several_dags_and_pairs_are_named():
    (said,) = [text for text in step_of("several DAGs", 0).text if "3 DAGs" in text]
    assert said == (
        "The design has 3 DAGs. This plan names DAG7. Take every step for each DAG whose users are in the same "
        "datacenter, with the names of its servers, databases and witness folders."
    )
    assert step_of("pairs of DAGs", 0).text[-1] == (
        'The DAGs are pairs: half of them have their users in either datacenter, and "primary" means the datacenter '
        "with the users of the DAG. 1 DAG has the users in the datacenter that survives. Use the plan for the loss of "
        "their secondary datacenter for them: they keep quorum and need no switchover."
    )
    assert (
        step_of("pairs of DAGs, secondary lost", 0)
        .text[-1]
        .endswith(
            "1 DAG has the users in the datacenter that is lost. Use the plan for the loss of their primary datacenter "
            "for them: they lose quorum, with 4 of 9 votes left."
        )
    )


# --- the witness -----------------------------------------------------------------------------------


ALTERNATE = "-AlternateWitnessServer '<alternate witness server>' -AlternateWitnessDirectory 'C:\\DAG-FSW\\DAG7-Alt'"


@pytest.mark.parametrize(
    ("shape", "witness"),
    [
        ("even survivors, witness lost", ALTERNATE),
        ("even survivors, no witness", ALTERNATE),
        ("one survivor, witness lost", ALTERNATE),
        ("even survivors, witness in a third site", "-UsePrimaryWitnessServer"),
        ("one survivor, witness in a third site", "-UsePrimaryWitnessServer"),
        ("odd survivors", ""),
        ("odd number of members, odd survivors", ""),
        ("odd number of members, even survivors", "-UsePrimaryWitnessServer"),
    ],
)
def test_the_restored_dag_has_the_witness_it_needs(shape, witness):
    _, command = step_of(shape, 6).commands
    surviving = plan_of(shape).facts.surviving.datacenter
    site = f"'<Active Directory site of the {surviving} datacenter>'"
    parts = ["Restore-DatabaseAvailabilityGroup -Identity DAG7 -ActiveDirectorySite", site, witness]
    assert command == " ".join(part for part in parts if part)


def test_a_design_without_a_witness_names_none_that_is_gone():
    step = step_of("even survivors, no witness", 18)
    assert step.text == (
        "The design has no witness: if that is to stay so, the first command is enough. The DAG has 8 members, an even "
        "number: now is the time to give it one with the second command, best in a third site.",
    )
    assert step.check == "WitnessShareInUse is Primary if the DAG was given a witness."
    assert step.commands[1] == "# only if the DAG is given a witness"
    assert step_of("even survivors, witness lost", 18).commands[1] == "# only if the old witness is gone"


def test_nothing_is_restarted_once_the_dag_is_restored():
    assert step_of("odd survivors", 8).text == (
        "Compare both lists before databases are touched. Do not restart the surviving members; step 12 says what to "
        "do if one was restarted.",
    )
    assert (
        "From now on neither restart nor lose the witness server." in step_of("even survivors, witness lost", 8).text[0]
    )


def test_with_two_members_the_plan_explains_the_boot_time_of_the_witness():
    assert "compares the boot time of the alternate witness server" in " ".join(
        step_of("one survivor, witness lost", 8).text
    )
    assert "boot time" not in " ".join(step_of("even survivors, witness lost", 8).text)


def test_quorum_models_before_and_after():
    facts = [plan_of(shape).facts for shape in ("odd number of members, even survivors", "odd survivors")]
    models = [fact.quorum_models for fact in facts]
    assert models == [
        ("node majority", "node and file share majority"),
        ("node and file share majority", "node majority"),
    ]
    assert step_of("odd survivors", 7).check == "QuorumResource is empty: no witness votes."
    assert step_of("even survivors, witness lost", 7).check.endswith("WitnessShareInUse is Alternate.")
    assert step_of("odd number of members, even survivors", 18).check == "QuorumResource is empty: no witness votes."


# --- databases -------------------------------------------------------------------------------------


def test_databases_are_moved_to_the_servers_of_the_layout_and_home_again():
    commands = step_of("even survivors, witness lost", 10).commands
    assert (
        "'DAG1-DB01', 'DAG1-DB05', 'DAG1-DB09' | Where-Object { (Get-MailboxDatabase -Identity $_ -Status).Mounted "
        "-ne $true } | ForEach-Object { Move-ActiveMailboxDatabase -Identity $_ -ActivateOnServer SRV05 "
        "-MountDialOverride None -Confirm:$false }"
    ) in commands
    assert "Move-ActiveMailboxDatabase -Server EX01 -MountDialOverride None" in commands
    home = step_of("even survivors, witness lost", 20).commands
    dismount, move, mount = split_commands(home)
    assert dismount[:2] == [
        "# only for (a), before the records change",
        "'DAG1-DB01', 'DAG1-DB05', 'DAG1-DB09' | ForEach-Object { Dismount-Database -Identity $_ -Confirm:$false }",
    ]
    assert move[:2] == [
        "# (a) when the records and caches have changed, (b) at once",
        "'DAG1-DB01', 'DAG1-DB05', 'DAG1-DB09' | ForEach-Object { Move-ActiveMailboxDatabase -Identity $_ "
        "-ActivateOnServer EX01 -Confirm:$false }",
    ]
    assert mount[:2] == [
        "# only for (a), when all are moved",
        "'DAG1-DB01', 'DAG1-DB05', 'DAG1-DB09' | ForEach-Object { Mount-Database -Identity $_ }",
    ]
    assert [len(block) for block in (dismount, move, mount)] == [5, 5, 5]
    assert step_of("secondary lost", 20).commands == ()
    assert "No database has its home in the secondary datacenter" in step_of("secondary lost", 20).text[0]


@pytest.mark.parametrize(
    ("shape", "there", "other", "server"),
    [
        ("even survivors, witness lost", "primary", "secondary", "EX01"),
        ("secondary lost", "primary", "secondary", "EX01"),
        ("users in both datacenters", "primary", "secondary", "EX01"),
    ],
)
def test_the_cluster_group_goes_where_the_users_are(shape, there, other, server):
    step = step_of(shape, 19)
    assert step.commands == (
        f"# only if the check names a server of the {other} datacenter",
        f"Move-ClusterGroup -Name 'Cluster Group' -Node {server}",
    )
    assert step.check == f"PrimaryActiveManager names a server of the {there} datacenter."


def test_a_single_survivor_takes_everything():
    assert "Move-ActiveMailboxDatabase -Server EX01 -ActivateOnServer SRV02 -MountDialOverride None" in (
        step_of("one survivor, witness lost", 10).commands
    )


def test_a_reseed_is_suspended_first():
    lines = step_of("even survivors, witness lost", 17).commands
    assert [line.split()[0] for line in lines if not line.startswith("#")] == [
        "Set-DatabaseAvailabilityGroup",
        "Suspend-MailboxDatabaseCopy",
        "Update-MailboxDatabaseCopy",
        "Resume-MailboxDatabaseCopy",
    ]
    assert "-DeleteExistingFiles" in lines[3]


def test_lagged_copies_are_kept_and_resumed():
    suspended, resumed = step_of("lagged copies", 9).commands, step_of("lagged copies", 22).commands
    assert len(suspended) == 4
    assert suspended[0].endswith(
        '| ForEach-Object { Suspend-MailboxDatabaseCopy -Identity "$_\\SRV05" -ActivationOnly -Confirm:$false }'
    )
    assert resumed[0] == "# only copies that were not suspended before the switchover"
    assert resumed[1].endswith('| ForEach-Object { Resume-MailboxDatabaseCopy -Identity "$_\\SRV05" }')
    facts = plan_of("lagged copies").facts
    named = set(re.findall("'(DAG1-DB[0-9]+)'", " ".join(suspended)))
    assert named == {name for names in facts.lagged_here.values() for name in names}
    assert step_of("even survivors, witness lost", 9).commands == ()


def test_a_database_of_which_only_a_lagged_copy_is_left_is_blocked_until_its_files_are_kept():
    step = step_of("only lagged copies", 9)
    facts = plan_of("only lagged copies").facts
    assert set(facts.lagged_only) == set(re.findall("'(DAG1-DB[0-9]+)'", " ".join(step.commands)))
    assert [line.split("-Identity ")[1].split()[0] for line in step.commands] == ['"$_\\SRV05"', '"$_\\SRV06"']
    assert all("Suspend-MailboxDatabaseCopy" in line and "-ActivationOnly" in line for line in step.commands)
    assert step.text[1] == (
        "Only a lagged copy of every database is left in the secondary datacenter. Block these copies too, because "
        "Active Manager may choose them. Activating them ends their protection: step 10 (e) does it after a copy of "
        "their files is kept. They replay all logs first, which takes time."
    )
    assert "By the layout 24 of 24 databases are active after (e); " in step_of("only lagged copies", 10).text[0]
    *_, (said, resume, move, *_) = split_commands(step_of("only lagged copies", 10).commands)
    assert said == "# (e) only when a copy of the files is kept"
    assert resume.endswith('| ForEach-Object { Resume-MailboxDatabaseCopy -Identity "$_\\SRV05" }')
    assert move.startswith("'DAG1-DB01', 'DAG1-DB03', ")
    assert "| Where-Object { (Get-MailboxDatabase -Identity $_ -Status).Mounted -ne $true } |" in move
    assert move.endswith("-ActivateOnServer SRV05 -MountDialOverride None -SkipLagChecks -Confirm:$false }")
    last = step_of("only lagged copies", 22)
    assert "Lagged copies: step 10 (e) has resumed those that step 9 suspended." in last.text
    assert last.commands == ()


def test_a_design_that_keeps_quorum_says_that_only_lagged_copies_are_left():
    design = {
        **RESERVE,
        "environment.mailbox_servers": 2,
        "database_copies.ha_copies": 2,
        "database_copies.ha_copies_secondary": 0,
        "database_copies.lagged_copies": 2,
        "database_copies.lagged_copies_secondary": 2,
    }
    plan = switchover(design)
    assert plan.facts.answer == "not_needed"
    assert plan.steps[0].text[1] == (
        f"Only a lagged copy of {len(plan.facts.lagged_only)} databases is left. Where Active Manager has activated "
        "it, its lag is gone. Where it has not, leave the database as it is until you have read steps 9 and 10 (e)."
    )


def test_dedicated_lagged_servers_vote_and_are_placeholders():
    plan = plan_of("dedicated lagged servers")
    assert (plan.facts.lost.count, plan.facts.surviving.count) == (4, 6)
    assert (plan.facts.votes, plan.facts.votes_left, plan.facts.votes_needed) == (11, 6, 6)
    assert "<dedicated lagged server 2 of the secondary datacenter>" in {place.token for place in plan.placeholders}
    assert plan.steps[9].commands == tuple(
        f"Set-MailboxServer -Identity '<dedicated lagged server {number} of the secondary datacenter>' "
        "-DatabaseCopyAutoActivationPolicy Blocked"
        for number in (1, 2)
    )
    first, second = (f"'<dedicated lagged server {number} of the secondary datacenter>'" for number in (1, 2))
    assert plan.steps[9].check.startswith("DatabaseCopyAutoActivationPolicy is Blocked on <dedicated lagged server 1 ")
    assert plan.steps[9].check_commands[-2:] == tuple(
        f"Get-MailboxServer -Identity {name} | Format-Table Name, DatabaseCopyAutoActivationPolicy"
        for name in (first, second)
    )
    assert f"Test-ReplicationHealth -Identity {second}" in plan.steps[22].check_commands


def test_copies_on_lost_dedicated_lagged_servers_hold_logs_too():
    plan = switchover(SHAPES["dedicated lagged servers"][0], "secondary")
    token = "<dedicated lagged server 2 of the secondary datacenter>"
    assert plan.steps[11].commands[-1] == (
        f"(Get-MailboxDatabase -Server '{token}') | ForEach-Object {{ Remove-MailboxDatabaseCopy -Identity "
        f'"$($_.Name)\\{token}" -Confirm:$false }}'
    )
    for number in (14, 17):
        assert any(
            f"Get-MailboxDatabaseCopyStatus -Server '{token}'" in line for line in plan.steps[number].check_commands
        )
    assert "the replay queue of lagged copies apart" in plan.steps[17].check


def test_unified_messaging_is_taken_out_and_put_back():
    out, back = step_of("unified messaging", 4).commands, step_of("unified messaging", 22).commands
    assert out[0] == (
        "Set-ServerComponentState -Identity EX01 -Component UMCallRouter -State Inactive -Requester Maintenance"
    )
    assert back[-4] == (
        "Set-ServerComponentState -Identity EX01 -Component UMCallRouter -State Active -Requester Maintenance"
    )
    assert "<VoIP gateway>" in {place.token for place in plan_of("unified messaging").placeholders}
    assert step_of("even survivors, witness lost", 4).commands == ()


def test_activation_that_is_blocked_is_allowed_and_blocked_again():
    command = "Set-MailboxServer -Identity SRV05 -DatabaseCopyAutoActivationPolicy {}"
    for shape in ("activation blocked", "activation blocked, witness lost"):
        assert step_of(shape, 10).commands[:2] == ("# (a)", command.format("Unrestricted"))
        assert command.format("Blocked") in step_of(shape, 22).commands
        assert (
            step_of(shape, 10).text[0].startswith("No database mounts by itself before (a), because the design blocks ")
        )
    assert step_of("even survivors, witness lost", 10).commands[0] == "# (a) only where the check shows another policy"
    assert step_of("even survivors, witness lost", 22).commands == ()


def test_days_and_hours_are_shown_next_to_the_decision_about_logs():
    step = step_of("even survivors, witness lost", 11)
    facts = plan_of("even survivors, witness lost").facts
    assert step.text[0] == (
        "As long as copies of the primary datacenter exist and cannot be reached, no log is truncated, not even with "
        f"circular logging. Counted from empty logs, a volume as sized is full {facts.days_until_volume_full:.1f} days "
        f"after the loss, a disk as bought after {facts.days_until_disk_full:.1f} days. Either that is enough until "
        "the primary datacenter is back, or its copies are removed. Removed copies have to be seeded again on the way "
        f"back: {facts.reseed_hours:.1f} hours for a volume over the link (Gigabit Ethernet, 50 ms round trip), "
        f"{3 * facts.reseed_hours:.0f} hours for the 3 volumes of a server one after another."
    )
    held = facts.layout.assigned_copies.tolist()
    assert [line.count("'") // 2 for line in step.commands[1:]] == held[:4]


def test_a_single_copy_is_not_removed_lightly():
    single = switchover({**AT_HOME, "database_copies.ha_copies": 3, "database_copies.ha_copies_secondary": 1})
    assert single.steps[11].stop.startswith("12 of 12 databases have a single copy in the secondary datacenter.")
    assert step_of("even survivors, witness lost", 11).stop.startswith("Do not remove copies if")


# --- names -----------------------------------------------------------------------------------------


def test_names_that_the_design_knows_are_filled_in():
    plan = plan_of("all names known")
    assert {place.token for place in plan.placeholders} == {
        "<Active Directory site of the primary datacenter>",
        "<Active Directory site of the secondary datacenter>",
        "<client name such as mail.example.com>",
        "<client address of the primary datacenter>",
        "<client address of the secondary datacenter>",
        "<database>",
        "<server>",
    }
    assert plan.steps[6].commands == (
        "Set-ADServerSettings -PreferredServer 'dc2.example.org'",
        "Restore-DatabaseAvailabilityGroup -Identity North -ActiveDirectorySite '<Active Directory site of the "
        "secondary datacenter>' -AlternateWitnessServer 'fs2.example.org' -AlternateWitnessDirectory "
        "'D:\\Witness\\North2'",
    )
    assert (
        plan.steps[18].commands[-1].endswith("-WitnessServer 'fs1.example.org' -WitnessDirectory 'D:\\Witness\\North'")
    )
    assert dict(plan.known)["Alternate witness"] == "fs2.example.org, D:\\Witness\\North2"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("DAG-1", "DAG-1"), ("My DAG", "'My DAG'"), ("it's", "'it''s'"), ("-WhatIf", "'-WhatIf'"), ("a’b", "'a’’b'")],
)
def test_names_are_no_commands(name, shown):
    assert quote_if_needed(name) == shown
    plan = switchover({**AT_HOME, "names.dag": name})
    assert plan.steps[7].commands == (f"Set-DatabaseAvailabilityGroup -Identity {shown}",)


def test_names_are_no_markdown():
    plan = switchover({**AT_HOME, "names.dag": "DAG *7* <b>"})
    assert write_markdown(plan).startswith("# Switchover of DAG \\*7\\* \\<b\\> when the primary datacenter is lost\n")


# --- how it is written -----------------------------------------------------------------------------


def test_markdown_has_a_heading_per_part_and_step():
    text = str(plan_of("even survivors, witness lost"))
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert heads == [
        "## Fill in first",
        "## Facts from the design",
        "## Assumptions of this plan",
        "## Before anything: is a switchover needed?",
        "## Terminate the primary datacenter",
        "## Activate the secondary datacenter",
        "## Clients",
        "## The way back to the primary datacenter",
    ]
    assert len([line for line in text.splitlines() if line.startswith("### Step ")]) == len(STEPS)
    assert text.count("**Check:** ") == text.count("**Stop:** ") == len(STEPS)
    assert "| Votes left after the loss | 4, without a witness |" in text


def test_text_fits_a_hundred_columns_but_for_commands():
    for line in write_text(plan_of("lagged copies")).splitlines():
        assert len(line) <= 100 or line.startswith("    ")


def test_commands_that_are_run_together_are_a_block():
    assert split_commands(["a", "b", "# only now", "c"]) == [["a", "b"], ["# only now", "c"]]
    assert split_commands([]) == []


def test_rows_have_every_step():
    rows = plan_of("even survivors, witness lost").rows()
    assert [row["step"] for row in rows] == list(STEPS)
    assert rows[7]["commands"] == "Set-DatabaseAvailabilityGroup -Identity DAG7"


def test_figures_of_other_shapes():
    assert plan_of("odd survivors").facts.surviving.count == 3
    assert switchover(THREE_AND_TWO).facts.votes == 5
    assert switchover(ONE_EACH).facts.two_members
    assert not switchover(RESERVE).facts.lagged_here
    assert switchover(LAGGED).facts.replay_lag_hours == 168


# --- any design ------------------------------------------------------------------------------------


def random_design(seed):
    draw = np.random.default_rng(seed)
    copies = int(draw.integers(2, 5))
    models = ("active_passive", "active_active_single_dag", "active_active_multiple_dags")
    return {
        "tiers.1.mailboxes": int(draw.integers(500, 9000)),
        "environment.mailbox_servers": int(draw.integers(copies, 7)),
        "environment.dags": int(draw.integers(1, 3)),
        "environment.unified_messaging": bool(draw.integers(2)),
        "site_resilience.model": models[draw.integers(3)],
        "site_resilience.block_secondary_activation": bool(draw.integers(2)),
        "database_copies.ha_copies": copies,
        "database_copies.ha_copies_secondary": int(draw.integers(1, copies // 2 + 1)),
        "database_copies.lagged_copies": 1,
        "database_copies.lagged_copies_secondary": int(draw.integers(2)),
        "database_copies.dedicated_lagged_servers": bool(draw.integers(2)),
        "storage.multiple_databases_per_volume": bool(draw.integers(2)),
        "dag.witness_location": ("primary", "secondary", "third_site", "none")[draw.integers(4)],
    }


@pytest.mark.parametrize("lost", ["primary", "secondary"])
@pytest.mark.parametrize("seed", range(12))
def test_any_design_has_every_step_and_votes_as_its_failures(seed, lost):
    try:
        plan = switchover(random_design(seed), lost)
    except InputError:
        pytest.skip("the design has no layout, or nothing to switch over to")
    known = {name: set(parameters) for part in listed().values() for name, parameters in part["cmdlets"].items()}
    assert [step.number for step in plan.steps] == list(STEPS)
    for step in plan.steps:
        assert all((step.text, step.check, step.stop)), step.title
        for line in (*step.commands, *step.check_commands):
            assert all(set(parameters) <= known[name] for name, parameters in used_cmdlets(line)), line
    facts = plan.facts
    if not facts.lost.lagged_servers + facts.surviving.lagged_servers:
        assert (facts.votes_left, facts.votes_needed, facts.votes) == facts.before.votes[:3]
