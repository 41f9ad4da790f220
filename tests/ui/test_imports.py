"""Imports on the Users page: exports uploaded, tiers looked at and taken over, messages and hours too."""

from __future__ import annotations

import json

import jsonschema
import pytest
from support.paths import EXPORTS
from support.sessions import USERS, given, plain, seen, session, sound, texts

from calculator.importers.collecting import data_sources
from calculator.importers.mailboxes import import_mailboxes
from calculator.importers.mailboxes.file_kinds import DATABASE_COMMAND, STATISTICS_COMMAND
from calculator.inputs.text_files import Upload
from calculator.ui.charts import population
from calculator.ui.inputs import imports

EXPORTS = EXPORTS
DESIGN = {
    "tiers.1.mailboxes": 10.0,
    "tiers.2.mailboxes": 20.0,
    "tiers.3.mailboxes": 5.0,
    "tiers.1.mailbox_size_limit": 2048.0,
    "environment.mailbox_servers": 6.0,
}
HOURS = "Hour,LogsGenerated,HourToDailyLogGenRatio,NumberOfHourlySamples,AvgLogGenPerHour\n" + "".join(
    f"{hour},{hour},0,14,{hour}\n" for hour in range(24)
)


def file(name):
    return f"{name}.csv", (EXPORTS / f"{name}.csv").read_bytes(), "text/csv"


@pytest.fixture
def importing(opened):
    """Open Users with the import unfolded and files uploaded."""

    def upload(*files, kind=imports.MAILBOXES):
        at = opened(DESIGN, page=USERS)
        at.session_state["import_fold"] = True
        at.run()
        if kind != imports.MAILBOXES:
            at.get_by_key("import_kind").set_value(kind).run()
        at.get_by_key("import_files").set_value(list(files)).run()
        if job := session(at).imports.job:
            job.wait(20)
            at.run()
        assert not at.exception
        return at

    return upload


def tables(at):
    return [table.value.replace("\N{NO-BREAK SPACE}", " ", regex=True) for table in at.table]


def test_the_import_is_folded_until_it_is_opened(opened):
    at = opened(DESIGN, page=USERS)
    assert seen(at, "import_files") is None


def test_tiers_are_previewed_and_applied_in_one_step(importing):
    at = importing(file("list"), file("databases"))
    sound(at)
    tiers = next(table for table in tables(at) if "Mean quota" in table)
    assert tiers["Mailboxes"].tolist() == ["1"] * 4
    assert "Size today" not in tiers  # a list has no sizes
    before = dict(given(at))
    replaces = (
        "Apply replaces the tiers of the design: 4 tiers with 4 mailboxes instead of 3 tiers with 35 mailboxes. "
        "Everything else stays the same, and Undo restores the previous values."
    )
    assert replaces in texts(at)
    at.get_by_key("import_take").click().run()
    sound(at)
    assert replaces not in texts(at)
    design = given(at)
    assert sorted(design[f"tiers.{n}.mailboxes"] for n in range(1, 5)) == [1.0] * 4
    assert "tiers.5.mailboxes" not in design
    assert design["environment.mailbox_servers"] == 6
    assert [box.value for box in at.success] == [
        "Applied: 4 tiers with 4 mailboxes. Undo restores the previous values. The 3 warnings above still hold."
    ]
    at.get_by_key("undo").click().run()
    assert given(at) == before
    assert not at.success


def test_number_bounds_and_growth_are_chosen_in_the_page(importing):
    at = importing(file("statistics"))
    assert "Left out: disconnected or disabled (1), health mailbox (1)." in plain(at)
    at.get_by_key("import_number").set_value(1).run()
    sound(at)
    assert next(t for t in tables(at) if "Mean quota" in t)["Size today"].tolist() == ["2\\.91 GB"]
    at.get_by_key("import_bounds").set_value("1 GB, 4 GB").run()
    sound(at)
    assert next(t for t in tables(at) if "Mean quota" in t)["Mailboxes"].tolist() == ["1"] * 3
    at.get_by_key("import_bounds").set_value("much").run()
    assert any(text.startswith('"much" is not a number.') for text in plain(at))
    assert seen(at, "import_take") is None
    at.get_by_key("import_bounds").set_value("").run()
    at.get_by_key("import_uplift").set_value(100.0).run()
    assert next(t for t in tables(at) if "Mean quota" in t)["Size today"].tolist() == ["5\\.82 GB"]


