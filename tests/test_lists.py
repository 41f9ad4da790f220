"""Facts about the lists: every input, rule, constant, check and source is declared whole."""

from __future__ import annotations

import ast
import inspect
import math
import re
import textwrap
from pathlib import Path

import pytest
from support.paths import ROOT

from calculator import checks
from calculator.engine import graph
from calculator.engine.results import HEADLINE, column_index
from calculator.inputs.choices import slug
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.schema import BY_PARAMETER, FIELDS, Kind
from calculator.inputs.units import factor
from calculator.presentation import reference
from calculator.rules import CHAPTERS
from calculator.rules.constants import CONSTANTS, SOURCES, LookupTable
from calculator.rules.registry import CHECKS, CORRECTIONS, LEVELS, RULES, Result, kind_of

PACKAGE = ROOT / "calculator"

NEEDED_ELSEWHERE = {
    "tiers.archive_import": "the timeline of a design",
    "failure_domains.enabled": "the layout of database copies",
}
"""Inputs that no rule needs, with what does or will."""
READ_BY_TABLES = {"database_volume_size", "log_volume_size"}
"""Detailed results that no rule needs, because they are columns of the table of volumes."""


def sources_of(text: str) -> list[tuple[str, str]]:
    return [tuple(part.split(": ", 1)) for part in text.split("; ")]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.path)
def test_every_input_says_what_it_is(field):
    assert field.help
    assert field.help[0].isupper() or field.kind is Kind.TEXT
    assert field.label[0].isupper() or field.label[0].isdigit()
    assert field.path.count(".") == 1
    for key, place in sources_of(field.source):
        assert key in SOURCES
        assert place
    if field.kind in (Kind.INT, Kind.FLOAT, Kind.FRACTION):
        assert field.unit
        assert field.options or (math.isfinite(field.low) and math.isfinite(field.high))
        assert factor(field.unit, field.unit) == 1


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.path)
def test_every_default_is_allowed(field):
    for place in range(len(field.paths(2))):
        default = field.default_at(place)
        if default is not None:
            assert read_value(field, default) == default
    if field.choice:
        with pytest.raises(ValueProblem):
            read_value(field, "no such word")


def test_every_condition_names_an_input():
    paths = {field.path: field for field in FIELDS}
    for field in FIELDS:
        for condition in field.applies:
            path, _, word = condition.removeprefix("!").partition("=")
            assert path in paths
            assert not word or slug(word) in {slug(w) for w in paths[path].choice.words}


def test_every_input_is_needed_by_a_rule_or_check():
    needed = {need for name in (*RULES, *CHECKS) for need in (RULES.get(name) or CHECKS[name]).needs}
    idle = {field.path for field in BY_PARAMETER.values() if field.parameter not in needed}
    assert idle == set(NEEDED_ELSEWHERE)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_every_rule_is_declared_whole(rule):
    assert rule.meaning.endswith(".")
    assert rule.level in LEVELS
    assert rule.group in ("result", "detail")
    assert rule.chapter in CHAPTERS
    for key, place in sources_of(rule.source):
        assert key in SOURCES, rule.source
        assert place
    if rule.kind is Result.NUMBER:
        assert rule.unit
    if rule.kind is Result.CATEGORY:
        assert rule.choice is not None


def test_rules_needed_by_nothing_are_results():
    needed = {need for rule in RULES.values() for need in rule.needs}
    needed |= {need for check in CHECKS.values() for need in check.needs}
    needed |= {need for correction in CORRECTIONS.values() for need in correction.needs}
    idle = {name for name, rule in RULES.items() if rule.group == "detail" and name not in needed}
    assert idle == READ_BY_TABLES, "make it a result or delete it"


@pytest.mark.parametrize("constant", CONSTANTS.values(), ids=lambda constant: constant.name)
def test_every_constant_has_unit_meaning_and_source(constant):
    assert constant.unit
    assert constant.meaning[0].isupper() or constant.meaning[0].isdigit()
    for key, place in sources_of(constant.source):
        assert key in SOURCES
        assert place
    if isinstance(constant.value, LookupTable):
        assert len(constant.value.values) > 1
    else:
        assert math.isfinite(constant.value)


def test_every_constant_is_needed():
    nodes = [*RULES.values(), *CHECKS.values(), *CORRECTIONS.values()]
    needed = {need for node in nodes for need in node.needs}
    read = {name for path in _modules() for name in re.findall(r'scalar\("(\w+)"\)', path.read_text(encoding="utf-8"))}
    assert set(CONSTANTS) - needed - read == set()
    assert read <= set(CONSTANTS)


