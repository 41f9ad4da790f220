"""List small mistakes that can be made in a module, and import the module with one of them."""

from __future__ import annotations

import ast
import copy
import gc
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType

OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
NAMES = {
    "maximum": "minimum",
    "minimum": "maximum",
    "max": "min",
    "min": "max",
    "any": "all",
    "all": "any",
    "max_na": "min_na",
    "min_na": "max_na",
    "round_up": "round_down",
    "round_down": "round_up",
    "sum_na": "max_na",
}


@dataclass(frozen=True)
class Mutant:
    """One mistake in one module.

    Attributes
    ----------
    module, path, line
        Dotted name and file of the module; line of the mistake.
    before, after
        The expression as it is, and with the mistake.
    number
        Place in `mutants_of` of its module.
    """

    module: str
    path: str
    line: int
    before: str
    after: str
    number: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.before}  ->  {self.after}"

    @property
    def room(self) -> str:
        """Room of the module."""
        return Path(self.path).parts[1]

    def fields(self) -> tuple[str | int, ...]:
        """Return the values that make the mutant."""
        return astuple(self)


Edit = Callable[[ast.AST], None]


def mutants_of(path: Path, root: Path) -> list[Mutant]:
    """Return every mutant of a module."""
    relative = path.relative_to(root)
    module = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    mutants = [
        Mutant(module, str(relative), node.lineno, ast.unparse(node), _edited(node, edit), number)
        for number, (node, edit) in enumerate(_sites(tree))
    ]
    return [mutant for mutant in mutants if mutant.before != mutant.after]


def mutate_on_import(mutant: Mutant) -> None:
    """Have the module of a mutant imported with its mistake, in this process."""
    sys.meta_path.insert(0, _Finder(mutant))


def loaded_functions(folder: Path) -> dict[str, list[FunctionType]]:
    """Return the functions in memory whose code stands in a folder, by the path of their file."""
    functions: dict[str, list[FunctionType]] = {}
    for found in gc.get_objects():
        if isinstance(found, FunctionType) and found.__code__.co_filename.startswith(str(folder)):
            functions.setdefault(found.__code__.co_filename, []).append(found)
    return functions


def mutate_loaded(mutant: Mutant, functions: dict[str, list[FunctionType]]) -> bool:
    """Put the mistake of a mutant into functions that are loaded.

    Returns
    -------
    bool
        False where the mistake is not in the code of a function, and nothing was changed.
    """
    path = sys.modules[mutant.module].__file__
    assert path is not None
    changes = _changes(_compile(_parse(path), path), _compile(_mutated(path, mutant), path))
    if changes is None:
        return False
    found = [(function, changes[function.__code__]) for function in functions[path] if function.__code__ in changes]
    for function, code in found:
        function.__code__ = code
    return bool(found)


def _changes(before: CodeType, after: CodeType) -> dict[CodeType, CodeType] | None:
    """Return the functions whose code differs; None where code outside of all functions differs."""
    if not before.co_flags & inspect.CO_OPTIMIZED and _own(before) != _own(after):
        return None
    changes = {before: after} if before != after else {}
    nested = ([part for part in code.co_consts if isinstance(part, CodeType)] for code in (before, after))
    for old, new in zip(*nested, strict=False):
        inner = _changes(old, new)
        if inner is None:
            return None
        changes |= inner
    return changes


def _own(code: CodeType) -> tuple[object, ...]:
    """Return what a code does without the functions in it."""
    constants = [repr(part) for part in code.co_consts if not isinstance(part, CodeType)]
    return code.co_code, constants, code.co_names, code.co_varnames


def _parse(path: str) -> ast.Module:
    return ast.parse(Path(path).read_text(encoding="utf-8"))


def _compile(tree: ast.Module, path: str) -> CodeType:
    """Compile a module without the future statements of this one."""
    code = compile(tree, path, "exec", dont_inherit=True)
    assert isinstance(code, CodeType)
    return code


def _mutated(path: str, mutant: Mutant) -> ast.Module:
    """Return the tree of a module with the mistake of a mutant."""
    tree = _parse(path)
    node, edit = list(_sites(tree))[mutant.number]
    edit(node)
    return ast.fix_missing_locations(tree)


class _Finder(PathFinder):
    """Finds one module, and loads it with its mistake."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, fullname, path=None, target=None) -> ModuleSpec | None:  # type: ignore[override]
        if fullname != self._mutant.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Loader(fullname, spec.origin, self._mutant)
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, mutant: Mutant) -> None:
        super().__init__(name, path)
        self._mutant = mutant

    def get_code(self, fullname):
        return _compile(_mutated(self.path, self._mutant), self.path)


def _edited(node: ast.AST, edit: Edit) -> str:
    changed = copy.deepcopy(node)
    edit(changed)
    return ast.unparse(changed)


def _sites(tree: ast.Module) -> Iterator[tuple[ast.AST, Edit]]:
    """Yield the expressions of a module that can be mistaken, and how, in the order of the source."""
    for node in _computing(tree):
        if isinstance(node, ast.Compare):
            yield from ((node, _operator(place)) for place, op in enumerate(node.ops) if type(op) in OPERATORS)
        elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in OPERATORS:
            yield node, _operator(None)
        elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            yield node, _next_value
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert | ast.USub):
            yield node, _without_operator
        elif isinstance(node, ast.Call):
            if not any(map(_is_text, node.args)):
                yield from ((node, _swap(place)) for place in range(len(node.args) - 1))
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in NAMES:
                yield node, _rename


def _computing(node: ast.AST) -> Iterator[ast.AST]:
    """Walk the part of a tree that computes: no decorators, annotations or texts."""
    for name, value in ast.iter_fields(node):
        if name in ("decorator_list", "annotation", "returns", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr):
                yield child
                yield from _computing(child)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _operator(place: int | None) -> Edit:
    def edit(node):
        if place is None:
            node.op = OPERATORS[type(node.op)]()
        else:
            node.ops[place] = OPERATORS[type(node.ops[place])]()

    return edit


def _next_value(node) -> None:
    node.value = not node.value if isinstance(node.value, bool) else node.value + 1


def _without_operator(node) -> None:
    """Add the operator a second time, which takes its effect away."""
    node.operand = ast.UnaryOp(node.op, node.operand)


def _swap(place: int) -> Edit:
    def edit(node):
        node.args[place], node.args[place + 1] = node.args[place + 1], node.args[place]

    return edit


def _rename(node) -> None:
    if isinstance(node.func, ast.Attribute):
        node.func.attr = NAMES[node.func.attr]
    else:
        node.func.id = NAMES[node.func.id]