def test_mailboxes_larger_than_their_quota_stay_reported_until_their_quotas_are_raised(importing):
    at = importing(("sizes.csv", b"DisplayName,TotalItemSize (MB)\nA,8192\nB,1024\n", "text/csv"))
    at.get_by_key("import_number").set_value(2).run()
    assert any(
        text.startswith('Raise the quotas to these sizes ("Raise quotas that are smaller than the mailbox")')
        for text in plain(at)
    )
    at.get_by_key("import_take").click().run()
    assert [text for text in plain(at) if "1 mailbox is larger today than the quota" in text][1:] == []  # said once
    assert any("The initial mailbox size is 8 GB" in text for text in plain(at))  # the design keeps the warning
    [applied] = [box.value for box in at.success]
    assert applied.startswith("Applied: 2 tiers with 2 mailboxes. Undo restores the previous values. The ")
    at.get_by_key("import_raise").set_value(True).run()
    assert not at.success, "these tiers are not applied yet"
    replaces = "Apply replaces the tiers of the design: 2 tiers with 2 mailboxes instead of 2 tiers with 2 mailboxes."
    assert any(text.startswith(replaces) for text in texts(at))
    at.get_by_key("import_take").click().run()
    sound(at)
    assert given(at)["tiers.2.mailbox_size_limit"] == 8192
    assert not any("larger today" in text for text in plain(at))
    assert not any("The initial mailbox size is" in text for text in plain(at))


def test_an_applied_import_proposes_what_was_applied(importing):
    at = importing(("sizes.csv", b"DisplayName,TotalItemSize (MB)\nA,8192\nB,9216\nC,1024\n", "text/csv"))
    at.get_by_key("import_number").set_value(1).run()
    at.get_by_key("import_raise").set_value(True).run()
    preview = tables(at)
    proposed = next(table for table in preview if "Mean quota" in table)
    assert proposed["Mean quota"].tolist() == ["7\\.05 GB"]  # of 8 GB, 9 GB and the 4.14 GB of the design
    at.get_by_key("import_take").click().run()
    sound(at)
    assert given(at)["tiers.1.mailbox_size_limit"] == pytest.approx((8192 + 9216 + (10 * 2048 + 25 * 5120) / 35) / 3)
    assert all((old == new).all(axis=None) for old, new in zip(preview, tables(at), strict=True))
    assert at.get_by_key("import_take").disabled
    # What is changed afterwards counts for the next import; the raised quota does not.
    state_of = session(at)
    state_of.given = {**state_of.given, "tiers.1.messages_per_day": 60.0}
    at.run()
    assert not at.success
    assert any("the 60 messages per day of the design are used" in text for text in plain(at))
    changed = next(table for table in tables(at) if "Mean quota" in table)
    assert (changed["Mean quota"].tolist(), changed["Messages per day"].tolist()) == (["7\\.05 GB"], ["60"])
    assert not at.get_by_key("import_take").disabled


