"""The drawer: from a figure down to an input and a constant, and back."""

import pytest
from support.sessions import START, given, in_gb, plain, seen, session, shipped, sized, sound, texts, tile

from calculator import size
from calculator.inputs.schema import BY_PATH
from calculator.presentation.headline import FURTHER_FIGURES
from calculator.presentation.places import as_question
from calculator.presentation.sentences import sentence
from calculator.presentation.text import word
from calculator.rules.registry import RULES
from calculator.ui.inputs import explanation_drawer
from calculator.ui.inputs.explanation_drawer import oddity_effect, oddity_rows
from calculator.ui.results import figures

LINK = BY_PATH["replication.link_type"].choice


def dialog_titles(block):
    """Return the titles of the dialogs in a block."""
    is_dialog = block.type == "dialog"
    found = [block.proto.dialog.title] if is_dialog else []
    inner = (child for child in getattr(block, "children", {}).values())
    return found + [title for child in inner for title in dialog_titles(child)]


def go(at, key):
    at.get_by_key(key).click().run()
    at.run()
    sound(at)


def test_a_tile_opens_and_steps_lead_to_an_input_and_a_constant(opened):
    at = opened("active_active")
    go(at, "tile:Mailbox on disk")
    assert list(session(at).explained) == ["tiers.1.mailbox_size_on_disk"]
    assert any(metric.value == "5.24" and "GB" in metric.label for metric in at.metric[8:])
    go(at, "why_to:dumpster_and_whitespace")
    go(at, "why_to:dumpster")
    assert session(at).explained[-1] == "tiers.1.dumpster"
    assert seen(at, "crumb:1") is not None
    go(at, "crumb:2")
    assert list(session(at).explained) == ["tiers.1.mailbox_size_on_disk", "tiers.1.dumpster_and_whitespace"]
    go(at, "why_back")
    assert list(session(at).explained) == ["tiers.1.mailbox_size_on_disk"]
    quota = at.get_by_key("why:tiers.1.mailbox_size_limit")
    assert quota.value == 5
    quota.set_value(2.0).run()
    at.run()
    sound(at)
    design = given(at)
    assert design["tiers.1.mailbox_size_limit"] == 2048
    assert tile(at, "Mailbox on disk, GB") == in_gb(size(design))
    assert list(session(at).explained) == ["tiers.1.mailbox_size_on_disk"]


def test_a_constant_shows_its_value_and_source(opened):
    at = opened("active_active")
    session(at).explained = ["volume_maintenance_part"]
    at.session_state["why_unused"] = True
    at.run()
    go(at, "why_to:maintenance_share")
    assert list(session(at).explained) == ["volume_maintenance_part", "maintenance_share"]
    assert any(metric.label == "constant" and metric.value == "1.1" for metric in at.metric)
    assert any(written.startswith("Source") or "offline maintenance" in written for written in texts(at))


def test_a_figure_and_a_constant_have_the_notice_about_unpublished_numbers(opened):
    notice = "Microsoft has published no figure for 2019, so the figure of 2016 is used."
    at = opened("exchange_2019")
    for explained in (["database_cache_profile"], ["database_cache_profile", "database_cache_per_step"]):
        session(at).explained = explained
        at.run()
        sound(at)
        assert notice in texts(at)
    session(at).explained = ["largest_server_memory", "largest_server_memory_by_version"]
    at.run()
    sound(at)
    assert notice not in texts(at)


