"""Replication between the datacenters: log streams, hourly traffic, and the link that can carry it."""

import functools

import numpy as np

from calculator.inputs.choices import LINK_TYPE, RECOMMENDED_LINK, Version
from calculator.numerics.arrays import (
    NA,
    NO_CODE,
    Bools,
    Codes,
    Floats,
    axis_max,
    axis_sum,
    first_code,
    is_na,
    opaque,
    select,
    stack,
    where_needed,
)
from calculator.rules.constants import LookupTable
from calculator.rules.registry import (
    DATACENTER,
    HOUR,
    LEVEL_DATABASE_DAG,
    LEVEL_REPLICATION,
    WINDOW,
    corrects,
    flag,
    rule,
)

RR = "calculator-7.6: Replication Requirements "
FIVE_HOURS = {4: 5}
"""Windows that average another number of hours: in Microsoft's workbook the window of four averages five."""


@rule(unit="databases", level="per_dag", axis=DATACENTER, source="calculator-7.6: Role Requirements I167, I169")
def source_databases(two_datacenters: Bools, active_passive: Bools, active_databases: Floats) -> Floats:
    """Number of databases of a DAG in each datacenter whose logs are sent to the other datacenter."""
    secondary = two_datacenters & ~active_passive
    return stack(select(two_datacenters, active_databases[0], 0.0), select(secondary, active_databases[1], 0.0))


@rule(unit="databases", level="per_dag", axis=DATACENTER, source="calculator-7.6: Role Requirements I168, I170")
def target_databases(source_databases: Floats, ha_copies: Floats) -> Floats:
    """Number of HA copies of a DAG in each datacenter that receive logs from the other datacenter."""
    return stack(source_databases[1] * ha_copies[1], source_databases[0] * ha_copies[1])


@rule(unit="databases", level="per_dag", axis=DATACENTER, source="calculator-7.6: Role Requirements I171, I172")
def target_lagged_databases(
    two_datacenters: Bools,
    two_way: Bools,
    database_copies__lagged_copies_secondary: Floats,
    lagged_copies: Floats,
    active_databases: Floats,
) -> Floats:
    """Number of lagged copies of a DAG in each datacenter that receive logs from the other datacenter."""
    has_lagged_copies = database_copies__lagged_copies_secondary != 0
    return stack(
        select(two_way & has_lagged_copies, lagged_copies[1] * active_databases[1], 0.0),
        select(two_datacenters & has_lagged_copies, lagged_copies[1] * active_databases[0], 0.0),
    )


@rule(unit="databases", level="per_dag", source="calculator-7.6: Role Requirements I173")
def log_streams_between_datacenters(target_databases: Floats, target_lagged_databases: Floats) -> Floats:
    """Number of log streams of a DAG between the datacenters."""
    copies = target_databases[1] + target_databases[0]
    return copies + target_lagged_databases[1] + target_lagged_databases[0]


@rule(unit="copies", level="per_dag", group="detail", source="calculator-8.3: Read from passive")
def index_streams_between_datacenters(
    environment__exchange_version: Codes,
    guidance__read_from_passive: Bools,
    log_streams_between_datacenters: Floats,
    target_lagged_databases: Floats,
    content_index_share: Floats,
) -> Floats:
    """Number of database copies of a DAG whose content index is sent over the link between the datacenters.

    All copies with Exchange 2013. Only lagged copies with Exchange 2016, where HA copies build their own index. None
    with Exchange 2019, whose index is inside the database.
    """
    lagged = target_lagged_databases[1] + target_lagged_databases[0]
    alone = (environment__exchange_version == Version.V2016) & guidance__read_from_passive
    streams = select(alone, lagged, log_streams_between_datacenters)
    return select(content_index_share == 0, 0.0, streams)


@flag(level="per_environment", group="detail", source="calculator-8.3: Read from passive")
def index_crosses_link(environment__exchange_version: Codes, index_streams_between_datacenters: Floats) -> Bools:
    """Whether a content index is sent over the link to a copy in the other datacenter; always with Exchange 2013."""
    every = environment__exchange_version == Version.V2013
    return every | (index_streams_between_datacenters > 0)


