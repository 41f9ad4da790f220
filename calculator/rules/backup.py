"""Backup: the method and frequency that count, and the databases of a volume that go together."""

from calculator.inputs.choices import BACKUP_FREQUENCY, BACKUP_METHOD, BackupMethod
from calculator.numerics.arrays import NO_CODE, Bools, Codes, Floats, first_code
from calculator.rules.registry import rule


@rule(unit="databases", level="per_server", source="calculator-7.6: Backup Requirements C9")
def backup_databases_per_volume(volume_databases_per_volume: Floats) -> Floats:
    """Number of databases on a volume, for the backup."""
    return volume_databases_per_volume


@rule(level="per_environment", choice=BACKUP_METHOD, source="calculator-7.6: Backup Requirements C10")
def backup_method_shown(valid: Bools, backup__method: Codes) -> Codes:
    """Backup method of a valid design."""
    return first_code((valid, backup__method), default=NO_CODE)


@rule(level="per_environment", choice=BACKUP_FREQUENCY, source="calculator-7.6: Backup Requirements C11")
def backup_frequency_shown(valid: Bools, backup__method: Codes, backup__frequency: Codes) -> Codes:
    """Backup frequency of a valid design, n/a with native data protection."""
    native = backup__method == BackupMethod.NATIVE_DATA_PROTECTION
    return first_code((valid & ~native, backup__frequency), default=NO_CODE)