@pytest.mark.parametrize("column", ["summary_servers.environment", "replication_peak_throughput.environment"])
def test_an_input_and_a_figure_that_does_not_apply_have_no_notice(opened, column):
    at = opened("exchange_2019")
    session(at).explained = [column]
    at.run()
    sound(at)
    assert not any("published no figure" in written for written in texts(at))


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("IOPS of a server", "Database I/O per server: 322\xa0IOPS"),
        ("logs per day", "Transaction logs per day: 276,600\xa0logs/day"),
        ("gc cores", "Directory server cores, primary: 3"),
        ("content index memory", "Memory that content indexing needs on a server"),
    ],
)
def test_a_search_finds_a_figure_by_its_name_on_the_page_and_explains_it(opened, words, first):
    at = opened("active_active", "levels")
    at.get_by_key("find_result").set_value(words).run()
    at.run()
    found = [button for button in at.button if button.key and button.key.startswith("found:")]
    assert found[0].label.replace("\\", "").startswith(first)
    found[0].click().run()
    at.run()
    sound(at)
    assert list(session(at).explained) == [found[0].key.removeprefix("found:")]


def test_every_figure_that_is_found_has_its_value_and_the_place_of_several(opened):
    at = opened("active_active", "levels")
    at.get_by_key("find_result").set_value("log i/o").run()
    at.run()
    labels = [button.label.replace("\\", "") for button in at.button if (button.key or "").startswith("found:")]
    assert any(label.startswith("Log I/O at the peak, per database: ") for label in labels)
    assert all(": " in label for label in labels)


@pytest.mark.parametrize(
    ("words", "level", "message"),
    [
        ("zzzz", "Server", "No figure contains these words."),
        (
            "logs until full",
            "Server",
            "The figures above contain these words; no result in the table of the level Server does.",
        ),
    ],
)
def test_a_search_without_rows_says_whether_a_figure_is_found(opened, words, level, message):
    at = opened("active_active", "levels")
    at.get_by_key("find_result").set_value(words).run()
    at.get_by_key("level").set_value(level).run()
    sound(at)
    assert [box.value for box in at.info] == [message]


def test_remarks_name_other_figures_as_the_pages_do(opened):
    at = opened("active_active")
    session(at).explained = ["days_until_volume_full"]
    at.run()
    sound(at)
    named = next(name for name, column in FURTHER_FIGURES if column == "days_until_disk_full")
    assert any(f'The disk in the server, which is larger, lasts longer ("{named}").' in text for text in texts(at))


def test_a_table_by_the_option_of_a_choice_has_its_words_with_the_used_one_first(opened):
    at = opened("active_active")
    session(at).explained = ["chosen_link_bandwidth"]
    at.run()
    sound(at)
    label = at.get_by_key("why_to:link_bandwidth").label.replace("\\", "")
    used = word(LINK, str(shipped("active_active").value("replication.link_type")))
    assert label.startswith(f"Bandwidth of a network link, by its type: {used} (used here): ")
    go(at, "why_to:link_bandwidth")
    shown = next(table.value for table in at.table if "At" in table.value)
    assert len(shown) == len(LINK.words)
    assert shown["At"].tolist()[0].replace("\\", "") == f"{used} (used here)"


def test_every_further_figure_is_explained(opened):
    at = opened("active_active")
    buttons = {button.key: button.label.replace("\\", "") for button in at.button}
    labels = [buttons[f"further:{column}"] for _, column in FURTHER_FIGURES]
    assert labels[:4] == [
        "Database I/O per server: 322 IOPS",
        "Background maintenance per server: 32 MB/s",
        "Transaction logs per day: 276,600 logs/day",
        "Transport database per server: 322 GB",
    ]
    at.get_by_key("further:reseed_hours").click().run()
    at.run()
    sound(at)
    assert [found.replace("\\", "") for found in dialog_titles(at._tree)] == ["Reseed of a volume"]


def test_a_figure_without_a_sentence_has_its_numbers(opened):
    at = opened("active_active")
    session(at).explained = ["passive_megacycles_by_mode.normal.primary"]
    at.run()
    sound(at)
    assert "= (32 − 8) × 171.25 = 4,110 megacycles" in texts(at)


def test_an_oddity_shows_the_other_figure(opened):
    at = opened("active_active")
    session(at).explained = ["tiers.1.years_to_capacity"]
    at.run()
    sound(at)
    assert oddity_rows(sized(at).explain("years_to_capacity", 0)) == [
        {"Where": "Tier 1", "Microsoft's workbook": "2.82 years", "Corrected": "2.69 years"}
    ]


