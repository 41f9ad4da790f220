"""Facts that are the same for everyone, worked out once: the shipped profiles, the default design.

Pages are run anew for every visit and keep nothing; what is kept stands here.
"""

from __future__ import annotations

import functools
from pathlib import Path

from calculator.engine.sizing import SizedDesign, size
from calculator.inputs import profile as scenario
from calculator.inputs.profile import Profile
from calculator.ui.results import figures, headline
from calculator.ui.session import state


@functools.cache
def of_shipped(path: Path, changed: float) -> tuple[Profile, tuple[tuple[str, str], ...]]:
    """Profile of a card and its three figures; ``changed`` makes an edited file a new one."""
    profile = scenario.load(path)
    design = size(profile)
    disks = next(tile for tile in headline.tiles(design) if tile.name == "Disks a server")
    return profile, (
        ("Mailboxes", figures.shown("mailboxes_total", design)),
        ("Servers", figures.shown("summary_servers.environment", design)),
        ("Disks a server", disks.value),
    )


@functools.cache
def default_design() -> SizedDesign:
    """The design that is new, sized."""
    return size(Profile(dict(state.NEW_DESIGN)))
