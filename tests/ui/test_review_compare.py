"""Review, Compare: variants side by side, with the reason of each difference."""

import pytest
from support.failing import UNRATED
from support.sessions import REVIEW, given, plain, session, shipped, sound, texts

from calculator import size
from calculator.layout import layout, tolerance
from calculator.studies.compare import compare
from calculator.studies.what_if import usual_changes

pytestmark = pytest.mark.slow


def keep(at, name=""):
    at.get_by_key("review_variant").set_value(name).run()
    at.get_by_key("review_keep").click().run()
    at.run()
    sound(at)


def results(at):
    return next(frame.value for frame in at.dataframe if "Result" in frame.value)


def test_a_variant_is_shown_next_to_the_design_with_the_differences(review):
    at = review("active_active", "Compare")
    keep(at, "Before")
    assert any("the same in every input" in written for written in texts(at))
    before = shipped("active_active").given
    session(at).given = {**before, "tiers.1.mailbox_size_limit": 8192.0}
    at.run()
    sound(at)
    comparison = compare([size(before), size(given(at))])
    table = results(at)
    assert len(table) == len(comparison.differences)
    assert list(table.columns) == ["Result", "Where", "This design", "Before"]
    inputs = next(table.value for table in at.table if "Input" in table.value)
    assert inputs.to_dict("records") == [{"Input": "Mailbox quota", "This design": "8\u00a0GB", "Before": "5\u00a0GB"}]
    at.get_by_key("compare_base").set_value("Before").run()
    at.run()
    table = results(at)
    assert list(table.columns) == ["Result", "Where", "Before", "This design"]
    servers = dict(zip(table["Result"], table["This design"], strict=True))
    largest = "Size on disk of a mailbox in the tier that has the largest mailboxes"
    assert servers[largest] == "8.33\u00a0GB (+59\u00a0%)"


def test_the_reason_of_a_difference_names_the_first_rule_and_its_input(review):
    at = review("active_active", "Compare")
    keep(at)
    session(at).given = {**shipped("active_active").given, "tiers.1.mailbox_size_limit": 8192.0}
    at.run()
    at.get_by_key("why_differs").set_value("largest_mailbox_size_on_disk").run()
    at.run()
    sound(at)
    written = texts(at)
    assert any(text.startswith("Size on disk of a mailbox and its archive") for text in written)
    assert "Inputs that differ: Mailbox quota." in [text.replace("\\", "") for text in written]


def test_the_design_is_compared_at_once(review):
    at = review("active_active", "Compare")
    first = usual_changes(shipped("active_active"))[0]
    assert at.get_by_key("compared").value == [f"What if: {first.name}"]
    table = results(at)
    assert list(table.columns) == ["Result", "Where", "This design", f"What if: {first.name}"]
    changed = compare([shipped("active_active"), shipped("active_active").with_values(first.values)])
    assert len(table) == len(changed.differences)


def test_the_results_that_differ_are_also_a_list_of_some_at_a_time(review):
    at = review("active_active", "Compare")
    every = results(at)
    assert f"The table has {len(every)} rows, 7 at a time: scroll in it to see the others." in plain(at)
    listed = [table.value.replace(r"\\", "", regex=True) for table in at.table if "Figure" in table.value][-1]
    assert len(listed) == 10
    assert "Disks for Exchange" in every["Result"].tolist()
    assert "JBOD disks per server, primary datacenter" in listed["Figure"].tolist()
    assert "JBOD disks per server" in every["Result"].tolist()
    changes = [cell for cell in every.iloc[:, 3] if "(" in cell]
    assert changes
    assert not any("(-" in cell for cell in changes)
    assert any("(\u2212" in cell for cell in changes)


def test_servers_that_may_fail_are_compared_within_their_limits_of_active_databases(review):
    at = review("active_active", "Compare")
    copies = {"ha_copies": 2.0, "ha_copies_secondary": 1.0, "lagged_copies": 0.0, "lagged_copies_secondary": 0.0}
    fewer = {f"database_copies.{name}": count for name, count in copies.items()}
    session(at).given = {**shipped("active_active").given, **fewer}
    at.run()
    main = next(table.value for table in at.table if "Figure" in table.value).set_index("Figure")
    counts = [max(tolerance(layout(design)).mounted, 0) for design in (shipped("active_active"), given(at))]
    assert counts[1] < counts[0]
    assert main.loc["Any servers that may fail at once"].tolist() == [str(counts[1]), f"{counts[0]} \\(better\\)"]


