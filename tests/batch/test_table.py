"""Tables of designs in memory."""

import csv

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from support.batch_files import LIST, rows, run
from support.strategies import random_columns, row

from calculator import InputError, size, size_many
from calculator.batch import header, sizer
from calculator.engine.applicability import NO_DISK_FITS

pytestmark = pytest.mark.slow

DESIGNS = {
    "id": ["a", "b", None],
    "tiers.1.mailboxes": [1000, 2000, -1],
    "tiers.1.mailbox_size_limit [GB]": ["1", "2048 MB", None],
    "environment.virtualized": [True, False, None],
}
FRAME = pd.DataFrame(DESIGNS)


class Stream:
    """A table of a library that this one does not know."""

    def __init__(self, table):
        self.table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


class Exported:
    """A batch of a library that this one does not know."""

    def __init__(self, batch):
        self.batch = batch

    def __arrow_c_array__(self, requested_schema=None):
        return self.batch.__arrow_c_array__(requested_schema)


@pytest.mark.parametrize(
    "designs",
    [
        DESIGNS,
        [dict(zip(DESIGNS, cells, strict=True)) for cells in zip(*DESIGNS.values(), strict=True)],
        pa.table(DESIGNS),
        pa.record_batch(DESIGNS),
        Stream(pa.table(DESIGNS)),
        Exported(pa.record_batch(DESIGNS)),
        FRAME,
        FRAME.convert_dtypes(),
        {name: np.array(c) for name, c in DESIGNS.items()},
    ],
    ids=["mapping", "rows", "arrow", "batch", "stream", "array", "pandas", "pandas nullable", "numpy"],
)
def test_a_table_may_be_of_any_kind(designs):
    found = size_many(designs, results=["tiers.1.mailbox_size_on_disk"])
    assert isinstance(found, pd.DataFrame if isinstance(designs, pd.DataFrame) else pa.Table)
    table = pa.Table.from_pandas(found, preserve_index=False) if isinstance(found, pd.DataFrame) else found
    assert table.column_names == ["id", "status", "issues", "tiers.1.mailbox_size_on_disk"]
    assert table["id"].to_pylist() == ["a", "b", ""]
    assert table["status"].to_pylist()[2] == "error"
    assert table["issues"].to_pylist()[2] == "error: tiers.1.mailboxes: -1 mailboxes is below 0."
    alone = [
        size({"tiers.1.mailboxes": 1000, "tiers.1.mailbox_size_limit": limit})["tiers.1.mailbox_size_on_disk"]
        for limit in ("1 GB", "2 GB")
    ]
    assert table["tiers.1.mailbox_size_on_disk"].to_pylist() == [*alone, None]


def test_a_data_frame_keeps_its_index():
    frame = pd.DataFrame({"tiers.1.mailboxes": [1000, 5000]}, index=pd.Index(["Berlin", "Bonn"], name="site"))
    found = size_many(frame, results=["summary_databases"])
    assert found["summary_databases"].to_dict() == {"Berlin": 16.0, "Bonn": 48.0}
    assert found.index.name == "site"


def test_polars_gives_polars():
    polars = pytest.importorskip("polars", reason="polars is not installed")
    found = size_many(polars.DataFrame({"id": ["a"], "tiers.1.mailboxes": [5000]}), results=["summary_databases"])
    assert isinstance(found, polars.DataFrame)
    assert found["summary_databases"].to_list() == [48.0]


def test_designs_of_a_list_may_lack_inputs():
    table = size_many([{"tiers.1.mailboxes": 1000}, {"environment.dags": 2}], profile={"tiers.1.mailboxes": 5000})
    assert table["summary_dags"].to_pylist() == [1, 2]
    assert table["status"].to_pylist() == ["notice", "notice"]


TAKEN = (
    "Give a mapping of columns, a list of designs as mappings, a DataFrame, or anything that exports an Arrow stream."
)


def test_a_table_takes_what_it_lacks_from_a_profile():
    base = {"tiers.1.mailboxes": 1000, "tiers.2.mailboxes": 500}
    table = size_many({"tiers.1.mailboxes": [None, 2000]}, profile=base, results="summary_databases")
    expected = [size({**base, "tiers.1.mailboxes": number})["summary_databases"] for number in (1000, 2000)]
    assert table["summary_databases"].to_pylist() == expected
    assert table["id"].to_pylist() == ["1", "2"]


def test_a_table_without_rows_has_its_columns():
    table = size_many({"tiers.1.mailboxes": []}, results="summary_databases")
    assert (table.num_rows, table.column_names[:3]) == (0, ["id", "status", "issues"])


