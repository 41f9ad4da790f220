"""Hours of the day and guidance choices: what is written counts, and each reading shows its figure."""

import pytest
from support.failing import OVERLOADED
from support.sessions import CONSTRAINTS, REVIEW, given, open_session, plain, session, shipped, sized, sound, texts

from calculator import size
from calculator.engine.tables import guests
from calculator.inputs import log_hours
from calculator.inputs.profile import Profile
from calculator.issues import ERROR
from calculator.presentation.text import number
from calculator.studies.guidance_choices import CHOICES, weigh
from calculator.studies.search.fewest_servers import find_fewest_servers
from calculator.ui.inputs import groups
from calculator.ui.inputs.widgets import CHANGED_MARK, ISSUE_MARKS
from calculator.ui.session import store
from calculator.ui.session.store import HourTable, Session

BASE = {"tiers.1.mailboxes": 5000.0}
UNEQUAL = {
    "site_resilience.model": "active_passive",
    "database_copies.ha_copies": 3,
    "database_copies.ha_copies_secondary": 1,
    "database_copies.lagged_copies": 1,
}


def shares(at):
    profile = sized(at).profile
    return tuple(profile.value(path) for path in log_hours.paths())


@pytest.mark.parametrize("name", log_hours.PRESETS)
def test_a_usual_day_is_taken_in_one_step(opened, name):
    at = opened({**BASE, "replication.hourly_log_share.1": 0.5}, "network", page=CONSTRAINTS)
    assert at.get_by_key("hours_preset").value == "Your own"
    at.get_by_key("hours_preset").set_value(name).run()
    at.run()
    sound(at)
    assert shares(at) == log_hours.PRESETS[name]
    assert at.get_by_key("hours_preset").value == name
    design = sized(at)
    assert (
        design["replication_peak_throughput.environment"] == size(given(at))["replication_peak_throughput.environment"]
    )
    at.get_by_key("undo").click().run()
    assert given(at)["replication.hourly_log_share.1"] == 0.5


def test_counts_of_the_hours_are_scaled_to_a_day(opened, monkeypatch):
    from calculator.ui.inputs import log_hours as hours

    at = opened(BASE, "network", page=CONSTRAINTS)
    written = {hour: {hours.COLUMN: 0} for hour in range(24)} | {8: {hours.COLUMN: 300}, 9: {hours.COLUMN: 100}}
    state = Session()
    put = []
    monkeypatch.setattr("streamlit.session_state", {store.KEY: state, "hours:7": {"edited_rows": written}})
    monkeypatch.setattr(hours, "_put", put.append)
    hours._take_cells(HourTable(7, log_hours.PRESETS["Flat"], log_hours.PRESETS["Flat"]))
    (taken,) = put
    assert taken[8:10] == (0.75, 0.25)
    assert sum(taken) == 1
    assert state.hour_table.shares == taken
    assert session(at).hour_table.number == 0


def test_each_reading_shows_the_figure_it_gives(opened):
    at = opened(BASE, "guidance", page=CONSTRAINTS)
    table = next(table.value for table in at.table if "First reading" in table.value)
    differ = [weighed for weighed in weigh(BASE) if weighed.figures[0] != weighed.figures[1]]
    assert 0 < len(table) <= len(differ)
    said = "The figure that a choice usually affects most is the same in both readings of these: "
    [alike] = [text for text in plain(at) if text.startswith(said)]
    assert len(alike.split(": ")[1].split(", ")) == len(CHOICES) - len(table)
    corrected = size({**BASE, "guidance.dumpster_model": "calculator"})["largest_mailbox_size_on_disk"]
    assert (
        table["Second reading"].tolist()[0].replace("\\", "")
        == f"Model of Microsoft's workbook: {number(corrected / 1024)} GB"
    )


def test_a_reading_that_changes_the_number_of_databases_says_so(opened):
    """With more provisioning, the volume becomes smaller, because there are more databases."""
    at = opened("active_active", "guidance", page=CONSTRAINTS)
    table = next(table.value for table in at.table if "First reading" in table.value).set_index("Choice")
    [name] = [name for name in table.index if "provisioning" in name]
    factor = "guidance.database_provisioning_factor"
    plans = [size(shipped("active_active").with_values({factor: value})) for value in (1.0, 1.2)]
    before, after = (plan["summary_databases"] for plan in plans)
    assert before != after
    assert (
        f"{name} 1.2 also changes the number of databases, from {number(before)} to {number(after)}, and with it the "
        "size of each."
    ) in plain(at)