def test_the_warnings_of_an_import_stay_on_the_pages_until_what_they_are_about_changes(importing):
    at = importing(("sizes.csv", b"DisplayName,TotalItemSize (MB)\nA,8192\nB,1024\n", "text/csv"))
    at.get_by_key("import_take").click().run()
    at.session_state["import_fold"] = False
    at.run()
    sound(at)
    larger = (
        ":orange[:material/warning:] 1 mailbox is larger today than the quota, by 3.86 GB in all, which is not sized."
    )
    messages = "No file gives messages: the 100 messages per day of the design are used for all 2 mailboxes."
    assert [text for text in plain(at) if "larger today" in text] == [larger]
    assert any(messages in text for text in plain(at))
    state_of = session(at)
    state_of.given = {**state_of.given, "tiers.2.mailbox_size_limit": 9000.0}
    at.run()
    assert not any("larger today" in text for text in plain(at))
    assert any(messages in text for text in plain(at))
    at.get_by_key("undo").click().run()
    assert not any(messages in text for text in plain(at))


def test_an_import_says_that_the_servers_are_defaults_and_finds_the_smallest_number(opened):
    at = opened({"tiers.1.mailboxes": 0.0, "environment.exchange_version": "2019"}, page=USERS)
    at.session_state["import_fold"] = True
    at.run()
    rows = "".join(f"User {n},{100 + n}\n" for n in range(300))
    at.get_by_key("import_files").set_value(
        [("sizes.csv", f"DisplayName,TotalItemSize (MB)\n{rows}".encode(), "text/csv")]
    ).run()
    session(at).imports.job.wait(20)
    at.run()
    at.get_by_key("import_take").click().run()
    sound(at)
    assert [metric.delta for metric in at.metric if metric.delta] == []  # there were no figures before
    assert any(text.startswith("This design works") and text.endswith("the two datacenters.") for text in texts(at))
    assert (
        "The files do not say how many datacenters, copies and servers you plan. Defaults are used until you choose "
        "them: 8 servers in two datacenters."
    ) in texts(at)
    at.get_by_key("import_fewest").click().run()
    sound(at)
    assert given(at)["environment.mailbox_servers"] == 2
    assert any(text.startswith("**4 servers are the smallest number that works") for text in plain(at))
    assert seen(at, "import_fewest") is None
    [applied] = [box.value for box in at.success]
    assert applied.startswith("Applied: 2 tiers with 300 mailboxes. The ")  # Undo would restore the servers first


def test_mailboxes_that_are_left_out_can_be_kept(importing):
    at = importing(file("statistics"))
    at.get_by_key("import_keep").set_value(["disabled", "health"]).run()
    session(at).imports.job.wait(20)
    at.run()
    assert sum(int(n) for n in next(t for t in tables(at) if "Mean quota" in t)["Mailboxes"]) == 5


def test_an_import_that_leaves_out_most_rows_warns(importing):
    rows = "".join(f"User,11111111-2222-3333-4444-555555555555,{100 + n}\n" for n in range(5))
    at = importing(("sizes.csv", f"DisplayName,MailboxGuid,TotalItemSize (MB)\n{rows}".encode(), "text/csv"))
    assert [box.value.replace("\\", "") for box in at.warning] == [
        "More rows are left out than used: duplicate (4). 1 mailbox is used. Check that the files name every mailbox "
        "differently."
    ]


def test_how_files_were_read_is_shown_and_what_they_leave_open_is_chosen(importing):
    at = importing(("sizes.csv", b'DisplayName,TotalItemSizeMB\nA,"2,125"\n', "text/csv"))
    assert any('"2,125" is ambiguous: 2.125 or 2,125?' in text for text in plain(at))
    assert seen(at, "import_take") is None
    at.get_by_key("import_decimal").set_value("point").run()
    session(at).imports.job.wait(20)
    at.run()
    sound(at)
    shown = next(table for table in tables(at) if "Decimal sign" in table)
    assert (shown["Kind"].tolist(), shown["Decimal sign"].tolist()) == (["mailbox statistics"], ["point"])
    assert next(t for t in tables(at) if "Mean quota" in t)["Size today"].tolist() == ["2\\.08 GB"]
    assert any(text.startswith("No file gives quotas: that of the design") for text in plain(at))


