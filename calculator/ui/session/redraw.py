"""Parts of a page that are drawn again by themselves, each under a name."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, cast

import streamlit as st

from calculator.ui.session.guard import guarded

P = ParamSpec("P")
FORM, FIGURES, STRIP, STEP = "form", "figures", "strip", "step"
_DRAWN = "drawn"


def begin() -> None:
    """Begin a page: nothing of it is drawn yet."""
    st.session_state[_DRAWN] = set()


def part(name: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Make a function a part of the page that can be drawn again by its name."""

    def decorated(draw: Callable[P, None]) -> Callable[P, None]:
        @functools.wraps(draw)
        def drawn(*args: P.args, **kwargs: P.kwargs) -> None:
            st.session_state[_DRAWN].add(name)
            guarded(draw)(*args, **kwargs)

        return cast(Callable[P, None], st.fragment(drawn, key=name))

    return decorated


def again(*names: str) -> None:
    """Draw parts again, those of them that are on the page; called as the last thing a callback does."""
    st.rerun([name for name in names if name in st.session_state[_DRAWN]])
