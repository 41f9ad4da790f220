"""Words that an input or a result may take, and the codes that the rules compare.

Inside the engine a choice is a small whole number, its place in the list of words.  Outside it is the word.
A word is also found by its spelling in Microsoft's workbook ("RAID-1/0" for ``raid10``).
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

from calculator.inputs.data_files import read_data

LONGEST_WORD = 100
"""Largest number of characters of a misspelt word that are compared."""
_CLOSE = 0.75
"""Likeness from which a word may be meant."""
_LEAD = 0.05
"""How much more alike than every other word it must be."""


def slug(text: str) -> str:
    """Return the letters and digits of a text in lower case, with one underscore for everything between them."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


@dataclass(frozen=True, eq=False)
class Choice:
    """A list of words, in which the code of a word is its place."""

    name: str
    words: tuple[str, ...]
    aliases: dict[str, str] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    """Text for each word, as a person reads it.  Without texts it is the word itself with blanks."""
    synonyms: tuple[str, ...] = ()
    """Aliases that are names of their own, so that the reference and the JSON Schema list them with the words."""

    @property
    def listed(self) -> tuple[str, ...]:
        """The words and their synonyms."""
        return (*self.words, *self.synonyms)

    def code(self, text: str) -> int | None:
        """Return the code of a word in any of its spellings, None if the list does not have it."""
        return self._codes.get(slug(text))

    @cached_property
    def _codes(self) -> dict[str, int]:
        codes = {slug(word): code for code, word in enumerate(self.words)}
        codes |= {slug(text): code for code, text in enumerate(self.texts)}
        return codes | {slug(alias): codes[slug(word)] for alias, word in self.aliases.items()}

    def nearest(self, text: str) -> str | None:
        """Return the word that a misspelt text most likely means, None unless it is the only one that is close."""
        written = slug(text[:LONGEST_WORD])
        spellings = self._codes
        begun = {code for spelling, code in spellings.items() if written and spelling.startswith(written)}
        if begun:
            return self.words[begun.pop()] if len(begun) == 1 else None
        import difflib  # slow to import, and needed only where something is wrong

        likeness = dict.fromkeys(spellings.values(), 0.0)
        for spelling, code in spellings.items():
            likeness[code] = max(likeness[code], difflib.SequenceMatcher(None, spelling, written).ratio())
        (best, nearest), (second, _) = sorted(((of, code) for code, of in likeness.items()), reverse=True)[:2]
        return self.words[nearest] if best >= _CLOSE and best - second >= _LEAD else None

    def text(self, code: int) -> str:
        """Return the text for a code, as a person reads it."""
        return self.texts[code] if self.texts else self.words[code].replace("_", " ")


def _from_enum(enum: type[IntEnum], aliases: dict[str, str] | None = None, texts: tuple[str, ...] = ()) -> Choice:
    return Choice(enum.__name__, tuple(member.name.lower() for member in enum), aliases or {}, texts)


class Model(IntEnum):
    """Distribution of active users over the datacenters."""

    ACTIVE_PASSIVE = 0
    ACTIVE_ACTIVE_SINGLE_DAG = 1
    ACTIVE_ACTIVE_MULTIPLE_DAGS = 2


class BackupMethod(IntEnum):
    """Method that protects data against loss."""

    NATIVE_DATA_PROTECTION = 0
    HARDWARE_VSS = 1
    SOFTWARE_VSS = 2


class BackupFrequency(IntEnum):
    """Schedule of backups."""

    DAILY_FULL = 0
    WEEKLY_FULL_DAILY_INCREMENTAL = 1
    WEEKLY_FULL_DAILY_DIFFERENTIAL = 2
    BIMONTHLY_FULL_DAILY_INCREMENTAL = 3


class Raid(IntEnum):
    """RAID levels."""

    RAID0 = 0
    RAID10 = 1
    RAID5 = 2
    RAID6 = 3


class DiskDeployment(IntEnum):
    """Storage that the disk totals assume."""

    AS_CALCULATED = 0
    ENTIRELY_ON_RAID = 1
    ENTIRELY_ON_JBOD = 2


class Version(IntEnum):
    """Versions of Exchange; Subscription Edition has the rules of 2019."""

    V2013 = 0
    V2016 = 1
    V2019 = 2


class FileSystem(IntEnum):
    """File systems of the volumes of databases and logs."""

    REFS_WITHOUT_INTEGRITY = 0


