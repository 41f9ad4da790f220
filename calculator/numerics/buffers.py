"""Keep the arrays of programs between runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from calculator.numerics.program import BoundProgram, Program


class BufferPool:
    """Pool of programs with their arrays, kept between runs so that memory is allocated only once.

    The results of a run stay in it until the next.  One thread may use it at a time.  The least recently used programs
    are dropped when the pool becomes too large.

    Parameters
    ----------
    limit
        Largest number of bytes in the pool; a program that needs more is kept until the next program is bound.
    """

    def __init__(self, limit: int = 100_000_000) -> None:
        self._limit = limit
        self._bound: dict[tuple[Program, frozenset[str], int], BoundProgram] = {}

    @property
    def sizes(self) -> list[int]:
        """Number of bytes of each program in the pool."""
        return [bound.nbytes for bound in self._bound.values()]

    def bind(self, program: Program, varying: frozenset[str], width: int) -> BoundProgram:
        """Return the program with arrays for a number of designs; see `Program.bind` for the parameters."""
        key = (program, varying, width)
        bound = self._bound.pop(key, None) or program.bind(varying, width)
        while self._bound and bound.nbytes + sum(self.sizes) > self._limit:
            del self._bound[next(iter(self._bound))]
        self._bound[key] = bound
        return bound
