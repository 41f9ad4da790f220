"""Draw the plan of a datacenter switchover on the tab Failures, step by step, with its files."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st

from calculator.engine.sizing import SizedDesign
from calculator.exporters.switchover import (
    SwitchoverPlan,
    SwitchoverStep,
    split_commands,
    switchover,
    write_markdown,
    write_text,
)
from calculator.inputs.schema import DATACENTERS
from calculator.issues import InputError, Issues
from calculator.layout import Tolerance
from calculator.presentation.figures import shown
from calculator.presentation.text import number, plural
from calculator.ui.results import figures
from calculator.ui.results.texts import escaped
from calculator.ui.session import state
from calculator.ui.session.store import widget_key

Color = Literal["green", "orange", "red"]
COLORS: dict[str, Color] = {"not_needed": "green", "allow_activation": "orange", "restore": "red"}
ANSWERS = {
    "not_needed": "databases stay active without a switchover",
    "allow_activation": "activation has to be allowed",
    "restore": "switchover needed",
}


def draw(design: SizedDesign, tolerated: Tolerance, *, turned_off: bool = False) -> None:
    """Draw the plan for the loss of a datacenter, or the reason why there is none.

    Parameters
    ----------
    design
        The design.
    tolerated
        Failures that its layout survives.
    turned_off
        Whether the simulation above forbids what the design allows: activation in the other datacenter.
    """
    st.subheader("Switchover plan", anchor=False)
    if turned_off:
        st.caption("The plan is for the design, whose databases may activate in the other datacenter.")
    lost = str(
        st.segmented_control(
            "Plan for the loss of the datacenter", DATACENTERS, default=DATACENTERS[0], key="plan_lost", required=True
        )
    )
    plan = plan_of(design, lost)
    if isinstance(plan, Issues):
        for issue in plan:
            st.caption(escaped(f"There is no plan. {issue.message} {issue.hint}".rstrip()))
        return
    place, answer = DATACENTERS.index(lost), plan.facts.answer
    side = DATACENTERS[1 - place]
    lost_only, worst = (design.plain[f"cpu_utilization_by_mode.{mode}.{side}"] or 0.0 for mode in ("site", "worst"))
    if COLORS[answer] != "green" or worst <= 1:
        st.badge(ANSWERS[answer], color=COLORS[answer])
    elif lost_only > 1:
        st.badge(f"{ANSWERS[answer]}, but the servers are overloaded: {number(lost_only, 'share')} CPU", color="orange")
    else:
        failure = shown(f"worst_cpu_failure.{side}", design).lower()
        st.badge(f"{ANSWERS[answer]}, but {failure} takes {number(worst, 'share')} CPU", color="orange")
    st.text(plan.summary)
    before, after = tolerated.servers_before_restore[place], tolerated.servers_after_datacenter[place]
    if before is not None and after is not None and after > before:
        st.text(
            f"A switchover still helps if the datacenter stays lost: without it, {_servers_may_fail(before)}; after "
            f"it, {_servers_may_fail(after)}."
        )
    with st.container(horizontal=True, gap="small"):
        _download("Plan (Markdown)", plan, lost, ".md", "text/markdown", write_markdown)
        _download("Plan (text)", plan, lost, ".txt", "text/plain", write_text)
    fold = st.expander("All steps", key="plan_steps", on_change="rerun")
    if fold.open:
        with fold:
            _draw_plan(plan)


def _servers_may_fail(count: int) -> str:
    return f"any {plural(count, 'more server')} may fail" if count else "no further server may fail"


def plan_of(design: SizedDesign, lost: str) -> SwitchoverPlan | Issues:
    """Return the plan for the loss of a datacenter, or the issues that prevent it."""
    return state.cached(f"switchover {lost}", functools.partial(_make, design, lost))


def _make(design: SizedDesign, lost: str) -> SwitchoverPlan | Issues:
    try:
        return switchover(design, lost)
    except InputError as error:
        return error.issues


def _download(
    label: str, plan: SwitchoverPlan, lost: str, suffix: str, kind: str, write: Callable[[SwitchoverPlan], str]
) -> None:
    st.download_button(
        label,
        data=functools.partial(write, plan),
        file_name=f"switchover-{lost}{suffix}",
        mime=kind,
        on_click="ignore",
        icon=":material/download:",
        key=widget_key(f"plan{suffix}", "take"),
    )


def _draw_plan(plan: SwitchoverPlan) -> None:
    if plan.placeholders:
        st.markdown("**Fill in first**")
        rows = [
            {"Placeholder": place.token, "Who knows it": place.who, "Steps": ", ".join(map(str, place.steps))}
            for place in plan.placeholders
        ]
        figures.draw_table(rows, alt="Names that the design does not contain")
    st.markdown("**Facts from the design**")
    figures.draw_table([{"Fact": label, "Value": value} for label, value in plan.known], alt="Facts of the switchover")
    head, *rest = plan.servers
    figures.draw_table([dict(zip(head, row, strict=True)) for row in rest], alt="Active databases of the servers")
    st.markdown("**Assumptions of this plan**")
    for text in plan.assumptions:
        st.caption(escaped(text))
    part = ""
    for step in plan.steps:
        if step.part != part:
            part = step.part
            st.markdown(f"**{escaped(part)}**")
        _draw_step(step)


def _draw_step(step: SwitchoverStep) -> None:
    with st.container(border=True):
        st.markdown(f"**Step {step.number}. {escaped(step.title)}**")
        for paragraph in step.text:
            st.markdown(escaped(paragraph))
        _draw_commands(step.commands)
        st.markdown(f"**Check:** {escaped(step.check)}")
        _draw_commands(step.check_commands)
        st.markdown(f"**Stop:** {escaped(step.stop)}")


def _draw_commands(lines: Sequence[str]) -> None:
    for block in split_commands(lines):
        st.code("\n".join(block), language="powershell", wrap_lines=True)
