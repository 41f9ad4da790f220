"""What a workbook stores against what we compute: nothing for the calculator's own, causes for the rest."""

from __future__ import annotations

import io

import pytest
from support.golden_designs import golden_designs
from support.workbooks import edited, inputs_of, named_workbook, stored, workbook_of

from calculator import size
from calculator.cli.main import main
from calculator.engine.results import column_index
from calculator.importers.workbook import Cause, compare_bytes, compare_with_workbook
from calculator.importers.workbook.compare import read_result_cells
from calculator.inputs.profile import Profile, from_mapping
from calculator.issues import InputError, Issues
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
def test_a_stored_workbook_of_microsoft_agrees(design):
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


def test_an_error_value_in_the_workbook_is_explained():
    comparison = compared(VALID, databases="#DIV/0!")
    assert told(comparison) == [
        f'databases (Role Requirements!C79): workbook "#DIV/0!", ours {VALID.figures["databases"]:g}: the '
        "workbook shows #DIV/0! here; ours is the figure that its rules should give."
    ]


def test_a_formula_that_was_edited():
    comparison = compared(VALID, databases=1.0, summary_databases=1.0)
    assert [(difference.column, difference.cause) for difference in comparison.differences] == [
        ("summary_databases", Cause.FOLLOWS),
        ("databases", Cause.UNKNOWN),
    ]
    assert comparison.differences[1].explanation == (
        "perhaps a formula was edited, or the workbook was not recalculated."
    )


def test_an_input_that_was_not_imported():
    comparison = compared(VALID, inputs={"numMBXServers": "four"})
    assert comparison.issues.errors == 1
    assert Cause.NOT_IMPORTED in {difference.cause for difference in comparison.differences}


def test_a_design_that_the_workbook_refuses():
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


# --- flags that are shown as texts -----------------------------------------------------------------


@pytest.mark.parametrize("shown", ["N/A", " n/a ", "No", False, 0.0])
def test_texts_that_mean_false(shown):
    assert size(profile_of(VALID))["database_size_warning"] is False
    comparison = compared(VALID, database_size_warning=shown)
    assert told(comparison) == []


@pytest.mark.parametrize("shown", ["N/A", "EMPTY"])
def test_texts_that_mean_false_although_the_flag_is_true(shown):
    assert size(profile_of(VALID))["volume_size_warning"] is True
    results = {**results_of(VALID), "volume_size_warning": shown}

    def empty(parts):  # as a formula with the result "" is stored
        for name in parts:
            if name.startswith("xl/worksheets/"):
                parts[name] = parts[name].replace(b"<v>EMPTY</v>", b"<v></v>")

    data = edited(workbook_of(inputs_of(profile_of(VALID)), results), empty)
    comparison = compare_bytes(data)
    assert comparison.compared == len(results)
    assert told(comparison) == [
        "volume_size_warning (Role Requirements!B287): workbook false, ours true: "
        "perhaps a formula was edited, or the workbook was not recalculated."
    ]


@pytest.mark.parametrize("shown", ["Warning: use larger disks.", "Use GPT", "Yes", True, 1.0])
def test_a_sentence_in_a_flag_cell_means_true(shown):
    assert told(compared(VALID, volume_size_warning=shown)) == []


def test_a_word_that_is_no_flag_is_no_answer():
    [difference] = compared(VALID, volume_size_warning="Vielleicht").differences
    assert difference.workbook is None


# --- workbooks of other versions -------------------------------------------------------------------

NAMES = {"databases": "numDatabasesTotal", "summary_databases": "SummaryDatabases", "disk_group": "DiskGroup"}
ANOTHER = {"databases": "'Role Requirements'!$C$84", "summary_databases": "Summary!$B$3", "disk_group": "Summary!$B$4"}


