"""Requirements: what the design needs, why, and the inputs to change it."""

from __future__ import annotations

import streamlit as st

from calculator.rule import RULES
from calculator.ui import charts, explain, figures, headline, issues, level_tables, state, widgets
from calculator.ui.guard import guarded

RESULT_WIDTH = 300
START = "calculator/ui/pages/start.py"


@guarded
def page() -> None:
    """Draw the page."""
    title = state.profile().title
    st.header(widgets.escaped(title) if title and state.is_open() else "Requirements")
    if not state.is_open():
        st.info("No design is open yet. Open an example, your own profile, or begin a new design.")
        st.page_link(START, label="Go to Start", icon=":material/arrow_back:")
        return
    left, right = st.columns([8, 5], gap="medium")
    with left:
        results()
    with right:
        st.subheader("Inputs", anchor=False)
        st.caption("A value counts on Enter or when you leave its field.")
        widgets.form()


@st.fragment(key="figures")
@guarded
def results() -> None:
    """Draw everything that follows from the design."""
    plan = state.plan()
    icon, color = headline.STATUS_BADGES[plan.status]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(headline.STATUS_WORDS[plan.status], icon=icon, color=color)
        st.text(headline.verdict(plan))
    issues.show(plan.issues)
    _tiles()
    st.subheader("Further figures", anchor=False)
    figures.draw_table(headline.second_row(plan), alt="Figures after the headline")
    _volume_chart()
    _growth_chart()
    _level()
    st.caption(
        "GB and TB are binary (1 GB = 1024 MB), capacities of disks alone are decimal, as they are sold. "
        "n/a: does not apply, for the reason beside it."
    )


def _tiles() -> None:
    with st.grid("auto", min_column_width=148):
        for tile in headline.tiles(state.plan()):
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.metric(tile.label, tile.value)
                if tile.wrong:
                    st.caption(f":red[:material/error: {widgets.escaped(tile.note)}]")
                else:
                    st.caption(widgets.escaped(tile.note))
                st.space("stretch")
                st.button(
                    "Why?", key=f"tile:{tile.label}", type="tertiary", icon=":material/help:",
                    on_click=explain.open_at, args=(tile.why,), help=f"Explain: {tile.label}",
                )  # fmt: skip


def _level() -> None:
    """Draw the table of a level; a cell opens its explanation, a select box does the same."""
    plan = state.plan()
    st.subheader("All results by level", anchor=False)
    level = st.segmented_control(
        "Level", level_tables.LEVEL_ORDER, key="level", required=True, default="Server",
        label_visibility="collapsed",
    )  # fmt: skip
    table = level_tables.level_table(str(level), plan)
    st.caption("Select a cell to have it explained, or choose a result here:")
    st.selectbox(
        "Explain …", list(dict.fromkeys(row["Result"] for row in table.results)), index=None,
        key="explain", format_func=_result_title, placeholder="type a word of the result",
        on_change=_explain_chosen, label_visibility="collapsed",
    )  # fmt: skip
    key = f"table:{level}"
    st.dataframe(
        figures.arrow(table.rows), key=key, hide_index=True, height=420,
        on_select=lambda: _explain_cell(key, table), selection_mode="single-cell",
        column_config={"Result": st.column_config.TextColumn(width=RESULT_WIDTH)},
        alt=f"Results, level {level}",
    )  # fmt: skip
    if table.left_out:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in table.left_out.items())
        st.caption(widgets.escaped(f"Columns left out because nothing in them applies. {reasons}."))


def _result_title(name: str) -> str:
    return f"{RULES[name].meaning.rstrip('.')} ({name})"


def _explain_chosen() -> None:
    name = st.session_state["explain"]
    st.session_state["explain"] = None
    if name:
        explain.open_at(explain.column_at(name, "primary"))


def _explain_cell(key: str, table: level_tables.Table) -> None:
    cells = st.session_state[key]["selection"]["cells"]
    if cells:
        row, column = cells[0]
        explain.open_at(table.column_at(row, column))


def _volume_chart() -> None:
    plan = state.plan()
    st.subheader("What fills a volume", anchor=False)
    rows = charts.volume_rows(plan)
    if not rows:
        st.caption("n/a: the design has no volumes as it stands.")
        return
    finding = charts.volume_finding(plan)
    parts = tuple(str(row["part"]) for row in rows)
    charts.draw(rows, charts.volume_spec(charts.text_colour(), parts), finding, "chart:volume")
    st.caption(widgets.escaped(finding))
    with st.expander("The same as a table"):
        figures.draw_table([{"Part": row["part"], "GB": row["shown"]} for row in rows], alt=finding)


def _growth_chart() -> None:
    plan = state.plan()
    st.subheader("How recoverable items grow", anchor=False)
    used = [number for number in range(1, plan.tiers + 1) if plan[f"tiers.{number}.tier_in_use"]]
    if not used:
        st.caption("n/a: no tier has mailboxes.")
        return
    tier = used[0]
    if len(used) > 1:
        titles = {number: widgets.tier_title(number) for number in used}
        tier = st.selectbox("Tier", used, key="growth_tier", format_func=titles.__getitem__)
    rows, finding = charts.growth_rows(plan, tier), charts.growth_finding(plan, tier)
    hold = bool(plan.profile.value(f"tiers.{tier}.litigation_hold"))
    spec = charts.growth_spec(charts.text_colour(), charts.near_limits(plan, tier), hold)
    charts.draw(rows, spec, finding, "chart:growth")
    st.caption(widgets.escaped(finding))
    with st.expander("The same as a table"):
        corners = [{"Model": row["model"], "Week": figures.number(row["week"]), "MB": row["shown"]} for row in rows]
        figures.draw_table(corners, alt=finding)


page()
