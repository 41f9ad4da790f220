"""What is asked when the deployment files are written, beyond the design itself."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass

from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value
from calculator.issues import Issues, quoted
from calculator.presentation.text import FORMULA

SECTION = "export"
BY_DESIGN = "design"
"""Word in a profile for a setting the design decides, where it cannot simply be left out."""
NO_ADDRESS = "255.255.255.255"
"""The address of a DAG without a cluster administrative access point."""

_SITES = ("None", "SecondCopy", "SecondDatacenter", "AllDatacenters", "AllCopies")
_NETWORK = ("Enabled", "Disabled", "InterSubnetOnly", "SeedOnly")
WORDS: dict[str, tuple[str, ...]] = {
    "data_move_replication_constraint": _SITES,
    "datacenter_activation_mode": ("DAGOnly", "Off"),
    "network_encryption": _NETWORK,
    "network_compression": _NETWORK,
    "auto_database_mount_dial": ("BestAvailability", "GoodAvailability", "Lossless"),
}
"""Settings that are one of a few words of Exchange."""
_MOST_DAYS = 24855
LIMITS: dict[str, tuple[float, float, bool]] = {
    "first_drive": (0, 9999, True),
    "deleted_item_retention": (0, _MOST_DAYS, False),
    "prohibit_send_receive_quota": (0, 1e9, False),
    "prohibit_send_quota": (0, 1e9, False),
    "issue_warning_quota": (0, 1e9, False),
    "mailbox_retention": (0, _MOST_DAYS, False),
    "event_history_retention": (0, _MOST_DAYS, False),
    "recoverable_items_quota": (0, 1e6, False),
    "recoverable_items_warning_quota": (0, 1e6, False),
    "maximum_active_databases_primary": (0, 10_000, False),
    "maximum_preferred_active_databases_primary": (0, 10_000, False),
    "maximum_active_databases_secondary": (0, 10_000, False),
    "maximum_preferred_active_databases_secondary": (0, 10_000, False),
    "replication_port": (1, 65535, True),
}
"""Lowest and highest value of the numbers, and whether they are whole."""
MAY_BE_EMPTY = frozenset({"alternate_witness_server", "alternate_witness_directory"})
_ADDRESSES = re.compile(r"\d{1,3}(\.\d{1,3}){3}(,\d{1,3}(\.\d{1,3}){3})*")


@dataclass(frozen=True)
class Settings:
    """The settings the calculator asks for in its dialog, with its answers.

    Sizes are MB (``recoverable_items_*`` GB), 0 is unlimited; times are days.  None means that the
    design decides, or that the setting is left empty where the design says nothing.
    """

    primary_global_catalog: str = "GC1.contoso.com"
    secondary_global_catalog: str = "GC2.contoso.com"
    database_root: str = "C:\\ExchangeDatabases"
    volume_root: str = "C:\\ExchangeVolumes"
    first_drive: int = 5
    offline_address_book: str = "\\Default Offline Address Book"
    deleted_item_retention: float | None = None
    retain_deleted_items_until_backup: bool = True
    circular_logging: bool | None = None
    prohibit_send_receive_quota: float = 0
    prohibit_send_quota: float = 0
    issue_warning_quota: float = 0
    mailbox_retention: float = 30
    event_history_retention: float = 7
    data_move_replication_constraint: str | None = None
    recoverable_items_quota: float = 30
    recoverable_items_warning_quota: float = 20
    dag_name: str | None = None
    dag_ip_addresses: str = NO_ADDRESS
    witness_server: str = "witness.contoso.com"
    witness_directory: str | None = None
    alternate_witness_server: str = "alt-witness.contoso.com"
    alternate_witness_directory: str | None = None
    datacenter_activation_mode: str | None = None
    maximum_active_databases_primary: float | None = None
    maximum_preferred_active_databases_primary: float | None = None
    maximum_active_databases_secondary: float | None = None
    maximum_preferred_active_databases_secondary: float | None = None
    manual_dag_network_configuration: bool = False
    replay_lag_manager_enabled: bool | None = None
    network_encryption: str = "InterSubnetOnly"
    network_compression: str = "InterSubnetOnly"
    replication_port: int = 64327
    auto_database_mount_dial: str = "BestAvailability"


NAMES = tuple(field.name for field in dataclasses.fields(Settings))


def settings_of(profile: Profile, derived: Mapping[str, Value] | None = None) -> Settings:
    """Settings a profile gives in its section ``[export]``; a derived value fills what it leaves open."""
    given = {name: profile.given.get(f"{SECTION}.{name}") for name in NAMES}
    values = {**(derived or {}), **{name: value for name, value in given.items() if value not in (None, BY_DESIGN)}}
    return Settings(**values)  # type: ignore[arg-type]


def check_text(text: str, where: str, name: str, issues: Issues, *, empty: bool = False) -> None:
    """Issue where a text would break a CSV file or be run by a spreadsheet that opens it."""
    if not text and not empty:
        issues.error(where, name, "is empty.", "Give a text.")
    elif '"' in text or not text.isprintable():
        hint = "Take out quotation marks, line breaks and other control characters."
        issues.error(where, name, f"{quoted(text)} would break the CSV files.", hint)
    elif text.startswith(FORMULA):
        hint = "Begin it with a letter or digit."
        issues.error(where, name, f"{quoted(text)} would run as a formula in a spreadsheet.", hint)
    elif not text.isascii():
        message = f"{quoted(text)} is not ASCII; the scripts may misread it."
        issues.add("warning", where, name, message, "Use the letters A to Z.")


def check_settings(settings: Settings, where: str) -> Issues:
    """Everything about the settings that the deployment scripts could not read."""
    issues = Issues()
    for name in NAMES:
        value, path = getattr(settings, name), f"{SECTION}.{name}"
        if value is None:
            continue
        if name in LIMITS:
            _check_number(value, path, LIMITS[name], where, issues)
        elif name in WORDS:
            _check_word(value, path, WORDS[name], where, issues)
        elif isinstance(value, str):
            check_text(value, where, path, issues, empty=name in MAY_BE_EMPTY)
    if not _ADDRESSES.fullmatch(settings.dag_ip_addresses):
        message = f"{quoted(settings.dag_ip_addresses)} is no list of addresses."
        hint = f"Give one IPv4 address a datacenter, joined by a comma, or {NO_ADDRESS} for none."
        issues.error(where, f"{SECTION}.dag_ip_addresses", message, hint)
    return issues


def _check_word(value: str, path: str, words: tuple[str, ...], where: str, issues: Issues) -> None:
    if value not in words:
        issues.error(where, path, f"{quoted(value)} is not a choice.", f"Give one of {', '.join(words)}.")


def _check_number(value: float, path: str, limits: tuple[float, float, bool], where: str, issues: Issues) -> None:
    low, high, whole = limits
    if not low <= value <= high or (whole and value != int(value)):
        kind = "a whole number" if whole else "a number"
        message = f"{value:.15g} cannot be used."
        issues.error(where, path, message, f"Give {kind} from {low:g} to {high:.15g}.")
