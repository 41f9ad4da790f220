"""Memory of a server: database cache of the worst mode, Client Access, content indexing, and the size to buy."""

import numpy as np

from calculator.numerics.arrays import NA, Bools, Floats, axis_sum, first_true, is_na, ratio, select, stack
from calculator.numerics.rounding import ceil_to, nearest, round_up
from calculator.rules.constants import LookupTable
from calculator.rules.registry import DATACENTER, SERVER_ROLE, corrects, only, rule


@rule(unit="GB", level="per_server", source="calculator-7.6: Role Requirements C133")
def minimum_memory(copies_or_databases_per_server: Floats, minimum_memory_by_copies: LookupTable) -> Floats:
    """Minimum memory of a server, by the number of its database copies."""
    return minimum_memory_by_copies.floor(copies_or_databases_per_server)


@rule(
    unit="1", level="per_datacenter", axis=DATACENTER, group="detail", source="calculator-7.6: Role Requirements I133"
)
def memory_applies(
    two_datacenters_valid: Bools,
    site_resilience__enabled: Bools,
    valid: Bools,
    active_servers: Floats,
    dr_servers: Floats,
) -> Floats:
    """Factor that is 1 if a datacenter has servers whose memory is sized, otherwise 0."""
    has_servers = (active_servers[1] != 0) | (dr_servers[1] > 0)
    secondary = has_servers & site_resilience__enabled & valid
    return stack(np.ones_like(active_servers[0]), select(secondary, 1.0, 0.0))


