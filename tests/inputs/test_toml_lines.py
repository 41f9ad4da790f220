"""Lines of the values of a profile, and the encodings it may have."""

import pytest

from calculator.inputs.profile import load, parse
from calculator.inputs.toml_lines import line_of, lines_of
from calculator.issues import InputError

TEXT = '''title = "x"

[environment]   # a comment
dags = 0
"mailbox_servers" = 4
[[tiers]]
mailboxes = 1
[tiers.clients]
share = 2

[[tiers]]
name = """
mailboxes = 3
"""
mailboxes = 4
[storage]
primary.raid = 5
names = [
  "a",
]
inline = { one = 1, two = [1, 2] }
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("title", 1),
        ("environment", 3),
        ("environment.dags", 4),
        ("environment.mailbox_servers", 5),
        ("tiers.1", 6),
        ("tiers.1.mailboxes", 7),
        ("tiers.1.clients.share", 9),
        ("tiers.2.name", 12),
        ("tiers.2.mailboxes", 15),
        ("storage.primary.raid", 17),
        ("storage.names.1", 18),
        ("storage.inline.two.2", 21),
        ("storage.primary.none", 17),
        ("nothing.here", None),
    ],
)
def test_each_value_has_its_line(path, line):
    assert line_of(path, lines_of(TEXT)) == line


def test_every_error_of_a_profile_names_its_line():
    with pytest.raises(InputError) as refusal:
        parse("[environment]\ndags = 0\ndag = 1\n[[tiers]]\n[[tiers]]\nmailboxes = -1\n", "plan.toml")
    assert str(refusal.value).splitlines() == [
        "plan.toml line 2: environment.dags: 0 DAGs is below 1. Give a whole number from 1 to 10,000.",
        'plan.toml line 3: environment.dag: There is no such input. Did you mean "environment.dags"? '
        "Every input: exchange-calculator fields",
        "plan.toml line 6: tiers.2.mailboxes: -1 mailboxes is below 0. Give a whole number from 0 to 100,000,000.",
    ]


def test_a_value_of_very_many_lines_is_given_up(monkeypatch):
    monkeypatch.setattr("calculator.inputs.toml_lines._MOST_CHARACTERS", 40)
    assert lines_of("a = 1\nb = [\n1,\n2,\n3,\n4,\n5\n]\nc = 3\n") == {"a": 1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_profile_is_read_in_the_usual_encodings(tmp_path, encoding):
    path = tmp_path / "plan.toml"
    path.write_bytes('title = "Zürich – €"\n'.encode(encoding))
    assert load(path).title == "Zürich – €"
