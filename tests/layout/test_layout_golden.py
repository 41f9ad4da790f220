"""The calculator's 44 layouts and 18 failure runs, all equal through the public functions."""

from __future__ import annotations

import pytest
from support.layout_cases import CASES, RUNS, golden_layout, grouped, rows

STEPS = [(run, int(row["step"])) for run, steps in RUNS.items() for row in steps]


def test_every_golden_case_is_here():
    assert len(CASES) == 44
    assert len(RUNS) == 18
    assert len(STEPS) == 111
    assert len(rows("layouts")) == 7291
    assert len(rows("failure_active")) == 4636


@pytest.mark.parametrize("case", CASES)
def test_layouts_equal_those_of_the_workbook(case):
    expected = [
        {
            "database": int(row["database"]),
            "server": int(row["server"]),
            "activation_preference": int(row["activation_preference"]),
            "lagged": row["lagged"] == "true",
        }
        for row in grouped("layouts", "case")[case]
    ]
    assert golden_layout(case).rows() == expected


def shown(state):
    return {
        "quorum": "ok" if state.quorum_ok else "failed",
        "servers_up": "".join(str(int(up)) for up in state.up),
        "active_databases": str(state.active_databases.sum()),
        "failed_databases": str(state.failed_databases),
        "active_per_server": "+".join(map(str, state.active_databases)),
    }


@pytest.mark.parametrize(("run", "step"), STEPS)
def test_failure_runs_equal_those_of_the_workbook(run, step):
    events = [row["event"] for row in RUNS[run][: step + 1]]
    layout = golden_layout(RUNS[run][0]["case"])
    state = layout.fail(events)
    (expected,) = grouped("failure_states", "simulation", "step")[run, str(step)]
    assert shown(state) == {name: expected[name] for name in shown(state)}
    active = grouped("failure_active", "simulation", "step")[run, str(step)]
    assert state.rows() == [
        {"database": int(row["database"]), "active_server": int(row["active_server"]) if row["active_server"] else None}
        for row in active
    ]


@pytest.mark.parametrize("run", RUNS)
def test_events_go_on_from_any_state(run):
    layout = golden_layout(RUNS[run][0]["case"])
    events = [row["event"] for row in RUNS[run]]
    state = layout.fail()
    for event in events:
        state = state.then([event])
    assert shown(state) == shown(layout.fail(",".join(events)))
