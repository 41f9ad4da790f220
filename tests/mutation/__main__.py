"""Count which mistakes in the rules, checks and layout the tests catch: ``python -m tests.mutation``.

A mutant that changes no figure of any design is left out of the score; one that changes a figure and fails
no test is a survivor, and is printed.  The exit status is 1 where a room scores below the floor.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from tests.mutation.mutants import Mutant, mutants_of  # noqa: E402
from tests.mutation.session import KILLED, SURVIVED, TESTS, UNCHANGED, Problem, run_alone, run_mutants  # noqa: E402

NOT_COMPUTING = ("__init__.py", "registry.py", "constants.py")
FLOOR = 0.92
"""Share of the mutants that change a figure which the tests of a room are to kill."""


def main() -> int:
    """Run a sample of mutants and print the survivors and the score of each room."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument(
        "rooms",
        nargs="*",
        choices=[[], *TESTS],
        metavar="ROOM",
        help=f"rooms to mutate: {', '.join(TESTS)} (default: all)",
    )
    parser.add_argument("--mutants", type=int, default=150, help="mutants per room (default 150)")
    parser.add_argument("--seed", type=int, default=2013, help="seed of the sample (default 2013)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time")
    parser.add_argument("--minutes", type=float, default=20, help="start no mutant after this time (default 20)")
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        fields, folder, files = json.loads(options.alone)
        run_alone(Mutant(*fields), Path(folder), files)
        return 0
    started = time.monotonic()
    mutants = _sample(options.rooms or list(TESTS), options.mutants, options.seed)
    with tempfile.TemporaryDirectory() as name:
        try:
            outcomes = run_mutants(mutants, Path(name), options.jobs, options.minutes)
        except Problem as problem:
            print(problem, file=sys.stderr)
            return 2
    print(f"{len(outcomes)} of {len(mutants)} mutants in {(time.monotonic() - started) / 60:.1f} minutes")
    scores = [
        _print_room(room, {mutant: outcome for mutant, outcome in outcomes.items() if mutant.room == room})
        for room in options.rooms or TESTS
    ]
    return int(min(scores) < FLOOR)


def _sample(rooms: list[str], count: int, seed: int) -> list[Mutant]:
    """Return a random sample of the mutants of each room, mixed, so that a run that is cut short has all rooms."""
    drawn = []
    for room in rooms:
        paths = sorted((ROOT / "calculator" / room).glob("*.py"))
        found = [mutant for path in paths if path.name not in NOT_COMPUTING for mutant in mutants_of(path, ROOT)]
        drawn += random.Random(seed).sample(found, min(count, len(found)))
    random.Random(seed).shuffle(drawn)
    return drawn


def _print_room(room: str, outcomes: dict[Mutant, str]) -> float:
    """Print the score and the survivors of a room, and return the score."""
    counts = Counter(outcomes.values())
    changing = counts[KILLED] + counts[SURVIVED]
    score = counts[KILLED] / changing if changing else 1.0
    print(f"\n{room}: {score:.0%} of the mutants that change a figure are killed", end=" ")
    print(f"({counts[KILLED]} of {changing}; {counts[UNCHANGED]} others change no figure)")
    for mutant in sorted((m for m, outcome in outcomes.items() if outcome == SURVIVED), key=lambda m: (m.path, m.line)):
        print(f"  {mutant}")
    return score


if __name__ == "__main__":
    sys.exit(main())
