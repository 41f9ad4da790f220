"""Find ids that occur in several rows of a run, in bounded memory for any number of rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from calculator.issues import NOTICE, WARNING, Issues, quoted
from calculator.presentation.text import plural

MOST_IDS = 20_000_000
"""Number of ids that are compared: 160 MB of memory."""
_EXAMPLES = 3

Hashes = npt.NDArray[np.int64]


class RepeatedIds:
    """Counter of the rows that have the id of an earlier row; an empty id is not an id.

    Each id is stored as a hash of 8 bytes in sorted arrays. A new array is merged with all arrays that are not larger,
    so that a block of ids is looked up in few arrays.
    """

    def __init__(self) -> None:
        self.compared = 0
        self.repeated = 0
        self.examples: list[str] = []
        self._sorted: list[Hashes] = []

    def add(self, ids: Sequence[str]) -> None:
        """Compare the ids of a block with all earlier ids."""
        given = [text for text in ids[: MOST_IDS - self.compared] if text]
        if not given:
            return
        self.compared += len(given)
        hashes = np.fromiter(map(hash, given), dtype=np.int64, count=len(given))
        rows = np.argsort(hashes, kind="stable")
        hashes = hashes[rows]
        again = np.append(False, hashes[1:] == hashes[:-1])
        for known in self._sorted:
            place = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
            again |= known[place] == hashes
        self._keep(hashes[~again])
        self.repeated += int(again.sum())
        for row in np.sort(rows[again]).tolist():
            if len(self.examples) == _EXAMPLES:
                return
            if given[row] not in self.examples:
                self.examples.append(given[row])

    def _keep(self, hashes: Hashes) -> None:
        while hashes.size and self._sorted and self._sorted[-1].size <= hashes.size:
            hashes = np.sort(np.concatenate((self._sorted.pop(), hashes)), kind="stable")
        if hashes.size:
            self._sorted.append(hashes)

    def report(self, where: str, resumed_after: int, issues: Issues) -> None:
        """Add a warning about repeated ids, and a notice about ids that were not compared.

        Parameters
        ----------
        where
            Name of the file of designs.
        resumed_after
            Number of designs that an earlier run had sized.
        issues
            Receives the issues.
        """
        if self.repeated:
            link = ", such as" if self.repeated > len(self.examples) else ":"
            verb = "has" if self.repeated == 1 else "have"
            message = f"{plural(f'{self.repeated:,}', 'row')} {verb} the id of an earlier row{link} "
            hint = "Give each design an id of its own."
            issues.add(WARNING, where, "id", f"{message}{', '.join(map(quoted, self.examples))}.", hint)
        if resumed_after and self.compared:
            message = f"The ids of the first {resumed_after:,} designs were not compared, because the run was resumed."
            issues.add(NOTICE, where, "id", message, "Run it without --resume to compare all.")
        if self.compared >= MOST_IDS:
            issues.add(NOTICE, where, "id", f"Only the first {MOST_IDS:,} ids were compared.")
