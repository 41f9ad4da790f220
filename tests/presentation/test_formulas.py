"""Formulas of rules as people write them."""

import pytest

from calculator import size
from calculator.presentation.formulas import formula_lines, words_of
from calculator.rules.registry import MODE, RULES


@pytest.mark.parametrize(
    ("formula", "lines"),
    [
        ("return volume_databases_part * content_index_share", ["= volume databases part × content index share"]),
        ("return (a + b) * (c - (d - e)) / (f * g)", ["= (a + b) × (c − (d − e)) ÷ (f × g)"]),
        (
            "return select(~a & (b > 2), round_up(c + d), NA)",
            ["= (c + d) rounded up if not a and b > 2; otherwise n/a"],
        ),
        (
            "return first_code((a == 0, NO_CODE), (b, Raid.RAID5), default=Raid.RAID10)",
            ["= none if a = 0; raid5 if b; otherwise raid10"],
        ),
        ("x = ratio(a, b)\nreturn np.maximum(x, 0.0)", ["= the larger of x and 0", "x = a ÷ b"]),
        ("return server_memory[0]", ["= server memory (primary)"]),
        ("return cpu_utilization_by_mode[-1, 1]", ["= cpu utilization by mode (worst, secondary)"]),
        ("return servers__processor_cores * 2", ["= processor cores × 2"]),
        ("return is_na(or_zero(a))", ["= a (0 if n/a) is n/a"]),
        ("return _helper(a)", []),
        ("for a in b:\n    pass\nreturn a", []),
        ("", []),
    ],
)
def test_a_formula_is_written_in_signs_and_words(formula, lines):
    assert formula_lines(formula) == lines


def test_a_part_of_a_result_is_written_alone():
    assert formula_lines("return stack(a, b + c)", part=1) == ["= b + c"]
    assert formula_lines("return stack(a, b)") == ["= a, b"]
    assert formula_lines("return a + b", part=1) == ["= a + b"]


def test_a_part_that_replaces_another_one_is_written_where_it_counts():
    formula = "used = ratio(a, b)\nreturn replace_at(used, (SITE, 0), select(c, NA, used[SITE, 0]))"
    assert formula_lines(formula, part=MODE.labels.index("worst")) == ["= a ÷ b"]
    assert formula_lines(formula, part=MODE.labels.index("site")) == [
        "= used; datacenter lost: n/a if c; otherwise used (datacenter lost)",
        "used = a ÷ b",
    ]
    assert formula_lines("a = replace_at(a, (SITE, 0), b)\nreturn a + c") == ["= a + c", "a (datacenter lost) = b"]
    assert formula_lines("return replace_at(a, (0,), b)") == []


def test_every_headline_figure_of_the_cpu_has_a_formula():
    step = size({"tiers.1.mailboxes": 100.0}).explain("cpu_utilization_by_mode", depth=0)
    assert formula_lines(step.formula, part=MODE.labels.index("worst")) == [
        "= load ÷ available megacycles if able; otherwise n/a",
        "client access = cas megacycles by mode if multi-role servers; otherwise 0",
        "load = active megacycles by mode + passive megacycles by mode + client access",
        "able = valid and megacycles per core ≠ 0",
    ]


def test_numbers_take_the_place_of_names():
    numbers = {"a": "61", "b": "22"}
    assert formula_lines("return a + b + c", lambda name: numbers.get(name) or words_of(name)) == ["= 61 + 22 + c"]


def test_most_formulas_can_be_written_and_none_holds_program_text():
    design = size({"tiers.1.mailboxes": 100.0})
    written = [formula_lines(design.explain(rule.name, depth=0).formula) for rule in RULES.values()]
    assert sum(map(bool, written)) > 0.7 * len(RULES)
    for line in (line.replace("SPECint_rate2006", "") for lines in written for line in lines):
        assert not any(sign in line for sign in ("_", "**", "[", "==", "np.", "select(")), line