def two_files(archives=False):
    """Statistics and a list of four mailboxes: two with the quota of an unknown database, one with an archive."""
    stats = "DisplayName,TotalItemSize (MB)\n" + "".join(f"M{n},{100 + n}\n" for n in range(4))
    stats += "In-Place Archive - M0,500\n" if archives else ""
    head = "DisplayName,UseDatabaseQuotaDefaults,ProhibitSendReceiveQuota,ArchiveDatabase,ArchiveQuota\n"
    rows = [f"M{n},{n > 1},{'Unlimited' if n > 1 else '4 GB' if n else '12 GB'}" for n in range(4)]
    rows = [f"{row},{'DB' if archives and not n else ''},100 GB\n" for n, row in enumerate(rows)]
    return ("stats.csv", stats.encode(), "text/csv"), ("quotas.csv", "".join([head, *rows]).encode(), "text/csv")


def test_tiers_show_assumed_quotas_and_the_quota_of_archives(importing):
    at = importing(*two_files(archives=True))
    at.get_by_key("import_by").set_value("quota").run()
    sound(at)
    shown = next(table for table in tables(at) if "Archive quota" in table)
    assert dict(zip(shown["Tier"], shown["Quota assumed for"], strict=True)) == {
        "Quota of 4 GB": "0",
        "Assumed quota of 8 GB": "2",
        "Quota of 12 GB, with archive": "0",
    }
    assert shown["Archive quota"].tolist() == ["n/a", "n/a", "100 GB"]
    assert shown["Archive today"].tolist() == ["n/a", "n/a", "500 MB"]
    assert not any(text.startswith("Left out:") for text in plain(at))
    at.session_state["group:importednotices"] = True
    at.run()
    assert "1 archive was added to the mailbox that owns it." in plain(at)


def test_columns_without_content_are_not_shown(importing):
    quotas = b"DisplayName,ProhibitSendReceiveQuota\nA,10 GB\nB,10 GB\n"
    sizes = b"DisplayName,TotalItemSize (MB)\nA,8192\nB,1024\n"
    at = importing(("sizes.csv", sizes, "text/csv"), ("quotas.csv", quotas, "text/csv"))
    shown = next(table for table in tables(at) if "Mean quota" in table)
    assert not {"Archive today", "Archive quota", "Quota assumed for"} & set(shown)


def test_messages_go_to_every_tier_of_the_design(importing):
    at = importing(file("users"), kind=imports.RATES)
    sound(at)
    assert (
        "Apply replaces 6 values of the design: Messages per day, Average message size. Everything else stays the "
        "same, and Undo restores the previous values."
    ) in texts(at)
    at.get_by_key("import_take").click().run()
    sound(at)
    design = given(at)
    assert [design[f"tiers.{n}.messages_per_day"] for n in (1, 2, 3)] == pytest.approx([110 / 35] * 3)
    assert design["tiers.1.mailbox_size_limit"] == 2048


def test_hourly_shares_of_logs_are_imported(importing):
    at = importing(("hours.csv", HOURS.encode(), "text/csv"), kind=imports.HOURS)
    sound(at)
    at.get_by_key("import_take").click().run()
    assert given(at)["replication.hourly_log_share.24"] == pytest.approx(23 / 276)


def test_deployment_files_are_imported(importing):
    servers = b"ServerName,DbPerVolume,AutoReseedVolumes\nVersionNumber,2.1,7.6\nex-a-01,4,2\n"
    at = importing(("Servers.csv", servers, "text/csv"), kind=imports.FILES)
    sound(at)
    at.get_by_key("import_take").click().run()
    assert given(at)["storage.autoreseed_volumes"] == 2
    assert given(at)["names.servers.1"] == "ex-a-01"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"1.2 GB (1,288,490,188 bytes)\n", "has values in its first line, not the names of columns."),
        (b"a,b\n1,2\n", "contains neither mailboxes nor databases."),
        (b"\x00\x01\x02", "is not a text file: it holds NUL characters."),
        (b"PK\x03\x04", "is a workbook or another zip file."),
        (b"<script>,**x**\n1,2\n", "contains neither mailboxes nor databases."),
    ],
)
def test_a_file_that_cannot_be_used_is_explained(importing, data, message):
    at = importing(("bad.csv", data, "text/csv"))
    assert f"bad.csv: {message}" in plain(at)
    assert seen(at, "import_take") is None
    assert given(at) == DESIGN


