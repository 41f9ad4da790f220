"""Charts: rows that are results, a finding, a table, and a reason if there is nothing to draw."""

import json

import jsonschema
import pytest
from support.sessions import SHIPPED, USERS, shipped, sized, sound, texts

from calculator import size
from calculator.layout import layout
from calculator.presentation.charts import copies, mailbox, servers
from calculator.presentation.charts.mailbox import tier_name, tiers_in_use
from calculator.presentation.charts.servers import sides
from calculator.ui.charts import drawing, studies

pytestmark = pytest.mark.slow

DESIGNS = {name: size(shipped(name)) for name in SHIPPED}


def charts(design):
    """All charts of a design by name."""
    described = (mailbox.make_up, servers.volume, servers.cpu, servers.memory, servers.disks, servers.logs_by_hour)
    drawn = {describe.__name__: drawing.bars(describe(design)) for describe in described}
    for tier in tiers_in_use(design):
        drawn[f"growth {tier}"] = drawing.lines(mailbox.growth(design, tier))
        drawn[f"dumpster {tier}"] = drawing.lines(mailbox.dumpster_growth(design, tier))
    return drawn


@pytest.mark.parametrize("name", SHIPPED)
def test_every_chart_says_its_finding_and_is_a_spec_without_data(name):
    import altair

    schema = altair.load_schema()
    for key, chart in charts(DESIGNS[name]).items():
        assert chart.finding.endswith("."), key
        if chart.rows:
            spec = json.loads(json.dumps(chart.spec))
            assert "data" not in spec
            assert "datasets" not in spec
            jsonschema.Draft7Validator(schema).validate({**spec, "data": {"values": []}})


@pytest.mark.parametrize("name", SHIPPED)
def test_parts_of_a_mailbox_add_up_to_its_size_on_disk(name):
    design = DESIGNS[name]
    rows = mailbox.make_up(design).rows
    for tier in tiers_in_use(design):
        whole = 1024 * sum(row["size"] for row in rows if row["tier"] == tier_name(design, tier))
        assert design[f"tiers.{tier}.mailbox_size_on_disk"] - 1 < whole <= design[f"tiers.{tier}.mailbox_size_on_disk"]


@pytest.mark.parametrize("name", SHIPPED)
def test_parts_of_a_volume_the_memory_and_the_disks_add_up(name):
    design = DESIGNS[name]
    whole = sum(row["GB"] for row in servers.volume(design).rows)
    assert whole == pytest.approx(design["volume_database_volume_size"], rel=1e-9)
    for side in sides(design):
        memory = sum(row["GB"] for row in servers.memory(design).rows if row["side"] == side)
        assert memory == pytest.approx(design[f"server_memory.{side.lower()}"], rel=1e-9)
        disks = sum(row["disks"] for row in servers.disks(design).rows if row["side"] == side)
        assert disks == design[f"server_drive_bays.{side.lower()}"]


def test_a_model_whose_folders_do_not_make_it_up_is_one_part():
    design = size({"tiers.1.mailboxes": 100.0, "guidance.dumpster_model": "calculator"})
    parts = {row["part"]: row["size"] for row in mailbox.make_up(design).rows}
    assert parts["Recoverable Items"] == design["tiers.1.dumpster"] / 1024
    assert "Purges" not in parts


def test_a_chart_without_data_gives_the_reason():
    rates = {"servers.primary.specint2006_rate": 0.0, "servers.secondary.specint2006_rate": 0.0}
    unrated = size({"tiers.1.mailboxes": 5000.0, **rates})
    assert servers.cpu(unrated).finding == "CPU is n/a (the processors have no rating)."
    empty = size({"tiers.1.mailboxes": 0.0})
    assert mailbox.make_up(empty).finding == "n/a: no tier has mailboxes."
    assert not mailbox.make_up(empty).rows
    unfit = size({"tiers.1.mailboxes": 5000.0, "storage.primary.database_disk_capacity": 300.0})
    assert not [row for row in servers.disks(unfit).rows if row["side"] == "Primary"]