@rule(unit="GB", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements C134, I133")
def database_cache_minimum(
    tier_mailboxes_per_database: Floats,
    memory_sizing_databases: Floats,
    database_cache_profile: Floats,
    memory_applies: Floats,
    mb_per_gb: float,
) -> Floats:
    """Database cache that a server needs for the mailboxes active on it in the worst failure."""
    active = tier_mailboxes_per_database[:, None, :] * memory_sizing_databases[None, :, :]
    cache = axis_sum(active * database_cache_profile[:, None, :] / mb_per_gb)
    return select(memory_applies != 0, round_up(cache), NA)


@rule(
    unit="1", level="per_datacenter", axis=DATACENTER, group="detail", source="calculator-7.6: Role Requirements I134"
)
def cache_applies(memory_applies: Floats, active_after_site_failure: Floats) -> Floats:
    """Factor that is 1 if memory for more than the cache is sized in a datacenter, otherwise 0.

    It is 0 in a secondary datacenter that takes over no databases.
    """
    secondary = select(is_na(active_after_site_failure), 0.0, memory_applies[1])
    return stack(memory_applies[0], secondary)


@rule(unit="pages", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements C135, I134")
def cache_pages(
    database_cache_minimum: Floats, cache_applies: Floats, bytes_per_gb: float, bytes_per_page: float
) -> Floats:
    """Number of pages in the database cache that a server needs in the worst failure."""
    pages = database_cache_minimum * bytes_per_gb / bytes_per_page
    return select(cache_applies != 0, pages, NA)


@rule(unit="pages", level="per_database", axis=only("primary"), source="calculator-7.6: Role Requirements C136")
def active_cache_target(
    cache_pages: Floats,
    memory_sizing_databases: Floats,
    copies_or_databases_per_server: Floats,
    active_cache_weight: float,
    passive_cache_weight: float,
) -> Floats:
    """Number of cache pages of an active database."""
    weight = active_cache_weight * memory_sizing_databases[0]
    return ratio(cache_pages[0], weight + passive_cache_weight * copies_or_databases_per_server)


@rule(unit="pages", level="per_database", axis=only("primary"), source="calculator-7.6: Role Requirements C137")
def passive_cache_target(
    active_cache_target: Floats, environment__high_availability: Bools, passive_cache_weight: float
) -> Floats:
    """Number of cache pages of a passive database copy, a fifth of those of an active database."""
    return select(environment__high_availability, active_cache_target * passive_cache_weight, 0.0)


@rule(unit="items", level="per_database", group="detail", source="calculator-7.6: Role Requirements C105")
def items_per_database(
    tier_in_use: Bools, tier_mailboxes_per_database: Floats, mailbox_size_on_disk: Floats, tiers__message_size: Floats
) -> Floats:
    """Number of items in a database as the content index counts them, its size divided by the message size.

    Oddity: MB are divided by KB without the factor 1,024, so that the number is 1,024 times too small.
    """
    items = tier_mailboxes_per_database * mailbox_size_on_disk / tiers__message_size
    return axis_sum(select(tier_in_use, items, 0.0))


@corrects("items_per_database", "a size in MB is divided by one in KB")
def items_per_database_in_kb(
    tier_in_use: Bools,
    tier_mailboxes_per_database: Floats,
    mailbox_size_on_disk: Floats,
    tiers__message_size: Floats,
    kb_per_mb: float,
) -> Floats:
    """Size of the mailboxes in KB divided by the size of a message in KB."""
    size = mailbox_size_on_disk * kb_per_mb
    items = tier_mailboxes_per_database * size / tiers__message_size
    return axis_sum(select(tier_in_use, items, 0.0))


@rule(unit="1", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements C105, I135")
def items_active(items_per_database: Floats, memory_sizing_databases: Floats, cache_applies: Floats) -> Floats:
    """Number of items in the active databases on a server, as content indexing counts them."""
    return select(cache_applies != 0, items_per_database * memory_sizing_databases, NA)


@rule(unit="1", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements C106, I136")
def items_passive(
    items_per_database: Floats, memory_sizing_databases: Floats, sized_copies_per_server: Floats, cache_applies: Floats
) -> Floats:
    """Number of items in the passive copies on a server, as content indexing counts them."""
    passive = sized_copies_per_server - memory_sizing_databases
    return select(cache_applies != 0, items_per_database * passive, NA)


@rule(unit="GB", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements C139, I137")
def content_index_memory(
    items_active: Floats,
    items_passive: Floats,
    content_index_memory_base: float,
    content_index_bytes_active: float,
    content_index_bytes_passive: float,
    bytes_per_gb: float,
) -> Floats:
    """Memory that content indexing needs on a server.

    7 GB, and 110 bytes per item of an active database and 24 bytes per item of a passive copy.
    """
    items = items_active * content_index_bytes_active + items_passive * content_index_bytes_passive
    return content_index_memory_base + items / bytes_per_gb


@rule(unit="GB", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements C140, I139")
def cas_memory(
    cas_megacycles_by_mode: Floats,
    available_megacycles: Floats,
    megacycles_per_core: Floats,
    servers__processor_cores: Floats,
    cache_applies: Floats,
    client_access_memory_base: float,
    client_access_memory_per_core: float,
    client_access_load_unknown: float,
) -> Floats:
    """Memory that the Client Access role needs on a server.

    2 GB, and 2 GB for each core that it uses in the worst mode. Without a rating, a fifth of the cores is assumed.
    """
    cores = servers__processor_cores[:2]
    busy = ratio(cas_megacycles_by_mode[-1], available_megacycles[:2]) * cores
    known = nearest(client_access_memory_base + busy * client_access_memory_per_core)
    unknown = cores * client_access_memory_per_core * client_access_load_unknown
    unknown = unknown + client_access_memory_base
    memory = select(megacycles_per_core[:2] != 0, known, unknown)
    return select(cache_applies != 0, memory, NA)


@rule(unit="GB", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements C138, I138")
def server_memory_base(
    minimum_memory: Floats,
    cache_pages: Floats,
    cas_memory: Floats,
    environment__multi_role: Bools,
    bytes_per_page: float,
    bytes_per_gb: float,
    percent: float,
    cache_percent: float,
) -> Floats:
    """Memory that a server needs before content indexing.

    The cache is a quarter of the memory. Client Access comes on top where roles share servers.
    """
    cache = percent * cache_pages * bytes_per_page / cache_percent / bytes_per_gb
    needed = cache + select(environment__multi_role, cas_memory, 0.0)
    return np.maximum(minimum_memory, needed)


@rule(unit="GB", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements C141, I140")
def server_memory_calculated(
    server_memory_base: Floats, content_index_memory: Floats, cache_percent: float, percent: float
) -> Floats:
    """Memory that a server needs before it is rounded up to a size that can be bought.

    Content indexing comes on top where it does not fit into the memory next to the cache.

    Oddity: the memory of content indexing is added completely or not at all, so that more memory for the cache can make
    the sum smaller.
    """
    base = server_memory_base
    over = cache_percent / percent * base + content_index_memory > base
    return select(over, base + content_index_memory, base)


@corrects("server_memory_calculated", "the memory of content indexing is added completely or not at all")
def memory_beside_the_cache(
    server_memory_base: Floats, content_index_memory: Floats, cache_percent: float, percent: float
) -> Floats:
    """Content indexing uses the memory that the cache, a quarter of all memory, leaves."""
    return np.maximum(server_memory_base, content_index_memory / (1 - cache_percent / percent))


def module_size(memory: Floats) -> Floats:
    """Return the next memory size that can be bought: steps of 2, 4, 8, 16 and 32 GB from 0, 4, 16, 32 and 64 GB."""
    steps = ((64.0, 32.0), (32.0, 16.0), (16.0, 8.0), (4.0, 4.0))
    step = first_true(*((memory >= least, step) for least, step in steps), default=2.0)
    return ceil_to(memory, step)


@rule(
    unit="GB",
    level="per_server",
    axis=DATACENTER,
    source="calculator-7.6: Role Requirements C142, I141",
    needs_mailboxes=False,
)
def server_memory(
    server_memory_calculated: Floats, mailboxes_total: Floats, memory_applies: Floats, least_memory: Floats
) -> Floats:
    """Memory of a server in each datacenter, as a size that can be bought.

    The next size that can be bought, at least 8 GB. Servers of the secondary datacenter never have less than those
    of the primary datacenter. Without mailboxes, it is the minimum of the system requirements, the only figure that
    Microsoft has published for such a server.
    """
    sizes = np.maximum(module_size(server_memory_calculated), least_memory)
    sizes = stack(sizes[0], np.maximum(sizes[1], sizes[0]))
    published = select(memory_applies != 0, least_memory, NA)
    return select(mailboxes_total == 0, published, sizes)


@rule(unit="GB", level="per_server", axis=SERVER_ROLE, group="detail", source="design: installed memory")
def memory_required(
    server_memory_calculated: Floats, summary_memory: Floats, mailboxes_total: Floats, least_memory: Floats
) -> Floats:
    """Memory that a server of each role needs before it is rounded up to a size that can be bought.

    At least 8 GB. Servers of the secondary datacenter need no less than those of the primary datacenter, and servers
    for lagged copies need as much as those.
    """
    needed = select(mailboxes_total == 0, least_memory, np.maximum(server_memory_calculated, least_memory))
    primary, secondary = needed[0], np.maximum(needed[1], needed[0])
    return select(is_na(summary_memory), NA, stack(primary, secondary, primary))


@rule(unit="GB", level="per_server", axis=DATACENTER, source="design: parts of the memory")
def memory_for_client_access(environment__multi_role: Bools, cas_memory: Floats) -> Floats:
    """Part of the memory of a server that Client Access needs, 0 where Client Access has servers of its own."""
    return select(environment__multi_role | is_na(cas_memory), cas_memory, 0.0)


@rule(unit="GB", level="per_server", axis=DATACENTER, source="design: parts of the memory")
def memory_for_cache(server_memory_base: Floats, memory_for_client_access: Floats) -> Floats:
    """Part of the memory of a server that the database cache needs: four times its size, or the minimum memory."""
    return server_memory_base - memory_for_client_access


@rule(unit="GB", level="per_server", axis=DATACENTER, source="design: parts of the memory")
def memory_for_content_index(server_memory_calculated: Floats, server_memory_base: Floats) -> Floats:
    """Part of the memory of a server that content indexing adds, 0 where it fits next to the cache."""
    return server_memory_calculated - server_memory_base


@rule(unit="GB", level="per_server", axis=DATACENTER, source="design: parts of the memory")
def memory_for_module_size(server_memory: Floats, server_memory_calculated: Floats) -> Floats:
    """Part of the memory of a server that rounding up to the recommended size adds.

    Memory is rounded up to a size that can be bought, to at least 8 GB, and in the secondary datacenter to the
    memory of the servers in the primary datacenter.
    """
    return server_memory - server_memory_calculated


@rule(unit="GB", level="per_server", axis=only("primary"), source="calculator-7.6: Role Requirements C143")
def database_cache(server_memory: Floats, cache_percent: float, percent: float) -> Floats:
    """Database cache of a server with the recommended memory, a quarter of it."""
    return cache_percent / percent * server_memory[0]


@rule(unit="GB", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements C144, I142")
def cas_server_memory(environment__multi_role: Bools, cas_memory: Floats, least_memory: Floats) -> Floats:
    """Memory of a dedicated Client Access server, as a size that can be bought.

    Not applicable where roles share servers.
    """
    sizes = np.maximum(module_size(cas_memory), least_memory)
    sizes = stack(sizes[0], np.maximum(sizes[1], sizes[0]))
    return select(environment__multi_role, NA, sizes)


@rule(unit="MB", level="per_mailbox", source="calculator-7.6: Role Requirements C104")
def database_cache_per_mailbox(
    database_cache: Floats, memory_sizing_databases: Floats, mailboxes_per_database: Floats, mb_per_gb: float
) -> Floats:
    """Database cache of a server for each mailbox that is active on it in the worst failure."""
    each = ratio(database_cache, memory_sizing_databases[0])
    return ratio(each, mailboxes_per_database) * mb_per_gb


@rule(
    unit="GB",
    level="per_server",
    axis=only("lagged"),
    source="calculator-7.6: Role Requirements I103",
    needs_mailboxes=False,
)
def lagged_server_memory(
    environment__high_availability: Bools,
    database_copies__lagged_copies: Floats,
    lagged_servers_dedicated: Bools,
    server_memory: Floats,
) -> Floats:
    """Recommended memory of a dedicated server for lagged copies, as for a server in the primary datacenter."""
    has_lagged_servers = environment__high_availability & lagged_servers_dedicated
    return select(has_lagged_servers & (database_copies__lagged_copies > 0), server_memory[0], NA)