def test_a_group_counts_an_error_of_both_datacenters_once_as_the_list_does(opened):
    at = opened(OVERLOADED, page=CONSTRAINTS)
    counts = [text.partition("\u2002")[0] for text in texts(at) if text.startswith(tuple(ISSUE_MARKS.values()))]
    assert counts == [f"{ISSUE_MARKS[ERROR]} **1 error**"] * 2


def test_a_closed_group_shows_its_values_after_a_change(opened):
    at = opened(BASE, "copies", page=CONSTRAINTS)
    at.get_by_key("database_copies.lagged_copies").set_value(1).run()
    at.session_state["group:copies"] = False
    at.run()
    assert any("1 lagged 7 days" in written for written in texts(at))


@pytest.mark.parametrize(
    ("given", "servers"),
    [
        (BASE, "4 servers per datacenter, 8 in total"),
        (
            {**BASE, "environment.dags": 3, "site_resilience.model": "active_passive"},
            "4 servers per datacenter and DAG, 24 in total",
        ),
        ({**BASE, "site_resilience.enabled": False}, "4 servers;"),
        ({**BASE, "site_resilience.enabled": False, "environment.dags": 2}, "4 servers per DAG, 8 in total"),
        ({**BASE, "tiers.1.mailbox_size_limit": 0}, "4 servers hosting active mailboxes per DAG and datacenter;"),
        ({**BASE, "environment.high_availability": False}, "4 servers;"),
        ({**BASE, **UNEQUAL}, "4 + 2 servers in two datacenters, 6 in total"),
        ({}, "4 servers per datacenter, 8 in total"),
    ],
)
def test_the_servers_are_summarized_per_datacenter_and_in_total(given, servers):
    (group,) = (group for group in groups.CONSTRAINTS if group.key == "servers")
    assert servers in group.summary(size(given))
    assert "; 16 cores each, rated 540 (33.75 per core)" in group.summary(size(given))


def test_a_group_with_something_to_check_is_marked():
    small = {**BASE, "storage.primary.database_disk_capacity": 300.0, "transport.queue_expiration": 3.0}
    at = open_session(small, page=CONSTRAINTS)
    shown = plain(at)
    assert f'{ISSUE_MARKS["error"]} **1 error**\u2002Database disks of 300 GB, 7.2K RPM SAS 3.5"{CHANGED_MARK}' in shown
    assert f"Queue kept 3 days, Safety Net 2 days{CHANGED_MARK}" in shown
    assert "4 HA copies, 2 of them in the secondary datacenter" in shown


def test_the_smallest_number_of_servers_is_found_for_the_open_design_and_every_other_input_stays(opened):
    before = {**BASE, "environment.mailbox_servers": 8.0, "tiers.1.messages_per_day": 150.0}
    at = opened(before, "servers", page=CONSTRAINTS)
    at.get_by_key("find_fewest").click().run()
    at.run()
    sound(at)
    found = find_fewest_servers(Profile(before), choose_databases=True)[-1]
    assert found.reason == ""
    assert given(at) == {**before, **found.values}
    table = next(table.value for table in at.table if "Result" in table.value)
    assert table["Result"].tolist()[-1] == "works"
    at.get_by_key("undo").click().run()
    at.run()
    assert given(at) == before
    assert not at.table, "another design was searched for"


def test_the_smallest_number_of_servers_says_what_it_needs_more(opened):
    at = opened("active_active", page=CONSTRAINTS)
    at.get_by_key("find_fewest").click().run()
    assert (
        "The design needs 104 disks for Exchange in all and 15 drive bays per server. Before the search: 100 and 12."
        in plain(at)
    )
    assert (sized(at)["storage_disks_total.environment"], sized(at)["server_drive_bays.primary"]) == (104, 15)
    table = next(table.value for table in at.table if "Result" in table.value)
    assert table["Result"].tolist()[0].replace("\\", "") == "the design before: works"
    assert table["Disks for Exchange"].tolist() == ["100", "n/a", "90", "104"]
    assert table["Drive bays per server"].tolist() == ["12", "n/a", "17", "15"]


