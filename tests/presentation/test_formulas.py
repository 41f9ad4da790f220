"""Formulas of rules as people write them."""

import ast

import pytest

from calculator.presentation.formulas import expression_text


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("volume_databases_part * content_index_share", "volume databases part × content index share"),
        ("(a + b) * (c - (d - e)) / (f * g)", "(a + b) × (c − (d − e)) ÷ (f × g)"),
        ("round_up(c + d)", "(c + d) rounded up"),
        ("np.maximum(ratio(a, b), 0.0)", "the larger of a ÷ b and 0"),
        ("server_memory[0]", "server memory (primary)"),
        ("cpu_utilization_by_mode[-1, 1]", "cpu utilization by mode (worst, secondary)"),
        ("servers__processor_cores * 2", "processor cores × 2"),
    ],
)
def test_an_expression_is_written_in_signs_and_words(expression, text):
    assert expression_text(ast.parse(expression, mode="eval").body) == text


def test_an_expression_of_program_text_is_not_written():
    with pytest.raises(ValueError, match="_helper"):
        expression_text(ast.parse("_helper(a)", mode="eval").body)


def test_numbers_have_the_format_asked_for():
    assert expression_text(ast.parse("3544.4711 / 2", mode="eval").body, "{:,.2f}".format) == "3,544.47 ÷ 2.00"
