"""Facts about the lists: every input, rule, constant, check and source is declared whole."""

from __future__ import annotations

import ast
import contextlib
import inspect
import math
import re
import textwrap

from support.architecture import PACKAGE, PAGE, ROOMS, imports_of, modules, picture, room_of, rooms_imported_by
from support.paths import ROOT

from calculator import checks
from calculator.cli.vocabulary import reference_pages
from calculator.engine import graph
from calculator.engine.results import HEADLINE, column_index
from calculator.inputs.choices import VERSION, slug
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.schema import BY_PARAMETER, FIELDS, Kind
from calculator.inputs.units import factor
from calculator.presentation import reference
from calculator.rules import CHAPTERS
from calculator.rules.constants import CONSTANTS, LookupTable
from calculator.rules.registry import CHECKS, CORRECTIONS, LEVELS, RULES, ResultKind, kind_of
from calculator.rules.sources import SOURCES, SUPPORT

NEEDED_ELSEWHERE = {"tiers.archive_import": "the timeline of a design"}
"""Inputs that no rule needs, with what does or will."""
READ_BY_TABLES = {"database_volume_size", "log_volume_size"}
"""Detailed results that no rule needs, because they are columns of the table of volumes."""


def sources_of(text: str) -> list[str]:
    return [part.partition(": ")[0] for part in text.split("; ")]


def offenders(things, problems, name="name") -> list[str]:
    """Return what is wrong with any of some things, each with its name."""
    return [f"{getattr(thing, name)}: {problem}" for thing in things for problem in problems(thing)]


def source_problems(text):
    for part in text.split("; "):
        key, _, place = part.partition(": ")
        if key not in SOURCES:
            yield f"{key!r} is not a source"
        if not place:
            yield f"{part!r} names no place in its source"


def capital(text):
    return text[:1].isupper() or text[:1].isdigit()


def test_every_input_says_what_it_is():
    def problems(field):
        if not field.help or not (field.help[0].isupper() or field.kind is Kind.TEXT):
            yield f"help {field.help!r}"
        if not capital(field.label):
            yield f"label {field.label!r}"
        if field.path.count(".") != 1:
            yield "the path is not section.field"
        yield from source_problems(field.source)
        if field.kind in (Kind.INT, Kind.FLOAT, Kind.FRACTION):
            if not field.unit or factor(field.unit, field.unit) != 1:
                yield f"unit {field.unit!r}"
            if not field.options and not (math.isfinite(field.low) and math.isfinite(field.high)):
                yield "no limits"

    assert offenders(FIELDS, problems, "path") == []


def test_every_default_is_allowed():
    def problems(field):
        defaults = [field.default_at(place) for place in range(len(field.paths(2)))]
        for default in defaults:
            if default is not None and read_value(field, default) != default:
                yield f"default {default!r}"
        if not defaults:
            yield "no path"

    assert offenders(FIELDS, problems, "path") == []


def test_every_choice_refuses_an_unknown_word():
    def problems(field):
        with contextlib.suppress(ValueProblem):
            yield f"took {read_value(field, 'no such word')!r}"

    choices = [field for field in FIELDS if field.choice]
    assert choices
    assert offenders(choices, problems, "path") == []


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


def test_every_rule_is_declared_whole():
    def problems(rule):
        if not rule.meaning.endswith("."):
            yield f"meaning {rule.meaning!r} does not end with a full stop"
        if rule.level not in LEVELS:
            yield f"level {rule.level!r}"
        if rule.group not in ("result", "detail"):
            yield f"group {rule.group!r}"
        if rule.chapter not in CHAPTERS:
            yield f"chapter {rule.chapter!r}"
        yield from source_problems(rule.source)
        if rule.kind is ResultKind.NUMBER and not rule.unit:
            yield "no unit"
        if rule.kind is ResultKind.CATEGORY and rule.choice is None:
            yield "no choice"

    assert offenders(RULES.values(), problems) == []


def test_rules_needed_by_nothing_are_results():
    needed = {need for rule in RULES.values() for need in rule.needs}
    needed |= {need for check in CHECKS.values() for need in check.needs}
    needed |= {need for correction in CORRECTIONS.values() for need in correction.needs}
    idle = {name for name, rule in RULES.items() if rule.group == "detail" and name not in needed}
    assert idle == READ_BY_TABLES, "make it a result or delete it"


def test_every_constant_has_unit_meaning_and_source():
    def problems(constant):
        if not constant.unit:
            yield "no unit"
        if not capital(constant.meaning):
            yield f"meaning {constant.meaning!r}"
        yield from source_problems(constant.source)
        if isinstance(constant.value, LookupTable):
            if len(constant.value.values) < 2:
                yield "a table of less than two values"
        elif not math.isfinite(constant.value):
            yield f"value {constant.value!r}"

    assert offenders(CONSTANTS.values(), problems) == []


