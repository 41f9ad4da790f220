"""The notebook of the examples runs, and shows what its text says."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest
from support.paths import DOCS

NOTEBOOK = DOCS / "examples" / "sizing.ipynb"
pytestmark = pytest.mark.slow


def run(source: str, names: dict[str, Any]) -> Any:
    """Run a cell as a notebook does, and return the value of its last line."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, str(NOTEBOOK), "exec"), names)
    return eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), names) if last is not None else None


def test_the_notebook_runs():
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code"] == [[]] * len(cells)
    names: dict[str, Any] = {}
    shown = [run(cell, names) for cell in cells]
    assert [value for value in shown[1:] if value is None] == []
    design, table, comparison, found = (names[name] for name in ("design", "table", "comparison", "found"))
    assert design.status in ("ok", "notice")
    assert list(table.index) == list(range(2, 9))
    worst = table["cpu_utilization_by_mode.worst.primary"].dropna()
    assert len(worst) >= 5
    assert worst.is_monotonic_decreasing
    assert {"summary_databases"} <= {row["column"] for row in comparison}
    assert found.best[0].values["environment.mailbox_servers"] <= 4
    assert names["chart"].to_dict()["layer"][0]["mark"]["type"] == "line"
    assert names["other"].issues[0].field == "constants.active_megacycles_per_message"
