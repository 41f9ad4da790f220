"""Studies: questions that take many variants of the design, one of them at a time."""

from __future__ import annotations

import importlib

import streamlit as st

STUDIES = {"Sensitivity": "sensitivity", "Uncertainty": "uncertainty", "Timeline": "timeline", "Search": "searching"}
"""Modules of this package by name of the study, loaded when it is chosen: each has a ``draw``."""


def tab() -> None:
    """Draw the study that is chosen."""
    names = list(STUDIES)
    chosen = st.segmented_control("Study", names, key="study", required=True, default=names[0])
    importlib.import_module(f"calculator.ui.review.{STUDIES[str(chosen)]}").draw()
