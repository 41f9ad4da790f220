"""A result of a rule as people read it: its value or, where it does not apply, the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from calculator.engine.applicability import INVALID, NO_MAILBOXES
from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import SizedDesign
from calculator.inputs.profile import Profile
from calculator.inputs.schema import CORRECTED, DATACENTERS, TIER
from calculator.presentation.text import NOT_APPLICABLE, number, word
from calculator.rules.registry import MODE, RULES, Rule

_CONDITION = re.compile(r"(?:n/a|[Nn]ot applicable) ((?:for|with|without|where|in|on|while|to) [^);.]+)")
"""The condition in the description of a rule under which it does not apply."""


def rule_of(column: str) -> tuple[Rule, str]:
    """Return the rule of a column, and the labels of its place joined by points."""
    head, _, rest = column.partition(".")
    if head == "tiers":
        tier, _, rest = rest.partition(".")
        name, _, label = rest.partition(".")
        return RULES[name], f"{tier}.{label}".strip(".")
    return RULES[head], rest


def column_of(rule: Rule, label: str) -> str:
    """Return the column of a rule at a place, given by its labels joined by points.

    The label of an axis with a single one may be left out.
    """
    label = _with_single_labels(rule, label)
    if TIER not in rule.axes:
        return f"{rule.name}.{label}".strip(".")
    tier, _, rest = label.partition(".")
    return f"tiers.{tier}.{rule.name}.{rest}".strip(".")


def _with_single_labels(rule: Rule, label: str) -> str:
    labels = label.split(".") if label else []
    if len(labels) != sum(not axis.scalar for axis in rule.axes):
        return label
    given = iter(labels)
    axes = sorted(rule.axes, key=lambda axis: axis is not TIER)
    return ".".join(axis.labels[0] if axis.scalar else next(given) for axis in axes)


def figure_text(rule: Rule, value: object, factor: float = 1.0, limit: float | None = None) -> str:
    """Format a value of a result without its unit; empty for None.

    Parameters
    ----------
    rule, value
        The result and its value.
    factor
        Factor from the canonical unit to the unit in which a number is shown.
    limit
        A number above this limit, in the canonical unit, has enough decimals to differ from it.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if rule.is_share:
            return number(value, "share", limit)
        return number(value * factor, limit=None if limit is None else limit * factor)
    return word(rule.choice, str(value))


def unscaled(_unit: str) -> float:
    """Return the factor of figures in their canonical unit."""
    return 1.0


def shown(column: str, design: SizedDesign, factor_of: Callable[[str], float] = unscaled) -> str:
    """Format the value of a result column, or say why it does not apply.

    Parameters
    ----------
    column, design
        The column and the design it is of.
    factor_of
        Returns the factor from the canonical unit to the unit in which a number is shown.
    """
    rule, label = rule_of(column)
    value = design[column]
    return _with_reason(rule, label, design) if value is None else figure_text(rule, value, factor_of(rule.unit))


def brief_reason(column: str, design: SizedDesign) -> str:
    """Return the reason why a result column does not apply, in an invalid design without the error that explains it.

    It is for figures that are shown together with the issues of the design.
    """
    return INVALID.reason if design.plain[DESIGN_INVALID] else not_applicable(*rule_of(column), design)


def why_not(column: str, design: SizedDesign) -> str:
    """Say that a result column does not apply, and why in brief."""
    return f"{NOT_APPLICABLE} ({brief_reason(column, design)})"


def _with_reason(rule: Rule, label: str, design: SizedDesign) -> str:
    return f"{NOT_APPLICABLE} ({not_applicable(rule, label, design)})"


