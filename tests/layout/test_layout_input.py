"""Parameters that cannot be used, each told, all at once."""

from __future__ import annotations

import numpy as np
import pytest

from calculator.inputs.layout_names import base_usable, database_names, server_name, server_usable
from calculator.issues import InputError
from calculator.layout import Parameters, combinations, layout

GOOD = {"databases": 12, "servers_primary": 4, "copies_primary": 2}


def messages(given):
    with pytest.raises(InputError) as caught:
        layout(given)
    return [str(issue) for issue in caught.value.issues]


def warnings(given):
    return [str(issue) for issue in layout(given).issues]


def test_all_problems_at_once():
    given = {"databases": "many", "server_primary": 4, "copies_primary": 2.5, "model": "active_pasive"}
    assert messages(given) == [
        'layout: databases: "many" is not a whole number. Give a whole number.',
        'layout: server_primary: is not a parameter. Did you mean "servers_primary"?',
        'layout: copies_primary: "2.5" is not a whole number. Give a whole number.',
        'layout: model: "active_pasive" is not a choice. Give one of active_passive, active_active_single_dag, '
        "active_active_multiple_dags.",
        "layout: servers_primary: is not given. Give a whole number.",
    ]


def test_more_copies_than_servers():
    assert messages(GOOD | {"copies_primary": 5}) == [
        "layout: copies_primary: 5 copies of a database need 5 servers, but the primary datacenter has "
        "4. Add servers, or use fewer copies."
    ]
    both = GOOD | {"servers_secondary": 2, "copies_primary": 5, "copies_secondary": 3}
    assert [text.split(":")[1] for text in messages(both)] == [" copies_primary", " copies_secondary"]


@pytest.mark.parametrize(
    ("name", "value", "low", "high"),
    [
        ("databases", 0, 1, 100000),
        ("databases", 10**9, 1, 100000),
        ("servers_primary", 17, 1, 16),
        ("copies_primary", 0, 1, 16),
        ("lagged_primary", 3, 0, 2),
        ("active_servers_primary", 5, 1, 4),
        ("disk_group", 0, 1, 100000),
        ("databases_per_volume", -1, 1, 100000),
        ("datacenters", 3, 1, 2),
    ],
)
def test_ranges(name, value, low, high):
    text = f"layout: {name}: {value} is outside the range of {low} to {high}. Give a whole number in these limits."
    assert text in messages(GOOD | {name: value})


def test_too_many_servers_in_both():
    assert messages(GOOD | {"servers_primary": 10, "servers_secondary": 10}) == [
        "layout: servers_primary: The DAG has 20 servers, but a DAG has at most 16 members. Use fewer servers, or "
        "several DAGs."
    ]


def test_a_single_datacenter_has_no_secondary():
    assert messages(GOOD | {"copies_secondary": 1}) == [
        "layout: copies_secondary: 1 is outside the range of 0 to 0. A design with one datacenter has nothing in "
        "the secondary datacenter."
    ]
    assert messages(GOOD | {"witness": "secondary"}) == [
        "layout: witness: There is no secondary datacenter. Give primary or third_site."
    ]


def test_one_dag_over_two_datacenters_is_active_in_both():
    given = GOOD | {
        "model": "active_active_single_dag",
        "servers_secondary": 4,
        "copies_secondary": 2,
        "active_servers_primary": 1,
        "active_servers_secondary": 0,
    }
    assert messages(given) == [
        "layout: active_servers_secondary: No server of the secondary datacenter hosts active mailboxes. Give 1 or "
        "more."
    ]


@pytest.mark.parametrize("text", ["3", "3:2+", "a:b", "3:2,3:1", "3:2+3:1;", "9999:1", ":" * 10_000, "²:1"])
def test_failure_domains_that_cannot_be_parsed(text):
    (message,) = messages(GOOD | {"failure_domains_primary": text})
    assert message.startswith("layout: failure_domains_primary: ")
    assert message.endswith(
        "is not a list of failure domains. Give servers:copies of each domain, joined by +, such as 3:2+3:1."
    )


def test_failure_domains_that_do_not_fit():
    assert messages(GOOD | {"failure_domains_primary": "3:1+2:3"}) == [
        'layout: failure_domains_primary: "3:1+2:3": the domains have 5 servers, but the datacenter has 4. Make the'
        " sum of the domains equal to that of the datacenter.",
        'layout: failure_domains_primary: "3:1+2:3": the domains have 4 copies, but the datacenter has 2. Make the '
        "sum of the domains equal to that of the datacenter.",
        'layout: failure_domains_primary: "3:1+2:3": the domains differ in size. Give all domains the same number '
        "of servers.",
        'layout: failure_domains_primary: "3:1+2:3": a domain has more copies than servers. Give each domain at '
        "most one copy per server.",
    ]


def test_failure_domains_that_are_doubtful():
    assert warnings(GOOD | {"failure_domains_primary": "1:1+1:1+1:0+1:0", "databases": 3}) == [
        'layout: failure_domains_primary: "1:1+1:1+1:0+1:0": 4 domains are more than half of the servers. Use fewer'
        " and larger domains.",
        'layout: failure_domains_primary: "1:1+1:1+1:0+1:0": a domain has servers but no copy. Give each domain at '
        "least one copy.",
    ]
    assert not layout(GOOD | {"failure_domains_primary": " 4:2 "}).issues