class Edition(IntEnum):
    """Editions of Exchange."""

    ENTERPRISE = 0
    STANDARD = 1


class Witness(IntEnum):
    """Place of the file share witness."""

    THIRD_SITE = 0
    PRIMARY = 1
    SECONDARY = 2
    NONE = 3


class DumpsterModel(IntEnum):
    """Model of the Recoverable Items that the mailbox size includes."""

    PURGES_VERSIONS = 0
    CALCULATOR = 1
    LARGER = 2


class Oddities(IntEnum):
    """Whether to follow Microsoft's workbook where it looks wrong, or to correct it."""

    AS_CALCULATOR = 0
    CORRECTED = 1


class MegacycleRounding(IntEnum):
    """Whether megacycles are exact, or rounded as in the published tables."""

    EXACT = 0
    TABLE = 1


class TransportCopies(IntEnum):
    """Number of copies of a message in the transport database."""

    SHADOW = 0
    DATABASE_COPIES = 1


class Storage(IntEnum):
    """Storage architecture of a server."""

    RAID = 0
    JBOD = 1


class DesignApproach(IntEnum):
    """Approach that decides how databases share volumes."""

    ONE_PER_DATABASE = 0
    MULTIPLE = 1
    BACKUP_SET = 2


class Architecture(IntEnum):
    """Arrangement of databases and logs on volumes."""

    TWO_VOLUMES_PER_BACKUP_SET = 0
    MULTIPLE_DATABASES_PER_VOLUME = 1
    ONE_VOLUME_PER_DATABASE = 2
    TWO_VOLUMES_PER_DATABASE = 3


class TransportLocation(IntEnum):
    """Disk of the transport database."""

    SYSTEM_DISK = 0
    DEDICATED_RAID1_DISK = 1


class ValidationMessage(IntEnum):
    """First check that a design fails."""

    NONE = 0
    TOO_MANY_DAG_MEMBERS = 1
    TOO_MANY_COPIES = 2
    TOO_MANY_DATABASES_PER_SERVER = 3
    MAILBOX_LIMIT_MISSING = 4
    TOO_FEW_DATA_VOLUMES = 5
    UNEQUAL_COPIES = 6


class DatabaseCountDriver(IntEnum):
    """Limit that decides the number of mailboxes per database."""

    SIZE = 0
    IO = 1


class DiskReason(IntEnum):
    """Reason why there is no number of JBOD disks."""

    INSUFFICIENT_DISK_CAPACITY = 0
    INSUFFICIENT_DISK_IO_CAPACITY = 1
    INSUFFICIENT_DATABASE_COPIES = 2
    INCORRECT_VOLUME_ARCHITECTURE = 3
    RAID_REQUIRED = 4
    INVALID_DESIGN = 5


class WorstFailure(IntEnum):
    """Failure that loads the servers of a datacenter most."""

    NORMAL = 0
    SINGLE = 1
    DOUBLE = 2
    SITE = 3
    SITE_AND_SINGLE = 4
    SITE_AND_DOUBLE = 5


class Naming(IntEnum):
    """Naming of the datacenters."""

    NUMBERED = 0
    RANKED = 1


class FailureLabel(IntEnum):
    """Failure mode that the figures of a server assume."""

    NONE = 0
    SINGLE = 1
    DOUBLE = 2


class Warn(IntEnum):
    """Problem of the disks."""

    NONE = 0
    CAPACITY = 1
    IO = 2


class DeploymentMessage(IntEnum):
    """Consequence of the chosen deployment."""

    NONE = 0
    JBOD_AND_RAID = 1
    JBOD = 2
    RAID = 3
    JBOD_PROHIBITED = 4
    JBOD_NOT_RECOMMENDED = 5


class Quorum(IntEnum):
    """Quorum models of a failover cluster."""

    NODE_MAJORITY = 0
    NODE_AND_FILE_SHARE_MAJORITY = 1


class BackupEntry(IntEnum):
    """Type of the backup on a day."""

    FULL = 0
    INCREMENTAL = 1
    DIFFERENTIAL = 2


def _table(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(read_data(f"inputs/{name}").splitlines()))


def _groups(*data: int, parity: int = 0) -> tuple[str, ...]:
    return tuple(f"{n}+{parity or n}" for n in data)


_LEVELS = {"RAID-0": "raid0", "RAID-1/0": "raid10", "RAID-5": "raid5", "RAID-6": "raid6"}
_LINKS = _table("links.csv")