@rule(unit="logs", level="per_database", axis=HOUR, source=RR + "D43")
def replication_hourly_logs(replication__hourly_log_share: Floats, logs_per_day_per_database: Floats) -> Floats:
    """Number of logs that a database generates in each hour of the day."""
    return replication__hourly_log_share * logs_per_day_per_database


@rule(unit="1", level="per_environment", group="detail", source=RR + "C43")
def total_log_share(replication__hourly_log_share: Floats) -> Floats:
    """Sum of the hourly shares of the logs of a day, 0 if no shares are given."""
    return axis_sum(replication__hourly_log_share)


@flag(level="per_environment", group="detail", source=RR + "E12")
def replication_applies(two_datacenters_valid: Bools, total_log_share: Floats) -> Bools:
    """Whether traffic between datacenters is sized: a valid design with two datacenters and hourly shares of logs."""
    return two_datacenters_valid & (total_log_share != 0)


@rule(unit="1", level="per_environment", group="detail", source=RR + "E12")
def compression_factor(data__log_compression_enabled: Bools, data__log_compression: Floats) -> Floats:
    """Share of the log traffic between datacenters that is left after compression.

    Content index traffic is never compressed.
    """
    return select(data__log_compression_enabled, 1 - data__log_compression, 1.0)


@rule(unit="Mb", level="per_environment", group="detail", source=RR + "E12")
def megabits_per_log(environment__dags: Floats, bits_per_byte: float) -> Floats:
    """Size of a log on the network, before compression.

    Oddity: a log has 1,048,576 bytes and counts as 8 Mb, while the rates of links are decimal.
    """
    return np.full_like(environment__dags, bits_per_byte)


@corrects("megabits_per_log", "a log of 1,048,576 bytes counts as 8 Mb")
def decimal_megabits_per_log(
    two_datacenters: Bools, bits_per_byte: float, kb_per_mb: float, bits_per_megabit: float
) -> Floats:
    """All bits of a log in decimal megabits, where logs cross a link."""
    bits = bits_per_byte * kb_per_mb * kb_per_mb / bits_per_megabit
    return select(two_datacenters, bits, bits_per_byte)


@rule(unit="Mb/s", level="per_database", group="detail", source=RR + "E13")
def busiest_hour_throughput(
    replication_applies: Bools,
    replication__hourly_log_share: Floats,
    logs_per_day_per_database: Floats,
    megabits_per_log: Floats,
    seconds_per_hour: float,
) -> Floats:
    """Log traffic of a database in the busiest hour, before compression."""
    logs = axis_max(replication__hourly_log_share) * logs_per_day_per_database
    return select(replication_applies, logs * megabits_per_log / seconds_per_hour, NA)


@rule(unit="Mb/s", level="per_database", axis=LEVEL_DATABASE_DAG, source=RR + "E12, E14")
def replication_peak_log_throughput(
    busiest_hour_throughput: Floats, compression_factor: Floats, log_streams_between_datacenters: Floats
) -> Floats:
    """Log traffic between datacenters in the busiest hour after compression, of a database and a DAG."""
    database = busiest_hour_throughput * compression_factor
    return stack(database, database * log_streams_between_datacenters)


@rule(unit="Mb/s", level="per_database", axis=LEVEL_DATABASE_DAG, source=RR + "E13, E15")
def replication_peak_content_index_throughput(
    busiest_hour_throughput: Floats, index_crosses_link: Bools, index_streams_between_datacenters: Floats
) -> Floats:
    """Content index traffic between datacenters in the busiest hour, of a database and a DAG.

    Assumed to be as large as the logs before compression. Zero where no index is sent to any copy: see
    `index_streams_between_datacenters`.
    """
    database = select(index_crosses_link, busiest_hour_throughput, busiest_hour_throughput * 0)
    return stack(database, busiest_hour_throughput * index_streams_between_datacenters)


@rule(unit="Mb/s", level="per_database", axis=LEVEL_REPLICATION, source=RR + "F137, F138, F139")
def replication_peak_throughput(
    replication_peak_log_throughput: Floats, replication_peak_content_index_throughput: Floats, dags_total: Floats
) -> Floats:
    """Log and content index traffic between datacenters in the busiest hour, of a database, a DAG and the environment.

    The sum of both directions; all DAGs share the link.
    """
    database, dag = replication_peak_log_throughput + replication_peak_content_index_throughput
    return stack(database, dag, dag * dags_total)


