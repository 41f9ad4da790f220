"""A figure as a person reads it; one that does not apply says why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import streamlit as st

from calculator.choices import Choice
from calculator.explain import value_text
from calculator.rule import RULES, Rule
from calculator.schema import TIER
from calculator.sizing import Sizing
from calculator.ui.texts import escaped, scale, unit_text

SHARE = re.compile("share|utilization|fraction|fill")
SAID_WHY_NOT = re.compile(r"(?:n/a|[Nn]ot applicable) ((?:for|with|without|where|in|on|while|to) [^);.]+)")
"""What a rule says of itself about when it does not apply."""
NOT_APPLICABLE = "n/a"


def number(value: float, unit: str = "") -> str:
    """Number as a person reads it: thousands apart, three digits below 100, shares in percent."""
    if unit == "share":
        if value == 0:
            return "0\u00a0%"
        return (f"{value:.0%}" if value >= 0.1 else f"{value:.1%}").replace("%", "\u00a0%")
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def percent(share: float) -> float:
    """A share in percent, as a person would write it."""
    return round(share * 100, 10)


def is_share(rule: Rule) -> bool:
    """Whether a result is a share, shown in percent."""
    return rule.unit == "1" and SHARE.search(rule.name) is not None


def unit_of(rule: Rule) -> str:
    """Unit of a result as a table shows it."""
    return "%" if is_share(rule) else unit_text(rule.unit)


def text(rule: Rule, value: object) -> str:
    """Value of a result as a person reads it, without its unit; empty for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number(value, "share") if is_share(rule) else number(value * scale(rule.unit), rule.unit)
    return word(rule.choice, str(value))


def word(choice: Choice | None, value: str) -> str:
    """Word of a category as a person reads it."""
    if choice is None or value not in choice.words:
        return value
    return choice.text(choice.words.index(value))


def not_applicable(rule: Rule, label: str, plan: Sizing) -> str:
    """Why a result does not apply at a place.

    Parameters
    ----------
    rule, label
        The result and the labels of the place, joined by points.
    plan
        The design.
    """
    labels = label.split(".")
    profile = plan.profile
    reason = f"{rule.name}_reason"
    if reason in RULES:
        said = plan[".".join([reason, *labels]).strip(".")]
        if isinstance(said, str):
            return word(RULES[reason].choice, said)
    if plan["design_invalid"]:
        return f"the design fails a check: {word(RULES['validation_message'].choice, plan['validation_message'])}"
    if "secondary" in labels and not plan["two_datacenters"]:
        return "one datacenter"
    if "lagged" in labels and not plan["lagged_servers_dedicated"]:
        return "no servers for lagged copies alone"
    if "dag" in labels and not profile.value("environment.high_availability"):
        return "no DAG"
    if TIER in rule.axes and not plan[f"tiers.{labels[0]}.tier_in_use"]:
        return "no mailboxes in the tier"
    return _chapter_reason(rule, plan)


def _chapter_reason(rule: Rule, plan: Sizing) -> str:
    """Why a result of a subject does not apply in the whole design."""
    profile = plan.profile
    if rule.chapter in ("replication", "activation") and not plan["two_datacenters"]:
        return "one datacenter"
    if rule.chapter == "replication" and not plan["replication_applies"]:
        return "no logs between the datacenters"
    if rule.chapter in ("processor", "scenarios", "summary") and no_rating(plan):
        return "no rating of the processors given"
    if rule.unit == "month" and "hold" in rule.name:
        return "not within reach, or not on hold"
    if not profile.value("environment.high_availability"):
        return "no high availability"
    if rule.name.endswith("_reason"):
        return "there is a count"
    if rule.name.startswith("activation_home_"):
        return "not an active/active design"
    if rule.name.startswith("activation_single_home_"):
        return "an active/active design"
    said = SAID_WHY_NOT.search(f"{rule.meaning} {' '.join(rule.remarks.split())}")
    return said[1] if said else "not in this design"


def no_rating(plan: Sizing) -> bool:
    """Whether the processors of the primary have no rating."""
    return not plan.profile.value("servers.primary.specint2006_rate")


def shown(column: str, plan: Sizing) -> str:
    """Value of a result column, with its reason where it does not apply."""
    rule, label = rule_of(column)
    value = plan[column]
    if value is None:
        return f"{NOT_APPLICABLE} ({not_applicable(rule, label, plan)})"
    return text(rule, value)


def rule_of(column: str) -> tuple[Rule, str]:
    """Rule of a column, and the labels of its place joined by points."""
    head, _, rest = column.partition(".")
    if head == "tiers":
        tier, _, rest = rest.partition(".")
        name, _, label = rest.partition(".")
        return RULES[name], f"{tier}.{label}".strip(".")
    return RULES[head], rest


def arrow(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table for a data frame or a chart."""
    return pa.Table.from_pylist([dict(row) for row in rows])


def exact(value: object, unit: str) -> str:
    """Value to its last digit, with its unit."""
    shown_unit = unit_text(unit)
    return f"{value_text(value)} {shown_unit}".strip() if value is not None else NOT_APPLICABLE


def draw_table(rows: Sequence[Mapping[str, str]], alt: str) -> None:
    """Draw rows as a table a screen reader can read."""
    st.table([{name: escaped(cell) for name, cell in row.items()} for row in rows], hide_index=True, alt=alt)
