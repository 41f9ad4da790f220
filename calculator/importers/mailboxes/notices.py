"""Report doubts about imported mailboxes, their tiers and their databases."""

from __future__ import annotations

import numpy as np

from calculator.importers.formats.sizes import GB, KB
from calculator.importers.mailboxes.columns import MAILBOX_KINDS, MailboxColumns, count_column_rows
from calculator.importers.mailboxes.file_kinds import DATABASE_COMMAND, LIST_COMMAND
from calculator.importers.mailboxes.population import Population, find_places, format_mailboxes
from calculator.importers.mailboxes.tier_inputs import format_mean, format_size, name_tier
from calculator.importers.mailboxes.tiers import (
    MESSAGES,
    MISSING_CRITERION,
    QUOTA,
    TOLERANCE,
    TOTALS,
    TierBuilder,
    Tiers,
)
from calculator.inputs.profile import Profile
from calculator.inputs.schema import BY_PATH
from calculator.inputs.units import percent_text
from calculator.issues import NOTICE, WARNING, Issues
from calculator.numerics.arrays import Bools

_TINY = 1 / 16
"""Mean mailbox size in MB below which the sizes were probably exported without their unit."""
_SHOWN = 4
_MIXED = {
    "single_item_recovery": ("tiers.{}.single_item_recovery", "single item recovery"),
    "calendar_versioning": ("tiers.{}.calendar_versioning", "calendar versioning"),
    "hold": ("tiers.{}.litigation_hold", "litigation hold"),
}


def report_population(
    population: Population, builder: TierBuilder, uplift: float, raise_quotas: bool, issues: Issues
) -> None:
    """Report mailboxes over a limit, never used or on hold, planned and unknown quotas, and doubtful sizes."""
    if over := int(np.nansum(population.get("over_limit"))):
        issues.add(NOTICE, "mailboxes", "", f"{format_mailboxes(over)} over a limit.", "Plan a higher quota for them.")
    if idle := int((population.get("used") == 0).sum()):
        issues.add(
            NOTICE,
            "mailboxes",
            "",
            f"{format_mailboxes(idle)} never used: without the date of a logon.",
            "They are counted.",
        )
    if held := int(np.nansum(population.get("hold"))):
        message = f"{format_mailboxes(held)} on litigation hold: nothing is purged there before the planning horizon."
        issues.add(WARNING, "mailboxes", "tiers.litigation_hold", message)
    _report_kinds(builder, issues)
    _report_assumed_messages(builder, issues)
    _report_unlimited(builder, issues)
    _report_unknown_quotas(builder, issues)
    if np.isnan(population.get("quota")).all():
        limit = format_size(float(builder.base.value("tiers.1.mailbox_size_limit") or 0))
        message = f"no file gives quotas: that of the design, {limit}, is used."
        hint = f"Give the list too: {LIST_COMMAND}"
        if builder.take_unknown_quotas:
            message = f"all quotas are those of databases, which no file gives: that of the design, {limit}, is used."
            hint = f"Give the databases too: {DATABASE_COMMAND}"
        issues.add(WARNING, "mailboxes", "tiers.mailbox_size_limit", message, hint)
    _report_larger(builder, raise_quotas, issues)
    _report_sizes(population, builder, uplift, issues)


def _report_kinds(builder: TierBuilder, issues: Issues) -> None:
    """Report mailboxes that are not of users, and the number of messages that is assumed for them."""
    counts = {kind: int((builder.kinds == code).sum()) for code, kind in enumerate(MAILBOX_KINDS, 1)}
    folders = counts.pop("public folder")
    if folders:
        message = f"public folder mailboxes: {folders:,}. They need space, but send and receive no messages."
        hint = "Their quota differs from that of users. Check the quota of their tier."
        issues.add(WARNING, "mailboxes", "tiers.messages_per_day", message, hint)
    silent = {kind: count for kind, count in counts.items() if count and kind != "linked"}
    if silent and "messages" not in builder.mailboxes:
        kinds = ", ".join(f"{kind}: {count:,}" for kind, count in silent.items())
        usual = float(builder.base.value("tiers.1.messages_per_day") or 0)
        message = (
            f"mailboxes that nobody sends from ({kinds}): {usual:,.4g} messages per day are assumed, as for users."
        )
        hint = "Give tracking logs or files of MessageStats, or set the messages of their tier."
        issues.add(NOTICE, "mailboxes", "tiers.messages_per_day", message, hint)


