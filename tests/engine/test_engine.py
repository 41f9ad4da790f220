"""Planning, running and refusing: the frame the rules stand in."""

from __future__ import annotations

import numpy as np
import pytest

from calculator.engine import graph, run
from calculator.engine.columns import profile_columns, to_inputs
from calculator.engine.results import column_index
from calculator.inputs.profile import Profile
from calculator.rules.registry import CHECKS, RULES, ResultKind, Rule, check, rule

DESIGN = Profile({"tiers.1.mailboxes": 5000.0})


def inputs(profile=DESIGN):
    return to_inputs(profile_columns(profile), profile.tiers)


def test_a_plan_holds_only_what_is_asked_for():
    names = [step.name for step in graph.steps_for(frozenset({"whitespace"}))]
    assert names[-1] == "whitespace"
    assert set(names) == {"mailboxes_projected", "tier_in_use", "messages_per_mailbox", "whitespace"}


def test_what_a_rule_needs_comes_before_it():
    done = set()
    for step in graph.steps_for(frozenset(RULES), corrections=True):
        assert {need for need in step.node.needs if need in RULES} <= done
        done.add(step.name)
    assert done == set(RULES)


def refused(name: str, needs: tuple[str, ...]):
    rules = dict(RULES)
    RULES[name] = Rule(
        name, lambda *a: a, needs, ResultKind.NUMBER, "1", "per_dag", (), "design: x", "result", None, False, "", "io"
    )
    try:
        with pytest.raises(ValueError, match="figure") as error:
            graph._sort_all()
        return str(error.value)
    finally:
        RULES.clear()
        RULES.update(rules)


def test_an_unknown_need_is_refused():
    assert (
        refused("figure", ("no_such_thing",))
        == "figure needs no_such_thing, which is not a rule, an input or a constant"
    )


def test_a_circle_is_refused():
    assert refused("figure", ("figure",)).startswith("rules need each other in a cycle: figure -> figure")


def test_a_second_rule_of_the_same_name_is_refused():
    def whitespace():
        """Again."""

    with pytest.raises(ValueError, match="whitespace is defined twice"):
        rule(unit="MB", level="per_mailbox", source="design: x")(whitespace)
    with pytest.raises(ValueError, match="weird is not a level"):
        rule(unit="MB", level="weird", source="design: x")(lambda: None)

    def no_mailboxes():
        """Again."""

    with pytest.raises(ValueError, match="check_no_mailboxes is defined twice"):
        check("error", "x", "x.", "x.", source="design: x")(no_mailboxes)


def test_every_result_has_the_shape_it_declares():
    columns = {"tiers.1.mailboxes": np.arange(1.0, 8.0), "tiers.3.mailboxes": np.full(7, 10.0)}
    results = run.run((*RULES, *CHECKS), to_inputs(columns, 3), 3)
    for name, declared in RULES.items():
        values = results.values[name]
        assert values.shape[:-1] == declared.shape(3), name
        assert values.shape[-1] in (1, 7), name
        kinds = {ResultKind.NUMBER: np.float64, ResultKind.FLAG: np.bool_, ResultKind.CATEGORY: np.int64}
        assert values.dtype == (np.int64 if declared.maybe else kinds[declared.kind]), name
        assert len(declared.columns(3)) == int(np.prod(declared.shape(3)))


def test_numbers_are_finite_or_do_not_apply_and_codes_are_words():
    results = run.run(tuple(RULES), inputs(), 1)
    for name, declared in RULES.items():
        values = results.values[name]
        if declared.kind is ResultKind.NUMBER:
            assert not np.isinf(values).any(), name
        elif declared.choice is not None:
            assert ((values >= -1) & (values < len(declared.choice.words))).all(), name


def test_no_rule_changes_what_it_is_given():
    given = inputs()
    results = run.run(tuple(RULES), given, 1)
    for step in graph.steps_for(frozenset(RULES)):
        needs = [results.values[need] for need in step.node.needs]
        before = [np.array(need) if isinstance(need, np.ndarray) else need for need in needs]
        with np.errstate(all="ignore"):
            step.node.function(*needs)
        for old, new in zip(before, needs, strict=True):
            if isinstance(new, np.ndarray):
                assert np.array_equal(old, new, equal_nan=new.dtype == np.float64), step.name


def test_progress_counts_designs():
    seen = []
    columns = {"tiers.1.mailboxes": np.arange(1.0, 101.0)}
    run.run(("databases",), to_inputs(columns, 1), 1, chunk=30, progress=seen.append)
    assert seen == [30, 60, 90, 100]


def test_the_columns_of_nine_tiers():
    index = column_index(9)
    assert index["tiers.9.whitespace"] == ("whitespace", (8,))
    assert index["cpu_utilization_by_mode.worst.secondary"] == ("cpu_utilization_by_mode", (4, 1))
    assert index["lagged_server_memory.lagged"] == ("lagged_server_memory", ())


def test_an_empty_tier_changes_nothing():
    names = [name for name, declared in RULES.items() if not any(axis.name == "tier" for axis in declared.axes)]
    alone = run.run(names, inputs(), 1)
    beside = run.run(names, inputs(DESIGN.with_values({"tiers.2.mailboxes": 0.0, "tiers.2.message_size": 9.0})), 2)
    for name in names:
        equal_nan = alone.values[name].dtype == np.float64
        assert np.array_equal(alone.values[name], beside.values[name], equal_nan=equal_nan), name
