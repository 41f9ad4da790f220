"""The recipes of docs/how-to/recipes.md run as they stand, where their engine is installed."""

import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.paths import DOCS

from calculator import size_many

RECIPES = (DOCS / "how-to" / "recipes.md").read_text(encoding="utf-8")
MAILBOXES = [float(100 * n) for n in range(1, 301)]


def recipe(title):
    """Code of a recipe."""
    section = RECIPES.partition(f"## {title}")[2]
    return re.search(r"```python\n(.*?)```", section, re.S)[1]


@pytest.fixture
def designs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table = pa.table({"id": [f"d{n}" for n in range(300)], "tiers.1.mailboxes": MAILBOXES})
    pq.write_table(table, "designs.parquet")
    return size_many(table, results=["summary_databases"])


def test_the_recipe_for_the_sizer_gives_the_same_results(designs):
    names = {}
    exec(re.search(r"```python\n(.*?)```", RECIPES, re.S)[1], names)
    batch = pa.record_batch({"id": designs["id"].combine_chunks(), "tiers.1.mailboxes": MAILBOXES})
    assert pa.Table.from_batches([names["sizer"](batch)]).equals(designs.combine_chunks())


def test_duckdb(designs):
    pytest.importorskip("duckdb", reason="DuckDB is not installed")
    exec(recipe("DuckDB"), {})
    assert pq.read_table("results.parquet").to_pylist() == designs.to_pylist()


def test_dask(designs):
    pytest.importorskip("dask.dataframe", reason="Dask is not installed")
    names = {}
    exec(recipe("Dask"), names)
    sized = names["sized"].compute()
    assert sized["summary_databases"].tolist() == designs["summary_databases"].to_pylist()
    assert sized["status"].tolist() == designs["status"].to_pylist()


def test_spark(designs):
    sql = pytest.importorskip("pyspark.sql", reason="Spark is not installed")
    spark = sql.SparkSession.builder.master("local[1]").getOrCreate()
    names = {"designs": spark.read.parquet("designs.parquet")}
    exec(recipe("Spark"), names)
    assert [row["summary_databases"] for row in names["sized"].collect()] == designs["summary_databases"].to_pylist()


def test_ray(designs):
    data = pytest.importorskip("ray.data", reason="Ray is not installed")
    names = {"designs": data.read_parquet("designs.parquet")}
    exec(recipe("Ray"), names)
    found = {row["id"]: row["summary_databases"] for row in names["sized"].take_all()}
    assert found == dict(zip(designs["id"].to_pylist(), designs["summary_databases"].to_pylist(), strict=True))
