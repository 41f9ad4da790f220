"""Format the headline of a design in the chosen units: tiles, texts of the status strip, cards of profiles."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from calculator.engine.sizing import SizedDesign, size
from calculator.inputs import profile as profiles
from calculator.inputs.profile import Profile
from calculator.issues import ERROR, WARNING, Issues
from calculator.presentation import headline
from calculator.presentation.findings import all_issues, status_of
from calculator.presentation.headline import DO_NOT_FIT, STATUS_WORDS, FurtherFigure, Tile, Units, verdict
from calculator.presentation.text import NOT_APPLICABLE, plural
from calculator.ui.results.figures import shown_in_units
from calculator.ui.results.texts import scale, size_unit, unit_text
from calculator.ui.session import state
from calculator.ui.session.store import current

__all__ = [
    "CHOSEN",
    "DO_NOT_FIT",
    "STATUS_BADGES",
    "STATUS_WORDS",
    "Badge",
    "Tile",
    "badge",
    "changes",
    "further_figures",
    "issues_of",
    "status",
    "strip_texts",
    "tiles",
    "verdict",
    "was",
]

STATUS_BADGES: dict[str, tuple[str, Literal["green", "orange", "red"]]] = {
    "ok": (":material/check_circle:", "green"),
    "notice": (":material/check_circle:", "green"),
    "warning": (":material/warning:", "orange"),
    "invalid": (":material/error:", "red"),
}


@dataclass(frozen=True)
class Badge:
    """Verdict on a design in a few words, with its icon and color."""

    text: str
    icon: str
    color: Literal["green", "orange", "red"]


def badge(design: SizedDesign, issues: Issues) -> Badge:
    """Return the verdict on a design with its issues in a few words."""
    status = status_of(design, issues)
    icon, color = STATUS_BADGES[status]
    if status == "invalid":
        return Badge(plural(issues.counts[ERROR], "error"), icon, color)
    words, warnings = headline.status_words(design, status), issues.counts[WARNING]
    return Badge(plural(warnings, "warning") if words == STATUS_WORDS["warning"] else words, icon, color)


WITHOUT_FIGURE = DO_NOT_FIT, NOT_APPLICABLE
"""Words in place of a figure that a design does not have."""
CHOSEN = Units(scale, unit_text, size_unit)
"""The units that a person has chosen in the app."""


def tiles(design: SizedDesign) -> list[Tile]:
    """Return the eight headline figures of a design. Those of the two latest designs are cached."""
    session = current()
    units = session.size_unit, session.binary_names
    for kept, of_units, found in session.tiles:
        if kept is design and of_units == units:
            return found
    found = headline.tiles(design, CHOSEN)
    session.tiles = [*session.tiles[-1:], (design, units, found)]
    return found


def further_figures(design: SizedDesign) -> list[FurtherFigure]:
    """Return the further figures in the units chosen."""
    return headline.further_figures(design, CHOSEN)


def issues_of(design: SizedDesign) -> Issues:
    """Return the issues of the design of the session, with those of the layout of its copies."""
    return state.cached("issues", lambda: all_issues(design).grouped())


def status(design: SizedDesign) -> str:
    """Return the status of the design of the session."""
    return status_of(design, issues_of(design))


def changes(shown: Iterable[Tile], before: SizedDesign | None) -> dict[str, str]:
    """Return the former figure of each tile that the last change moved, by the name of the tile.

    A design without mailboxes had no figures, so that nothing has moved.
    """
    if before is None or before.without_mailboxes:
        return {}
    old = {tile.name: tile.figure for tile in tiles(before)}
    return {tile.name: old[tile.name] for tile in shown if old.get(tile.name, tile.figure) != tile.figure}


def strip_texts(design: SizedDesign, before: SizedDesign | None = None, *, brief: bool = False) -> list[str]:
    """Return the texts of the status strip, the most important first, with what the figures were before.

    Parameters
    ----------
    design
        The design.
    before
        The design before the last change; None for no former figures.
    brief
        Whether a former figure is put before the new one, as in ``CPU 52 → 57 %``, and not named as such after it.
    """
    by_name = {tile.name: tile for tile in tiles(design)}
    moved = changes(by_name.values(), before)
    sides = headline.servers_by_side(design, CHOSEN)
    servers, disks = by_name["Servers"].value, by_name["Disks per server"].value
    memory = by_name["Memory per server"].figure
    cpu = next(name for name in by_name if name.startswith("CPU"))
    texts = {
        "Servers": plural(servers, "server") + (f" ({sides})" if sides else ""),
        cpu: f"CPU {by_name[cpu].value}",
        "Memory per server": memory,
        "Disks per server": f"disks {disks}" if disks in WITHOUT_FIGURE else f"{disks} disks per server",
        "Fullest volume": f"volume {by_name['Fullest volume'].figure}",
    }
    if servers == NOT_APPLICABLE:
        texts["Servers"] = f"servers {servers}"
    if memory == NOT_APPLICABLE:
        texts["Memory per server"] = f"memory {memory}"
    if design.plain["two_datacenters"]:
        texts["WAN at peak"] = f"WAN {by_name['WAN at peak'].figure}"
    if not brief:
        return [f"{text}, {was(moved[name])}" if name in moved else text for name, text in texts.items()]
    return [_after(moved[name], by_name[name], text) if name in moved else text for name, text in texts.items()]


def was(former: str) -> str:
    """Return in words what a figure was before the last change."""
    return "did not fit before" if former == DO_NOT_FIT else f"was {former}"


def _after(former: str, tile: Tile, text: str) -> str:
    """Return a text of the strip with the former figure before the new one, without its unit if that is the same."""
    new = tile.figure if tile.figure in text else tile.value
    amount, *unit = former.split()
    return text.replace(new, f"{amount if unit == new.split()[1:] else former} → {new}", 1)


# --- shipped profiles ----------------------------------------------------------------------------


@functools.cache
def shipped_profile(path: Path, modified: float) -> tuple[Profile, tuple[tuple[str, str], ...]]:
    """Return a shipped profile and the figures of its card, computed once for all sessions.

    Parameters
    ----------
    path
        File of the profile.
    modified
        Time of its last change: an edited file is read again.
    """
    profile = profiles.load(path)
    design = size(profile)
    return profile, (
        ("Mailboxes planned", shown_in_units("mailboxes_total", design)),
        ("Servers", shown_in_units("summary_servers.environment", design)),
        ("Disks per server", headline.tiles(design)[3].value),
    )