def test_every_source_is_cited():
    texts = [thing.source for things in (RULES, CONSTANTS, CHECKS) for thing in things.values()]
    texts += [field.source for field in FIELDS]
    cited = {key for text in texts for key, _ in sources_of(text)}
    assert set(SOURCES) == cited
    for source in SOURCES.values():
        assert source.title
        assert source.publisher


@pytest.mark.parametrize("check", CHECKS.values(), ids=lambda check: check.name)
def test_every_check_says_what_and_what_to_do(check):
    assert check.message.endswith(".")
    assert check.hint.endswith(".") or check.hint.endswith("greater.")
    assert check.severity in ("error", "warning", "notice")
    for key, _ in sources_of(check.source):
        assert key in SOURCES


def test_names_are_unique_over_inputs_rules_and_constants():
    names = [*BY_PARAMETER, *RULES, *CONSTANTS]
    assert len(names) == len(set(names))
    for name in names:
        assert kind_of(name)


def test_the_headline_names_at_most_forty_columns():
    assert len(HEADLINE) == len(set(HEADLINE)) <= 40
    assert set(HEADLINE) <= set(column_index(1))


def _literals(function) -> list[float]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    body = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    body.decorator_list = []
    indices = {id(n) for s in ast.walk(body) if isinstance(s, ast.Subscript) for n in ast.walk(s.slice)}
    return [
        node.value
        for node in ast.walk(body)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
        and id(node) not in indices
    ]


def test_no_bare_number_stands_in_a_rule():
    """But 0, 1 and 2, and whole numbers to 4 that count copies, servers or failures."""
    functions = [rule.function for rule in RULES.values() if rule.chapter != "activation_scenarios"]
    functions += [correction.function for correction in CORRECTIONS.values()]
    for function in functions:
        bare = [value for value in _literals(function) if value not in (0, 1, 2, 3, 4)]
        assert not bare, f"{function.__name__}: {bare}"


def test_rules_are_annotated_as_what_they_are():
    for rule in RULES.values():
        if rule.chapter == "activation_scenarios":
            continue
        returns = inspect.signature(rule.function).return_annotation
        name = getattr(returns, "__args__", [returns])
        kinds = {Result.NUMBER: "float64", Result.FLAG: "bool", Result.CATEGORY: "int64"}
        expected = "int64" if rule.maybe else kinds[rule.kind]
        assert expected in str(name), rule.name


ROOMS = (
    "_version",
    "issues",
    "numerics",
    "inputs",
    "rules",
    "checks",
    "engine",
    "layout",
    "presentation",
    "batch",
    "exporters",
    "studies",
    "importers",
    "cli",
    "ui",
)
"""From the bottom up: a room imports what stands before it."""


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_imports_go_downwards_only():
    upward = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in _modules()
        if _room(path) not in ("__init__", "__main__", "batch_rows")
        for name in _imports(path)
        if (parts := name.split("."))[0] == "calculator" and len(parts) > 1 and parts[1] in ROOMS
        if ROOMS.index(parts[1]) > ROOMS.index(_room(path))
    ]
    assert upward == []


def test_pint_streamlit_and_altair_stay_where_they_belong():
    for path in _modules():
        heads = {name.split(".")[0] for name in _imports(path)}
        inside_ui = path.relative_to(PACKAGE).parts[0] == "ui"
        if path.name != "units.py":
            assert "pint" not in heads, path
        if not inside_ui:
            assert not heads & {"streamlit", "altair"}, path


def test_rules_import_nothing_that_reads_files():
    allowed = {"numpy", "calculator", "inspect", "collections", "dataclasses", "functools"}
    chapters = [PACKAGE / "rules" / f"{name}.py" for name in CHAPTERS]
    for path in (*chapters, *(PACKAGE / "checks").glob("*.py")):
        assert {name.split(".")[0] for name in _imports(path)} <= allowed | {"__future__"}, path


def test_the_reference_is_current():
    stale = reference.write(str(ROOT / "docs" / "reference"), only_check=True)
    assert stale == [], "run: python -m calculator docs docs/reference"


def test_chapters_hold_rules_in_the_order_of_the_story():
    seen = list(dict.fromkeys(rule.chapter for rule in RULES.values()))
    assert set(seen) == set(CHAPTERS)
    assert set(graph.ORDER) == {*RULES, *CHECKS}
    assert checks.__doc__
