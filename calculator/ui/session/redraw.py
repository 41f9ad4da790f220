"""Manage fragments: named parts of a page that can be drawn again without the rest of the page."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, cast

import streamlit as st

from calculator.ui.session.guard import guarded
from calculator.ui.session.store import current

P = ParamSpec("P")
FORM, FIGURES, STRIP, STEP = "form", "figures", "strip", "step"
STEPS, TITLE, CHARTS, FEWEST, IMPORT = "steps", "title", "charts", "fewest", "import"
FOLLOWING = {STRIP: (STEPS, TITLE), FIGURES: (STEPS, CHARTS, FEWEST)}
"""Fragments that are always drawn again together with another one, because they show the same data."""


def start_page() -> None:
    """Forget the fragments of the previous page."""
    current().fragments = set()


def fragment(name: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Make a function a fragment of the page, which `rerun` draws again by its name."""

    def decorate(draw: Callable[P, None]) -> Callable[P, None]:
        @functools.wraps(draw)
        def draw_fragment(*args: P.args, **kwargs: P.kwargs) -> None:
            current().fragments.add(name)
            guarded(draw)(*args, **kwargs)

        return cast(Callable[P, None], st.fragment(draw_fragment, key=name))

    return decorate


def rerun(*names: str) -> None:
    """Draw the named fragments again if they are on the page. Callbacks call this last."""
    wanted = (*names, *(follower for name in names for follower in FOLLOWING.get(name, ())))
    st.rerun([name for name in dict.fromkeys(wanted) if name in current().fragments])
