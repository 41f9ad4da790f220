"""Formulas as they apply in a design: only the branch that its values take, in words and in numbers."""

from __future__ import annotations

import ast
import copy
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from calculator.engine.explain import formula_of
from calculator.engine.needs import call_of
from calculator.engine.results import column_index
from calculator.engine.sizing import SizedDesign
from calculator.inputs.units import unit_words
from calculator.presentation.formulas import expression_text
from calculator.presentation.text import percent, readable
from calculator.rules.registry import RULES, ResultKind

_CASES = ("first_true", "first_code")
_FROM_NUMBERS = (
    *("round_up", "round_down", "np.ceil", "np.floor", "nearest", "nearest_to", "ceil_to", "remainder"),
    *("np.maximum", "np.fmax", "max_na", "np.minimum", "min_na", "sum_na"),
)
"""Functions of numbers that a formula shows."""
_MOST_TERMS = 4
_LONGEST = 160
"""Largest number of characters of a line with numbers; a longer one is not readable."""
_OPERATORS = (ast.BinOp, ast.BoolOp, ast.Compare, ast.UnaryOp)
_TOLERANCE = 1e-9
"""Relative difference up to which the numbers of a formula give its figure."""
Place = tuple[int, ...]


class AppliedFormula(NamedTuple):
    """A formula as it applies in a design.

    Attributes
    ----------
    words, numbers
        The formula in names, and in numbers with its result.
    needs
        Parameters of the rule that the formula shows.
    """

    words: str
    numbers: str
    needs: frozenset[str]


def applied_formula(column: str, design: SizedDesign) -> AppliedFormula | None:
    """Return the formula of a column with only the branch that applies in a design.

    None if the figure is not a number, if it is a number of another step unchanged, or if the rule is more of a
    program than of a formula. The numbers are computed again: they give the figure.
    """
    if column not in column_index(design.tiers):
        return None
    name, place = column_index(design.tiers)[column]
    rule = RULES[name]
    figure = float(np.asarray(design.results.figures[name])[place][0]) if rule.kind is ResultKind.NUMBER else math.nan
    if math.isnan(figure):
        return None
    function, values = call_of(name, design)
    try:
        with np.errstate(all="ignore"):
            value = _inlined(formula_of(function))
            scope = {**getattr(function, "__globals__", {}), **values}
            in_numbers = _Branch(scope, values, in_numbers=True).of(value, place)
            in_words = _Branch(scope, values, in_numbers=False).of(value, place)
            if isinstance(in_numbers, ast.Constant) or not _gives(in_numbers, figure, scope):
                return None
        unit = "%" if rule.is_share else unit_words(rule.unit, figure)
        result = f"{readable(round(percent(figure), 1) if rule.is_share else figure)} {unit}".rstrip()
        words = f"= {expression_text(in_words)}"
        numbers = f"= {expression_text(in_numbers, number=readable)} = {result}"
    except (SyntaxError, ValueError, TypeError, IndexError, AttributeError):
        return None
    shown = frozenset(part.id for part in ast.walk(in_words) if isinstance(part, ast.Name))
    return AppliedFormula(words, numbers, shown) if len(numbers) <= _LONGEST else None


def _gives(written: ast.expr, figure: float, scope: Mapping[str, Any]) -> bool:
    """Return whether an expression of numbers gives a figure."""
    return math.isclose(float(np.ravel(_value(written, scope))[0]), figure, rel_tol=_TOLERANCE)


def _value(node: ast.expr, scope: Mapping[str, Any]) -> Any:
    """Return the value of an expression of a rule."""
    code = compile(ast.fix_missing_locations(ast.Expression(copy.deepcopy(node))), "<formula>", "eval")
    return eval(code, dict(scope))


def _inlined(formula: str) -> ast.expr:
    """Return the result of a rule as one expression, without the names that the rule assigns."""
    assigned: dict[str, ast.expr] = {}

    class Inliner(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return assigned.get(node.id, node)

    for statement in ast.parse(formula).body:
        match statement:
            case ast.Return(value=ast.expr() as value):
                return Inliner().visit(copy.deepcopy(value))
            case ast.Assign(targets=[ast.Name(id=target)], value=value):
                assigned[target] = Inliner().visit(copy.deepcopy(value))
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value):
                assigned[target] = Inliner().visit(copy.deepcopy(value))
            case ast.Expr():
                continue
            case _:
                raise ValueError(ast.dump(statement))
    raise ValueError(formula)