MODEL = _from_enum(
    Model, texts=("Active/passive", "Active/active, one DAG", "Active/active, a DAG for each datacenter")
)
BACKUP_METHOD = _from_enum(BackupMethod, texts=("Native data protection", "Hardware VSS backup", "Software VSS backup"))
BACKUP_FREQUENCY = _from_enum(
    BackupFrequency,
    texts=(
        "Daily full",
        "Weekly full, daily incremental",
        "Weekly full, daily differential",
        "Bi-monthly full, daily incremental",
    ),
)
RAID = _from_enum(Raid, _LEVELS, ("RAID-0", "RAID-1/0", "RAID-5", "RAID-6"))
DEPLOYMENT = _from_enum(DiskDeployment, texts=("As calculated", "Entirely on RAID", "Entirely on JBOD"))
VERSION = Choice(
    "Version",
    ("2013", "2016", "2019"),
    {alias: "2019" for alias in ("se", "exchange_se", "subscription_edition", "exchange_2019", "exchange_server_se")},
    ("Exchange 2013", "Exchange 2016", "Exchange 2019 or Subscription Edition"),
    ("se",),
)
FILE_SYSTEM = _from_enum(FileSystem, texts=("ReFS without integrity",))
EDITION = _from_enum(Edition, texts=("Enterprise", "Standard"))
WITNESS = _from_enum(Witness, texts=("Third site", "Primary datacenter", "Secondary datacenter", "None"))
DUMPSTER_MODEL = _from_enum(
    DumpsterModel,
    {"the_calculator_s_model": "calculator"},
    ("Purges and Versions", "Model of Microsoft's workbook", "The larger of both"),
)
ODDITIES = _from_enum(Oddities, {"as_the_calculator": "as_calculator"}, ("As in Microsoft's workbook", "Corrected"))
MEGACYCLE_ROUNDING = _from_enum(MegacycleRounding, texts=("Exact", "As in the published tables"))
TRANSPORT_COPIES = _from_enum(TransportCopies, texts=("Shadow copy (2)", "As many as copies of a database"))
READ_WRITE_RATIO = Choice("ReadWriteRatio", ("2:3", "1:1", "3:2", "2:1", "3:1"))
RAID10_GROUP = Choice("Raid10Group", _groups(1, 2, 3, 4))
RAID5_GROUP = Choice("Raid5Group", _groups(*range(2, 21), parity=1))
RAID6_GROUP = Choice("Raid6Group", _groups(4, 6, 8, parity=2))
DISK_TYPE = Choice("DiskType", tuple(row["word"] for row in _table("disk_types.csv")))
LINK_TYPE = Choice("LinkType", tuple(row["word"] for row in _LINKS), texts=tuple(row["text"] for row in _LINKS))
RECOMMENDED_LINK = Choice(
    "RecommendedLink", (*LINK_TYPE.words, "chosen_link"), texts=(*LINK_TYPE.texts, "The chosen link")
)
STORAGE = _from_enum(Storage, texts=("RAID", "JBOD"))
DESIGN_APPROACH = _from_enum(DesignApproach)
ARCHITECTURE = _from_enum(Architecture)
TRANSPORT_LOCATION = _from_enum(TransportLocation)
VALIDATION_MESSAGE = _from_enum(ValidationMessage)
DATABASE_COUNT_DRIVER = _from_enum(DatabaseCountDriver)
DISK_REASON = _from_enum(DiskReason)
WORST_FAILURE = _from_enum(
    WorstFailure,
    texts=(
        "No failure",
        "One failed server",
        "Two failed servers",
        "Loss of the other datacenter",
        "Loss of the other datacenter and of one more server",
        "Loss of the other datacenter and of two more servers",
    ),
)
NAMING = _from_enum(Naming)
FAILURE_LABEL = _from_enum(FailureLabel)
WARN = _from_enum(Warn)
DEPLOYMENT_MESSAGE = _from_enum(DeploymentMessage)
QUORUM = _from_enum(Quorum)

NETWORK = Choice("Network", ("Enabled", "Disabled", "InterSubnetOnly", "SeedOnly"))
MOVE_CONSTRAINT = Choice(
    "MoveConstraint", ("design", "None", "SecondCopy", "SecondDatacenter", "AllDatacenters", "AllCopies")
)
ACTIVATION_MODE = Choice("ActivationMode", ("DAGOnly", "Off"))
MOUNT_DIAL = Choice("MountDial", ("BestAvailability", "GoodAvailability", "Lossless"))