def old_workbook(version, **changed):
    """A workbook of another version in which three results are in other cells, under the same names."""
    values = {**{name: VALID.figures[name] for name in NAMES}, **changed}
    named = {NAMES[name]: (ANOTHER[name], values[name]) for name in NAMES}
    return named_workbook(inputs_of(profile_of(VALID)), {**named, "CalcVersion": ("Changes!$K$57", version)})


def known_workbook(version=7.6):
    cells = read_result_cells()
    named = {name: (f"'{cells[column][0]}'!{cells[column][1]}", 1.0) for column, name in NAMES.items()}
    return named_workbook(inputs_of(profile_of(VALID)), {**named, "CalcVersion": ("Changes!$K$57", version)})


def test_results_of_another_version_are_found_only_by_their_names():
    figure = VALID.figures["databases"]
    comparison = compare_bytes(old_workbook(6.6, databases=figure + 1), "old.xlsm", (known_workbook(), "new.xlsm"))
    assert comparison.version == "6.6"
    assert comparison.compared == 3
    assert told(comparison) == [
        f"databases (Role Requirements!C84): workbook {figure + 1:g}, ours {figure:g}: "
        "version 6.6 of the workbook has other rules than version 7.6."
    ]
    assert comparison.differences[0].cause is Cause.VERSION
    assert [str(issue) for issue in comparison.issues] == [
        "old.xlsm: is version 6.6, but the results are those of version 7.6. Inputs are read by their defined "
        "names: check them.",
        "old.xlsm: names.dag: Input!F175 is not read, because another version may have something else there. Give "
        "the name of the DAG in the profile.",
    ]


@pytest.mark.parametrize(("stated", "version"), [(9.1, "9.1"), ("v10.5 ", "10.5"), ("6.60", "6.60")])
def test_cells_of_another_version_are_not_compared(stated, version):
    comparison = compare_bytes(old_workbook(stated), "old.xlsm")
    assert (comparison.version, comparison.compared, comparison.differences) == (version, 0, ())
    assert str(list(comparison.issues)[-1]) == (
        f"old.xlsm: No result is compared, because the cells of version {version} are not known. "
        "Give a workbook of version 7.6 with --names, to find results by their defined names."
    )


@pytest.mark.parametrize("stated", [7.6, "7.6", "Version 7.6"])
def test_the_version_that_is_known_is_not_reported(stated):
    comparison = compare_bytes(old_workbook(stated), "book.xlsm")
    assert not comparison.issues
    assert comparison.version == "7.6"


@pytest.mark.parametrize("stated", [None, "", "unknown", 41821.0])
def test_a_workbook_that_does_not_say_its_version_is_read_as_the_known_one(stated):
    comparison = compare_bytes(named_workbook(inputs_of(profile_of(VALID)), {"CalcVersion": ("Changes!$K$57", stated)}))
    assert comparison.version == ""
    assert not comparison.issues


def test_a_version_that_is_a_constant_name():
    data = named_workbook(inputs_of(profile_of(VALID)), {"CalcVersion": ("6.3", None)})
    assert compare_bytes(data).version == "6.3"


def test_names_are_not_taken_from_another_version():
    with pytest.raises(InputError) as refused:
        compare_bytes(old_workbook(6.6), "old.xlsm", (known_workbook(6.6), "new.xlsm"))
    assert str(refused.value) == "new.xlsm: is version 6.6. Give a workbook of version 7.6 for the names."


def test_the_command_compares_another_version(tmp_path):
    (tmp_path / "old.xlsx").write_bytes(old_workbook(6.6))
    (tmp_path / "new.xlsx").write_bytes(known_workbook())
    out, err = io.StringIO(), io.StringIO()
    assert (
        main(["import", "workbook", str(tmp_path / "old.xlsx"), "--names", str(tmp_path / "new.xlsx")], out, err) == 0
    )
    assert out.getvalue().startswith("3 results are compared, 0 differ, and ")
    assert err.getvalue().startswith("warning: old.xlsx: is version 6.6, but the results are those of version 7.6.")
