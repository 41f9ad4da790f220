"""Tables for people."""

import io

from calculator.cli.printing import print_rows


def printed(rows, form="table"):
    out = io.StringIO()
    print_rows(rows, form, out)
    return out.getvalue().splitlines()


def test_heads_stand_on_one_line_where_there_is_room():
    assert printed([{"summary_servers.environment": 12.0, "why": "x"}]) == [
        "summary_servers.environment  why",
        "                         12    x",
    ]


def test_heads_are_folded_at_dots_and_underscores_where_the_table_is_wide():
    row = {f"summary_servers.environment.{number:02}": float(number) for number in range(8)}
    heads = [f"summary_|servers.|environment.|{number:02}".split("|") for number in range(8)]
    lines = printed([row])
    # "environment." is the longest word, 12 characters, so that no two of the words fit a line
    assert lines == [
        *("  ".join(f"{head[line]:>12}" for head in heads) for line in range(4)),
        "  ".join(f"{number:>12}" for number in range(8)),
    ]
    assert printed([row], "markdown")[0].count("summary_servers.environment") == 8


def test_a_head_takes_the_width_of_what_is_below_it():
    rows = [{"a_long_name_of_a_column": "x" * 120, "another_long_name_of_a_column": "y" * 80, "b": 1.0}]
    lines = printed(rows)
    assert len(lines) == 2
    assert lines[0].endswith("another_long_name_of_a_column  b")