def _report_assumed_messages(builder: TierBuilder, issues: Issues) -> None:
    """Report that no file gives messages, and the number that is used for all mailboxes that receive any."""
    count = int(builder.assumes_messages.sum())
    if not count:
        return
    usual = float(builder.base.value("tiers.1.messages_per_day") or 0)
    which = f"all {format_mailboxes(count)}" if count > 1 else "the mailbox"
    if count < builder.population.mailboxes:
        which = format_mailboxes(count)
    message = f"no file gives messages: the {usual:,.4g} messages per day of the design are used for {which}."
    issues.add(WARNING, "mailboxes", "tiers.messages_per_day", message, MISSING_CRITERION[MESSAGES][1])


def _report_unlimited(builder: TierBuilder, issues: Issues) -> None:
    """Report mailboxes and archives without a limit, and the quotas that are assumed for them."""
    for measure, leaf, owned, size in (
        ("quota", "mailbox_size_limit", "no limit", "the size"),
        ("archive_quota", "archive_size_limit", "an archive without a known limit", "the size of the archive"),
    ):
        planned = builder.planned.get(measure)
        if planned is None or not planned.any():
            continue
        count = int(planned.sum())
        verb, average = ("has", "") if count == 1 else ("have", " on average")
        mean = format_mean(float(builder.mailboxes[measure][planned].mean()))
        source = f"{size} today and the mail until the planning horizon, where the size is known."
        if measure == "quota" and "size" not in builder.mailboxes:
            source = "that of the design, because no file gives sizes."
        message = (
            f"{format_mailboxes(count)} {verb} {owned}, which cannot be sized. A quota of {mean}{average} is assumed: "
            f"{source}"
        )
        issues.add(WARNING, "mailboxes", f"tiers.{leaf}", message, "Give the quota that you plan.")


def _report_unknown_quotas(builder: TierBuilder, issues: Issues) -> None:
    """Report mailboxes whose quota is unknown while others have one, and the quota that is used for them."""
    if np.isnan(builder.usual_quota):
        return
    unknown = np.isnan(builder.population.get("quota"))
    of_database = unknown & (builder.population.get("takes_database_quota") == 1)
    used = f"{format_mean(builder.usual_quota)}, the mean of the other mailboxes, is used."
    for those, what, hint in (
        (of_database, "the quota of a database that is not known", f"Give their databases too: {DATABASE_COMMAND}"),
        (unknown & ~of_database, "no known quota", "Give a mailbox list with their quotas."),
    ):
        if count := int(those.sum()):
            message = f"{format_mailboxes(count)} {'has' if count == 1 else 'have'} {what}: {used}"
            issues.add(WARNING, "mailboxes", "tiers.mailbox_size_limit", message, hint)


def _report_sizes(population: Population, builder: TierBuilder, uplift: float, issues: Issues) -> None:
    if "size" not in builder.mailboxes:
        hint = "Give mailbox statistics too, or tiers.N.initial_mailbox_size."
        issues.add(NOTICE, "mailboxes", "tiers.initial_mailbox_size", "no file gives sizes of mailboxes.", hint)
        return
    if 0 < builder.mailboxes["size"].mean() < _TINY:
        message = "sizes are a few bytes: plain numbers without a unit were read as bytes."
        issues.add(WARNING, "mailboxes", "", message, 'Name the column with its unit, such as "TotalItemSize (MB)".')
    if uplift:
        return
    old = bool(np.nanmax(population.get("old_form")) > 0)
    message = "sizes reported by Exchange 2007 and 2010 grow by 30 to 40 % with the move."
    hint = (
        "These sizes come from Exchange 2007: let them grow by 35 % with the move (--uplift)."
        if old
        else "If these sizes come from such a version, let them grow by 35 % with the move (--uplift)."
    )
    issues.add(WARNING if old else NOTICE, "mailboxes", "tiers.initial_mailbox_size", message, hint)


