"""Issues of what a profile states but no rule computes with: its list of tiers, and settings of the export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from calculator.inputs.choices import BACKUP_METHOD, BackupMethod
from calculator.inputs.profile import Profile
from calculator.inputs.schema import EXPORT
from calculator.issues import NOTICE, WARNING, Issue

_NATIVE = BACKUP_METHOD.words[BackupMethod.NATIVE_DATA_PROTECTION]
_KEEP_UNTIL_BACKUP = f"{EXPORT}.retain_deleted_items_until_backup"


def profile_issues(profile: Profile) -> Iterator[Issue]:
    """Yield the issues of a profile that depend on no figure."""
    numbers = profile.empty_tiers
    if numbers and any(profile.value(f"tiers.{number}.mailboxes") for number in range(1, profile.tiers + 1)):
        some = f"Tiers {_list_numbers(numbers)} have" if len(numbers) > 1 else f"Tier {numbers[0]} has"
        message = f"{some} no mailboxes, because only tiers with higher numbers are given."
        hint = "Number the tiers from 1 without gaps."
        yield Issue(NOTICE, profile.where, f"tiers.{numbers[0]}.mailboxes", message, hint)
    if profile.given.get(_KEEP_UNTIL_BACKUP) and profile.value("backup.method") == _NATIVE:
        message = (
            "RetainDeletedItemsUntilBackup is TRUE, but the design has no backup, so deleted items are kept forever."
        )
        hint = "Leave it out, set it to false, or choose a VSS backup."
        yield Issue(WARNING, profile.where, _KEEP_UNTIL_BACKUP, message, hint)


def _list_numbers(numbers: Sequence[int]) -> str:
    """Return numbers in rising order as text: as a range where they are at least three without a gap."""
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]} to {numbers[-1]}"
    return ", ".join(map(str, numbers))