def test_a_changed_design_is_compared_with_the_design_as_opened(review):
    at = review("active_active", "Compare")
    session(at).given = {**shipped("active_active").given, "tiers.1.mailbox_size_limit": 8192.0}
    at.run()
    assert at.get_by_key("compared").value == ["As opened"]
    assert list(results(at).columns) == ["Result", "Where", "This design", "As opened"]


def test_inputs_that_differ_are_named_with_their_tier(review):
    at = review("litigation_hold", "Compare")
    at.get_by_key("compared").set_value(["What if: 20 % more users", "Example: Two datacenters, users in both"]).run()
    at.run()
    sound(at)
    inputs = next(table.value for table in at.table if "Input" in table.value).replace(r"\\", "", regex=True)
    inputs = inputs.set_index("Input")
    assert "Mailboxes, tier 1" in inputs.index
    assert inputs.loc["Tier 2"].tolist() == [
        "On hold: 240 mailboxes, quota 10 GB",
        "On hold: 288 mailboxes, quota 10 GB",
        "not in this design",
    ]
    assert inputs.loc["Mailboxes, tier 2"].tolist() == ["240", "288", "not in this design"]
    assert not [name for name in inputs.index if name.startswith("Mailbox quota, tier 2")]
    at.get_by_key("why_differs").set_value("mailboxes_total").run()
    at.run()
    written = [text.replace("\\", "") for text in texts(at)]
    assert "Inputs that differ: Mailboxes, tier 1, tier 2." in written


def test_the_change_of_a_percentage_is_in_points(review):
    at = review("active_active", "Compare")
    figures = next(table.value for table in at.table if "Figure" in table.value).set_index("Figure")
    assert figures.loc["CPU, worst failure"].iloc[1].replace("\u00a0", " ") == "61 % \\(\\+9 points, worse\\)"
    table = results(at)
    share = table[table["Result"].str.startswith("CPU utilization") & table["Where"].str.startswith("Worst failure")]
    assert share.iloc[0, 3].replace("\u00a0", " ") == "61 % (+9 points, worse)"


def test_each_of_several_designs_has_a_reason(review):
    at = review("active_active", "Compare")
    at.get_by_key("compared").set_value(["What if: 20 % more users", "Example: One datacenter, three copies"]).run()
    at.run()
    at.get_by_key("why_differs").set_value("summary_servers.environment").run()
    at.run()
    sound(at)
    written = plain(at)
    assert "The figure is the same as in This design." in written
    assert "**Example: One datacenter, three copies**" in written
    at.get_by_key("compared").set_value([]).run()
    at.run()
    assert any("Choose a design above" in info.value for info in at.info)


def test_an_invalid_design_is_compared_with_the_reason(review):
    at = review("active_active", "Compare")
    session(at).given = {**shipped("active_active").given, "environment.mailbox_servers": 12.0}
    at.run()
    sound(at)
    assert "This design is invalid, so it has no figures to compare. Correct its errors first." in [
        info.value for info in at.info
    ]
    assert any(text.startswith("24 servers are needed per DAG") for text in plain(at))
    assert [sorted(table.value.columns) for table in at.table] == [["As opened", "Input", "This design"]]


def test_a_figure_that_one_design_does_not_have_differs(review):
    at = review("active_active", "Compare")
    session(at).given = {**shipped("active_active").given, **UNRATED}
    at.run()
    sound(at)
    [main] = [table.value for table in at.table if list(table.value.get("Figure", []))[:1] == ["Verdict"]]
    main = main.set_index("Figure").replace(r"\\", "", regex=True)
    assert main.loc["Verdict", "This design"] == "Not sized completely"
    assert main.loc["Verdict", "As opened"] == "Works"
    assert main.loc["CPU, worst failure", "This design"] == "n/a"
    assert main.loc["CPU, worst failure", "As opened"] == "52\u00a0%"


def test_a_difference_that_rounds_to_nothing_has_no_bracket(review):
    def cells(at):
        main = next(table.value for table in at.table if "Figure" in table.value).set_index("Figure")
        return {name: text.replace("\u00a0", " ").replace("\\", "") for name, text in main.iloc[:, 1].items()}

    at = review("active_active", "Compare")
    session(at).given = {**shipped("active_active").given, "tiers.1.mailboxes": 10001.0}
    at.run()
    assert cells(at)["WAN at peak"] == "209 Mb/s"