def _report_larger(builder: TierBuilder, raise_quotas: bool, issues: Issues) -> None:
    """Report mailboxes that are larger than their quota, and whether they are sized for the quota or for their size."""
    count, total = int((builder.beyond_quota > 0).sum()), float(builder.beyond_quota.sum())
    if not count:
        return
    verb = "is" if count == 1 else "are"
    message = f"{format_mailboxes(count)} {verb} larger today than the quota, by {format_mean(total)} in all, which is "
    path = "tiers.mailbox_size_limit"
    if raise_quotas:
        message += (
            "sized: each of these quotas is raised to the size of its mailbox. The quota of a tier is the mean of its "
            "mailboxes."
        )
        issues.add(NOTICE, "mailboxes", path, message)
        return
    is_large = total > TOLERANCE * float(builder.mailboxes["size"].sum())
    hint = "Raise the quotas to these sizes (--raise-quotas), or empty these mailboxes before the move."
    issues.add(WARNING if is_large else NOTICE, "mailboxes", path, f"{message}not sized.", hint)


def report_tiers(builder: TierBuilder, tiers: Tiers, by: str, base: Profile, issues: Issues) -> None:
    """Report different settings within a tier, and totals that differ from those of the data."""
    for place in range(len(tiers.counts)):
        inside = tiers.partition.labels == place
        tier = f'tier {place + 1} ("{name_tier(builder, tiers, place, by)}")'
        kinds = np.unique(builder.kinds[inside])
        if len(kinds) > 1:
            names = ", ".join(("user", *MAILBOX_KINDS)[kind] for kind in kinds)
            message = f"mailboxes of several kinds ({names}) share {tier}."
            issues.add(
                WARNING, "import", f"tiers.{place + 1}", message, "Give more tiers, so that each kind has its own."
            )
        _report_quotas(builder, inside, tier, place, by, issues)
        _report_archives(builder, inside, tier, place, issues)
        for measure, (path, word) in _MIXED.items():
            if measure in builder.mailboxes:
                share = float(builder.mailboxes[measure][inside].mean())
                if 0 < share < 1:
                    has = "has it" if share > 1 / 2 else "does not have it"
                    message = f"{percent_text(share, 1)} of the mailboxes of {tier} have {word}, so the tier {has}."
                    issues.add(NOTICE, "import", path.format(place + 1), message)
    differing = sorted(_differing_inputs(base))
    if differing:
        labels = ", ".join(BY_PATH[f"tiers.{leaf}"].label for leaf in differing)
        message = f"The tiers of the design differ in {labels}: each new tier gets the mean."
        issues.add(NOTICE, base.where, "tiers", message)
    _report_recoverable_items(tiers, issues)
    if tiers.error > TOLERANCE:
        worst = max(tiers.errors, key=lambda row: abs(float(str(row["error"]))))
        error = float(str(worst["error"]))
        size = f"{percent_text(abs(error), 1)} {'larger' if error > 0 else 'smaller'}"
        message = f"With these tiers, the total {TOTALS[str(worst['total'])][2]} is {size} than that of the mailboxes."
        issues.add(WARNING, "import", "tiers", message, builder.suggest(by, tiers))


def _report_recoverable_items(tiers: Tiers, issues: Issues) -> None:
    """Report Recoverable Items that are larger today than what the design plans for them."""
    totals = {str(row["total"]): row for row in tiers.errors}
    if not {"dumpster_size", "dumpster_model"} <= totals.keys():
        return
    today, planned = float(str(totals["dumpster_size"]["data"])), float(str(totals["dumpster_model"]["tiers"]))
    if today <= planned:
        return
    sizes = [format_mean(gigabytes * KB) for gigabytes in (today, planned)]
    message = f"the mailboxes have {sizes[0]} of Recoverable Items today, but {sizes[1]} are planned for them."
    hint = "Find out what keeps these items, such as a hold or a longer retention, and set it in the tiers."
    issues.add(WARNING, "import", "tiers.deleted_item_retention", message, hint)


