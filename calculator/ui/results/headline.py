"""Headline of a design in the app, in the chosen units: tiles, texts of the status strip, cards of profiles."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Literal

from calculator.engine.sizing import SizedDesign, size
from calculator.inputs import profile as profiles
from calculator.inputs.profile import Profile
from calculator.issues import Issues
from calculator.presentation import headline
from calculator.presentation.findings import all_issues, status_of
from calculator.presentation.headline import DO_NOT_FIT, STATUS_WORDS, Tile, Units, verdict
from calculator.presentation.text import NOT_APPLICABLE, plural
from calculator.ui.results.figures import shown_in_units
from calculator.ui.results.texts import scale, unit_text
from calculator.ui.session import state

__all__ = [
    "DO_NOT_FIT",
    "STATUS_BADGES",
    "STATUS_WORDS",
    "Tile",
    "further_figures",
    "issues_of",
    "status",
    "strip_texts",
    "tiles",
    "verdict",
]

STATUS_BADGES: dict[str, tuple[str, Literal["green", "orange", "red"]]] = {
    "ok": (":material/check_circle:", "green"),
    "notice": (":material/check_circle:", "green"),
    "warning": (":material/warning:", "orange"),
    "invalid": (":material/error:", "red"),
}
CHOSEN = Units(scale, unit_text)
"""The units that a person has chosen in the app."""


def tiles(design: SizedDesign) -> list[Tile]:
    """Return the eight headline figures of a design."""
    return headline.tiles(design, CHOSEN)


def further_figures(design: SizedDesign) -> list[dict[str, str]]:
    """Return the further figures as rows of a table: figure, value, unit."""
    return headline.further_figures(design, CHOSEN)


def issues_of(design: SizedDesign) -> Issues:
    """Return the issues of the design of the session, with those of the layout of its copies."""
    return state.cached("issues", lambda: all_issues(design))


def status(design: SizedDesign) -> str:
    """Return the status of the design of the session."""
    return status_of(design, issues_of(design))


def strip_texts(design: SizedDesign) -> list[str]:
    """Return the texts of the status strip, the most important first."""
    by_name = {tile.name: tile for tile in tiles(design)}
    servers, disks = by_name["Servers"], by_name["Disks per server"].value
    texts = [plural(servers.value, "server"), f"CPU {by_name['CPU, worst failure'].value}"]
    if design.plain["two_datacenters"]:
        texts[0] += f" ({' + '.join(headline.sides_text(design, 'summary_servers_by_datacenter', CHOSEN))})"
    texts += [
        by_name["Memory per server"].figure,
        f"disks {disks}" if disks in (DO_NOT_FIT, NOT_APPLICABLE) else f"{disks} disks per server",
        f"volume {by_name['Fullest volume'].figure}",
    ]
    if design.plain["two_datacenters"]:
        texts.append(f"WAN {by_name['WAN at peak'].figure}")
    return texts


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
        ("Mailboxes", shown_in_units("mailboxes_total", design)),
        ("Servers", shown_in_units("summary_servers.environment", design)),
        ("Disks per server", headline.tiles(design)[3].value),
    )
