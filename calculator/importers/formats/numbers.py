"""Parse numbers, flags and spans of time as PowerShell and spreadsheets write them, one column at a time.

Texts are Arrow arrays.  Numbers are float64, with NaN where a cell is empty or not a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from calculator.importers.formats.typography import normalize_texts
from calculator.issues import WARNING, Issues, quoted
from calculator.numerics.arrays import Bools, Floats

POINT, COMMA = "point", "comma"
DECIMAL_SIGNS = {POINT: ".", COMMA: ","}
"""Decimal signs by the word that the caller gives."""
GROUPS = "[' ?]"
"""Characters that can only separate thousands; an ASCII export has ``?`` in place of a Unicode space or apostrophe."""
LARGEST = 1e15
"""Largest plausible count; larger numbers are also not exact."""
NO_SIGN, CELLS, BRACKETS, PLAUSIBLE, GIVEN, OPEN = (
    "no sign",
    "cells",
    "bytes in brackets",
    "plausible",
    "given",
    "open",
)
"""Reasons for the decimal sign of a column."""
_THOUSAND = 1000.0
_MANY = 50
"""Number of ambiguous cells that cannot all have three decimals by chance: one number in ten has fewer."""
_ARABIC_SIGN = "\u066b"
_WHOLE = r"^-?\d+$"
_FAST = r"^\d+(?:\.\d+)?$"
_PLAIN = r"^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$"
_GROUPED = r"^-?\d{1,3}(?:[.,]\d{3})+$"
_EXPONENT = r"^-?\d+(?:[.,]\d+)?[eE]\+?\d+$"
_SPAN = r"^(?:(?P<days>\d+)\.)?(?P<hours>\d{1,2}):(?P<minutes>\d{1,2}):(?P<seconds>\d{1,2}(?:\.\d+)?)$"
_DAYS_IN = {"days": 1.0, "hours": 1 / 24, "minutes": 1 / 1440, "seconds": 1 / 86400}
_TRUE = r"(?i)^(?:true|yes|y|1|wahr|ja|vrai|oui|verdadero|sí|si|vero|sì|verdadeiro|sim|waar|sand|sann|tosi|истина|да)$"


def matches(texts: pa.StringArray, pattern: str) -> Bools:
    """Return which texts match a pattern; an empty cell does not."""
    found: Bools = pc.fill_null(pc.match_substring_regex(texts, pattern), False).to_numpy(zero_copy_only=False)
    return found


def are_given(texts: pa.StringArray) -> Bools:
    """Return which cells are not empty."""
    found: Bools = texts.is_valid().to_numpy(zero_copy_only=False)
    return found


def floats(texts: pa.StringArray, usable: Bools) -> Floats:
    """Convert texts to numbers where they are usable, NaN elsewhere."""
    chosen = pc.if_else(pa.array(usable), texts, pa.scalar(None, pa.string()))
    values: Floats = pc.cast(chosen, pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.float64)


def without(texts: pa.StringArray, pattern: str) -> pa.StringArray:
    """Remove everything that matches a pattern from texts."""
    if not matches(texts, pattern).any():  # much faster than a replacement without a match
        return texts
    return pc.replace_substring_regex(texts, pattern, "")


def whole(texts: pa.StringArray) -> Floats:
    """Parse whole numbers, in which a separator can only separate thousands, except before an exponent."""
    bare = without(normalize_texts(texts), GROUPS)
    values = floats(without(bare, "[.,]"), matches(bare, _WHOLE) | matches(bare, _GROUPED))
    exponents = matches(bare, _EXPONENT)
    if exponents.any():
        shown = floats(pc.replace_substring(bare, ",", "."), exponents)
        values = np.where(exponents & (shown == np.rint(shown)), shown, values)
    return _credible(values)


def _credible(values: Floats) -> Floats:
    """Return numbers, NaN in place of implausible counts."""
    return np.where(np.abs(values) < LARGEST, values, np.nan)


def are_true(texts: pa.StringArray) -> Bools:
    """Return which cells are true, in any spelling."""
    return matches(texts, _TRUE)


def days(texts: pa.StringArray) -> Floats:
    """Parse spans of time, ``d.hh:mm:ss`` or ``hh:mm:ss``, as days."""
    texts = normalize_texts(texts)
    parts = pc.extract_regex(texts, _SPAN)
    total = np.zeros(len(texts))
    for name, share in _DAYS_IN.items():
        part = pc.struct_field(parts, name)
        known = pc.fill_null(pc.not_equal(part, ""), False).to_numpy(zero_copy_only=False)
        total += np.where(known, np.nan_to_num(floats(part, known)), 0.0) * share
    return np.where(matches(texts, _SPAN), total, np.nan)


# --- numbers whose decimal sign the column shows -------------------------------------------------


@dataclass(frozen=True)
class SignDecision:
    """The decimal sign of a column.

    Attributes
    ----------
    sign
        ``.`` or ``,``.
    reason
        Reason for the decision.
    """

    sign: str
    reason: str


class Decimals:
    """Column of numbers with decimals, whose decimal sign is decided from the whole column.

    A text such as ``1,234`` is ambiguous.  Both readings are kept until `decide` finds the sign: from unambiguous
    cells, else from numbers that are known otherwise (the bytes in brackets after a size), else from the plausible
    reading, else from the caller.

    Parameters
    ----------
    given
        The decimal sign that the caller gives for ambiguous columns: ``point`` or ``comma``.
    """

    def __init__(self, given: str | None = None) -> None:
        self._given = DECIMAL_SIGNS[given] if given else None
        self._rows = 0
        self._evidence = {",": 0, ".": 0}
        self._brackets = {",": 0, ".": 0}
        self._examples: dict[str, str] = {}
        self._ambiguous: dict[str, list[tuple[npt.NDArray[np.intp], Floats]]] = {",": [], ".": []}
        self._values: list[Floats] = []
        self._whole = 0
        self._decision: SignDecision | None = None

    def add(self, texts: pa.StringArray, factors: Floats | float = 1.0, known: Floats | None = None) -> Floats:
        """Parse more cells.

        Parameters
        ----------
        texts
            The cells.
        factors
            Factor for all numbers, or one factor per cell.
        known
            Values of cells that need no parsing and whose texts are null; NaN elsewhere.

        Returns
        -------
        Floats
            The numbers with ambiguous ones as decimals; NaN where a cell is empty or not a number.
        """
        values = np.full(len(texts), np.nan) if known is None else known
        given = np.flatnonzero(are_given(texts))
        if len(given):
            factors = np.broadcast_to(np.asarray(factors, dtype=np.float64), values.shape)[given]
            chosen = texts if len(given) == len(texts) else texts.take(pa.array(given))
            values[given] = self._parse(normalize_texts(chosen), factors, given + self._rows)
        self._values.append(values)
        self._rows += len(values)
        return values

    def show(self, texts: pa.StringArray) -> None:
        """Use other cells that the same script wrote as evidence of the decimal sign."""
        bare = without(normalize_texts(texts), GROUPS)
        for sign in (",", "."):
            single, grouped, ambiguous = _forms(bare, sign)
            self._evidence[sign] += int(((single & ~ambiguous) | grouped).sum())

    def confirm(self, sign: str, cells: int) -> None:
        """Use cells whose number is known otherwise as evidence of the decimal sign."""
        self._brackets[sign] += cells

    def _parse(self, texts: pa.StringArray, factors: Floats, rows: npt.NDArray[np.intp]) -> Floats:
        fast = matches(texts, _FAST)
        values = floats(texts, fast)
        self._find_points(texts, fast, values, factors, rows)
        unclear = np.flatnonzero(~fast)
        if len(unclear):
            others = texts.take(pa.array(unclear))
            values[unclear] = self._parse_unclear(others, factors[unclear], rows[unclear])
        values = _credible(values)
        return np.asarray(values * factors)

    def _find_points(
        self, texts: pa.StringArray, fast: Bools, values: Floats, factors: Floats, rows: npt.NDArray[np.intp]
    ) -> None:
        """Find the plain numbers with a point that show the decimal sign, and those that are ambiguous."""
        pointed = pc.match_substring(texts, ".").to_numpy(zero_copy_only=False) & fast
        self._whole += int((fast & ~pointed & (values > 0) & (values < _THOUSAND)).sum())
        if pointed.any():
            ambiguous = pointed & matches(texts, r"^[1-9]\d{0,2}\.\d{3}$")
            self._evidence["."] += int((pointed & ~ambiguous).sum())
            self._keep_ambiguous(".", texts, np.flatnonzero(ambiguous), values, factors, rows)

    def _parse_unclear(self, texts: pa.StringArray, factors: Floats, rows: npt.NDArray[np.intp]) -> Floats:
        """Parse cells that are not a plain number with a decimal point."""
        bare = texts
        if pc.any(pc.match_substring(texts, _ARABIC_SIGN)).as_py():
            bare = pc.replace_substring_regex(texts, f"{_ARABIC_SIGN}(\\d*)", r".\10")  # never ambiguous with this 0
        bare = pointed = without(bare, GROUPS)
        usable = matches(bare, _PLAIN)
        forms = {sign: _forms(bare, sign) for sign in (",", ".")}
        for sign, (single, grouped, _) in forms.items():
            pointed = _pointed(pointed, sign, single, grouped)
            usable |= single | grouped
        values = floats(pointed, usable)
        for sign, (single, grouped, ambiguous) in forms.items():
            self._evidence[sign] += int(((single & ~ambiguous) | grouped).sum())
            self._keep_ambiguous(sign, texts, np.flatnonzero(ambiguous), values, factors, rows)
        return values

    def _keep_ambiguous(
        self,
        sign: str,
        texts: pa.StringArray,
        places: npt.NDArray[np.intp],
        values: Floats,
        factors: Floats,
        rows: npt.NDArray[np.intp],
    ) -> None:
        """Keep the other reading of ambiguous cells, in which the sign separates thousands."""
        if len(places):
            self._examples.setdefault(sign, texts[int(places[0])].as_py())
            thousands = np.rint(values[places] * _THOUSAND) * factors[places]
            self._ambiguous[sign].append((rows[places], thousands))

    @property
    def example(self) -> str:
        """A cell with an ambiguous decimal sign; empty if there is none."""
        return next(iter(self._examples.values()), "")

    def readings(self, example: str) -> tuple[str, str]:
        """Return the two numbers that an ambiguous cell may be, as texts."""
        digits = without(pa.array([example]), GROUPS)[0].as_py()
        sign = "," if "," in digits else "."
        return digits.replace(sign, "."), digits.replace(sign, ",")

    def decide(self, low: float = 0.0, high: float = np.inf, *, whole_are_thousands: bool = False) -> SignDecision:
        """Decide the decimal sign.

        Parameters
        ----------
        low, high
            Bounds of a plausible mean of the column; without them no reading is more plausible than the other.
        whole_are_thousands
            Whether a column that has only ambiguous cells, many of them, and whole numbers below 1,000 shows that the
            sign separates thousands: some measured figures would have fewer than three decimals, and hardly any would
            be whole.
        """
        for evidence, reason in ((self._evidence, CELLS), (self._brackets, BRACKETS)):
            shown = [sign for sign, cells in evidence.items() if cells]
            if len(shown) == 1:
                return SignDecision(shown[0], reason)
        if not self._examples:
            return SignDecision(".", NO_SIGN)
        if self._given:
            return SignDecision(self._given, GIVEN)
        usual = [sign for sign in (".", ",") if low <= _mean(self.settle(sign)) <= high]
        if len(usual) == 1 and (low > 0 or np.isfinite(high)):
            return SignDecision(usual[0], PLAUSIBLE)
        cells = sum(len(rows) for parts in self._ambiguous.values() for rows, _ in parts)
        if whole_are_thousands and self._whole and len(self._examples) == 1 and cells >= _MANY:
            return SignDecision("." if "," in self._examples else ",", PLAUSIBLE)
        return SignDecision(".", OPEN)

    def settle(self, sign: str) -> Floats:
        """Return the numbers of all cells added so far, with ambiguous ones read by a decimal sign."""
        values = np.concatenate([np.empty(0), *self._values])
        for rows, thousands in self._ambiguous["." if sign == "," else ","]:
            values[rows] = thousands
        return values

    def read(
        self,
        where: str,
        column: str,
        issues: Issues,
        low: float = 0.0,
        high: float = np.inf,
        *,
        whole_are_thousands: bool = False,
    ) -> Floats:
        """Decide the decimal sign and return the numbers, once; add an error if the caller has to give the sign.

        The parameters that `decide` does not have are the file, the name of the column, and the receiver of issues.
        """
        decision = self._decision = self.decide(low, high, whole_are_thousands=whole_are_thousands)
        if decision.reason == OPEN:
            one, other = self.readings(self.example)
            message = f"{quoted(self.example)} is ambiguous: {one} or {other}? No cell shows the decimal sign."
            issues.error(where, column, message, "Choose the decimal sign: --decimal point or --decimal comma.")
        elif decision.reason == PLAUSIBLE:
            one, other = self.readings(self.example)
            taken = one if decision.sign in self._examples else other
            message = f"{quoted(self.example)} was read as {taken}, the more plausible reading; no cell shows the sign."
            issues.add(
                WARNING, where, column, message, "If that is wrong, choose it: --decimal point or --decimal comma."
            )
        elif self._given and decision.reason in (CELLS, BRACKETS) and decision.sign != self._given and self._examples:
            word = COMMA if decision.sign == "," else POINT
            message = f"the {decision.reason} show a decimal {word}, which is used."
            issues.add(WARNING, where, column, message, "--decimal only applies to columns that leave it open.")
        values = self.settle(decision.sign)
        self._values, self._rows = [], 0  # they may be millions
        return values

    @property
    def shown(self) -> str:
        """Decimal sign that was used, ``point`` or ``comma``; empty before the column is read, and if it has none."""
        if self._decision is None or self._decision.reason in (NO_SIGN, OPEN):
            return ""
        return COMMA if self._decision.sign == "," else POINT


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else np.nan


def _forms(bare: pa.StringArray, sign: str) -> tuple[Bools, Bools, Bools]:
    """Return which numbers have a decimal sign, which also have separators of thousands, and which are ambiguous."""
    group = "." if sign == "," else ","
    ambiguous = matches(bare, rf"^-?[1-9]\d{{0,2}}[{sign}]\d{{3}}$")
    single = matches(bare, rf"^-?\d*[{sign}]\d+(?:[eE][-+]?\d+)?$")
    grouped = matches(
        bare,
        rf"^-?\d{{1,3}}(?:(?:[{group}]\d{{3}})+[{sign}]\d+|(?:[{group}]\d{{3}}){{2,}})$"
        rf"|^-?\d{{1,2}}(?:[{group}]\d{{2}})+[{group}]\d{{3}}(?:[{sign}]\d+)?$",  # lakhs, as in India
    )
    return single, grouped, ambiguous


def _pointed(texts: pa.StringArray, sign: str, single: Bools, grouped: Bools) -> Any:
    """Replace a decimal sign by a point and remove the separators of thousands."""
    group = "." if sign == "," else ","
    if grouped.any():
        texts = pc.if_else(pa.array(grouped), pc.replace_substring(texts, group, ""), texts)
    if sign == "," and (single | grouped).any():
        texts = pc.if_else(pa.array(single | grouped), pc.replace_substring(texts, ",", "."), texts)
    return texts