def _differing_inputs(base: Profile) -> set[str]:
    """Return the inputs that differ between the tiers of a design."""
    leaves = {path.split(".")[2] for path in base.given if path.startswith("tiers.")}
    leaves -= {"mailboxes", "name", "initial_mailbox_size"}
    return {leaf for leaf in leaves if len({base.value(f"tiers.{n + 1}.{leaf}") for n in range(base.tiers)}) > 1}


def _report_quotas(builder: TierBuilder, inside: Bools, tier: str, place: int, by: str, issues: Issues) -> None:
    """Report different quotas within a tier: the number of mailboxes with each quota, and the mean of them all."""
    if "quota" not in builder.mailboxes:
        return
    own, used = builder.population.get("quota")[inside], builder.mailboxes["quota"][inside]
    if np.isnan(builder.population.get("quota")).all():  # the quota of the design, which was raised for some
        own = np.full(len(used), float(builder.base.value("tiers.1.mailbox_size_limit") or 0))
    assumed = builder.assumes_quota[inside]
    raised = np.isfinite(own) & (used > own)
    distinct, counts = np.unique(own[np.isfinite(own) & ~raised], return_counts=True)
    largest = np.argsort(-counts, kind="stable")[:_SHOWN]
    shown = [f"{format_size(float(distinct[n]))} ({counts[n]:,})" for n in sorted(largest)]
    if len(distinct) > _SHOWN:
        shown.append(f"{len(distinct) - _SHOWN:,} more ({counts.sum() - counts[largest].sum():,})")
    for those, words in ((assumed, "assumed"), (raised, "raised to the size of the mailbox")):
        if those.any():
            average = f"{format_mean(float(used[those].mean()))}{' on average' if np.ptp(used[those]) else ''}"
            shown.append(f"{words} {average} ({those.sum():,})")
    if np.ptp(used) == 0 or len(shown) < 2:
        return
    message = (
        f"the mailboxes of {tier} have different quotas, {', '.join(shown)}: their mean, "
        f"{format_mean(float(used.mean()))}, is used."
    )
    hint = "" if by == QUOTA else "Give --by quota for one tier per quota."
    issues.add(NOTICE, "import", f"tiers.{place + 1}.mailbox_size_limit", message, hint)


def _report_archives(builder: TierBuilder, inside: Bools, tier: str, place: int, issues: Issues) -> None:
    """Report a tier in which only some mailboxes have an archive, and the archive quota that it gets."""
    quota = builder.mailboxes.get("archive_quota", np.zeros(len(inside)))[inside]
    count = int((quota > 0).sum())
    if 0 < count < len(quota):
        message = (
            f"{count:,} of the {len(quota):,} mailboxes of {tier} have an archive: {format_mean(float(quota.mean()))} "
            "per mailbox, the mean over all of them, is used."
        )
        issues.add(NOTICE, "import", f"tiers.{place + 1}.archive_size_limit", message)


def report_databases(mailboxes: MailboxColumns, databases: MailboxColumns | None, issues: Issues) -> None:
    """Report databases without status, and compare the size of database files with the mailboxes in them."""
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
    places = find_places(mailboxes["database"][first], databases["name"])
    held = mailboxes["size"] + np.nan_to_num(mailboxes.get("dumpster", np.zeros(count_column_rows(mailboxes))))
    known = (places >= 0) & ~np.isnan(held[first])
    inside = np.bincount(places[known], held[first][known], len(size))
    both = (inside > 0) & ~np.isnan(size)
    if both.any():
        used, total = float((size - free)[both].sum()), float(inside[both].sum())
        sizes = (
            f"the database files use {used / GB:,.1f} GB, without their free pages, for {total / GB:,.1f} GB of "
            "mailboxes and Recoverable Items"
        )
        if used < total:
            hint = "Check that both exports are of the same day."
            issues.add(NOTICE, "database status", "", f"{sizes}: no overhead can be derived.", hint)
            return
        message = f"{sizes}: an overhead of {percent_text(used / total - 1, 1)}, which the import does not apply."
        hint = "To plan with this overhead, set data.overhead_factor."
        issues.add(NOTICE, "database status", "data.overhead_factor", message, hint)
