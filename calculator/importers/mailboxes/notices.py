"""What is to be said of imported mailboxes: what was planned, what is mixed, what does not fit."""

from __future__ import annotations

import numpy as np

from calculator.importers.formats.sizes import GB
from calculator.importers.mailboxes.columns import Columns, rows_of
from calculator.importers.mailboxes.file_kinds import DATABASE_COMMAND, LIST_COMMAND
from calculator.importers.mailboxes.population import Population, mailboxes_text, places_of
from calculator.importers.mailboxes.tier_inputs import size_text
from calculator.importers.mailboxes.tiers import CLOSE, Tiering, Tiers
from calculator.inputs.profile import Profile
from calculator.issues import NOTICE, WARNING, Issues

_TINY = 1 / 16
"""MB; a population whose mailboxes are smaller in the mean was exported without its unit."""
_SHOWN = 4
_MIXED = {
    "single_item_recovery": ("tiers.{}.single_item_recovery", "single item recovery"),
    "calendar_versioning": ("tiers.{}.calendar_versioning", "calendar versioning"),
    "hold": ("tiers.{}.litigation_hold", "litigation hold"),
}


def tell_of_population(population: Population, tiering: Tiering, uplift: float, issues: Issues) -> None:
    """Tell of mailboxes over limit, never used and on hold, of quotas planned or not known, and of the move."""
    if over := int(np.nansum(population.get("over_limit"))):
        issues.add(NOTICE, "mailboxes", "", f"{mailboxes_text(over)} over a limit.", "Plan a higher quota for them.")
    if idle := int((population.get("used") == 0).sum()):
        issues.add(
            NOTICE, "mailboxes", "", f"{mailboxes_text(idle)} never used: without the date of a logon.", "They count."
        )
    if held := int(np.nansum(population.get("hold"))):
        message = f"{mailboxes_text(held)} on litigation hold: nothing is purged there up to the planning horizon."
        issues.add(WARNING, "mailboxes", "tiers.litigation_hold", message)
    for measure, leaf in (("quota", "mailbox_size_limit"), ("archive_quota", "archive_size_limit")):
        _tell_of_planned(tiering, measure, f"tiers.{leaf}", issues)
    if "quota" not in tiering.mailboxes:
        limit = size_text(float(tiering.base.value("tiers.1.mailbox_size_limit") or 0))
        message = f"no file gives quotas: that of the design, {limit}, stands."
        issues.add(WARNING, "mailboxes", "tiers.mailbox_size_limit", message, f"Give the list too: {LIST_COMMAND}")
    _tell_of_sizes(population, tiering, uplift, issues)


def _tell_of_planned(tiering: Tiering, measure: str, path: str, issues: Issues) -> None:
    """Tell of quotas that are unlimited (or of archives, not known), and of what is planned instead."""
    planned = tiering.planned.get(measure)
    if planned is None or not planned.any():
        return
    mean = size_text(float(tiering.mailboxes[measure][planned].mean()))
    message = (
        f"{mailboxes_text(int(planned.sum()))} without a limit, which cannot be sized: planned is {mean} in the mean, "
        "the size today and the mail to the planning horizon where the size is known."
    )
    issues.add(WARNING, "mailboxes", path, message, "Give the quota you plan with.")


def _tell_of_sizes(population: Population, tiering: Tiering, uplift: float, issues: Issues) -> None:
    if "size" not in tiering.mailboxes:
        hint = "Give mailbox statistics too, or tiers.N.initial_mailbox_size."
        issues.add(NOTICE, "mailboxes", "tiers.initial_mailbox_size", "no file gives sizes of mailboxes.", hint)
        return
    if 0 < tiering.mailboxes["size"].mean() < _TINY:
        message = "sizes are a few bytes: plain numbers without a unit were read as bytes."
        issues.add(WARNING, "mailboxes", "", message, 'Name the column with its unit, such as "TotalItemSize (MB)".')
    _tell_of_larger(tiering, issues)
    if uplift:
        return
    old = bool(np.nanmax(population.get("old_form")) > 0)
    message = "sizes reported by Exchange 2007 and 2010 grow by 30 to 40 % with the move."
    hint = "These are of Exchange 2007: give --uplift 35%." if old else "If these are such, give --uplift 35%."
    issues.add(WARNING if old else NOTICE, "mailboxes", "tiers.initial_mailbox_size", message, hint)


