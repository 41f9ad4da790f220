"""Profiles written over profiles: comments, order and notation stay, the design is the new one."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.paths import PROFILES
from support.strategies import profiles

from calculator.inputs.profile import Profile, dump, load, parse, with_settings
from calculator.inputs.profile_file import save, update

COMMENTED = """\
# A design of ours
title = "Ours"  # not theirs

[environment]
# how many there are
mailbox_servers = 6  # one rack
dags = 1  # stated, and the default

[storage.primary]
database_disk_capacity = "4 TB"  # as bought

[[tiers]]
# office workers
name = "Office"
mailboxes = 5_000  # counted

# those who travel
[[tiers]]
mailboxes = 300
messages_per_day = 150
# the end
"""


def design(profile):
    return profile.title, profile.description, profile.tiers, profile.without_defaults().given


def changed(text, *settings):
    return update(text, with_settings(parse(text), settings))


def test_a_profile_that_stays_the_same_stays_the_same_text():
    assert changed(COMMENTED) == COMMENTED


def test_changed_values_are_replaced_on_their_lines():
    assert changed(COMMENTED, "environment.mailbox_servers=8", "tiers.1.mailboxes=5500") == COMMENTED.replace(
        "= 6 ", "= 8 "
    ).replace("5_000", "5500")


def test_a_value_set_to_its_default_stays_stated():
    assert "mailbox_servers = 4  # one rack\n" in changed(COMMENTED, "environment.mailbox_servers=4")
    without = Profile({path: value for path, value in parse(COMMENTED).given.items() if "dags" not in path}, "Ours")
    assert update(COMMENTED, without) == COMMENTED


def test_new_values_join_their_tables():
    text = changed(
        COMMENTED,
        "environment.virtualized=true",
        "storage.primary.log_disk_capacity=none",
        "storage.secondary.database_disk_capacity=600",
        "tiers.2.message_size=50",
        "raid.raid=raid5",
        "data.volume_free_space=0.1",
    )
    assert "# stated, and the default\nvirtualized = true\n" in text
    assert '# as bought\nlog_disk_capacity = "none"\n' in text
    assert "[storage.secondary]\ndatabase_disk_capacity = 600\n" in text
    assert "# the end\nmessage_size = 50\n" in text
    assert '\n\n[raid]\nraid = "raid5"\n' in text
    assert [line for line in COMMENTED.splitlines() if line not in text.splitlines()] == []


def test_tiers_are_added_and_taken_off_at_the_end():
    longer = changed(COMMENTED, "tiers.3.mailboxes=10", "tiers.4.name=Last")
    assert longer == f'{COMMENTED}\n[[tiers]]\nmailboxes = 10\n\n[[tiers]]\nname = "Last"\n'
    assert parse(longer).value("tiers.4.name") == "Last"
    shorter = Profile({"tiers.1.mailboxes": 5000.0, "tiers.1.name": "Office"}, "Ours")
    text = update(COMMENTED, shorter)
    assert "# office workers" in text
    assert text.count("[[tiers]]") == 1
    assert design(parse(text)) == design(shorter)


@pytest.mark.parametrize(
    ("text", "setting", "expected"),
    [
        (
            "environment = { dags = 2, mailbox_servers = 6 } # line\n",
            "environment.dags=3",
            "environment = { dags = 3, mailbox_servers = 6 } # line\n",
        ),
        (
            "environment.dags = 2 # dotted\n[raid]\nraid = 'raid5'\n",
            "environment.virtualized=true",
            "environment.dags = 2 # dotted\nenvironment.virtualized = true\n[raid]\nraid = 'raid5'\n",
        ),
        (
            "tiers = [\n  { mailboxes = 5 }, # first\n  { mailboxes = 6 }, # second\n]\n",
            "tiers.2.mailboxes=7",
            "tiers = [\n  { mailboxes = 5 }, # first\n  { mailboxes = 7 }, # second\n]\n",
        ),
        ('"environment.dags" = 2 # quoted\n', "environment.dags=3", '"environment.dags" = 3 # quoted\n'),
        (
            'names.servers = [\n  "A1", # old\n  "B1",\n]\n',
            "names.servers.1=A2",
            'names.servers = [\n  "A2", # old\n  "B1",\n]\n',
        ),
        (
            "storage = { primary = { log_disk_capacity = 600 } } # all\n",
            "storage.secondary.log_disk_capacity=600",
            "storage = { primary = { log_disk_capacity = 600 }, secondary = {log_disk_capacity = 600}} # all\n",
        ),
        ('"tiers.1.mailboxes" = 5 # quoted\n', "tiers.1.mailboxes=6", '"tiers.1.mailboxes" = 6 # quoted\n'),
        ("[tiers.1]\nmailboxes = 5 # only\n", "tiers.1.mailboxes=6", "[tiers.1]\nmailboxes = 6 # only\n"),
    ],
)
def test_every_notation_stays(text, setting, expected):
    assert changed(text, setting) == expected


def test_titles_come_and_go():
    assert update("# mine\n[raid]\nraid = 'raid5'\n", Profile({"raid.raid": "raid5"}, "New")) == (
        "# mine\ntitle = \"New\"\n\n[raid]\nraid = 'raid5'\n"
    )
    assert "title" not in update(COMMENTED, parse(COMMENTED.replace('title = "Ours"', "")))


def test_a_list_grows_as_far_as_it_has_to():
    text = changed('[names]\nservers = ["A1", "B1"] # two\n', "names.servers.4=D1")
    assert 'servers = ["A1", "B1", "SRV03", "D1"]' in text
    assert parse(text).value("names.servers.4") == "D1"


def test_line_ends_of_windows_stay():
    text = COMMENTED.replace("\n", "\r\n")
    updated = changed(text, "environment.mailbox_servers=8", "raid.raid=raid5")
    assert (
        updated.count("\r\n") == updated.count("\n") == COMMENTED.count("\n") + 3
    )  # a blank line, the header and the value


@pytest.mark.parametrize("text", ["", "\n", "no TOML", "[environment\n", f"{'a.' * 300}b = 1\n"])
def test_a_text_that_is_no_profile_is_replaced(text):
    profile = Profile({"tiers.1.mailboxes": 5.0}, "New")
    assert update(text, profile) == dump(profile)


def test_an_update_drops_lines_that_no_design_can_have():
    text = "# mine\n[environment]\ndag = 5\ndags = 'many'\nvirtualized = true # yes\n[more]\nx = 1\n"
    profile = Profile({"environment.virtualized": True})
    updated = update(text, profile)
    assert "# mine\n[environment]\ndags = 1\nvirtualized = true # yes\n" in updated
    assert design(parse(updated)) == design(profile)


def test_a_file_is_made_and_updated(tmp_path):
    file = tmp_path / "plan.toml"
    save(file, Profile({"tiers.1.mailboxes": 5.0}, "Plan"))
    assert file.read_bytes() == dump(Profile({"tiers.1.mailboxes": 5.0}, "Plan")).encode()
    file.write_text(COMMENTED)
    save(file, with_settings(load(file), ["tiers.1.mailboxes=7"]))
    assert file.read_text() == COMMENTED.replace("5_000", "7")
    file.write_bytes(b"\xff\x00")
    save(file, Profile(title="Plan"))
    assert file.read_bytes() == b'title = "Plan"\n'
    with pytest.raises(OSError, match="directory"):
        save(tmp_path, Profile())


@settings(max_examples=60)
@given(profiles(), profiles())
@example(Profile({"tiers.3.mailboxes": 0}), Profile({"tiers.2.mailboxes": 0}))
def test_any_profile_over_any_other_is_that_profile(old, new):
    assert design(parse(update(dump(old), new))) == design(new)
    assert update(dump(old), old) == dump(old)


@settings(max_examples=40)
@given(profiles(), st.sampled_from(sorted(path.name for path in PROFILES.glob("*.toml"))))
def test_any_profile_over_a_shipped_one_keeps_its_comments(new, name):
    lines = (PROFILES / name).read_text(encoding="utf-8").splitlines()
    text = "\n".join(f"# before {number}\n{line} # after {number}" for number, line in enumerate(lines))
    updated = update(text, new)
    assert design(parse(updated)) == design(new)
    above = lines.index("[[tiers]]")
    assert all(f"# {word} {number}\n" in updated for number in range(2, above) for word in ("before", "after"))