def test_every_constant_is_needed():
    nodes = [*RULES.values(), *CHECKS.values(), *CORRECTIONS.values()]
    needed = {need for node in nodes for need in node.needs}
    read = {name for path in modules() for name in re.findall(r'scalar\("(\w+)"[,)]', path.read_text(encoding="utf-8"))}
    assert set(CONSTANTS) - needed - read == set()
    assert read <= set(CONSTANTS)


def test_every_source_is_cited():
    texts = [thing.source for things in (RULES, CONSTANTS, CHECKS) for thing in things.values()]
    texts += [field.source for field in FIELDS]
    texts += [support.source for support in SUPPORT.values()]
    cited = {key for text in texts for key in sources_of(text)}
    assert set(SOURCES) == cited
    for source in SOURCES.values():
        assert source.title
        assert source.publisher


def test_the_end_of_support_of_every_version_has_a_source():
    assert tuple(SUPPORT) == VERSION.words
    assert offenders(SUPPORT.values(), lambda support: source_problems(support.source), "ended") == []


def test_every_check_says_what_and_what_to_do():
    def problems(check):
        if not check.message.endswith((".", "?")):
            yield f"message {check.message!r}"
        if not check.hint.endswith((".", "?")):
            yield f"hint {check.hint!r}"
        if check.severity not in ("error", "warning", "notice"):
            yield f"severity {check.severity!r}"
        yield from source_problems(check.source)

    assert offenders(CHECKS.values(), problems) == []


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


def test_no_rule_contains_a_bare_number():
    """But 0, 1 and 2, and whole numbers to 4 that count copies, servers or failures."""
    functions = [rule.function for rule in RULES.values() if rule.chapter != "activation_scenarios"]
    functions += [correction.function for correction in CORRECTIONS.values()]
    bare = {
        f"{function.__module__}.{function.__name__}": value
        for function in functions
        for value in _literals(function)
        if value not in (0, 1, 2, 3, 4)
    }
    assert bare == {}


def test_rules_are_annotated_as_what_they_are():
    kinds = {ResultKind.NUMBER: "float64", ResultKind.FLAG: "bool", ResultKind.CATEGORY: "int64"}

    def problems(rule):
        returns = inspect.signature(rule.function).return_annotation
        expected = "int64" if rule.maybe else kinds[rule.kind]
        if expected not in str(getattr(returns, "__args__", [returns])):
            yield f"returns {returns}, not {expected}"

    annotated = [rule for rule in RULES.values() if rule.chapter != "activation_scenarios"]
    assert offenders(annotated, problems) == []


def test_every_room_is_in_the_list():
    assert {room_of(path) for path in modules()} - {"__init__", "__main__"} == set(ROOMS)


def test_imports_go_downwards_only():
    upward = [
        f"{path.relative_to(ROOT)} imports {room}"
        for path in modules()
        if room_of(path) in ROOMS
        for room in rooms_imported_by(path)
        if ROOMS.index(room) > ROOMS.index(room_of(path))
    ]
    assert upward == []


def test_the_picture_of_the_rooms_is_current():
    assert picture() in PAGE.read_text(encoding="utf-8"), "run: make docs"


def heads_of(path):
    return {name.split(".")[0] for name in imports_of(path)}


def test_pint_and_streamlit_stay_where_they_belong_and_altair_nowhere():
    pint = [str(path) for path in modules() if "pint" in heads_of(path) and path.name != "units.py"]
    app = [str(path) for path in modules() if "streamlit" in heads_of(path) and room_of(path) != "ui"]
    altair = [str(path) for path in modules() if "altair" in heads_of(path)]  # It takes longer to load than a page.
    assert (pint, app, altair) == ([], [], [])


def test_rules_import_nothing_that_reads_files():
    allowed = {"__future__", "numpy", "calculator", "inspect", "collections", "dataclasses", "functools", "typing"}
    chapters = [PACKAGE / "rules" / f"{name}.py" for name in CHAPTERS]
    paths = [*chapters, *(PACKAGE / "checks").glob("*.py")]
    others = {path.name: heads_of(path) - allowed for path in paths if heads_of(path) - allowed}
    assert len(paths) > len(CHAPTERS)
    assert others == {}


def test_the_reference_is_current():
    stale = reference.write(reference_pages(), str(ROOT / "docs" / "reference"), only_check=True)
    assert stale == [], "run: python -m calculator docs docs/reference"


def test_chapters_hold_rules_in_the_order_of_the_story():
    seen = list(dict.fromkeys(rule.chapter for rule in RULES.values()))
    assert set(seen) == set(CHAPTERS)
    assert set(graph.ORDER) == {*RULES, *CHECKS}
    assert checks.__doc__
