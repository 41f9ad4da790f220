"""One truth: undone, shared in a link, and safe against what a link or a file may hold."""

import base64
import hashlib
import io
import zlib

import pytest
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from support.paths import PROFILES
from support.sessions import (
    APP,
    REQUIREMENTS,
    SHIPPED,
    START,
    USERS,
    given,
    in_gb,
    new_session,
    seen,
    session,
    shipped,
    sound,
    texts,
    tile,
    title,
)

from calculator import size
from calculator.inputs import profile as scenario
from calculator.inputs.profile import Profile
from calculator.issues import InputError
from calculator.ui.session import links

DESIGN = {"tiers.1.mailboxes": 1000.0}


def address(at):
    """The design in the page's address."""
    value = at.query_params["d"]
    return value if isinstance(value, str) else value[0]


def link(toml):
    return base64.urlsafe_b64encode(zlib.compress(toml)).decode().rstrip("=")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_link_brings_a_design_back(name):
    profile = shipped(name)
    back = links.decode(links.encode(profile))
    assert (back.title, back.description) == (profile.title, profile.description)
    assert dict(size(back)) == dict(size(profile))


def test_a_link_is_short():
    assert max(len(links.encode(shipped(name))) for name in SHIPPED) < 1000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", "cannot be read."),
        ("%%%", "cannot be read."),
        ("é", "cannot be read."),
        (base64.urlsafe_b64encode(b"no zlib").decode(), "cannot be read."),
        (link(b"a" * (links.LARGEST + 1)), "holds more than a design."),
        (link(b"[[tiers]]\nmailboxes = 10\n" * 9)[:-12], "is cut short."),
        (link(b"not = = toml"), "is not valid TOML: "),
        (link(b"\x81"), "is not a text file: "),
        (link(b"[environment]\nno_such = 1"), "There is no such input."),
        (link(b'[[tiers]]\nmailboxes = "many"'), '"many" is not a number.'),
    ],
)
def test_a_broken_link_gives_a_message(fresh, text, message):
    with pytest.raises(InputError) as error:
        links.decode(text)
    issue = next(iter(error.value.issues))
    assert issue.message.startswith(message)
    fresh.query_params["d"] = text
    fresh.run()
    assert not fresh.exception
    assert given(fresh) == {}
    assert any(message in written for written in texts(fresh))


def test_a_shipped_profile_opens_by_its_name(fresh):
    fresh.query_params["profile"] = "active_active"
    fresh.run()
    sound(fresh)
    assert title(fresh) == "Two datacenters, users in both"
    assert dict(size(links.decode(address(fresh)))) == dict(size(shipped("active_active")))
    assert "profile" not in fresh.query_params


@pytest.mark.parametrize("name", ["nothing", "../app", "/etc/passwd"])
def test_no_other_file_opens_by_name(fresh, name):
    fresh.query_params["profile"] = name
    fresh.run()
    assert any("There is no such profile." in written for written in texts(fresh))
    assert given(fresh) == {}


def test_the_command_line_opens_a_profile_once(fresh, monkeypatch):
    monkeypatch.setattr("sys.argv", [APP, str(PROFILES / "small_office.toml")])
    fresh.run()
    sound(fresh)
    assert given(fresh) == shipped("small_office").given
    assert title(fresh) == shipped("small_office").title
    assert fresh.get_by_key("undo").disabled


def test_a_wrong_file_on_the_command_line_is_said(fresh, monkeypatch):
    monkeypatch.setattr("sys.argv", [APP, "no_such.toml"])
    fresh.run()
    assert any("does not exist." in written for written in texts(fresh))


def test_undo_and_redo(opened):
    at = opened(DESIGN, "tiers.1", page=USERS)
    designs = [dict(DESIGN)]
    for quota in (2.0, 3.0, 4.0):
        at.get_by_key("tiers.1.mailbox_size_limit").set_value(quota).run()
        at.run()
        designs.append(given(at))
    for before in reversed(designs[:-1]):
        at.get_by_key("undo").click().run()
        at.run()
        assert given(at) == before
        assert tile(at, "Mailbox on disk, GB") == in_gb(size(before))
    assert at.get_by_key("undo").disabled
    for after in designs[1:]:
        at.get_by_key("redo").click().run()
        at.run()
        assert given(at) == after
        assert at.get_by_key("tiers.1.mailbox_size_limit").value == after["tiers.1.mailbox_size_limit"] / 1024
    assert at.get_by_key("redo").disabled


def test_reset_brings_the_opened_profile_back(fresh):
    fresh.run()
    fresh.get_by_key("open:active_active").click().run()
    fresh.switch_page(USERS).run()
    fresh.get_by_key("more").click().run()
    assert fresh.get_by_key("reset").disabled
    fresh.get_by_key("tiers.1.mailboxes").set_value(1).run()
    fresh.run()
    fresh.get_by_key("reset").click().run()
    fresh.run()
    assert given(fresh) == shipped("active_active").given
    assert not fresh.get_by_key("undo").disabled


def test_a_change_after_undo_leaves_nothing_to_redo(opened):
    at = opened(DESIGN, "tiers.1", page=USERS)
    for value in (100, 200):
        at.get_by_key("tiers.1.mailboxes").set_value(value).run()
        at.run()
    at.get_by_key("undo").click().run()
    at.run()
    at.get_by_key("tiers.1.mailboxes").set_value(300).run()
    at.run()
    assert session(at).future == []
    assert at.get_by_key("redo").disabled