@rule(unit="Mb/s", level="per_environment", group="detail", source=RR + "F139")
def peak_traffic(replication_peak_throughput: Floats) -> Floats:
    """Log and content index traffic of all DAGs between the datacenters in the busiest hour."""
    return replication_peak_throughput[2]


@rule(unit="hour", level="per_environment", source=RR + "E9")
def replication_window_hours(site_resilience__recovery_point_objective: Floats) -> Floats:
    """Recovery point objective for which the link is sized, at least 1 hour."""
    return np.maximum(site_resilience__recovery_point_objective, 1.0)


def _window_throughput(logs: Floats, megabits: Floats, seconds: float, other_hours: dict[int, int]) -> Floats:
    """Return the highest average throughput over windows of 1 to 24 hours that end at any hour."""
    day = len(logs)
    twice = np.concatenate((logs, logs))
    sums, total = [axis_max(logs)], logs
    for back in range(1, day):
        total = total + twice[day - back : 2 * day - back]
        sums.append(axis_max(total))
    hours = [other_hours.get(window, window) for window in range(1, len(logs) + 1)]
    return stack(*(sums[h - 1] / h * megabits / seconds for h in hours))


@rule(unit="Mb/s", level="per_database", axis=WINDOW, source=RR + "E71")
def replication_window_throughput(
    replication_hourly_logs: Floats, megabits_per_log: Floats, seconds_per_hour: float
) -> Floats:
    """Highest average log traffic of a database over a window of 1 to 24 hours, before compression.

    Oddity: the window of four hours is averaged over five.
    """
    return _window_throughput(replication_hourly_logs, megabits_per_log, seconds_per_hour, FIVE_HOURS)


@corrects("replication_window_throughput", "the window of four hours is averaged over five")
def window_throughput_of_four_hours(
    two_datacenters: Bools, replication_hourly_logs: Floats, megabits_per_log: Floats, seconds_per_hour: float
) -> Floats:
    """Every window averages its own number of hours, where logs cross a link."""
    right = _window_throughput(replication_hourly_logs, megabits_per_log, seconds_per_hour, {})
    wrong = _window_throughput(replication_hourly_logs, megabits_per_log, seconds_per_hour, FIVE_HOURS)
    return select(two_datacenters, right, wrong)


@rule(unit="Mb/s", level="per_database", axis=LEVEL_REPLICATION, source=RR + "W138, W139, W140")
def replication_rpo_throughput(
    replication_applies: Bools,
    replication_window_throughput: Floats,
    replication_window_hours: Floats,
    compression_factor: Floats,
    log_streams_between_datacenters: Floats,
    index_crosses_link: Bools,
    index_streams_between_datacenters: Floats,
    dags_total: Floats,
) -> Floats:
    """Traffic between datacenters that keeps the recovery point objective, of a database, a DAG and the environment."""
    windows = np.arange(1, len(replication_window_throughput) + 1)[:, None]
    chosen = select(windows == replication_window_hours, replication_window_throughput, 0.0)
    each = axis_sum(chosen)
    logs = each * log_streams_between_datacenters * compression_factor
    dag = logs + each * index_streams_between_datacenters
    rates = stack(each * compression_factor + select(index_crosses_link, each, 0.0), dag, dag * dags_total)
    return select(replication_applies, rates, NA)


@rule(unit="bit/s", level="per_environment", group="detail", source="calculator-7.6: Tables B101")
def chosen_link_bandwidth(replication__link_type: Codes, link_bandwidth: LookupTable) -> Floats:
    """Bandwidth of the chosen link between the datacenters."""
    return link_bandwidth.at(replication__link_type)


@rule(unit="bit", level="per_environment", source=RR + "E8")
def replication_bandwidth_delay_product(
    environment__high_availability: Bools,
    dr_servers: Floats,
    lagged_servers: Floats,
    chosen_link_bandwidth: Floats,
    replication__link_latency: Floats,
    milliseconds_per_second: float,
) -> Floats:
    """Number of bits in flight on the chosen link between the datacenters.

    Not applicable without disaster recovery servers or servers for lagged copies in the secondary datacenter.

    Oddity: it does not apply either where the secondary datacenter has active servers only, although they use the
    link.
    """
    receives_copies = (dr_servers[1] != 0) | (lagged_servers[1] != 0)
    latency = replication__link_latency / milliseconds_per_second
    return select(environment__high_availability & receives_copies, chosen_link_bandwidth * latency, NA)


