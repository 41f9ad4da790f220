"""What to buy for a design, as a table and as a file."""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Mapping, Sequence

import streamlit as st

from calculator.engine.sizing import SizedDesign
from calculator.presentation.shopping_list import PLACES, shopping_list
from calculator.presentation.text import harmless, number
from calculator.ui.results import figures


def draw_purchases(design: SizedDesign) -> None:
    """Draw what to buy as a table, with the table as a file."""
    st.subheader("What to buy", anchor=False)
    rows = purchase_rows(design)
    if not rows:
        st.text("Nothing can be listed before the design works and has mailboxes.")
        return
    figures.draw_table(rows, alt="What to buy")
    st.download_button(
        "Download the list (CSV)",
        data=functools.partial(_as_csv, rows),
        file_name="shopping_list.csv",
        mime="text/csv",
        on_click="ignore",
        key="shopping_csv",
        icon=":material/download:",
        type="tertiary",
    )


def purchase_rows(design: SizedDesign) -> list[dict[str, str]]:
    """Return what to buy, one row per item, with a column per datacenter if there are two."""
    bought = shopping_list(design)
    places = tuple(dict.fromkeys(purchase.place for purchase in bought if purchase.place in PLACES))
    sites = {place: place.partition(" ")[0] for place in places} if len(places) > 1 else {}
    rows: dict[tuple[str, str], dict[str, str]] = {}
    totals: dict[tuple[str, str], float | None] = {}
    for purchase in bought:
        key = purchase.item, purchase.each
        row = rows.setdefault(key, {"Item": purchase.item, **dict.fromkeys(sites.values(), "")})
        if purchase.place in sites:
            row[sites[purchase.place]] = number(purchase.count)
        known = totals.get(key, 0.0)
        totals[key] = None if known is None or purchase.count is None else known + purchase.count
    return [{**row, "In all": number(totals[key]), "Each": key[1]} for key, row in rows.items()]


def _as_csv(rows: Sequence[Mapping[str, str]]) -> bytes:
    """Return rows as a CSV file that no spreadsheet runs as a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(rows[0])
    writer.writerows([harmless(cell) for cell in row.values()] for row in rows)
    return text.getvalue().encode("utf-8-sig")
