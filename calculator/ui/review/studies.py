"""Draw the tab Studies, with one study of many designs at a time."""

from __future__ import annotations

import importlib

import streamlit as st

STUDIES = {"Sensitivity": "sensitivity", "Uncertainty": "uncertainty", "Timeline": "timeline", "Search": "search"}
"""Modules of this package by study. They are imported when the study is chosen, and have a function ``draw``."""


def tab() -> None:
    """Draw the chosen study."""
    names = list(STUDIES)
    chosen = st.segmented_control("Study", names, key="study", required=True, default=names[0])
    importlib.import_module(f"calculator.ui.review.{STUDIES[str(chosen)]}").draw()