@corrects("replication_bandwidth_delay_product", "active servers of the secondary datacenter are ignored")
def bits_in_flight_to_any_server(
    two_datacenters: Bools,
    active_servers: Floats,
    dr_servers: Floats,
    lagged_servers: Floats,
    chosen_link_bandwidth: Floats,
    replication__link_latency: Floats,
    milliseconds_per_second: float,
) -> Floats:
    """Bits in flight wherever the secondary datacenter has servers."""
    has_servers = (active_servers[1] != 0) | (dr_servers[1] != 0) | (lagged_servers[1] != 0)
    latency = replication__link_latency / milliseconds_per_second
    return select(two_datacenters & has_servers, chosen_link_bandwidth * latency, NA)


@rule(unit="byte", level="per_environment", source=RR + "H132")
def replication_tcp_window_size(replication_bandwidth_delay_product: Floats, tcp_window: LookupTable) -> Floats:
    """TCP receive window that the chosen link between the datacenters needs.

    Not applicable where the default window is large enough.

    Oddity: bits in flight are looked up as if they were bytes, so that the window is 8 to 16 times the one needed.
    """
    return tcp_window.floor(replication_bandwidth_delay_product)


@corrects("replication_tcp_window_size", "bits in flight are read as bytes")
def tcp_window_in_bytes(
    replication_bandwidth_delay_product: Floats, tcp_window: LookupTable, bits_per_byte: float
) -> Floats:
    """Bytes in flight, at most the largest window; not applicable where the default of 64 KB holds them."""
    flight = replication_bandwidth_delay_product / bits_per_byte
    largest = tcp_window.floor(np.full_like(flight, np.inf))
    return select(is_na(tcp_window.floor(flight)), NA, np.minimum(flight, largest))


@rule(unit="bit/s", level="per_environment", group="detail", source=RR + "G145")
def usable_bandwidth(
    chosen_link_bandwidth: Floats,
    replication_tcp_window_size: Floats,
    replication__link_latency: Floats,
    milliseconds_per_second: float,
    bits_per_byte: float,
) -> Floats:
    """Bandwidth of the link between the datacenters that its TCP receive window allows."""
    latency = replication__link_latency / milliseconds_per_second
    windowed = replication_tcp_window_size / latency * bits_per_byte
    default = is_na(replication_tcp_window_size)
    return select(default, chosen_link_bandwidth, np.fmin(windowed, chosen_link_bandwidth))


def _acceptable(needed: Floats, dags: Floats, usable: Floats, bits_per_megabit: float) -> Codes:
    enough = usable > needed * dags * bits_per_megabit
    return first_code((is_na(needed), NO_CODE), (enough, 1), default=0)


@flag(level="per_environment", source=RR + "G145", maybe=True)
def replication_link_acceptable_for_peak(
    replication_peak_throughput: Floats, dags_total: Floats, usable_bandwidth: Floats, bits_per_megabit: float
) -> Codes:
    """Whether the chosen link can carry the traffic of all DAGs in the busiest hour."""
    return _acceptable(replication_peak_throughput[1], dags_total, usable_bandwidth, bits_per_megabit)


@flag(level="per_environment", source=RR + "G146", maybe=True)
def replication_link_acceptable_for_rpo(
    replication_rpo_throughput: Floats, dags_total: Floats, usable_bandwidth: Floats, bits_per_megabit: float
) -> Codes:
    """Whether the chosen link can carry the traffic of all DAGs within the recovery point objective."""
    return _acceptable(replication_rpo_throughput[1], dags_total, usable_bandwidth, bits_per_megabit)


def _recommended(acceptable: Codes, last: Codes) -> Codes:
    """Return the link of the last entry in the link table that carries no more than is needed.

    Each link has two entries: one bit above the bandwidth of the previous link, and its own bandwidth.
    """
    owner = np.maximum(last, 0) // 2
    chosen = len(LINK_TYPE.words)
    return first_code((acceptable == NO_CODE, NO_CODE), (acceptable == 1, chosen), default=owner)