class _Branch:
    """Reduces an expression to the branch that applies at a place.

    Attributes
    ----------
    scope
        Names that the rule uses.
    needs
        Values of the needs of the rule.
    in_numbers
        Whether numbers replace the names.
    """

    def __init__(self, scope: Mapping[str, Any], needs: Mapping[str, Any], *, in_numbers: bool) -> None:
        self.scope, self.needs, self.in_numbers = scope, needs, in_numbers

    def of(self, node: ast.expr, place: Place) -> ast.expr:
        """Return the branch of an expression at a place on its axes."""
        place = self._own_place(node, place)
        match node:
            case ast.Call(func=ast.Name(id="select"), args=[condition, yes, no]):
                return self.of(yes if self._at(condition, place) else no, place)
            case ast.Call(func=ast.Name(id=called), args=pairs, keywords=keywords) if called in _CASES:
                for case in pairs:
                    if not isinstance(case, ast.Tuple):
                        raise ValueError(ast.dump(case))
                    if self._at(case.elts[0], place):
                        return self.of(case.elts[1], place)
                return self.of(keywords[0].value, place)
            case ast.Call(func=ast.Name(id="replace_at"), args=[value, index, other]):
                replaced = self._index(index)
                inside = place[: len(replaced)] == replaced
                return self.of(other, place[len(replaced) :]) if inside else self.of(value, place)
            case ast.Call(func=ast.Name(id="stack"), args=arguments) if not _has_star(arguments):
                return self.of(arguments[place[0]], place[1:])
            case ast.Call(func=ast.Name(id="pair"), args=arguments):
                return self.of(arguments[place[1]], place[:1])
            case ast.Call(func=ast.Name(id="axis_sum"), args=[terms]):
                return self._sum(node, terms, place)
            case ast.Call(func=ast.Name(id="ratio"), args=[over, under]):
                return ast.BinOp(self.of(over, place), ast.Div(), self.of(under, place))
            case ast.Call(func=ast.Name(id="or_zero" | "flag"), args=[value]):
                return self.of(value, place)
            case ast.Call(func=ast.Attribute(value=value, attr="astype")):
                return self.of(value, place)
            case ast.Call(func=function, args=arguments) if ast.unparse(function) in _FROM_NUMBERS:
                return ast.Call(function, [self.of(argument, place) for argument in arguments], [])
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() as sign, right=right):
                return _simplified(self.of(left, place), sign, self.of(right, place))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return ast.UnaryOp(ast.USub(), self.of(operand, place))
            case ast.Subscript(value=value, slice=ast.Slice(lower=None)):
                return self.of(value, place)
            case ast.Subscript(value=value, slice=index) if not isinstance(value, ast.Name):
                return self.of(value, (*self._index(index), *place))
        return self._leaf(node, place)

    def _own_place(self, node: ast.expr, place: Place) -> Place:
        """Return the place on the axes of an expression itself: the last ones, the first place of an axis of one."""
        sizes = np.shape(_value(node, self.scope))[:-1]
        return tuple(
            0 if size == 1 else at % size for size, at in zip(sizes, place[len(place) - len(sizes) :], strict=True)
        )

    def _at(self, node: ast.expr, place: Place) -> Any:
        found = np.atleast_1d(np.asarray(_value(node, self.scope)))[self._own_place(node, place)]
        return found[0]

    def _index(self, index: ast.expr) -> Place:
        """Return an index of whole numbers."""
        found = _value(index, self.scope)
        places = found if isinstance(found, tuple) else (found,)
        if not all(isinstance(each, int) for each in places):
            raise ValueError(ast.dump(index))
        return places

    def _sum(self, node: ast.expr, terms: ast.expr, place: Place) -> ast.expr:
        """Return the sum over an axis: its terms as numbers, or the first as an example of all in words."""
        count = np.shape(_value(terms, self.scope))[0]
        if count > _MOST_TERMS:
            raise ValueError(ast.dump(node))
        branches = [self.of(terms, (term, *place)) for term in range(count)]
        if not self.in_numbers:
            return ast.Call(ast.Name("axis_sum"), branches[:1], []) if count > 1 else branches[0]
        total = branches[0]
        for branch in branches[1:]:
            total = ast.BinOp(total, ast.Add(), branch)
        return total

    def _leaf(self, node: ast.expr, place: Place) -> ast.expr:
        """Return what has no parts to show: a value of a need, of a table or of a name of the module."""
        value = self._at(node, place)
        if isinstance(value, bool | np.bool_) or (isinstance(node, ast.Constant) and value in (0, 1)):
            return ast.Constant(int(value))
        if isinstance(node, ast.Constant):
            return node
        parts = list(ast.walk(node))
        is_need = any(isinstance(part, ast.Name) and part.id in self.needs for part in parts)
        if not is_need or any(isinstance(part, _OPERATORS) for part in parts) or math.isnan(value):
            raise ValueError(ast.dump(node))
        return ast.Constant(float(value)) if self.in_numbers else node


def _has_star(arguments: list[ast.expr]) -> bool:
    return any(isinstance(argument, ast.Starred) for argument in arguments)


def _simplified(left: ast.expr, sign: ast.operator, right: ast.expr) -> ast.expr:
    """Return an operation without a condition or a plain 0 or 1 that changes nothing."""
    plain = [
        each.value if isinstance(each, ast.Constant) and isinstance(each.value, int) else None for each in (left, right)
    ]
    match sign, *plain:
        case (ast.Mult(), 0, _) | (ast.Mult(), _, 0) | (ast.Div(), 0, _):
            return ast.Constant(0)
        case (ast.Mult() | ast.Div(), _, 1) | (ast.Add() | ast.Sub(), _, 0):
            return left
        case (ast.Mult(), 1, _) | (ast.Add(), 0, _):
            return right
    return ast.BinOp(left, sign, right)