def test_an_oddity_says_that_it_does_not_change_the_figure(opened):
    at = opened("active_active")
    session(at).explained = ["sized_databases_by_mode.worst.primary"]
    at.run()
    sound(at)
    assert "It does not change the figure above. It changes these:" in texts(at)
    step, profile = sized(at).explain("sized_databases_by_mode", 0), sized(at).profile
    assert oddity_rows(step) == [
        {"Where": f"{failed}, {side} datacenter", "Microsoft's workbook": workbook, "Corrected": corrected}
        for failed, workbook, corrected in (
            ("One server failed", "10 databases", "12 databases"),
            ("Two servers failed", "12 databases", "16 databases"),
        )
        for side in ("primary", "secondary")
    ]
    assert oddity_effect(step, "single.primary", profile) == ""
    corrected = size({**profile.given, "guidance.oddities": "corrected"})
    step = corrected.explain("sized_databases_by_mode", 0)
    assert oddity_rows(step) == []
    assert oddity_effect(step, "single.primary", corrected.profile) == "The figures of this design are corrected."


def test_the_title_is_the_question_that_was_pressed(opened):
    at = opened("exchange_2019")
    for explained, title in (
        (["summary_servers.environment", "summary_dags"], "Why 6 servers?"),
        (["replication_peak_throughput.environment"], "Why no figure for WAN at peak?"),
        (["server_memory.primary"], "Memory of a server in each datacenter"),
    ):
        session(at).explained = explained
        at.run()
        sound(at)
        assert [found.replace("\\", "") for found in dialog_titles(at._tree)] == [title]


def test_the_whole_tree_can_be_copied(opened):
    at = opened("active_active")
    session(at).explained = ["summary_servers.environment"]
    at.session_state["why_tree"] = True
    at.run()
    sound(at)
    tree = sized(at).explain("summary_servers").text()
    assert tree in [code.value for code in at.code]


@pytest.mark.parametrize("design", ["small_office", "litigation_hold"])
def test_a_result_of_any_kind_can_be_opened(opened, design):
    at = opened(design, page=START)  # The page below the drawer that has the least to draw.
    for name in sorted(RULES)[::5]:
        session(at).explained = [RULES[name].columns(sized(at).tiers)[-1]]
        at.run()
        sound(at)
        assert any(as_question(RULES[name].meaning) in written.replace("\\", "") for written in texts(at)), name


def test_conditions_are_folded_below_the_figures(opened):
    at = opened("active_active")
    session(at).explained = ["database_copies_per_server.primary"]
    at.run()
    sound(at)
    needs = size(given(at)).explain("database_copies_per_server").needs
    results = [need for need in needs if need.name in RULES]
    conditions = [need.name for need in results if all(isinstance(value, bool) for value in need.values.values())]
    assert conditions
    assert not any(seen(at, f"why_to:{name}") for name in conditions)
    at.session_state["why_conditions"] = True
    at.run()
    sound(at)
    assert all(seen(at, f"why_to:{name}") for name in conditions)


def test_the_formula_is_folded(opened):
    at = opened("active_active")
    session(at).explained = ["content_index_size"]
    at.run()
    sound(at)
    assert "With the numbers of this design:" not in texts(at)
    at.session_state["why_formula"] = True
    at.run()
    sound(at)
    assert {"With the numbers of this design:", "= 2,618.16 × 0.2 = 523.633 GB"} <= set(texts(at))


def test_a_figure_lists_apart_what_it_does_not_use(opened):
    at = opened("active_active")
    session(at).explained = ["cpu_utilization_by_mode.worst.primary"]
    at.run()
    sound(at)
    after_site = "why_to:active_after_site_failure"
    assert not seen(at, after_site)
    assert seen(at, "why_to:active_megacycles_by_mode")
    at.session_state["why_unused"] = True
    at.run()
    sound(at)
    assert seen(at, after_site)
    session(at).explained = ["passive_megacycles_per_database"]
    at.run()
    below = [line for line in plain(at) if line.startswith("– ")]
    assert not any("Hypervisor overhead" in line or "from Exchange 2016 on" in line for line in below)