def test_a_command_that_several_hints_give_is_drawn_once(importing):
    databases = ("dbs.csv", b"Name,EdbFilePath,DatabaseSize\nDB1,D:\\1.edb,\n", "text/csv")
    at = importing(*two_files(), databases)
    at.session_state["group:importednotices"] = True
    at.run()
    assert [block.value for block in at.code] == [DATABASE_COMMAND]
    assert "Input: Mailbox quota. Give their databases too:" in plain(at)
    assert "Export them with the command above." in plain(at)
    hint = 'Set "Divide mailboxes into tiers by" to quota for one tier per quota. Input: Mailbox quota, GB.'
    assert hint in plain(at)


def test_only_the_command_of_a_hint_is_drawn_as_code(importing):
    at = importing(("bad.csv", b"a,b\n1,2\n", "text/csv"))
    assert (
        "Give mailbox statistics, a mailbox list, or a CSV of Get-MailboxReport.ps1 or Get-OnPremMailboxUsage.ps1. The "
        "statistics:"
    ) in plain(at)
    assert [block.value for block in at.code] == [STATISTICS_COMMAND]


def test_uploads_that_are_too_much_together_are_refused(importing, monkeypatch):
    monkeypatch.setattr(imports, "LARGEST_TOTAL_MB", 0)
    at = importing(file("statistics"))
    assert [box.value for box in at.error] == [
        "These files have more than 0 MB. Upload fewer of them, or shorter exports."
    ]


def test_the_chart_of_a_population_is_a_spec_with_the_bounds_of_its_tiers():
    import altair

    imported = import_mailboxes([Upload("s.csv", (EXPORTS / "statistics.csv").read_bytes())], bounds=[1024, 4096])
    chart = population.by_tier(imported, "size")
    assert chart.finding == "3 mailboxes in 3 tiers, split at 1 GB, 4 GB."
    assert sum(row["count"] for row in chart.rows) == 3
    single = import_mailboxes([Upload("s.csv", b"DisplayName,TotalItemSize (MB)\nA,100\n")])
    assert population.by_tier(single, "size").finding == "1 mailbox in 1 tier."
    for row in chart.rows:
        assert row["low"] < row["high"]
    spec = json.loads(json.dumps(chart.spec))
    assert len(spec["layer"]) == 3
    jsonschema.Draft7Validator(altair.load_schema()).validate({**spec, "data": {"values": []}})
    assert {row["Mailboxes"] for row in chart.table} == {"1"}


@pytest.mark.parametrize("kind", [imports.MAILBOXES, imports.RATES, imports.HOURS])
def test_the_page_shows_how_to_collect_the_files_of_a_kind(opened, kind):
    at = opened(DESIGN, page=USERS)
    at.session_state["import_fold"] = True
    at.run()
    at.get_by_key("import_kind").set_value(kind).run()
    assert not at.code
    at.session_state["import_commands"] = True
    at.run()
    assert not at.exception
    wanted = [source for source in data_sources() if source.kind == imports.COLLECTED[kind]]
    assert [block.value for block in at.code] == [source.command for source in wanted]
    assert [text.value for text in at.markdown if text.value.strip("*") in {source.title for source in wanted}] == [
        f"**{source.title}**" for source in wanted
    ]


def test_deployment_files_are_not_collected(opened):
    at = opened(DESIGN, page=USERS)
    at.session_state["import_fold"] = True
    at.run()
    at.get_by_key("import_kind").set_value(imports.FILES).run()
    assert seen(at, "import_commands") is None