def test_more_copies_than_a_server_mounts():
    assert warnings(GOOD | {"databases": 201}) == [
        "layout: databases: A server of the primary datacenter holds 101 database copies, but at most 100 are "
        "supported. Add servers, or use fewer databases."
    ]


def test_numbers_may_be_text_as_in_a_file():
    row = {name: str(value) for name, value in GOOD.items()} | {"servers_secondary": "", "lagged_primary": "1.0"}
    dag = layout(row | {"case": "x", "note": "y", "source": "z"})
    assert dag.parameters.lagged == (1, 0)
    assert layout({name: np.int64(value) for name, value in GOOD.items()}).server.shape == (12, 2)


@pytest.mark.parametrize("value", [True, [1], "9" * 5000, 10**400, float("nan"), float("inf"), "0x10", {}])
def test_values_of_any_kind(value):
    (message,) = messages(GOOD | {"databases": value})
    assert "is not a whole number" in message
    assert len(message) < 200


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("block_secondary_activation", "maybe", "neither true nor false"),
        ("server_names", 5, "is not a list of names"),
        ("server_names", ["EX01", 2], "is not a list of names"),
        ("database_base", 5, "not a text"),
        ("failure_domains_primary", 5, "not a text"),
        ("model", 5, "not a choice"),
        ("load", 5, "not a parameter"),
        ("", 5, "not a parameter"),
    ],
)
def test_other_values(name, value, part):
    (message,) = messages(GOOD | {name: value})
    assert part in message


def test_parameters_are_checked_too():
    given = Parameters(databases=12, servers_primary=4, copies_primary=5, active_servers_primary=4)
    assert [text.split(":")[1] for text in messages(given)] == [" copies_primary"]
    given = Parameters(databases=12, servers_primary=4, copies_primary=2, model="x")
    assert [text.split(":")[1] for text in messages(given)] == [" active_servers_primary", " model"]


def test_names_that_cannot_be_used():
    names = ["EX 1", "Server1", "EX03", "ex03"]
    assert messages(GOOD | {"server_names": names}) == [
        'layout: names.servers.2: "Server1" is also the name of server 1. Give each server a name of its own.',
        'layout: names.servers.4: "ex03" is also the name of server 3. Give each server a name of its own.',
        'layout: names.servers.1: "EX 1" is not a valid server name, so Server1 is used. Give 2 to 16 letters, '
        "digits or hyphens.",
    ]
    assert messages(GOOD | {"server_names": "EX01 EX02"}) == [
        "layout: server_names: 2 names are given for 4 servers. Name every server, or none."
    ]
    assert warnings(GOOD | {"database_base": "DB*"}) == [
        'layout: names.database_base: "DB*" cannot begin a database name, so DAG1DB is used. Give 1 to 50 letters, '
        "digits or hyphens."
    ]


@pytest.mark.parametrize("name", ["EX01", "ex-01", "9Z", "A" * 16, " EX01 "])
def test_usable_server_names(name):
    assert server_usable(name)
    assert server_name(name, 3) == name.strip()


@pytest.mark.parametrize("name", ["", "E", "-EX", "EX-", "A" * 17, "E X", "E.X", "E_X", "E\nX", "=EX", "ÄX", "E'X"])
def test_unusable_server_names(name):
    assert not server_usable(name)
    assert server_name(name, 3) == "Server3"


def test_usable_prefixes():
    assert all(map(base_usable, ["DB", "DAG1-DB", "a.b", "x" * 50, "Ä b"]))
    assert not any(map(base_usable, ["", ".a", "a.", "a..b", "x" * 51, "a/b", "a\nb", "a(b", "a%b"]))


@pytest.mark.parametrize(
    ("databases", "first", "last", "corrected"),
    [
        (9, "DB1", "DB9", "DB9"),
        (10, "DB01", "DB10", "DB10"),
        (99, "DB01", "DB99", "DB99"),
        (999, "DB001", "DB999", "DB999"),
        (1000, "DB001", "DB1000", "DB1000"),
    ],
)
def test_database_names(databases, first, last, corrected):
    names = database_names("DB", databases)
    assert (len(names), names[0], names[-1]) == (databases, first, last)
    assert database_names("DB", databases, corrected=True)[-1] == corrected


def test_a_thousand_databases_have_names_of_one_length_where_corrected():
    assert database_names("DB", 1000)[0] == "DB001"
    assert database_names("DB", 1000, corrected=True)[0] == "DB0001"
    assert database_names("a/b", 5)[0] == "DAG1DB1"


@pytest.mark.parametrize("any_n", [-1, 5, 2.0, "2", None])
def test_combinations_of_servers_that_are_not_there(any_n):
    with pytest.raises(InputError) as caught:
        combinations(layout(GOOD), any_n)
    assert str(caught.value) == (
        f'failures: any: "{any_n}" servers cannot fail, because the DAG has 4. Give a whole number from 0 to 4.'
    )