def test_the_tornado_is_sorted_by_width_and_leaves_out_what_moves_nothing():
    chart = studies.tornado("Disks", 100, [("a", 120), ("b", 100), ("c", 60)])
    assert [row["name"] for row in chart.rows] == ["c", "a"]
    assert chart.finding == "The largest effect is that of “c”: from 100 to 60."
    assert studies.tornado("Disks", 100, [("b", 100)]).finding == "No change moves this figure: it stays at 100."


def test_the_map_holds_every_copy_and_marks_what_failed_and_what_is_active():
    dag = layout(shipped("active_active"))
    after = dag.fail("server:SRV01")
    heads, rows = [], []
    for row in drawing.heat_map(copies.placement(after, 1, 80)).rows:
        (rows if row["database"] else heads).append(row)
    assert [(row["text"], row["kind"] == drawing.HEAD_MARKED) for row in heads] == [
        (str(name), name == "SRV01") for name in dag.server_names
    ]
    assert {(r["database"], r["server"], int(r["preference"])) for r in rows} == {
        (row["database"], row["server"], row["activation_preference"]) for row in dag.rows()
    }
    assert {row["kind"] for row in rows if row["server"] == "SRV01"} == {copies.DOWN}
    active = {(row["database"], row["server"]) for row in rows if row["kind"] in (copies.ACTIVE, copies.MOVED)}
    assert active == {(row["database"], row["active_server"]) for row in after.rows()}
    lagged = {(row["database"], row["server"]) for row in rows if row["text"].endswith("*")}
    assert lagged == {(row["database"], row["server"]) for row in dag.rows() if row["lagged"]}


def test_the_users_page_tells_what_its_charts_show(opened):
    at = opened("litigation_hold", page=USERS)
    at.get_by_key("growth_tier").set_value(2).run()
    at.run()
    sound(at)
    assert len(at.get("arrow_vega_lite_chart") or at.get("vega_lite_chart")) == 3
    assert any("grow to 20.5 GB in 60 months" in written.replace("\\", "") for written in texts(at))


def test_a_chart_has_its_table(opened):
    at = opened("active_active")
    assert len(at.get("arrow_vega_lite_chart") or at.get("vega_lite_chart")) == 4
    at.session_state["table_of:cpu"] = True
    at.run()
    sound(at)
    table = next(table.value for table in at.table if "CPU" in table.value)
    design = sized(at)
    assert table["CPU"].tolist()[-1].replace("\u00a0", " ") == f"{design['worst_cpu_utilization']:.0%}".replace(
        "%", " %"
    )


def test_the_fills_of_the_map_have_a_colour_for_each_theme():
    """The browser takes that of the page, so a map that is not drawn again after a change of the theme follows it."""
    spec = drawing.heat_map(copies.placement(layout(shipped("active_active")).fail("server:SRV01"), 1, 4)).spec
    cells, words = (layer["encoding"]["color"]["scale"]["range"] for layer in spec["layer"])
    pairs = dict(zip(cells, words, strict=True))
    assert pairs["light-dark(#e6eaf1, #35332f)"] == "light-dark(#1b1b1b, #fafafa)"
    assert pairs["light-dark(#c4c4c4, #4d4a45)"] == "light-dark(#1b1b1b, #ffffff)"
    assert spec["layer"][0]["mark"]["stroke"] == "light-dark(#ffffff, #171614)"


def test_texts_and_lines_have_the_colour_of_the_page_in_every_theme():
    """A chart that is not drawn again after a change of the theme still has texts that can be read."""
    specs = [
        drawing.bars(mailbox.make_up(size(shipped("active_active")))).spec,
        studies.indices([("Messages", 0.8, 0.9, 0.85, 0.95)]).spec,
        studies.swings("CPU, %", 50.0, [("Messages", "80", 40.0)]).spec,
    ]
    for spec in specs:
        for part in ("axis", "legend"):
            assert {spec["config"][part][name] for name in ("labelColor", "titleColor")} == {"currentColor"}