@pytest.mark.parametrize(
    ("name", "column", "place"),
    [
        ("dumpster", "tiers.2.mailbox_size_on_disk", "2"),
        ("tiers.mailboxes", "tiers.2.mailbox_size_on_disk", "2"),
        ("average_mailbox_size", "tiers.2.mailbox_size_on_disk", ""),
        ("dumpster", "home_databases_second_failure.2.server.primary", "server.primary"),
        ("active_servers", "home_databases_second_failure.2.server.primary", "2.server.primary"),
    ],
)
def test_a_tier_is_one_only_among_tiers(name, column, place):
    assert explanation_drawer.place_at(name, column) == place


@pytest.mark.parametrize("design", ["active_active", "small_office"])
def test_every_cell_of_every_result_has_a_text(design):
    sized_design = size(shipped(design))
    for rule in RULES.values():
        for column in rule.columns(sized_design.tiers):
            shown = figures.shown_in_units(column, sized_design)
            assert shown.strip(), column
            assert shown not in ("n/a", "nan", "None"), column


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("largest_mailbox_size_on_disk", 5362.0, "5.24 GB"),
        ("worst_cpu_utilization", 0.731, "73 %"),
        ("summary_dags", 2.0, "2"),
        ("summary_servers.environment", 6.0, "6"),
        ("reseed_hours", None, "n/a"),
    ],
)
def test_a_figure_has_its_unit_unless_its_name_tells_it(column, value, text):
    assert figures.figure_with_unit(column, value).replace("\u00a0", " ") == text


@pytest.mark.parametrize("name", ["Servers", "CPU, worst failure", "Memory per server", "Disks per server"])
def test_the_first_line_says_in_words_and_numbers_how_a_headline_figure_comes_about(opened, name):
    at = opened("active_active")
    go(at, f"tile:{name}")
    [column] = session(at).explained
    expected = sentence(column, sized(at))
    assert expected
    written = plain(at)
    first = written.index(f"**{expected}**")
    assert first < written.index("**What it comes from**")
    assert not any(sign in code.value for code in at.code for sign in ("select(", "return"))


NOT_LISTED = ("memory_applies", "mailboxes_total")
"""A condition on which the memory of a server depends, and a figure that only tells whether there are mailboxes."""


def test_each_need_lists_what_it_comes_from_itself(opened):
    at = opened("active_active")
    go(at, "tile:Memory per server")
    step = sized(at).explain("summary_memory", depth=2)
    need = next(need for need in step.needs if need.name == "server_memory")
    figures_below = [
        f"– {explanation_drawer.need_title(below)}: " for below in need.needs if below.name not in NOT_LISTED
    ]
    assert len(figures_below) == len(need.needs) - len(NOT_LISTED)
    written = plain(at)
    assert all(any(line.startswith(figure) for line in written) for figure in figures_below)
    assert seen(at, "why_to:server_memory").label.replace("\\", "").endswith("96 GB")


def test_a_figure_at_other_places_is_listed_in_words(opened):
    at = opened("active_active")
    go(at, "tile:CPU, worst failure")
    elsewhere = next(table.value for table in at.table if "Where" in table.value)
    assert elsewhere["Where"].tolist()[0] == "Normal operation, primary datacenter"


def test_a_factor_that_is_1_or_0_is_a_condition_that_holds_or_not(opened):
    at = opened("active_active")
    go(at, "tile:Memory per server")
    go(at, "why_to:server_memory")
    assert not [text for text in texts(at) if "servers whose memory is sized" in text]
    at.session_state["why_conditions"] = True
    at.run()
    condition = seen(at, "why_to:memory_applies")
    assert condition.label.replace("\\", "") == "A datacenter has servers whose memory is sized: yes"
    go(at, "why_to:memory_applies")
    assert "**Whether a datacenter has servers whose memory is sized.**" in plain(at)
    assert [metric.value for metric in at.metric if metric.label == "Primary datacenter"] == ["yes"]
    assert not [text for text in texts(at) if "Factor that is" in text]