@pytest.mark.parametrize(
    ("designs", "message"),
    [
        (
            {"tiers.1.mailboxes": [1, 2], "environment.dags": [1]},
            "designs: have columns of different lengths: tiers.1.mailboxes 2, environment.dags 1. "
            "Give each column one value per design.",
        ),
        (
            {"tiers.1.mailboxes": 5, "raid.raid": "raid5"},
            "designs: tiers.1.mailboxes: is not a column of values. Give a list with one value per design.\n"
            "designs: raid.raid: is not a column of values. Give a list with one value per design.",
        ),
        (
            pd.DataFrame([[1, 2]], columns=["environment.dags"] * 2),
            "designs: environment.dags: appears twice. Keep one of the columns.",
        ),
        (5, f'designs: "5" is not a table of designs. {TAKEN}'),
        (None, f'designs: "None" is not a table of designs. {TAKEN}'),
        ("designs.csv", f'designs: "designs.csv" is not a table of designs. {TAKEN}'),
        ([{}, 5], f'designs: The design in place 2 is "5", which is not a mapping of inputs. {TAKEN}'),
        (
            {"environment.dag": [1]},
            f'designs column 1: "environment.dag": is not an input. Did you mean "environment.dags"? {LIST}',
        ),
    ],
)
def test_an_object_that_is_not_a_table_is_explained(designs, message):
    with pytest.raises(InputError) as error:
        size_many(designs)
    assert str(error.value) == message


def test_odd_cells_of_a_table_are_problems_of_their_row():
    odd = [1000, True, [1], b"5", "x", float("nan"), np.float64(1000), 10**400, {}]
    table = size_many({"tiers.1.mailboxes": odd}, results="summary_databases")
    assert table["status"].to_pylist() == [
        "notice",
        "error",
        "error",
        "error",
        "error",
        "notice",
        "notice",
        "error",
        "error",
    ]


def test_progress_of_a_table_is_reported_per_block():
    done = []
    size_many({"tiers.1.mailboxes": [1000] * 5000}, results="summary_databases", progress=done.append)
    assert done == [4096, 5000]


@pytest.fixture(scope="module")
def thousand():
    columns = random_columns(1003, tiers=9, seed=2013)
    return columns, size_many(columns, results="all").to_pydict()


def test_a_design_has_the_same_figures_alone_and_among_a_thousand(thousand):
    columns, table = thousand
    for number in range(0, 1003, 34):
        alone = size(row(columns, number))
        figures = {name: column for name, column in table.items() if name not in sizer.LEADING}
        assert dict(alone) == {name: column[number] for name, column in figures.items()}
        assert alone.status == table["status"][number]


def test_a_design_has_the_same_issues_alone_and_among_a_thousand(thousand):
    columns, table = thousand
    for number in range(0, 1003, 101):
        assert header.issues_text(size(row(columns, number)).issues) == table["issues"][number]


def test_the_thousand_hold_sound_designs_too(thousand):
    _, table = thousand
    assert {"invalid", "warning"} <= set(table["status"])
    assert table["id"] == [str(number) for number in range(1, 1004)]


def test_a_file_gives_the_figures_of_the_table_to_the_last_bit(here, thousand):
    """A file keeps two zeros of Microsoft's workbook that are n/a in a table.

    Disks where a volume does not fit its disk, and what a datacenter or DAG that does not exist has.
    """
    columns, table = thousand
    names = list(columns)
    with open("designs.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        cells = (["" if column[n] is None else column[n] for column in columns.values()] for n in range(100))
        writer.writerows(cells)
    run(None, results="headline")
    for number, line in enumerate(rows()):
        for name in list(line)[3:]:
            figure = table[name][number]
            if isinstance(figure, float):
                assert float(line[name]) == figure
            elif figure is None and line[name] and name.endswith(".secondary"):
                assert line["summary_servers_by_datacenter.secondary"] in ("", "0") or "disk" in line["issues"]
            elif figure is None and line[name] and name.endswith(".dag"):
                assert line["summary_servers.dag"] == "" or "disk" in line["issues"]
            elif figure is None and name.split(".")[0] in NO_DISK_FITS.rules:
                assert line[name] == "" or "does not fit" in line["issues"] or "IOPS" in line["issues"]
            else:
                assert line[name] == {None: "", True: "true", False: "false"}.get(figure, figure)


def test_cells_of_several_types_are_read_as_a_file_holds_them():
    mailboxes = [1000, "2000", 3000.0, np.int64(4000), None, float("nan"), "x", True]
    virtualized = [True, "false", 1, None, np.bool_(False), "yes", 0, "maybe"]
    table = size_many(
        {"tiers.1.mailboxes": mailboxes, "environment.virtualized": virtualized}, results="mailboxes_total"
    )
    assert table["mailboxes_total"].to_pylist() == [1000, 2000, 3000, 4000, 0, 0, None, None]
    assert table["issues"].to_pylist()[6:] == [
        'error: tiers.1.mailboxes: "x" is not a number.',
        'error: tiers.1.mailboxes: "true" is not a number. | '
        'error: environment.virtualized: "maybe" is neither true nor false.',
    ]


@pytest.mark.parametrize(
    "value",
    [10**400, 10**5000, "\ud800", [1], {}, b"5"],
    ids=["a large number", "a huge number", "half a character", "a list", "a mapping", "bytes"],
)
def test_a_value_that_is_no_cell_is_a_problem_of_its_row(value):
    for others in ([1000, 2000], ["1000", "2000"], [1000.5, "x"]):
        table = size_many({"tiers.1.mailboxes": [value, *others]}, results="mailboxes_total")
        assert table["status"].to_pylist()[0] == "error"
