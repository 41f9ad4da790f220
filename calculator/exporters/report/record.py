"""Collect the record of a design: its inputs, assumptions, results, explanations and sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from calculator.engine.explain import CONSTANT, INPUT, Explanation, value_text
from calculator.engine.findings import INVALID, OK
from calculator.engine.results import HEADLINE
from calculator.engine.sizing import SizedDesign
from calculator.engine.tables import DAYS, backup_schedule, volume_layout
from calculator.engine.versions import PACKAGE_VERSION, RESULTS_VERSION
from calculator.exporters.report.content import (
    SHARE,
    IssueList,
    Record,
    ReportCell,
    ReportPart,
    ReportRow,
    ReportStep,
    ReportTable,
    ReportValue,
    Section,
)
from calculator.inputs import schema
from calculator.inputs.schema import BY_PATH, DATACENTERS, EXPORT, Field, Kind
from calculator.inputs.units import unit_words
from calculator.issues import NOTICE, WARNING, InputError
from calculator.layout import FailureState, Layout, describe, layout, tolerance
from calculator.presentation.charts import copies, mailbox, servers
from calculator.presentation.figures import not_applicable, rule_of
from calculator.presentation.text import NOT_APPLICABLE, readable
from calculator.rules.constants import SOURCES
from calculator.rules.registry import LEVELS, RULES, Rule

RULES_OF = "Rules of the Exchange 2013 Server Role Requirements Calculator, version 7.6."
UNTITLED = "Exchange 2013 design"
UNITS = (
    "Sizes are binary, 1 GB is 1,073,741,824 bytes; GB (decimal) of a disk are as printed on it. "
    "Figures that do not apply say why."
)
LISTED_APART = (EXPORT, "names")
"""Sections whose defaults a record does not list."""
EXPLAINED = (
    "summary_servers",
    "worst_cpu_utilization",
    "summary_memory",
    "databases",
    "mailbox_size_on_disk",
    "volume_database_volume_size",
    "replication_peak_throughput",
)
"""Results whose explanation a record holds."""
DEPTH = 2
"""Levels of an explanation a record holds below its figure."""
INPUTS = ("Input", "Value", "Unit", "Path")
RESULTS = ("Result", "Value", "Unit", "Meaning", "Source")
FAILURES = ("Failed", "Quorum holds", "Databases active", "Active nowhere", "Most on a server", "Highest CPU")
VOLUMES = {
    "database": ("Database", ""),
    "group": ("Volume", ""),
    "mailboxes": ("Mailboxes", "mailboxes"),
    "database_size": ("Database", "GB"),
    "database_size_with_overhead": ("Database with overhead", "GB"),
    "log_size_with_overhead": ("Logs with overhead", "GB"),
    "volume_group": ("Volume of the row", ""),
    "volume_label": ("Its databases", ""),
    "database_volume_size": ("Database volume", "GB"),
    "log_volume_size": ("Log volume", "GB"),
}
"""Columns of the volumes of a server: head and unit."""
VERDICTS = {
    OK: "Valid: no errors, warnings or notices.",
    NOTICE: "Valid, with notices.",
    WARNING: "Valid, with warnings: check them before you build the design.",
    INVALID: "Invalid: it does not work as it stands, and its figures only go as far as they can.",
}


def build_record(design: SizedDesign, accepted: Mapping[str, str] | None = None) -> Record:
    """Return the record of a design.

    Parameters
    ----------
    design
        The design with all its results.
    accepted
        Reasons for accepting issues, by the message of the issue.

    Returns
    -------
    Record
        The texts of the design are not escaped; the writer of each format escapes them.
    """
    dag = _laid_out(design)
    sections = (
        Section("Issues", "issues", "Issues", [_issues(design, accepted or {})]),
        Section("Requirements", "requirements", "Summary", [_headline(design)]),
        Section("Charts", "charts", "Charts", list(_charts(design, dag))),
        Section("How the main figures come about", "explanations", "Explanations", list(_explained(design))),
        Section("Inputs given", "given", "Inputs given", [ReportTable(INPUTS, list(_inputs(design, given=True)))]),
        Section(
            "Inputs assumed", "assumed", "Inputs assumed", [ReportTable(INPUTS, list(_inputs(design, given=False)))]
        ),
        Section("Copies and failures", "failures", "Failures", list(_failures(dag))),
        Section("Layout of the copies", "layout", "Layout of copies", list(_layout(dag))),
        Section("Volumes of a server", "volumes", "Volumes", [_volumes(design)]),
        Section("Backups of a server", "backups", "Backups", [_backups(design)]),
        Section("Results by level", "results", "Results", [UNITS, *_results(design)]),
        Section("Sources", "sources", "Sources", [_sources()]),
    )
    versions = (RULES_OF, f"Version of the results: {RESULTS_VERSION}. Version of the program: {PACKAGE_VERSION}.")
    profile = design.profile
    title = " ".join(profile.title.split()) or UNTITLED
    return Record(title, profile.description, design.status, VERDICTS[design.status], versions, sections)


def _issues(design: SizedDesign, accepted: Mapping[str, str]) -> IssueList:
    reasons = ((issue, accepted.get(issue.message, "").strip().rstrip(".")) for issue in design.issues)
    return IssueList(list(reasons), design.issues.rest)


# --- inputs --------------------------------------------------------------------------------------


def _inputs(design: SizedDesign, *, given: bool) -> Iterator[ReportRow]:
    profile = design.profile
    for path in schema.all_paths(profile.tiers):
        if (path in profile.given) != given or (not given and path.split(".")[0] in LISTED_APART):
            continue
        found = schema.find(path)
        assert found is not None
        field, _ = found
        unit = "%" if field.kind is Kind.FRACTION else unit_words(field.unit)
        yield field.label, input_cell(field, profile.value(path)), unit, path


def input_cell(field: Field, value: schema.Value) -> ReportCell:
    """Return the value of an input as a cell."""
    if value is None or (field.options and field.kind is not Kind.INT and not value):
        return ReportCell("none", "none")
    if field.choice is not None:
        text = field.choice.text(field.choice.words.index(str(value)))
        return ReportCell(text, text)
    if field.kind is Kind.FRACTION:
        return ReportCell(float(value), f"{100 * float(value):g}", SHARE)
    return ReportCell(_as_float(value), value_text(value), field.unit)


def _as_float(value: schema.Value) -> ReportValue:
    """Return a whole number as a float, any other value as it is."""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


# --- results -------------------------------------------------------------------------------------


def _figure(design: SizedDesign, column: str) -> ReportCell:
    rule, label = rule_of(column)
    value = design[column]
    if value is None:
        return ReportCell(None, NOT_APPLICABLE, note=not_applicable(rule, label, design))
    return _cell(rule, value)


def _cell(rule: Rule, value: object) -> ReportCell:
    assert value is None or isinstance(value, float | bool | str)
    if isinstance(value, float) and rule.is_share:
        return ReportCell(value, f"{100 * value:.4g} %", SHARE)
    return ReportCell(value, readable(value), rule.unit)


def _headline(design: SizedDesign) -> ReportTable:
    return ReportTable(("Figure", "Value", "Unit", "Result"), [_headline_row(design, column) for column in HEADLINE])


def _headline_row(design: SizedDesign, column: str) -> ReportRow:
    rule, label = rule_of(column)
    what = ", ".join(part for part in (rule.meaning.rstrip("."), *label.split(".")) if part)
    return what, _figure(design, column), unit_words(rule.unit), column


def _results(design: SizedDesign) -> Iterator[ReportTable]:
    """Yield all results, one table per level."""
    by_level: dict[str, list[ReportRow]] = {level: [] for level in LEVELS}
    for column in design:
        rule, _ = rule_of(column)
        by_level[rule.level_of(column)].append(
            (column, _figure(design, column), unit_words(rule.unit), rule.meaning, rule.source)
        )
    for level, rows in by_level.items():
        name = level.removeprefix("per_")
        yield ReportTable(RESULTS, rows, "DAG" if name == "dag" else name.capitalize(), "Level")


def _charts(design: SizedDesign, dag: Layout | str) -> Iterator[ReportPart]:
    yield mailbox.make_up(design)
    yield servers.volume(design)
    yield servers.cpu(design)
    yield servers.memory(design)
    yield servers.disks(design)
    yield servers.logs_by_hour(design)
    if isinstance(dag, Layout):
        before = dag.fail()
        name, worst = max(_single_failures(dag), key=lambda failed: int(failed[1].active_databases.max()))
        yield copies.after_failure(before, worst, f"After {name} failed")


def _explained(design: SizedDesign) -> Iterator[ReportPart]:
    for name in EXPLAINED:
        yield _step(design.explain(name, depth=DEPTH))


def _step(step: Explanation) -> ReportStep:
    values = [(label, _step_cell(step, value)) for label, value in step.values.items()]
    return ReportStep(
        step.name,
        step.kind,
        step.value_text(),
        values,
        unit_words(step.unit),
        step.sentence,
        step.source,
        step.origin,
        step.oddity,
        step.repeated,
        [_step(need) for need in step.needs],
    )


def _step_cell(step: Explanation, value: object) -> ReportCell:
    assert value is None or isinstance(value, int | float | str)
    if step.kind == INPUT:
        return input_cell(BY_PATH[step.name], value)
    if step.kind == CONSTANT:
        return ReportCell(_as_float(value), readable(value), step.unit)
    return _cell(RULES[step.name], value)


# --- copies and failures -------------------------------------------------------------------------


def _laid_out(design: SizedDesign) -> Layout | str:
    """Return the layout of the copies, or the reason why there is none."""
    try:
        return layout(design)
    except InputError as error:
        return f"The copies are not laid out: {error}"


def _single_failures(dag: Layout) -> Iterator[tuple[str, FailureState]]:
    """Yield the name of each server, and the state after it alone failed."""
    for name in dag.server_names:
        yield str(name), dag.fail([f"server:{name}"])


def _failures(dag: Layout | str) -> Iterator[ReportPart]:
    if isinstance(dag, str):
        yield dag
        return
    borne = tolerance(dag)
    yield f"{borne.sentence} {borne.limit}".strip()
    states = [("no server", dag.fail()), *_single_failures(dag)]
    if dag.parameters.datacenters > 1:
        states += list(_datacenter_failures(dag))
    yield ReportTable(FAILURES, [_after(name, state) for name, state in states])
    if dag.parameters.datacenters > 1:
        for name in DATACENTERS:
            told = " ".join(describe(dag.fail(f"datacenter:{name}")))
            yield f"If the {name} datacenter is lost: {told}"


def _datacenter_failures(dag: Layout) -> Iterator[tuple[str, FailureState]]:
    """Yield the loss of each datacenter, before and after the DAG is restored by hand in the other."""
    for lost, name in enumerate(DATACENTERS, 1):
        yield f"the {name} datacenter, before a restore", dag.fail(f"datacenter:{name}")
        if dag.parameters.dac_mode:
            yield f"the {name} datacenter, restored by hand in the other", dag.switch_over(lost)


def _after(failed: str, state: FailureState) -> ReportRow:
    """Return a row about the state after a failure."""
    busy = [used for row in state.servers() if isinstance(used := row["cpu_utilization"], float)]
    cpu = (
        ReportCell(max(busy), f"{100 * max(busy):.4g} %", SHARE)
        if busy
        else ReportCell(None, NOT_APPLICABLE, note="no rating of the processors given")
    )
    lost, most_active = state.failed_databases, int(state.active_databases.max())
    active = state.layout.parameters.databases - lost
    return failed, _plain(state.quorum_ok), _plain(active), _plain(lost), _plain(most_active), cpu


def _layout(dag: Layout | str) -> Iterator[ReportPart]:
    if isinstance(dag, str):
        yield dag
        return
    yield "Activation preference of each database's copy on each server; 1 is active, a lagged copy has a star."
    yield ReportTable(("Database", *map(str, dag.server_names)), list(_placed(dag)))


def _placed(dag: Layout) -> Iterator[ReportRow]:
    """Yield one row per database: the activation preference of its copy on each server."""
    columns = zip(dag.database_names, dag.server.tolist(), dag.preference.tolist(), dag.lagged.tolist(), strict=True)
    for name, *of_database in columns:
        cells: list[str | ReportCell] = [""] * len(dag.server_names)
        for server, preference, lagged in zip(*of_database, strict=True):
            cells[server - 1] = f"{preference}*" if lagged else ReportCell(float(preference), str(preference))
        yield [str(name), *cells]


# --- volumes and sources -------------------------------------------------------------------------


def _plain(value: object, unit: str = "") -> ReportCell:
    """Return a value that no rule describes as a cell; None is an empty cell."""
    if value is None:
        return ReportCell(None, "")
    assert isinstance(value, int | float | str)
    return ReportCell(_as_float(value), readable(value), unit)


def _volumes(design: SizedDesign) -> ReportTable:
    head = tuple(f"{name}, {unit}" if unit == "GB" else name for name, unit in VOLUMES.values())
    rows = [[_plain(row[key], unit) for key, (_, unit) in VOLUMES.items()] for row in volume_layout(design)]
    return ReportTable(head, rows)


def _backups(design: SizedDesign) -> ReportTable:
    rows = [[_plain(row[key]) for key in ("database", *DAYS)] for row in backup_schedule(design)]
    return ReportTable(("Database", *(day.capitalize() for day in DAYS)), rows)


def _sources() -> ReportTable:
    """Return the table of sources of results, constants and inputs."""
    rows = [(source.key, source.title, source.publisher, source.address) for source in SOURCES.values()]
    return ReportTable(("Key", "Title", "Publisher", "Address"), rows)