def test_larger_disks_are_judged_by_the_fullest_volume(review):
    at = review("active_active", "Compare")
    at.get_by_key("compared").set_value(["What if: Disks of 6,000 GB"]).run()
    at.run()
    main = next(table.value for table in at.table if "Figure" in table.value).set_index("Figure")
    cells = {name: text.replace("\u00a0", " ").replace("\\", "") for name, text in main.iloc[:, 1].items()}
    assert cells["Fullest volume"] == "85 % (−10 points, better)"
    assert cells["Database volume"] == "4,726 GB (+33 %)"


def test_the_reason_of_a_difference_has_its_values(review):
    at = review("active_active", "Compare")
    at.get_by_key("compared").set_value(["What if: Disks of 6,000 GB", "What if: 20 % more users"]).run()
    at.run()
    at.get_by_key("why_differs").set_value("storage_disks_total.environment").run()
    at.run()
    written = [text.replace("\\", "").replace("\u00a0", " ") for text in texts(at)]
    assert "Largest database that the design allows, before a custom limit: from 708 to 1,062 GB." in written
    assert (
        "Number of mailboxes in each tier, including projected growth: from 10,000 to 12,000 mailboxes (tier 1)."
        in (written)
    )
    count = len(results(at))
    said = (
        f"The table has {count} rows, 7 at a time: scroll in it to see the others. In a narrow window, it also scrolls"
    )
    assert f"{said} to the side." in written


def test_three_variants_are_kept_opened_and_dropped(review):
    at = review("single_site", "Compare")
    for name in ("A", "B", "C"):
        keep(at, name)
        session(at).given = {**given(at), "tiers.1.mailboxes": 100.0 + len(name)}
        at.run()
    assert list(session(at).variants) == ["A", "B", "C"]
    assert sum(button.proto.label.startswith("Download ") for button in at.get("download_button")) == 3
    assert at.get_by_key("review_keep").disabled
    at.get_by_key("variant_open:A").click().run()
    at.run()
    assert dict(size(given(at))) == dict(size(shipped("single_site")))
    at.get_by_key("undo").click().run()
    assert given(at)["tiers.1.mailboxes"] == 101
    at.get_by_key("variant_drop:B").click().run()
    at.run()
    assert list(session(at).variants) == ["A", "C"]
    assert not at.get_by_key("review_keep").disabled


def test_a_variant_is_kept_from_the_menu_of_every_page(opened):
    at = opened("single_site")
    session(at).dialog = "more"
    at.run()
    at.get_by_key("variant_name").set_value("**Mine** <b>").run()
    at.get_by_key("keep_variant").click().run()
    assert not at.exception
    assert list(session(at).variants) == ["**Mine** <b>"]
    at.switch_page(REVIEW).run()
    at.session_state["review_tab"] = "Compare"
    at.run()
    sound(at)
    assert any("\\*\\*Mine\\*\\*" in written for written in texts(at))


def test_an_example_of_another_load_is_said_to_have_it(review):
    at = review("active_active", "Compare")
    [example] = [name for name in at.get_by_key("compared").options if "2019" in name]
    at.get_by_key("compared").set_value([example]).run()
    at.run()
    assert any(
        f"“{example}” has another load than “This design”: 7,000 instead of 10,000 mailboxes, " in text
        for text in plain(at)
    )
    main = next(table.value for table in at.table if "Figure" in table.value).set_index("Figure")
    assert not [cell for cell in main[example] if "better" in cell or "worse" in cell]


def test_compare_gives_the_verdict_of_what_if(review):
    at = review("active_active", "Compare")
    at.get_by_key("compared").set_value(["What if: One more copy in each datacenter"]).run()
    at.run()
    sound(at)
    verdicts = next(table.value for table in at.table if "Figure" in table.value).set_index("Figure").loc["Verdict"]
    texts = [text.replace("\\", "") for text in verdicts]
    assert texts == ["Works", "Works; needs servers with 16 bays (This design: 12)"]
    at = review("active_active", "What if")
    table = next(table.value for table in at.table if "Verdict" in table.value).set_index("Change")
    verdict = table.loc["One more copy in each datacenter", "Verdict"].replace("\\", "")
    assert verdict == "Works; needs servers with 16 bays (now 12)"
