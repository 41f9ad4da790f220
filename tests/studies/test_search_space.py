"""Spaces and catalogues as people write them, and as they should not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.inputs import schema
from calculator.inputs.parsing import ValueProblem
from calculator.inputs.profile import Profile
from calculator.issues import InputError
from calculator.studies.search.read import LARGEST_FILE, read_space
from calculator.studies.search.run import search
from calculator.studies.search.values import MAX_VALUES, read_values

BASE = Profile({"tiers.1.mailboxes": 1000.0, "tiers.2.mailboxes": 10.0})
SERVERS = "environment.mailbox_servers"


def field(path):
    return schema.find(path)[0]


@pytest.mark.parametrize(
    ("path", "raw", "values"),
    [
        (SERVERS, "2..5", (2, 3, 4, 5)),
        (SERVERS, "2..16 step 6", (2, 8, 14)),
        (SERVERS, [4, "8"], (4, 8)),
        (SERVERS, 3, (3,)),
        ("tiers.1.mailbox_size_limit", "1 GB..3 GB step 1 GB", (1024, 2048, 3072)),
        ("tiers.1.mailbox_size_limit", "1 GB..1100 MB step 50 MB", (1024, 1074)),
        ("tiers.1.mailbox_size_limit", "1..3 GB step 1 GB", (1024, 2048, 3072)),
        ("tiers.1.mailbox_size_limit", "1 GB..3 GB step 1", (1024, 2048, 3072)),
        ("tiers.1.mailbox_size_limit", "1..3 step 1 GB", (1024, 2048, 3072)),
        ("tiers.1.mailbox_size_limit", ["1 GB", 2, "3"], (1024, 2048, 3072)),
        ("tiers.1.mailbox_size_limit", [1024, 2048], (1024, 2048)),
        ("tiers.1.mailbox_growth", "0..30 % step 10 %", (0, 0.1, 0.2, 0.3)),
        ("tiers.1.mailbox_growth", "0.1..0.3 step 0.1", (0.1, 0.2, 0.3)),
        ("tiers.1.iops_multiplier", "1.5..2 step .25", (1.5, 1.75, 2)),
        ("storage.primary.database_disk_capacity", "1500..4000", (1500, 2000, 3000, 4000)),
        ("storage.primary.database_disk_capacity", ["none", "2 TB"], (0, 2000)),
        (
            "site_resilience.model",
            ["active_passive", "active_active_single_dag"],
            ("active_passive", "active_active_single_dag"),
        ),
        ("environment.multi_role", [True, "no"], (True, False)),
    ],
)
def test_values_are_lists_single_ones_or_ranges(path, raw, values):
    assert read_values(field(path), raw) == values


@pytest.mark.parametrize(
    ("path", "raw", "message"),
    [
        (SERVERS, "8..2", '"8..2" ends before it begins.'),
        (SERVERS, "2..8 step 0", '"0" is not a step.'),
        (SERVERS, "2..8 step -1", '"-1" is not a step.'),
        (SERVERS, "2..8 step x", '"x" is not a step.'),
        (SERVERS, "1..99", "99 servers is above 16."),
        (SERVERS, "2..8 step 1.5", "3.5 servers is not a whole number."),
        (SERVERS, [], "has no values."),
        (SERVERS, [2, "2"], '"2" appears twice.'),
        (SERVERS, [2, None], '"None" is not a number.'),
        (SERVERS, "many", '"many" is not a number.'),
        ("tiers.1.mailbox_size_limit", "1 GB..2 GB", '"1 GB..2 GB" has no step.'),
        (
            "tiers.1.mailbox_size_limit",
            "1 GB..2 GB step 1 day",
            '"1 GB..2 GB step 1 day": "day" is not allowed here. Give a unit like MB.',
        ),
        ("tiers.1.mailboxes", "1..100000000", f'"1..100000000" has more than {MAX_VALUES:,} values.'),
        ("environment.dags", list(range(1, MAX_VALUES + 2)), f"has {MAX_VALUES + 1:,} values."),
    ],
)
def test_values_that_cannot_be_used(path, raw, message):
    with pytest.raises(ValueProblem) as caught:
        read_values(field(path), raw)
    assert caught.value.message == message
    assert caught.value.hint


def test_a_path_without_its_datacenter_or_tier_means_all_of_them():
    space = read_space(
        {"inputs": {"storage.database_disk_capacity": [4000, 8000], "tiers": {"message_size": [50]}}}, BASE
    )
    assert space.paths == [
        "storage.primary.database_disk_capacity",
        "storage.secondary.database_disk_capacity",
        "tiers.1.message_size",
        "tiers.2.message_size",
    ]
    assert space.designs == 2
    assert space.varying_paths == tuple(space.paths[:2])


def write(folder, **files):
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return folder / "space.toml"


def problems(space, **more):
    with pytest.raises(InputError) as caught:
        search(BASE, space, **{"minimize": "summary_dags", **more})
    return str(caught.value).splitlines()


def test_all_problems_of_a_space_are_reported_together(tmp_path):
    space = write(
        tmp_path,
        space_toml="""
            [inputs]
            environment.mailbox_server = [2]
            "environment.dags" = "3..1"
            "tiers.3.mailboxes" = [5]
            "names.dag" = ["A"]
            "servers.drive_bays" = [12]
            [catalogue]
            disks = "disks.csv"
            servers = "servers.csv"
            racks = 5
            cost = []
            summary_dags = []
            "<b>" = []
            [goals]
        """,
        disks_csv="storage.database_disk_capacity,price,rack_units,colour\n4000,120,1,red\n5000,-1,,red\n",
        servers_csv="servers.drive_bays;memory_modules;memory_slots;price\n12;8 16;16;\n",
    )
    found = problems(space)
    assert sorted(found) == sorted(
        [
            "space.toml: goals: is not a table of a search space. There are inputs, catalogue, limits, prices.",
            "space.toml: environment.mailbox_server: There is no such input. "
            'Did you mean "environment.mailbox_servers"? Every input: exchange-calculator fields',
            'space.toml: environment.dags: "3..1" ends before it begins. Write the smaller number first.',
            "space.toml: tiers.3.mailboxes: The design has no tier 3. Add the tier to the profile, with its mailboxes.",
            "space.toml: names.dag: No figure depends on it. Leave it out.",
            *(
                f"space.toml: catalogue.{name}: is not a valid name of a catalogue. Use small letters, and not the "
                "name of a result."
                for name in ("cost", "summary_dags", "<b>")
            ),
            "space.toml: catalogue.racks: is neither a file nor a list of rows. Name a CSV file.",
            "disks.csv header: rack_units: is not a column of a catalogue named disks. It belongs to servers.",
            "disks.csv header: colour: There is no such input. Every input: exchange-calculator fields",
            "disks.csv row 3: storage.database_disk_capacity: 5000 GB (decimal) is not one of the allowed values. "
            f"Give {field('storage.primary.database_disk_capacity').limits()}.",
            'disks.csv row 3: price: "-1" is not a number. Give a number, 0 or more, with a point for decimals.',
            "servers.csv row 2: price: The cell is empty. Give a number, 0 or more, with a point for decimals.",
        ]
    )


def test_an_input_set_twice_is_refused(tmp_path):
    space = write(
        tmp_path,
        space_toml='[inputs]\n"servers.primary.drive_bays" = [12]\n[catalogue]\nservers = "servers.csv"\n',
        servers_csv="servers.drive_bays,price\n12,5\n",
    )
    assert problems(space) == [
        "space.toml: servers.primary.drive_bays: is set by servers.primary.drive_bays and by servers. Keep one of them."
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "disks.csv: has no rows. Give a header and a row for each choice."),
        ("price\n", "disks.csv: has no rows. Give a header and a row for each choice."),
        ("price,price\n1,2\n", "disks.csv header: price: appears twice. Keep one of the columns."),
        (
            "price,note.a\n1\n",
            "disks.csv row 2: has 1 cells, but the header has 2. Put cells that hold the separator in quotes.",
        ),
        (
            "name\nA\n",
            "disks.csv header: names no input. Give a column for each input that a row sets, named by its path.",
        ),
        (
            "price\nnan\n",
            'disks.csv row 2: price: "nan" is not a number. Give a number, 0 or more, with a point for decimals.',
        ),
        (
            "price\n1e99\n",
            'disks.csv row 2: price: "1e99" is not a number. Give a number, 0 or more, with a point for decimals.',
        ),
        (
            "storage.database_disk_capacity [kg]\n1\n",
            'disks.csv header: storage.database_disk_capacity [kg]: "kg" is not a unit. '
            "Put a unit of the input in brackets.",
        ),
        (
            "storage.database_disk_capacity\n=1+1\n",
            'disks.csv row 2: storage.database_disk_capacity: "=1+1" is not a number. '
            f"Give {field('storage.primary.database_disk_capacity').limits()}.",
        ),
    ],
)
def test_catalogues_that_cannot_be_used(tmp_path, text, message):
    space = write(tmp_path, space_toml='[catalogue]\ndisks = "disks.csv"\n', disks_csv=text)
    assert message in problems(space)


def test_files_of_a_space_that_cannot_be_used(tmp_path):
    assert problems(tmp_path / "space.toml") == ["space.toml: does not exist. Check the name and the directory."]
    assert problems(tmp_path)[0].endswith("is a directory. Name a file.")
    space = write(tmp_path, space_toml='[catalogue]\ndisks = "no.csv"\nservers = "big.csv"\nprocessors = "bytes.csv"\n')
    (tmp_path / "big.csv").write_bytes(b"x" * (LARGEST_FILE + 1))
    (tmp_path / "bytes.csv").write_bytes(b"\x81\xff")
    assert problems(space) == [
        "no.csv: does not exist. Check the name and the directory.",
        "big.csv: has 1,000,001 bytes, at most 1,000,000 are read. Is it the right file?",
        "bytes.csv: is not a text file: byte 1 is not UTF-8. Save it as UTF-8 text.",
    ]
    assert problems(write(tmp_path, space_toml="[inputs\n"))[0].startswith("space.toml: is not valid TOML: ")
    assert problems(write(tmp_path, space_toml="")) == [
        "space.toml: No input and no catalogue varies. Give [inputs] or [catalogue]."
    ]


def test_a_catalogue_of_another_name_sets_inputs_together(tmp_path):
    space = write(
        tmp_path,
        space_toml='[catalogue]\ncopies = "copies.csv"\n',
        copies_csv="name;database_copies.ha_copies;database_copies.replay_lag_delay [days]\ntwo;2;1\nfour;4;2\n",
    )
    read = read_space(space, BASE)
    assert read.designs == 2
    assert read.values([1]) == {"database_copies.ha_copies": 4, "database_copies.replay_lag_delay": 48}
    assert read.rows([1]) == {"copies": "four"}
    space = write(tmp_path, space_toml='[catalogue]\ncopies = "copies.csv"\n', copies_csv="price\n5\n")
    assert problems(space) == [
        "copies.csv header: price: is not a column of a catalogue named copies. It belongs to disks, processors, "
        "servers."
    ]


LIMITS = "space: limits."


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"cpu": "fast"}, f'{LIMITS}cpu: "fast" is not a number. Give a number.'),
        ({"cpu": "1e999"}, f'{LIMITS}cpu: "1e999" is not a number. Give a number.'),
        (
            {"summary_dags": ">= 1e999"},
            f'{LIMITS}summary_dags: "1e999" is not a number. Write "<= 12", ">= 2" or "== 3".',
        ),
        ({"memory": True}, f'{LIMITS}memory: "true" is not a number. Give a number in GB.'),
        (
            {"memory": "3 days"},
            f'{LIMITS}memory: "3 days": "days" is not allowed here. Give a unit like GB. Give a number in GB.',
        ),
        (
            {"rack_units": 5},
            f"{LIMITS}rack_units: No catalogue says how high a server is. "
            "Give the catalogue of servers a column rack_units.",
        ),
        (
            {"summary_server": "<= 4"},
            f'{LIMITS}summary_server: "summary_server" is not a result. '
            'Did you mean "summary_servers"? Limits: cpu, memory, database_size, reseed_hours, drive_bays, rack_units, '
            "failures, memory_modules, or the name of a result.",
        ),
        ({"summary_dags": 4}, f'{LIMITS}summary_dags: "4" is not a limit. Write "<= 12", ">= 2" or "== 3".'),
        ({"summary_dags": "< 4"}, f'{LIMITS}summary_dags: "< 4" is not a limit. Write "<= 12", ">= 2" or "== 3".'),
        (
            {"summary_dags": "<= four"},
            f'{LIMITS}summary_dags: "four" is not a number. Write "<= 12", ">= 2" or "== 3".',
        ),
        ({"disks_fit": "== maybe"}, f'{LIMITS}disks_fit: "maybe" is none of false, true. Write "== true".'),
        (
            {"memory_modules": 8},
            f'{LIMITS}memory_modules: "8" is not a description of memory modules. Write memory_modules = {{ sizes '
            "= [8, 16, 32], slots = 24 }.",
        ),
    ],
)
def test_limits_that_cannot_be_used(limits, message):
    assert problems({"inputs": {SERVERS: [4]}, "limits": limits}) == [message]


@pytest.mark.parametrize(
    ("space", "more", "message"),
    [
        (
            {},
            {"minimize": ""},
            "space: minimize: The search has no prices, so there is no cost. Give prices of your own in [prices] or"
            " the catalogues, or minimize a result.",
        ),
        (
            {},
            {"pareto": ["cost"]},
            "space: pareto: The search has no prices, so there is no cost. Give prices of your own in [prices] or "
            "the catalogues, or minimize a result.",
        ),
        (
            {},
            {"minimize": "summary_memory"},
            'space: minimize: "summary_memory" has 3 figures. Name one: summary_memory.primary, '
            "summary_memory.secondary, summary_memory.lagged.",
        ),
        (
            {},
            {"minimize": "storage_architecture.primary"},
            'space: minimize: "storage_architecture.primary" is not a number. Name a figure; a flag or word may be '
            "a limit.",
        ),
        ({}, {"method": "guessing"}, 'space: method: "guessing" is not a method. Give exhaustive or evolution.'),
        (
            {"prices": {"disk": 5}},
            {},
            "space: prices.disk: is not a price. There are server, memory_gb, rack_unit; the catalogues give all "
            "others.",
        ),
        (
            {"prices": {"server": "5 EUR"}},
            {},
            'space: prices.server: "5 EUR" is not a price. Give a number, 0 or more, in your currency.',
        ),
        (
            {"prices": {"rack_unit": 5}},
            {},
            "space: prices.rack_unit: No catalogue says how high a server is. "
            "Give the catalogue of servers a column rack_units.",
        ),
    ],
)
def test_goals_prices_and_methods_that_cannot_be_used(space, more, message):
    assert problems({"inputs": {SERVERS: [4]}, **space}, **more) == [message]


def test_slots_without_modules_are_refused():
    rows = [{"servers.drive_bays": 12, "memory_slots": 16}]
    assert problems({"catalogue": {"servers": rows}}) == [
        "space: catalogue: A catalogue gives memory_modules or memory_slots alone. "
        "Give both: sizes of modules, and slots for them."
    ]


def test_a_space_too_large_for_exhaustive_search_is_refused():
    wide = {f"tiers.1.{leaf}": "1..9000" for leaf in ("deleted_item_retention", "mailboxes")}
    more = {f"tiers.2.{leaf}": "1..9000" for leaf in ("deleted_item_retention", "mailboxes")}
    space = {"inputs": {**wide, **more, "tiers.1.messages_per_day": "1..9000 step 1"}}
    assert problems(space, method="exhaustive") == [
        "space: method: The space has too many designs to size all of them. Narrow the space, or use evolution."
    ]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 50) | st.text("2.. step<=>GB%,x", max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", SERVERS, "cpu"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(["inputs", "catalogue", "limits", "prices", "more"]), JUNK))
def test_whatever_a_space_holds_there_is_no_traceback(tree):
    try:
        search(BASE, {**tree, "limits": tree.get("limits", {})}, minimize="summary_dags", show=1)
    except InputError as error:
        told = str(error)
        assert told


@settings(max_examples=60)
@given(st.text('name,price;\n" 1servers.drive_bays[GB]\t\x00', max_size=60))
def test_whatever_a_catalogue_holds_there_is_no_traceback(text):
    try:
        read_space({"catalogue": {"servers": "servers.csv"}}, BASE, lambda name: text)
    except InputError as error:
        told = str(error)
        assert told