def _tell_of_larger(tiering: Tiering, issues: Issues) -> None:
    """Tell of mailboxes that are larger than what is sized for them: their quota."""
    sizes = tiering.mailboxes["size"]
    beyond = sizes - tiering.mailboxes.get("quota", float(tiering.base.value("tiers.1.mailbox_size_limit") or 0))
    larger = beyond > 0
    if not larger.any():
        return
    count, total = int(larger.sum()), float(beyond[larger].sum())
    message = f"{mailboxes_text(count)} larger today than the quota, by {size_text(total)} in all: that is not sized."
    issues.add(
        WARNING if total > CLOSE * float(sizes.sum()) else NOTICE,
        "mailboxes",
        "tiers.mailbox_size_limit",
        message,
        "Raise the quota of their tier.",
    )


def tell_of_tiers(tiering: Tiering, tiers: Tiers, base: Profile, issues: Issues) -> None:
    """Tell of what is mixed within a tier, and of totals that are far from the data's."""
    for place in range(len(tiers.counts)):
        inside = tiers.split.labels == place
        _tell_of_quotas(tiering, inside, place, issues)
        for measure, (path, word) in _MIXED.items():
            if measure in tiering.mailboxes:
                share = float(tiering.mailboxes[measure][inside].mean())
                if 0 < share < 1:
                    has = "has" if share > 1 / 2 else "has not"
                    message = f"{share:.1%} of the mailboxes have {word}, so the tier {has}."
                    issues.add(NOTICE, "import", path.format(place + 1), message)
    apart = sorted({path.split(".")[2] for path in base.given if path.startswith("tiers.")})
    differing = [leaf for leaf in apart if leaf in _carried(base)]
    if differing:
        message = f"the tiers of the design differ in {', '.join(differing)}: the new tiers have the mean."
        issues.add(NOTICE, base.where, "tiers", message)
    if tiers.error > CLOSE:
        worst = max(tiers.errors, key=lambda row: abs(float(str(row["error"]))))
        message = f"total {worst['total']} is {float(str(worst['error'])):+.1%} off the data's with these tiers."
        issues.add(WARNING, "import", "tiers", message, "Give more tiers or other bounds, or make them by quota.")


def _carried(base: Profile) -> set[str]:
    """Inputs of tiers that differ between the tiers of a design."""
    leaves = {path.split(".")[2] for path in base.given if path.startswith("tiers.")}
    leaves -= {"mailboxes", "name", "initial_mailbox_size"}
    return {leaf for leaf in leaves if len({base.value(f"tiers.{n + 1}.{leaf}") for n in range(base.tiers)}) > 1}


def _tell_of_quotas(tiering: Tiering, inside: np.ndarray, place: int, issues: Issues) -> None:
    """Tell of different quotas within a tier: the mean, and the split."""
    quota = tiering.population.get("quota")[inside]
    known = quota[np.isfinite(quota)]
    distinct, counts = np.unique(known, return_counts=True)
    if len(distinct) < 2:
        return
    usual = np.argsort(-counts, kind="stable")[:_SHOWN]
    split = ", ".join(f"{size_text(float(distinct[u]))} ({counts[u]:,})" for u in sorted(usual))
    more = f" and {len(distinct) - len(usual):,} more" if len(distinct) > len(usual) else ""
    mean = size_text(float(tiering.mailboxes["quota"][inside].mean()))
    message = f"its mailboxes have different quotas, {split}{more}: their mean, {mean}, stands."
    issues.add(NOTICE, "import", f"tiers.{place + 1}.mailbox_size_limit", message, "--by quota makes a tier of each.")


def tell_of_databases(mailboxes: Columns, databases: Columns | None, issues: Issues) -> None:
    """Tell of databases without status, and how their files compare with what is in them."""
    if databases is None or "database_size" not in databases:
        return
    size, free = databases["database_size"], np.nan_to_num(databases.get("database_free", np.zeros(1)))
    missing = int(np.isnan(size).sum())
    if missing:
        message = f"databases without a size, exported without -Status or dismounted: {missing:,}."
        issues.add(NOTICE, "database status", "", message, f"Export them with: {DATABASE_COMMAND}")
    if "database" not in mailboxes or "size" not in mailboxes:
        return
    _, first = np.unique(mailboxes["identity"], return_index=True)
    places = places_of(mailboxes["database"][first], databases["name"])
    held = mailboxes["size"] + np.nan_to_num(mailboxes.get("dumpster", np.zeros(rows_of(mailboxes))))
    known = (places >= 0) & ~np.isnan(held[first])
    inside = np.bincount(places[known], held[first][known], len(size))
    both = (inside > 0) & ~np.isnan(size)
    if both.any():
        used, total = float((size - free)[both].sum()), float(inside[both].sum())
        message = (
            f"the database files use {used / GB:,.1f} GB for {total / GB:,.1f} GB of mailboxes and recoverable items: "
            f"an overhead of {used / total - 1:.1%}."
        )
        issues.add(NOTICE, "database status", "data.overhead_factor", message)