def test_a_need_that_does_not_apply_says_why(opened):
    at = opened("exchange_2019")
    go(at, "tile:WAN at peak")
    needs = [button.label.replace("\\", "") for button in at.button if (button.key or "").startswith("why_to:")]
    assert (
        "Log traffic between datacenters in the busiest hour after compression, of a database and a DAG: "
        "n/a (one datacenter)" in needs
    )
    assert not [label for label in needs if label.endswith("n/a")]


def test_a_design_without_mailboxes_explains_that_it_has_none(opened):
    at = opened({"tiers.1.mailboxes": 0.0, "tiers.2.mailboxes": 0.0})
    go(at, "tile:Servers")
    assert list(session(at).explained) == ["mailboxes_total"]
    needs = [button.label for button in at.button if str(button.key).startswith("why_to:")]
    assert any(label.replace("\\", "").endswith(": tier 1: 0 mailboxes, tier 2: 0 mailboxes") for label in needs)


def test_each_outer_step_has_the_name_of_its_figure(opened):
    at = opened("active_active")
    outer = {
        "summary_servers.environment": "Servers",
        "volume_fill.primary": "Fullest volume",
        "replication_peak_throughput.environment": "WAN at peak",
        "content_index_size": "Space that the content index of its databases takes on a volume",
        "tiers.mailbox_size_limit": "Mailbox quota",
    }
    for name, title in outer.items():
        session(at).explained = [name, "mailboxes_total"]
        at.run()
        sound(at)
        assert seen(at, "crumb:1").label == title


def test_a_step_with_several_places_shows_what_its_button_said(opened):
    at = opened("active_active")
    go(at, "tile:WAN at peak")
    values = "per database 0.538 Mb/s, per DAG 86.1 Mb/s"
    assert seen(at, "why_to:replication_peak_log_throughput").label.replace("\\", "").endswith(f": {values}")
    go(at, "why_to:replication_peak_log_throughput")
    written = plain(at)
    assert written.index("Per database 0.538 Mb/s, per DAG 86.1 Mb/s") < written.index("**What it comes from**")
    assert "**Values**" not in written


def test_the_fullest_volume_comes_from_its_size_first(opened):
    at = opened("active_active")
    go(at, "tile:Fullest volume")
    needs = [button.label for button in at.button if str(button.key).startswith("why_to:")]
    assert [label.replace("\\", "") for label in needs] == [
        "Size of the first database (+ log) volume of a server: 3,544 GB",
        "Capacity of a database disk in each datacenter in binary GB, 0 if no disk is chosen: 3,725 GB",
        "Storage that the servers of each role may use, RAID or JBOD: JBOD",
    ]
    assert "– Database disk capacity: 4,000 GB" in plain(at)


def test_a_quirk_begins_with_a_capital_letter(opened):
    at = opened("active_active")
    session(at).explained = ["active_after_second_failure.primary"]
    at.run()
    sound(at)
    [quirk] = [text for text in texts(at) if "needs four servers in the secondary datacenter" in text]
    assert quirk.startswith("The figure of the primary datacenter needs")


@pytest.mark.parametrize(
    ("rule", "need", "text"),
    [
        ("dags_total", "environment.dags", "1 DAG"),
        ("storage_architecture", "primary_architecture", "JBOD"),
        (
            "replication_hourly_logs",
            "replication.hourly_log_share",
            "00–01 h: 1 %, 01–02 h: 1 %, 02–03 h: 1 %, 03–04 h: 1 %, 04–05 h: 1 %, …",
        ),
    ],
)
def test_the_values_of_a_need_are_in_words(rule, need, text):
    step = size(shipped("active_active")).explain(rule, depth=1)
    assert explanation_drawer.value_line(step[need], "") == text