def not_applicable(rule: Rule, label: str, design: SizedDesign) -> str:
    """Return the reason why a result does not apply at a place.

    Parameters
    ----------
    rule, label
        The result, and the labels of the place joined by points.
    design
        A design in which the result is None there.
    """
    labels = _with_single_labels(rule, label).split(".")
    profile = design.profile
    reason = f"{rule.name}_reason"
    if reason in RULES:
        code = design[".".join([reason, *labels]).strip(".")]
        if isinstance(code, str):
            return word(RULES[reason].choice, code)
    void = design.void_reason(column_of(rule, label))
    if void:
        return void.removesuffix(".")
    if design[DESIGN_INVALID]:
        message = word(RULES["validation_message"].choice, design.plain["validation_message"])
        return f"the design fails a check: {message}"
    if design.without_mailboxes:
        return NO_MAILBOXES.reason
    if "secondary" in labels and not design["two_datacenters"]:
        return "one datacenter"
    if "lagged" in labels and not design["lagged_servers_dedicated"]:
        return "no dedicated servers for lagged copies"
    if "dag" in labels and not profile.value("environment.high_availability"):
        return "no DAG"
    if TIER in rule.axes and not design[f"tiers.{labels[0]}.tier_in_use"]:
        return "no mailboxes in the tier"
    return _chapter_reason(rule, labels, design)


def _mode_reason(rule: Rule, labels: Sequence[str], design: SizedDesign) -> str:
    """Return the reason why a result has no value for a failure; empty for another result or reason."""
    if MODE not in rule.axes or labels[0] == MODE.labels[0]:
        return ""
    mode, side = labels
    is_counted = design[f"sized_databases_by_mode.{mode}.{side}"] is not None
    return "" if is_counted else f"{who_counts(design.profile)} has no figure for this failure"


def who_counts(profile: Profile) -> str:
    """Return who has computed the figures of a design: Microsoft's workbook, or the sizing that corrects it."""
    return "the corrected sizing" if profile.value("guidance.oddities") == CORRECTED else "Microsoft's workbook"


def _chapter_reason(rule: Rule, labels: Sequence[str], design: SizedDesign) -> str:
    """Return the reason why a result does not apply, by its chapter, its failure mode or its description."""
    profile = design.profile
    if rule.chapter in ("replication", "activation") and not design["two_datacenters"]:
        return "one datacenter"
    if rule.chapter == "replication" and not design["replication_applies"]:
        return "no logs between the datacenters"
    lacking = unrated(design) if rule.chapter in ("processor", "activation_scenarios", "summary") else []
    own = set(labels) & set(DATACENTERS)
    if lacking and (not own or own & set(lacking)):
        return no_rating_text(design)
    if reason := _mode_reason(rule, labels, design):
        return reason
    if lacking:
        return no_rating_text(design)
    if rule.unit == "month" and "hold" in rule.name:
        return "not reached, or not on hold"
    if not profile.value("environment.high_availability"):
        return "no high availability"
    if rule.name.endswith("_reason"):
        return "the disks are counted"
    if rule.name.startswith("activation_home_"):
        return "not an active/active design"
    if rule.name.startswith("activation_single_home_"):
        return "an active/active design"
    condition = _CONDITION.search(f"{rule.meaning} {' '.join(rule.remarks.split())}")
    return condition[1].removeprefix("where ") if condition else "not in this design"


def unrated(design: SizedDesign) -> list[str]:
    """Return the datacenters with servers whose processors have no rating, so that their CPU is not sized."""
    sides = DATACENTERS if design.plain["two_datacenters"] else DATACENTERS[:1]
    return [side for side in sides if not is_rated(design.profile, side)]


def no_rating_text(design: SizedDesign) -> str:
    """Return a clause that says of which datacenter the processors have no rating, if it is one of two."""
    lacking = unrated(design)
    where = f" of the {lacking[0]} datacenter" if design.plain["two_datacenters"] and len(lacking) == 1 else ""
    return f"the processors{where} have no rating"


def is_rated(profile: Profile, role: str) -> bool:
    """Return whether the processors of a server role have a rating of their own, or one of their host."""
    return is_hosted(profile, role) or bool(profile.value(f"servers.{role}.specint2006_rate"))


def is_hosted(profile: Profile, role: str) -> bool:
    """Return whether the rating of a server role follows from the rating and the cores of its host."""
    known = profile.value(f"servers.{role}.host_rating") and profile.value(f"servers.{role}.host_cores")
    return bool(profile.value("environment.virtualized") and known)
