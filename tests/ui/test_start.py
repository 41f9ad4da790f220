"""Ten questions make a design; the fewest servers are proposed, what is assumed is listed."""

import pytest
from support.sessions import START, USERS, given, new_session, plain, seen, session, sized, sound, texts, title

from calculator import size
from calculator.presentation.text import number
from calculator.studies import quick_start
from calculator.studies.quick_start import ONE_SERVER, PLACES, PROTECTIONS, Answers
from calculator.studies.search.fewest_servers import find_fewest_servers


@pytest.fixture
def fresh(fresh):
    """A session without a design in which the version is chosen."""
    fresh.run()
    answer(fresh, version="2013")
    return fresh


def answer(at, **answers):
    """Answer questions one after the other."""
    for name, value in answers.items():
        at.get_by_key(f"start:{name}").set_value(value).run()
        at.run()
        sound(at)


def table_of(at):
    """Rows of the table of numbers tried."""
    return next(table.value for table in at.table if "Result" in table.value)


def test_the_answers_make_the_design_with_the_fewest_servers(fresh):
    fresh.run()
    answer(fresh, mailboxes=12000, growth=0.2, messages_per_day=150.0, message_size=50.0, quota=2.0, retention=30.0)
    answer(fresh, place="two_reserve", protection="three_and_lagged", cores=20, core_rating=35.0, bays=16, disk=6000.0)
    answers = Answers(12000, 0.2, 150, 50, 2, 30, "two_reserve", "three_and_lagged", 20, 35, 16, 6000)
    assert answers.sentence() in texts(fresh)
    fresh.get_by_key("start:size").click().run()
    sound(fresh)
    trials = find_fewest_servers(quick_start.make_profile(answers))
    expected = {**quick_start.make_profile(answers).given, **trials[-1].values}
    assert given(fresh) == expected
    shown = table_of(fresh)
    (warning,) = trials[-1].warnings
    assert shown["Result"].tolist()[-1].replace("\\", "") == f"works, with 1 warning: {warning}"
    found = f"**{trials[-1].servers:.0f} servers are the smallest number that works, with 1 warning.**"
    assert any(written.startswith(found) for written in texts(fresh))
    assert len(shown) == min(len(trials), 8)
    active = [f"{trial.values['environment.mailbox_servers']:.0f}" for trial in trials[-8:]]
    assert shown["Hosting active mailboxes, per DAG and datacenter"].tolist() == active
    assert float(shown["Servers"].tolist()[-1]) == size(expected)["summary_servers.environment"]
    fresh.get_by_key("start:on").click().run()
    sound(fresh)
    assert fresh.header[0].value == "Requirements"
    assert title(fresh) == "Exchange design"


def test_the_numbers_of_standalone_servers_are_in_one_column(fresh):
    answer(fresh, mailboxes=200, place=ONE_SERVER, bays=24)
    fresh.get_by_key("start:size").click().run()
    sound(fresh)
    shown = table_of(fresh)
    figures = ["CPU", "Memory, GB", "Disks for Exchange", "Drive bays per server"]
    assert shown.columns.tolist() == ["Servers", "Result", *figures]
    assert shown["Servers"].tolist() == ["1"]


def test_nothing_is_sized_before_the_version_is_chosen():
    at = new_session()
    at.run()
    sound(at)
    assert at.get_by_key("start:version").value is None
    assert at.get_by_key("start:size").disabled
    assert "Choose the version of Exchange above. Then the answers can be sized." in plain(at)
    answer(at, version="2016")
    assert not at.get_by_key("start:size").disabled
    assert any("Exchange 2016" in written for written in plain(at))


def test_the_version_decides_the_limits_of_a_server_and_is_an_input_of_the_design(fresh):
    fresh.run()
    said = "A server needs at least 8 GB of memory. At most 96 GB and 24 cores are advised. "
    assert f"{said}The figures are those of Microsoft's workbook." in plain(fresh)
    support = (
        "Microsoft now supports only the Subscription Edition (SE): support of 2013 ended on 11 April 2023, of 2016 "
        "and 2019 on 14 October 2025. The version only selects the sizing rules."
    )
    assert support in plain(fresh)
    answer(fresh, version="2019")
    assert support in plain(fresh)
    said = "A server needs at least 128 GB of memory. At most 256 GB and 48 cores are advised. "
    assert any(written.startswith(said) for written in plain(fresh))
    assert "at most 48 advised for Exchange 2019" in fresh.get_by_key("start:cores").help
    assert "at most 256 GB of memory per server" in fresh.get_by_key("start:servers").help
    fresh.get_by_key("start:size").click().run()
    sound(fresh)
    assert given(fresh)["environment.exchange_version"] == "2019"
    assert sized(fresh)["summary_memory.primary"] >= 128


def test_the_answers_are_about_the_new_design_while_another_is_open(fresh):
    fresh.run()
    assert Answers().sentence() in texts(fresh)
    fresh.get_by_key("start:size").click().run()
    assert Answers().sentence() in texts(fresh)
    answer(fresh, mailboxes=700)
    assert Answers(mailboxes=700).sentence("The new design") in texts(fresh)


def test_the_default_answers_give_a_valid_design(fresh):
    fresh.run()
    fresh.get_by_key("start:size").click().run()
    sound(fresh)
    design = sized(fresh)
    assert design.issues.errors == 0
    assert (
        "**6 servers are the smallest number that works.** 4 servers fail: CPU utilization reaches 100 % after the "
        "worst failure, so the servers cannot sustain the load. A server needs 15 drive bays, but it has 12."
    ) in [written.replace("\u202f", " ").replace("\xa0", " ") for written in plain(fresh)]


