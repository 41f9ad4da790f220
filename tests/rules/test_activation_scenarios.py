"""The three tables of active databases and mailboxes by failure, one for each home of the databases."""

from __future__ import annotations

from support.rule_calls import NA, assert_figures, call

from calculator import size

SINGLE = {"tiers.1.mailboxes": 4800, "environment.mailbox_servers": 4, "site_resilience.model": "active_passive"}


def test_which_table_is_shown():
    given = {
        "site_resilience__enabled": [False, True, True, False, True],
        "active_passive": [False, True, False, True, True],
    }
    single = call(
        "single_home_shown",
        environment__high_availability=[True, True, True, False, True],
        valid=[True, True, True, True, False],
        **given,
    )
    assert single.tolist() == [True, True, False, False, False]
    assert call(
        "two_homes_shown", two_datacenters_valid=[True, True, False], active_passive=[False, True, False]
    ).tolist() == [True, False, False]


def test_a_pair_of_dags_mirrors_its_servers():
    for name in ("active_servers", "dr_servers", "lagged_servers"):
        found = call(f"home_{name}", active_active_multiple_dags=[True, False], **{name: (4, 3)})
        assert_figures(found[0], ([4, 4], [3, 3]))
        assert_figures(found[1], ([3, 4], [4, 3]))


def test_databases_at_normal_run_time():
    found = call(
        "home_databases_normal",
        active_normal=(6, 5),
        active_databases=(24, 20),
        active_active_multiple_dags=[True, False],
    )
    # home 1: server and datacenter, primary and secondary
    assert_figures(found[0, :, 0], ([6, 6], [24, 24]))
    assert_figures(found[0, :, 1], NA)
    # home 2 is the mirror of home 1, or has figures of its own
    assert_figures(found[1, :, 0], NA)
    assert_figures(found[1, :, 1], ([6, 5], [24, 20]))


def test_databases_after_a_failure():
    found = call(
        "home_databases_first_failure",
        active_after_first_failure=([8, NA], 7),
        remote_active_after_first_failure=(NA, 1),
        active_databases=(24, 20),
        home_active_total_after_first_failure=(NA, 18),
        away_active_total_after_first_failure=(NA, 2),
        active_active_multiple_dags=False,
    )
    assert_figures(found[0, :, 0], ([8, NA], [24, NA]))
    # The second home asks for a figure of the first, so its total is missing with it.
    assert_figures(found[1, :, 1], ([7, 7], [18, NA]))
    assert_figures(found[1, :, 0], ([1, 1], [2, 2]))
    second = call(
        "home_databases_second_failure",
        active_after_second_failure=([12, NA], 9),
        remote_active_after_second_failure=(NA, 2),
        active_databases=(24, 20),
        home_active_total_after_second_failure=(NA, 16),
        away_active_total_after_second_failure=(NA, 4),
        active_active_multiple_dags=False,
    )
    assert_figures(second[0, :, 0], ([12, NA], [24, NA]))
    assert_figures(second[1, :, 1], ([9, 9], [16, NA]))


def test_mailboxes_of_a_home_server():
    found = call(
        "home_mailboxes",
        mailboxes_per_database=100,
        active_normal=(6, 5),
        active_after_first_failure=([8, NA], 7),
        active_after_second_failure=(NA, 9),
        active_active_multiple_dags=False,
    )
    assert_figures(found[:, 0], ([600, 600], [800, NA], [NA, NA]))
    assert_figures(found[:, 1], ([500, 500], [700, NA], [NA, NA]))


def test_after_the_loss_of_a_datacenter():
    servers = call(
        "databases_after_site_failure",
        active_after_site_failure=[12, NA],
        active_after_site_and_first_failure=[16, NA],
        active_after_site_and_second_failure=NA,
    )
    assert_figures(servers, ([12, NA], [16, NA], [NA, NA]))
    given = {"databases_after_site_failure": ([12, NA], [16, NA], NA)}
    levels = call("levels_after_site_failure", **given, databases=48)
    assert_figures(levels[:, 0], ([12, NA], [16, NA], [NA, NA]))
    assert_figures(levels[:, 1], ([48, NA], [48, NA], [NA, NA]))
    mailboxes = call("mailboxes_after_site_failure", **given, mailboxes_per_database=100, mailboxes_per_dag=4800)
    assert_figures(mailboxes[:, 0], ([1200, NA], [1600, NA], [NA, NA]))
    assert_figures(mailboxes[:, 1], ([4800, NA], [4800, NA], [NA, NA]))


def test_a_design_shows_the_table_of_its_homes():
    one = size(SINGLE)
    assert one["activation_single_home_active_servers"] == {"primary": 4, "secondary": 0}
    assert one["activation_home_1_active_servers.primary"] is None
    two = size({**SINGLE, "site_resilience.model": "active_active_single_dag"})
    assert two["activation_single_home_active_servers.primary"] is None
    assert two["activation_home_1_active_servers"] == {"primary": 4, "secondary": 4}
    assert two["activation_home_2_active_databases_normal.server.secondary"] == two["active_normal.secondary"]
