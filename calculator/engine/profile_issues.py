"""Issues of what a profile states but no rule computes with: its list of tiers, and settings of the export."""

from __future__ import annotations

from calculator.engine.findings import RANK, STATUS
from calculator.engine.sizing import SizedDesign
from calculator.inputs.choices import BACKUP_METHOD, BackupMethod
from calculator.inputs.profile import Profile, unmet_conditions
from calculator.inputs.schema import EXPORT
from calculator.issues import NOTICE, WARNING, Issues, list_numbers

_NATIVE = BACKUP_METHOD.words[BackupMethod.NATIVE_DATA_PROTECTION]
_KEEP_UNTIL_BACKUP = f"{EXPORT}.retain_deleted_items_until_backup"
_LAGGED_SECONDARY = "database_copies.lagged_copies_secondary"


def with_profile_issues(design: SizedDesign) -> tuple[Issues, str]:
    """Return the issues of a design and of its profile, and the status that both give it.

    The issues of a `SizedDesign` alone are those that its row in a batch has.
    """
    issues, rank = Issues(), STATUS.index(design.status)
    issues.extend(design.issues)
    found = profile_issues(design.profile)
    issues.extend(found)
    return issues, STATUS[max([rank, *(RANK[issue.severity] for issue in found)])]


def profile_issues(profile: Profile) -> Issues:
    """Return the issues of a profile that depend on no figure."""
    issues = Issues()
    numbers = profile.empty_tiers
    if numbers and any(profile.value(f"tiers.{number}.mailboxes") for number in range(1, profile.tiers + 1)):
        some = f"Tiers {list_numbers(numbers)} have" if len(numbers) > 1 else f"Tier {numbers[0]} has"
        message = f"{some} no mailboxes, because only tiers with higher numbers are given."
        hint = "Number the tiers from 1 without gaps."
        issues.add(NOTICE, profile.where, f"tiers.{numbers[0]}.mailboxes", message, hint)
    if profile.given.get(_KEEP_UNTIL_BACKUP) and profile.value("backup.method") == _NATIVE:
        message = (
            "RetainDeletedItemsUntilBackup is TRUE, but the design has no backup, so deleted items are kept forever."
        )
        hint = "Leave it out, set it to false, or choose a VSS backup."
        issues.add(WARNING, profile.where, _KEEP_UNTIL_BACKUP, message, hint)
    lagged = profile.value(_LAGGED_SECONDARY)
    if (
        lagged
        and not profile.value("database_copies.lagged_copies")
        and not unmet_conditions(profile, _LAGGED_SECONDARY)
    ):
        copies = "1 lagged copy is" if lagged == 1 else f"{lagged:.0f} lagged copies are"
        message = f"{copies} to be in the secondary datacenter, but the design has no lagged copies, so none is placed."
        hint = "Set it to 0, or give the number of lagged copies in both datacenters together."
        issues.add(WARNING, profile.where, _LAGGED_SECONDARY, message, hint)
    return issues