def test_the_smallest_number_of_servers_sets_the_databases_where_the_automatic_number_takes_many_more_disks(opened):
    at = opened("exchange_2019", page=CONSTRAINTS)
    at.get_by_key("find_fewest").click().run()
    at.run()
    sound(at)
    assert given(at)["database.custom_count"] == 65
    assert sized(at)["storage_disks_total.environment"] == 70  # 125 with the 120 databases of the automatic number
    said = (
        "The design needs 70 disks for Exchange in all and 16 drive bays per server. Before the search: 72 and 14. The "
        "number of databases is set to 65 and does not follow the mailboxes any more, until it is made automatic again "
        "under Databases and I/O."
    )
    assert said in plain(at)
    table = next(table.value for table in at.table if "Result" in table.value)
    assert table["Databases per DAG"].tolist()[0] == "66"
    assert table["Databases per DAG"].tolist()[-1] == "65"


def test_the_smallest_number_is_no_good_verdict_without_cpu(opened):
    unrated = {f"servers.{side}.specint2006_rate": 0.0 for side in ("primary", "secondary")}
    at = opened({**BASE, **unrated}, "servers", page=CONSTRAINTS)
    at.get_by_key("find_fewest").click().run()
    at.run()
    sound(at)
    table = next(table.value for table in at.table if "Result" in table.value)
    why = "CPU is not sized, because no rating is given for the 16 cores of a server."
    assert table["Result"].tolist()[-1].replace("\\", "") == f"works, but CPU is not sized, with 2 warnings: {why}"


def test_the_rating_per_core_stays_when_the_cores_change_and_is_what_is_asked(opened):
    at = opened(BASE, "servers", page=CONSTRAINTS)
    assert at.get_by_key("per_core:servers.primary.specint2006_rate").value == 33.75
    assert "16 cores: 540 in total" in plain(at)
    at.get_by_key("servers.primary.processor_cores").set_value(8).run()
    at.run()
    sound(at)
    assert given(at)["servers.primary.processor_cores"] == 8
    assert given(at)["servers.primary.specint2006_rate"] == 270
    assert "8 cores: 270 in total" in plain(at)
    at.get_by_key("undo").click().run()
    assert given(at) == BASE
    at.get_by_key("per_core:servers.primary.specint2006_rate").set_value(40.0).run()
    assert given(at) == {**BASE, "servers.primary.specint2006_rate": 640.0}
    at.get_by_key("per_core:servers.primary.specint2006_rate").set_value(None).run()
    at.run()
    assert given(at)["servers.primary.specint2006_rate"] == 0
    assert "No rating: CPU is not sized" in plain(at)


def test_a_published_result_gives_the_rating_of_the_servers_or_of_their_hosts(opened):
    at = opened({**BASE, "environment.virtualized": True}, "servers", "published", "virtualization", page=CONSTRAINTS)
    assert "Enter the cores and the memory of the host to see how many guests it holds." in plain(at)
    at.get_by_key("published:rate").set_value(1600.0).run()
    at.get_by_key("published:cores").set_value(40).run()
    sound(at)
    table = next(table.value for table in at.table if "Advised" in table.value)
    assert table["Advised"].tolist() == ["540"] * len(table)
    assert any("33.75 per core is safer than the 40 per core of the result" in text for text in plain(at))
    at.get_by_key("use_published").click().run()
    assert given(at)["servers.primary.specint2006_rate"] == 540
    at.get_by_key("use_host").click().run()
    at.run()
    sound(at)
    assert (given(at)["servers.primary.host_rating"], given(at)["servers.primary.host_cores"]) == (1600, 40)
    assert "A primary server is rated 640, from its host (Virtualization)." in plain(at)
    rows = guests(sized(at))
    shown = guests_per_host(at)
    assert shown == {row["role"].capitalize(): f"{row['guests']:.0f}" for row in rows}
    assert shown["Primary"] == "2"


def guests_per_host(at):
    """Return the row of the table of guests that has their number, by server role."""
    tables = [table.value for table in at.table if "Figure" in table.value]
    table = next(table for table in tables if "Guests per host" in table["Figure"].tolist())
    return table.set_index("Figure").loc["Guests per host"].to_dict()


def test_capacity_shows_the_guests_of_a_host(opened):
    virtual = {**BASE, "environment.virtualized": True, "servers.primary.host_cores": 40}
    at = opened(virtual, page=REVIEW)
    at.session_state["review_tab"] = "Capacity"
    at.run()
    sound(at)
    assert guests_per_host(at) == {"Primary": "2", "Secondary": "n/a"}