def test_the_address_follows_every_change(opened):
    at = opened(DESIGN, "tiers.1", page=USERS)
    at.get_by_key("tiers.1.mailboxes").set_value(4321).run()
    again = new_session()
    again.query_params["d"] = address(at)
    again.switch_page(REQUIREMENTS).run()
    sound(again)
    assert given(again) == {"tiers.1.mailboxes": 4321}


def test_a_design_too_long_for_an_address_is_kept_and_said(opened):
    many = {f"tiers.{n}.mailboxes": float(n * 7919 % 9973) for n in range(1, 501)}
    many |= {f"tiers.{n}.message_size": float(n * 7907 % 1009 + 1) for n in range(1, 501)}
    many |= {
        f"tiers.{n}.name": f"Staff {hashlib.sha256(bytes([n % 256, n // 256])).hexdigest()[:16]}" for n in range(1, 501)
    }
    assert len(links.encode(Profile(many))) > links.LONGEST
    at = opened(DESIGN)
    session(at).given = many
    at.get_by_key("share").click().run()
    at.run()
    sound(at)
    assert "d" not in at.query_params
    assert any("too long for a link" in written for written in texts(at))


def test_what_was_answered_stays_stated_after_a_reload_even_if_it_is_the_default(opened):
    at = opened({**DESIGN, "tiers.1.messages_per_day": 150.0}, "tiers.1", page=USERS)
    at.get_by_key("tiers.1.messages_per_day").set_value(100).run()
    at.run()
    assert given(at)["tiers.1.messages_per_day"] == 100
    assert links.decode(address(at)).given == given(at)
    assert scenario.parse(scenario.dump(Profile(given(at)))).given == given(at)


def test_a_profile_with_an_empty_tier_survives_a_link():
    given = {"tiers.1.mailboxes": 5.0, "tiers.2.mailboxes": 0.0}
    assert links.decode(links.encode(Profile(given))).tiers == 2


def test_an_uploaded_profile_replaces_the_design_and_undo_brings_it_back(fresh):
    fresh.run()
    toml = scenario.dump(Profile({"tiers.1.mailboxes": 77.0}, "Mine")).encode()
    fresh.get_by_key("open:single_site").click().run()
    fresh.switch_page(START).run()
    fresh.get_by_key("upload").set_value(("mine.toml", toml, "application/toml")).run()
    sound(fresh)
    assert title(fresh) == "Mine"
    assert given(fresh) == {"tiers.1.mailboxes": 77}
    fresh.get_by_key("undo").click().run()
    assert given(fresh) == shipped("single_site").given


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x00\x01\xff", "is not a text file"),
        (b"[tiers", "is not valid TOML"),
        (b"[environment]\nmailbox_servers = 99", "99 servers is above 16."),
        (b"[environment]\ntypo = 1\n[[tiers]]\nmailboxes = -1", "There is no such input."),
    ],
)
def test_a_broken_upload_loses_nothing(fresh, content, message):
    fresh.run()
    fresh.get_by_key("open:single_site").click().run()
    fresh.switch_page(START).run()
    fresh.get_by_key("upload").set_value(("broken.toml", content, "application/toml")).run()
    assert not fresh.exception
    assert any(message in written for written in texts(fresh))
    assert given(fresh) == shipped("single_site").given
    assert seen(fresh, "go_on") is not None


def test_text_of_a_file_is_shown_as_it_is(opened, fresh):
    text = "**bold** <b>tag</b> $x$ :red[x] ![](http://outside.example/x.png)"
    at = opened({"tiers.1.mailboxes": 10.0, "tiers.1.name": text})
    loaded = session(at).source
    session(at).source = Profile(loaded.given, text)
    at.run()
    sound(at)
    shown = next(caption.value for caption in at.caption if "bold" in caption.value)
    for sign in "*<$[!(":
        assert f"\\{sign}" in shown
    assert "![" not in shown


def workbook(values):
    """A workbook with inputs under the names the calculator gives them."""
    book = Workbook()
    book.active.title = "Input"
    for row, (name, value) in enumerate(values.items(), 1):
        book.active.cell(row, 1, value)
        book.defined_names[name] = DefinedName(name, attr_text=f"Input!$A${row}")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_an_uploaded_workbook_is_opened(fresh):
    content = workbook({"NumTier1MBX": 4000, "numMBXServers": 6, "Tier1SendReceive": "150 messages"})
    fresh.run()
    fresh.get_by_key("upload").set_value(("design.xlsx", content, "application/octet-stream")).run()
    sound(fresh)
    assert given(fresh) == {
        "tiers.1.mailboxes": 4000,
        "environment.mailbox_servers": 6,
        "tiers.1.messages_per_day": 150,
        "guidance.dumpster_model": "calculator",
    }


def test_a_file_that_is_not_a_workbook_is_explained(fresh):
    fresh.run()
    fresh.get_by_key("upload").set_value(("design.xlsm", b"no workbook", "application/octet-stream")).run()
    assert not fresh.exception
    assert "design.xlsm is not a workbook: it is not a zip file." in texts(fresh)
    assert not given(fresh)
