"""Show unexpected errors as a message, with the design to download."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

from calculator.cli.requirements import missing_library
from calculator.inputs import profile
from calculator.ui.session import state

P = ParamSpec("P")


def guarded(draw: Callable[P, None]) -> Callable[P, None]:
    """Make a drawing function show an unexpected error as a message, with the profile to download."""

    @functools.wraps(draw)
    def draw_guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            draw(*args, **kwargs)
        except Exception as error:
            _show_error(draw.__name__, error)

    return draw_guarded


def _show_error(function: str, error: Exception) -> None:
    missing = missing_library(error) if isinstance(error, ModuleNotFoundError) else ""
    if missing:
        st.error(missing, icon=":material/error:")
        return
    given = state.given()
    name = state.digest(given)
    logging.getLogger(__name__).exception("design %s", name)
    st.error(
        f"An unexpected error occurred ({type(error).__name__}, design {name}). Your design is kept. Undo the last "
        "change or reload the page; please report it with the profile.",
        icon=":material/error:",
    )
    if given:
        st.download_button(
            "Download this profile",
            data=profile.dump(state.profile()),
            file_name=f"design-{name}.toml",
            mime="application/toml",
            on_click="ignore",
            key=f"rescue:{function}",
            icon=":material/download:",
        )