@opaque
def _last_entry(
    needed: Floats,
    latency: Floats,
    link_bandwidth: LookupTable,
    tcp_window: LookupTable,
    bits_per_byte: float,
    bits_per_megabit: float,
) -> Codes:
    """Return the place of the last entry in the link table that carries no more than needed, -1 where each does."""
    entries = _entries(link_bandwidth)
    last = np.searchsorted(entries / bits_per_megabit, needed, side="right") - 1
    # the TCP window limits the fastest links only at latencies of most of a second
    binding = latency * entries[-1] > bits_per_byte * tcp_window.values[-1]
    return where_needed(
        binding,
        _last_within_window,
        last,
        needed,
        latency,
        entries[:, None],
        tcp_window,
        bits_per_byte,
        bits_per_megabit,
    )


@functools.cache
def _entries(link_bandwidth: LookupTable) -> Floats:
    """Return the entries of the link table: one bit above the bandwidth of the previous link, and that of the link."""
    rates = link_bandwidth.values
    below = np.concatenate(([0.0], rates[:-1])) + 1
    return np.column_stack((below, rates)).reshape(-1)


def _last_within_window(
    needed: Floats,
    latency: Floats,
    entries: Floats,
    tcp_window: LookupTable,
    bits_per_byte: float,
    bits_per_megabit: float,
) -> Codes:
    """Return the last entry that carries no more than is needed, where the TCP window limits every entry."""
    window = tcp_window.floor(entries * latency)
    windowed = np.fmin(window / latency * bits_per_byte, entries)
    keys = np.where(np.isnan(window), entries, windowed) / bits_per_megabit
    reached = keys <= needed
    limited = len(entries) - 1 - np.argmax(reached[::-1], axis=0)
    return np.where(reached.any(axis=0), limited, -1)


@rule(level="per_environment", choice=RECOMMENDED_LINK, source=RR + "W143")
def replication_recommended_link_for_peak(
    replication_peak_throughput: Floats,
    replication_link_acceptable_for_peak: Codes,
    replication__link_latency: Floats,
    link_bandwidth: LookupTable,
    tcp_window: LookupTable,
    bits_per_byte: float,
    bits_per_megabit: float,
    milliseconds_per_second: float,
) -> Codes:
    """Recommended link between the datacenters for the traffic of the busiest hour.

    It is chosen_link where the chosen link suffices.

    Oddity: above 10 Gb/s the recommendation is still 10 Gigabit Ethernet.
    """
    latency = replication__link_latency / milliseconds_per_second
    last = _last_entry(
        replication_peak_throughput[2], latency, link_bandwidth, tcp_window, bits_per_byte, bits_per_megabit
    )
    return _recommended(replication_link_acceptable_for_peak, last)


@rule(level="per_environment", choice=RECOMMENDED_LINK, source=RR + "W144")
def replication_recommended_link_for_rpo(
    replication_rpo_throughput: Floats,
    replication_link_acceptable_for_rpo: Codes,
    replication__link_latency: Floats,
    link_bandwidth: LookupTable,
    tcp_window: LookupTable,
    bits_per_byte: float,
    bits_per_megabit: float,
    milliseconds_per_second: float,
) -> Codes:
    """Recommended link between the datacenters for the recovery point objective.

    It is chosen_link where the chosen link suffices.

    Oddity: above 10 Gb/s the recommendation is still 10 Gigabit Ethernet.
    """
    latency = replication__link_latency / milliseconds_per_second
    last = _last_entry(
        replication_rpo_throughput[2], latency, link_bandwidth, tcp_window, bits_per_byte, bits_per_megabit
    )
    return _recommended(replication_link_acceptable_for_rpo, last)


@rule(unit="1", level="per_environment", source=RR + "G145")
def replication_link_utilization(
    replication_peak_throughput: Floats, usable_bandwidth: Floats, bits_per_megabit: float
) -> Floats:
    """Share of the link between the datacenters that the traffic of all DAGs takes in the busiest hour.

    Not applicable where there is no traffic between datacenters to size.
    """
    return replication_peak_throughput[2] * bits_per_megabit / usable_bandwidth


@rule(unit="hour", level="per_environment", source=RR + "W137")
def replication_recovery_point_objective_shown(
    two_datacenters: Bools, site_resilience__recovery_point_objective: Floats
) -> Floats:
    """Recovery point objective of the design; 0 means close to 0 hours."""
    return select(two_datacenters, site_resilience__recovery_point_objective, NA)
