"""Rules for names: the layout and the deployment files judge every name alike."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from calculator import size
from calculator.exporters.deployment import Copy, Deployment, check_deployment, copies_of, deployment_of
from calculator.inputs.layout_names import base_usable, server_name, server_usable
from calculator.inputs.names import database_base_problem, repeated_server_names, server_name_problem
from calculator.inputs.profile import Profile
from calculator.layout import layout

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20) | st.text("AZaz09-., []'\"=Ä", max_size=20)
SMALL = Deployment(copies=(Copy(1, 1, 1),), servers_primary=("EX01",), database_base="DB")


def errors_at(deployment, path):
    return [issue for issue in check_deployment(deployment) if issue.field == path and issue.severity == "error"]


@given(TEXTS)
@example("DB,1")
@example("DB[1]")
@example('DB"')
@example("-DB")
@example("Ä b")
def test_layout_and_export_judge_a_database_prefix_alike(base):
    assert base_usable(base) == (not errors_at(replace(SMALL, database_base=base), "names.database_base"))


@given(TEXTS)
@example("EÄX")
@example("E–X")
@example("EX01")
def test_layout_and_export_judge_a_server_name_alike(name):
    found = errors_at(replace(SMALL, servers_primary=(name.strip(),)), "names.servers.1")
    assert server_usable(name) == (name.isprintable() and not found)


def test_a_prefix_that_export_refuses_is_replaced_in_the_layout():
    design = size({"tiers.1.mailboxes": 1000, "names.database_base": "DB,1"})
    dag = layout(design)
    assert dag.database_names[0].startswith("DAG1DB")
    assert [issue.message for issue in dag.issues if issue.field == "names.database_base"]
    deployment, _ = deployment_of(design, copies_of(dag.server, dag.preference, dag.lagged))
    (issue,) = errors_at(deployment, "names.database_base")
    assert issue.message == '"DB,1" cannot begin a database name.'


def test_blanks_around_a_server_name_are_left_out_of_the_layout_and_the_files():
    design = size(Profile({"tiers.1.mailboxes": 1000.0, "names.servers.1": " EX01 "}))
    deployment, _ = deployment_of(design, [Copy(1, 1, 1)])
    assert deployment.servers[0] == server_name(" EX01 ", 1) == layout(design).server_names[0] == "EX01"


@pytest.mark.parametrize("name", ["EX01", "ex-01", "9Z", "A" * 16])
def test_server_names(name):
    assert server_name_problem(name) is None


@pytest.mark.parametrize(
    ("base", "message"),
    [
        ("", "is empty."),
        ('D"B', '"D"B" would break the CSV files.'),
        ("=DB", '"=DB" would run as a formula in a spreadsheet.'),
        ("DB]", '"DB]" cannot begin a database name.'),
    ],
)
def test_prefixes_no_database_can_have(base, message):
    problem = database_base_problem(base)
    assert problem is not None
    assert problem.message == message


def test_names_that_repeat_in_other_letters():
    found = [(number, problem.message) for number, problem in repeated_server_names(["A1", "B1", "a1", "b1"])]
    assert found == [(3, '"a1" is also the name of server 1.'), (4, '"b1" is also the name of server 2.')]
