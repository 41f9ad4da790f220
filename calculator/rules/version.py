"""Limits and shares that depend on the version of Exchange of each design."""

from calculator.inputs.choices import Version
from calculator.numerics.arrays import Bools, Codes, Floats
from calculator.rules.constants import LookupTable
from calculator.rules.registry import flag, rule


@rule(unit="year", level="per_environment", group="detail", source="sizing-2016: Title")
def version_year(environment__exchange_version: Codes, year_by_version: LookupTable) -> Floats:
    """Year in the name of the Exchange version: 2013, 2016 or 2019.

    Subscription Edition has the rules of 2019, so its year is 2019.
    """
    return year_by_version.at(environment__exchange_version)


@flag(level="per_environment", group="detail", source="sizing-2016: Roles")
def roles_together(environment__exchange_version: Codes) -> Bools:
    """Whether the Exchange version has one server role for mailboxes and Client Access, as from Exchange 2016 on."""
    return environment__exchange_version >= Version.V2016


@rule(unit="1", level="per_environment", group="detail", source="capacity-planning-2013: Content index")
def content_index_share(environment__exchange_version: Codes, content_index_share_by_version: LookupTable) -> Floats:
    """Size of the content index next to a database file, as a share of the file.

    Zero in Exchange 2019, whose index is inside the database.
    """
    return content_index_share_by_version.at(environment__exchange_version)


@rule(unit="cores", level="per_server", group="detail", source="preferred-architecture: Processor")
def largest_server_cores(environment__exchange_version: Codes, largest_server_cores_by_version: LookupTable) -> Floats:
    """Largest number of processor cores that Microsoft advises for a server of the Exchange version."""
    return largest_server_cores_by_version.at(environment__exchange_version)


@rule(unit="GB", level="per_server", group="detail", source="system-requirements-2019: Memory")
def least_memory(environment__exchange_version: Codes, least_memory_by_version: LookupTable) -> Floats:
    """Smallest memory that Microsoft supports in a server of the Exchange version."""
    return least_memory_by_version.at(environment__exchange_version)


@rule(unit="GB", level="per_server", group="detail", source="system-requirements-2019: Memory")
def largest_server_memory(
    environment__exchange_version: Codes, largest_server_memory_by_version: LookupTable
) -> Floats:
    """Largest memory that Microsoft advises for a server of the Exchange version."""
    return largest_server_memory_by_version.at(environment__exchange_version)