def test_the_app_reports_that_no_smaller_number_was_tried(fresh):
    fresh.run()
    answer(fresh, mailboxes=3000, quota=2.0)
    fresh.get_by_key("start:size").click().run()
    assert "**4 servers are the smallest number that works.** No smaller number was left to try." in plain(fresh)


def test_the_questions_say_that_they_begin_a_new_design_while_another_one_is_open(fresh):
    replaces = " What you size, begin or open here replaces the open design; **Undo** brings it back."
    said = f"The questions describe a new design.{replaces}"
    fresh.run()
    assert said not in texts(fresh)
    assert not any(written.endswith(replaces) for written in texts(fresh))
    fresh.get_by_key("start:size").click().run()
    assert said not in texts(fresh)
    assert any(written.endswith(replaces) for written in texts(fresh))
    fresh.switch_page(USERS).run()
    fresh.get_by_key("tiers.1.mailboxes").set_value(7000).run()
    fresh.switch_page(START).run()
    sound(fresh)
    assert said in texts(fresh)


@pytest.mark.parametrize("place", PLACES)
def test_protection_is_offered_by_place(fresh, place):
    fresh.run()
    answer(fresh, place=place)
    protection = fresh.get_by_key("start:protection")
    offers = [option.text for option in PROTECTIONS[place].values()]
    assert protection.options == offers
    assert protection.value == next(iter(PROTECTIONS[place]))


def test_a_given_number_of_servers_is_used(fresh):
    fresh.run()
    answer(fresh, servers="other")
    fresh.get_by_key("start:servers:other").set_value(7).run()
    fresh.run()
    fresh.get_by_key("start:size").click().run()
    sound(fresh)
    assert given(fresh)["environment.mailbox_servers"] == 7
    assert not session(fresh).quick_start.trials


def test_a_given_number_of_messages_is_used(fresh):
    fresh.run()
    answer(fresh, messages_per_day="other")
    fresh.get_by_key("start:messages_per_day:other").set_value(120.0).run()
    fresh.run()
    sound(fresh)
    assert session(fresh).quick_start.answers.messages_per_day == 120
    answer(fresh, messages_per_day=50.0)
    assert seen(fresh, "start:messages_per_day:other") is None
    assert session(fresh).quick_start.answers.messages_per_day == 50


def test_the_app_reports_that_no_number_of_servers_works(fresh):
    fresh.run()
    answer(fresh, quota=50.0, bays=1)
    fresh.get_by_key("start:size").click().run()
    sound(fresh)
    assert any(written == "**No number of servers works**" for written in texts(fresh))
    assert all("drive bays" in reason or "disk" in reason for reason in table_of(fresh)["Result"])


def test_the_app_offers_a_rating_if_one_server_has_none(fresh):
    fresh.run()
    answer(fresh, mailboxes=200, place=ONE_SERVER, bays=24)
    fresh.get_by_key("start:size").click().run()
    sound(fresh)
    rated = size(
        quick_start.make_profile(Answers(mailboxes=200, place=ONE_SERVER, core_rating=33.75, bays=24, servers=1))
    )
    [shown] = table_of(fresh)["CPU"].tolist()
    assert shown.replace("\\", "") == number(rated["worst_cpu_utilization"], "share")
    assert any(
        "No rating was given: SPECint_rate2006 540 is assumed for 16 cores" in caption.value for caption in fresh.text
    )
    fresh.get_by_key("start:on").click().run()
    sound(fresh)
    assert seen(fresh, "take_reference") is None


def test_what_is_assumed_is_listed_and_leads_to_its_input(fresh):
    fresh.run()
    fresh.get_by_key("start:size").click().run()
    fresh.session_state["assumed"] = True
    fresh.run()
    sound(fresh)
    assert seen(fresh, "assumed:tiers.1.mailboxes") is None, "it was answered"
    fresh.get_by_key("assumed:transport.queue_expiration").click().run()
    sound(fresh)
    assert fresh.header[0].value == "Constraints"
    assert fresh.get_by_key("wanted:transport.queue_expiration").value == 2


def test_a_change_of_an_answer_takes_the_proposal_back(fresh):
    fresh.run()
    fresh.get_by_key("start:size").click().run()
    assert seen(fresh, "start:on") is not None
    fresh.get_by_key("undo").click().run()
    assert seen(fresh, "start:on") is None


@pytest.mark.parametrize("button", ["new", "new_import"])
def test_a_new_design_has_the_version_that_was_chosen(button):
    at = new_session()
    at.run()
    assert "Choose the version of Exchange above." in [caption.value for caption in at.caption]
    assert at.get_by_key(button).disabled
    assert at.get_by_key(button).help == "Choose the version of Exchange first."
    at.get_by_key("start:version").set_value("2019").run()
    chosen = "For Exchange 2019 or Subscription Edition, as chosen above."
    assert chosen in [caption.value for caption in at.caption]
    at.get_by_key(button).click().run()
    sound(at)
    assert given(at)["environment.exchange_version"] == "2019"


def test_every_example_names_its_version():
    at = new_session()
    at.run()
    captions = [caption.value for caption in at.caption]
    assert captions.count("Exchange 2013") == 7
    assert captions.count("Exchange 2016") == 1
    assert captions.count("Exchange 2019 or Subscription Edition") == 1
