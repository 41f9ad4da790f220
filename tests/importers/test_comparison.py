"""What a workbook stores against what we compute: nothing for the calculator's own, causes for the rest."""

from __future__ import annotations

import pytest
from support.golden_designs import golden_designs
from support.workbooks import inputs_of, stored, workbook_of

from calculator import size
from calculator.engine.results import column_index
from calculator.importers.workbook import Cause, compare_bytes, compare_with_workbook
from calculator.importers.workbook.compare import read_result_cells
from calculator.inputs.profile import Profile, from_mapping
from calculator.issues import Issues
from calculator.rules.registry import RULES

DESIGNS = golden_designs()
VALID = next(design for design in DESIGNS if design.valid and design.mode == "active_active_single_dag")


def profile_of(design):
    return Profile(from_mapping(design.inputs, "golden", Issues()))


def results_of(design):
    cells = read_result_cells()
    return {column: stored(value) for column, value in design.figures.items() if column in cells}


def compared(design, formulas=True, inputs=None, **changed):
    results = {**results_of(design), **{name.replace("__", "."): value for name, value in changed.items()}}
    cells = {**inputs_of(profile_of(design)), **(inputs or {})}
    return compare_bytes(workbook_of(cells, results, formulas), "book.xlsm")


def told(comparison):
    return [str(difference) for difference in comparison.differences]


def test_cells_are_those_of_the_rules():
    index = column_index(4)
    assert len(read_result_cells()) == 1049
    for column, (sheet, reference) in read_result_cells().items():
        source = RULES[index[column][0]].source
        if column == index[column][0] and source.startswith("calculator-7.6: ") and "," not in source:
            place = source.removeprefix("calculator-7.6: ")
            # a figure the calculator shows twice may name its other cell
            assert place.rpartition(" ")[0] == sheet or reference in place, column


@pytest.mark.slow
@pytest.mark.parametrize("design", [design for design in DESIGNS if design.valid][::12], ids=lambda design: design.id)
def test_a_workbook_of_the_calculator_agrees(design):
    comparison = compared(design)
    shown = sum(value == "#ERROR" for value in design.figures.values())
    assert comparison.compared > 900
    assert {difference.cause for difference in comparison.differences} <= {Cause.ERROR}
    assert len(comparison.differences) == shown


def test_a_file_is_compared(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook_of(inputs_of(profile_of(VALID)), results_of(VALID)))
    comparison = compare_with_workbook(path)
    assert told(comparison) == []
    assert not comparison.issues
    assert comparison.compared == len(results_of(VALID))
    assert comparison.design["databases"] == VALID.figures["databases"]


def test_results_that_are_not_stored_are_named():
    comparison = compare_bytes(workbook_of(inputs_of(profile_of(VALID)), {"databases": VALID.figures["databases"]}))
    assert comparison.compared == 1
    assert "disk_group" in comparison.not_compared
    assert "quorum_votes" in comparison.not_compared
    assert "databases" not in comparison.not_compared


def test_a_stale_disk_group():
    figures = VALID.figures
    group, databases = figures["disk_group"] + 3, figures["databases"] + 3
    comparison = compared(VALID, disk_group=group, databases=databases)
    assert told(comparison) == [
        f"disk_group (Variables!K53): workbook {group:g}, ours {figures['disk_group']:g}: "
        "the macro of the workbook has not written the disk group since an input was changed.",
        f"databases (Role Requirements!C79): workbook {databases:g}, ours {figures['databases']:g}: "
        "it is computed from disk_group, which differs too.",
    ]


def test_a_value_typed_over_a_formula():
    comparison = compared(VALID, formulas=False, databases=1.0)
    assert told(comparison) == [
        f"databases (Role Requirements!C79): workbook 1, ours {VALID.figures['databases']:g}: "
        "the cell has a value instead of the workbook's formula."
    ]
    assert comparison.differences[0].cause is Cause.TYPED_OVER


def test_an_error_of_the_calculator():
    comparison = compared(VALID, databases="#DIV/0!")
    assert told(comparison) == [
        f'databases (Role Requirements!C79): workbook "#DIV/0!", ours {VALID.figures["databases"]:g}: '
        "the workbook shows #DIV/0! here, ours has the figure that its rules should give."
    ]


def test_a_formula_that_was_edited():
    comparison = compared(VALID, databases=1.0, summary_databases=1.0)
    assert [(difference.column, difference.cause) for difference in comparison.differences] == [
        ("summary_databases", Cause.FOLLOWS),
        ("databases", Cause.UNKNOWN),
    ]
    assert comparison.differences[1].explanation == (
        "perhaps a formula was edited, the version differs, or the workbook was not recalculated."
    )


def test_an_input_that_was_not_imported():
    comparison = compared(VALID, inputs={"numMBXServers": "four"})
    assert comparison.issues.errors == 1
    assert Cause.NOT_IMPORTED in {difference.cause for difference in comparison.differences}


def test_a_design_the_calculator_refuses():
    design = next(design for design in DESIGNS if not design.valid)
    comparison = compared(design, user_logs_per_day=1.0)
    assert comparison.differences[-1].cause in (Cause.REFUSED, Cause.FOLLOWS)


def test_the_figure_without_an_oddity():
    found = None
    for design in DESIGNS:
        results = size(design.inputs).results
        rule = next((name for name, differ in results.differs.items() if differ.any() and not RULES[name].axes), None)
        if design.valid and rule in read_result_cells() and rule in design.figures:
            found = design, rule, float(results.corrected[rule][..., 0])
            break
    assert found is not None
    design, rule, figure = found
    comparison = compared(design, **{rule: figure})
    (difference,) = [difference for difference in comparison.differences if difference.column == rule]
    assert difference.cause is Cause.ODDITY
    assert RULES[rule].oddity in difference.explanation
