"""A figure as a person reads it, with its unit and, where it does not apply, the reason."""

from __future__ import annotations

import re

from calculator.engine.sizing import SizedDesign
from calculator.inputs.choices import Choice
from calculator.inputs.schema import DECIMAL_GB, TIER
from calculator.rules.registry import RULES, Rule

UNIT_TEXTS = {
    "": "",
    "1": "",
    "1/s": "IOPS",
    "hour": "hours",
    "day": "days",
    "month": "months",
    "week": "weeks",
    "year": "years",
    DECIMAL_GB: "GB",
    "percent": "%",
    "Mcycle": "megacycles",
}
"""Units that a person calls by another name."""
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


def word(choice: Choice | None, value: str) -> str:
    """Word of a category as a person reads it."""
    if choice is None or value not in choice.words:
        return value
    return choice.text(choice.words.index(value))


def not_applicable(rule: Rule, label: str, design: SizedDesign) -> str:
    """Why a result does not apply at a place.

    Parameters
    ----------
    rule, label
        The result and the labels of the place, joined by points.
    design
        The design.
    """
    labels = label.split(".")
    profile = design.profile
    reason = f"{rule.name}_reason"
    if reason in RULES:
        said = design[".".join([reason, *labels]).strip(".")]
        if isinstance(said, str):
            return word(RULES[reason].choice, said)
    if design["design_invalid"]:
        return f"the design fails a check: {word(RULES['validation_message'].choice, design['validation_message'])}"
    if "secondary" in labels and not design["two_datacenters"]:
        return "one datacenter"
    if "lagged" in labels and not design["lagged_servers_dedicated"]:
        return "no servers for lagged copies alone"
    if "dag" in labels and not profile.value("environment.high_availability"):
        return "no DAG"
    if TIER in rule.axes and not design[f"tiers.{labels[0]}.tier_in_use"]:
        return "no mailboxes in the tier"
    return _chapter_reason(rule, design)


def _chapter_reason(rule: Rule, design: SizedDesign) -> str:
    """Why a result of a subject does not apply in the whole design."""
    profile = design.profile
    if rule.chapter in ("replication", "activation") and not design["two_datacenters"]:
        return "one datacenter"
    if rule.chapter == "replication" and not design["replication_applies"]:
        return "no logs between the datacenters"
    if rule.chapter in ("processor", "activation_scenarios", "summary") and no_rating(design):
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


def no_rating(design: SizedDesign) -> bool:
    """Whether the processors of the primary have no rating."""
    return not design.profile.value("servers.primary.specint2006_rate")


def rule_of(column: str) -> tuple[Rule, str]:
    """Rule of a column, and the labels of its place joined by points."""
    head, _, rest = column.partition(".")
    if head == "tiers":
        tier, _, rest = rest.partition(".")
        name, _, label = rest.partition(".")
        return RULES[name], f"{tier}.{label}".strip(".")
    return RULES[head], rest
