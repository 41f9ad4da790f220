"""Formulas of rules as people write them: names in words, signs of mathematics, no program text."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import partial

from calculator.inputs.schema import BY_PARAMETER, Axis
from calculator.presentation.places import axis_text
from calculator.presentation.text import number
from calculator.rules.registry import MODE, RULES

_SIGNS: Mapping[type[ast.AST], tuple[str, int]] = {
    ast.Add: ("+", 5),
    ast.Sub: ("−", 5),
    ast.Mult: ("×", 6),
    ast.Div: ("÷", 6),
    ast.FloorDiv: ("÷", 6),
}
"""Sign and rank of an operation; a higher rank binds more closely."""
_ARGUMENT, _NEGATE, _ATOM = 3, 7, 9
_PATTERNS: Mapping[str, str] = {
    "round_up": "{0} rounded up",
    "round_down": "{0} rounded down",
    "np.ceil": "{0} rounded up",
    "np.floor": "{0} rounded down",
    "nearest": "{0} rounded",
    "nearest_to": "{0} rounded to a multiple of {1}",
    "ceil_to": "{0} rounded up to a multiple of {1}",
    "remainder": "remainder of {0} ÷ {1}",
    "axis_sum": "sum of {0}",
    "axis_max": "largest of {0}",
}
"""How a function of one or two arguments reads; the others are listed after the name of the function."""
_LISTS: Mapping[str, str] = {
    "np.maximum": "the larger of",
    "np.fmax": "the larger of",
    "max_na": "the largest of",
    "np.minimum": "the smaller of",
    "min_na": "the smallest of",
    "sum_na": "the sum of",
}
_NAMED_WELL = ("module_size", "hours_to_copy")
"""Functions whose name says what they do."""
_MOST_ARGUMENTS = 4
_PLAIN = ("stack", "pair", "np.array")
"""Functions that arrange figures and do not change them."""
_NA = "NA"


def expression_text(expression: ast.expr, number: Callable[[float], str] = number) -> str:
    """Return an expression of a rule as people write it, with numbers in a format."""
    return _Writer(number).text(expression)


def _mode_of(index: ast.expr) -> str:
    """Return the failure mode that an index names first, such as SITE; empty for another index."""
    first = index.elts[0] if isinstance(index, ast.Tuple) else index
    label = first.id.lower() if isinstance(first, ast.Name) else ""
    return label if label in MODE.labels else ""


def words_of(name: str) -> str:
    """Return the name of an input, a result or a constant in words."""
    if name in BY_PARAMETER:
        label = BY_PARAMETER[name].label
        return label if label[:2].isupper() else label[0].lower() + label[1:]
    return name.strip("_").replace("__", " ").replace("_", " ")


class _Writer:
    """Writes the parts of a formula.

    Attributes
    ----------
    number
        Returns what is written for a number.
    """

    def __init__(self, number: Callable[[float], str]) -> None:
        self.number = number

    def text(self, node: ast.expr, outer: int = 0) -> str:
        """Write an expression, in brackets where the one around it binds more closely."""
        written, rank = self._write(node)
        return f"({written})" if rank < outer else written

    def _write(self, node: ast.expr) -> tuple[str, int]:
        match node:
            case ast.Name(id="NO_CODE"):
                return "none", _ATOM
            case ast.Name(id=name):
                return ("n/a" if name == _NA else words_of(name)), _ATOM
            case ast.Constant(value=bool() as value):
                return ("yes" if value else "no"), _ATOM
            case ast.Constant(value=int() | float() as value):
                return self.number(float(value)), _ATOM
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner[0].isupper():
                return name.replace("_", " ").lower(), _ATOM
            case ast.Attribute(value=value, attr="T"):
                return self._write(value)
            case ast.BinOp(left=left, op=operation, right=right) if type(operation) in _SIGNS:
                sign, rank = _SIGNS[type(operation)]
                after = rank + 1 if sign in ("−", "÷") else rank
                return f"{self.text(left, rank)} {sign} {self.text(right, after)}", rank
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"−{self.text(operand, _NEGATE)}", _NEGATE
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                return ", ".join(self.text(element) for element in elements), _ATOM
            case ast.Starred(value=value):
                return self._write(value)
            case ast.Subscript(value=value, slice=index):
                return self._part(value, index), _ATOM
            case ast.Call(func=function, args=arguments):
                return self._call(function, arguments)
        raise ValueError(ast.dump(node))

    def _part(self, value: ast.expr, index: ast.expr) -> str:
        """Write a part of a figure: its place in words."""
        written = self.text(value)
        axes = RULES[value.id].axes if isinstance(value, ast.Name) and value.id in RULES else ()
        indices = index.elts if isinstance(index, ast.Tuple) else [index]
        labelled = [axis for axis in axes if not axis.scalar]
        places = [
            _label(each, labelled[place] if place < len(labelled) else None) for place, each in enumerate(indices)
        ]
        named = ", ".join(place for place in places if place)
        return f"{written} ({named})" if named else written

    def _call(self, function: ast.expr, arguments: list[ast.expr]) -> tuple[str, int]:
        called = ast.unparse(function)
        if called == "ratio":
            return self._write(ast.BinOp(arguments[0], ast.Div(), arguments[1]))
        if called in _PLAIN:
            return ", ".join(self.text(argument, 1) for argument in arguments), 0
        if called in _PATTERNS:
            inside = partial(self.text, outer=_NEGATE)
            return _PATTERNS[called].format(*map(inside, arguments)), _NEGATE
        if called in _LISTS:
            return f"{_LISTS[called]} {' and '.join(self.text(argument, _ARGUMENT) for argument in arguments)}", 0
        if isinstance(function, ast.Attribute) and function.attr in ("at", "floor"):
            return f"{self.text(function.value)} at {self.text(arguments[0])}", 0
        if called not in _NAMED_WELL or len(arguments) > _MOST_ARGUMENTS:
            raise ValueError(called)
        return f"{words_of(called)} of {', '.join(self.text(argument, 1) for argument in arguments)}", 0


def _label(index: ast.expr, axis: Axis | None) -> str:
    """Return a place on an axis in words; empty for all places."""
    try:
        place = ast.literal_eval(index)
    except ValueError:
        if isinstance(index, ast.Slice):
            return ""
        if mode := _mode_of(index):
            return axis_text(MODE, mode)
        raise
    if not isinstance(place, int):
        return ""
    labels = axis.labels if axis is not None else ()
    return labels[place].replace("_", " ") if labels and -len(labels) <= place < len(labels) else ""
