"""Store the state of one browser session in one typed object, and access the values of widgets.

Streamlit itself keeps the value of a widget under the widget's key.  Everything else that the app
remembers is a field of `Session`, which is stored under a single key.
"""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, overload

import streamlit as st

from calculator.inputs.parsing import ValueProblem
from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value
from calculator.issues import Issues
from calculator.studies.quick_start import Answers
from calculator.ui.session.jobs import Job

if TYPE_CHECKING:
    from calculator.engine.sizing import SizedDesign
    from calculator.importers import ImportResult
    from calculator.presentation.headline import Tile
    from calculator.studies.search.fewest_servers import Trial
    from calculator.ui.inputs.imports import ImportedMailboxes
    from calculator.ui.pages.batch import BatchOutcome
    from calculator.ui.review.failures import Scene
    from calculator.ui.review.search_results import SearchOutcome

KEY = "session"
"""Key of the `Session` in Streamlit's session state."""
Given = dict[str, Value]
"""Inputs that were given a value, by path; other inputs are at their defaults."""
Snapshot = tuple[Given, Profile]
"""A design as undo and redo bring it back, with the profile it came from."""
WidgetValue = TypeVar("WidgetValue")


@dataclass
class QuickStart:
    """Answers to the ten questions, and the proposal for them.

    Attributes
    ----------
    answers
        The present answers.
    has_version
        Whether the version of Exchange was chosen: nobody can decide it for the user.
    custom
        Names of the questions that are answered with a number outside the list on offer.
    trials
        Numbers of servers that were tried for the answers.
    digest
        Digest of the design that the answers led to; empty before there is one.
    """

    answers: Answers = field(default_factory=Answers)
    has_version: bool = False
    custom: frozenset[str] = frozenset()
    trials: tuple[Trial, ...] = ()
    digest: str = ""


@dataclass
class FewestServers:
    """Search for the smallest number of servers on the Constraints page.

    Attributes
    ----------
    trials
        Numbers of servers that were tried.
    before
        The design before the search.
    digest
        Digest of the design that the search led to; empty before there is one.
    """

    trials: tuple[Trial, ...] = ()
    before: Trial | None = None
    digest: str = ""


@dataclass(frozen=True)
class HourTable:
    """Table of the hours of a day that a person edits.

    Attributes
    ----------
    number
        Number of the table; a new table gets a new widget.
    initial
        Shares of the hours that the table was filled with.
    shares
        Shares of the hours after the last edit.
    """

    number: int
    initial: tuple[float, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True)
class AppliedImport:
    """Import that was applied to the design.

    Attributes
    ----------
    imported
        Result of the import.
    before
        The design from which a further import of mailboxes starts: with the tiers before those that were imported.
    design
        The design after it.
    source
        The profile that the design came from. Another one is another design.
    text
        What was applied.
    """

    imported: ImportResult
    before: Profile
    design: Profile
    source: Profile
    text: str


@dataclass
class ImportRun:
    """Import of exports on the Users page.

    Attributes
    ----------
    request
        Kind of import, files and settings of the request.
    job
        Job that reads the files.
    applied
        The import that was applied last; None before the first one.
    """

    request: tuple[object, ...] | None = None
    job: Job[ImportedMailboxes | ImportResult] | None = None
    applied: AppliedImport | None = None


@dataclass
class BatchRun:
    """Batch run: the uploaded file of designs, and the job that sizes them.

    Attributes
    ----------
    file_id
        Streamlit's identifier of the upload that was read last.
    name
        Original name of the uploaded file; empty without a file.
    path
        Place of the file in the folder.
    job
        Job that sizes the designs; None before it is started.
    """

    file_id: str = ""
    name: str = ""
    path: Path = Path()
    job: Job[BatchOutcome] | None = None
    _folder: tempfile.TemporaryDirectory[str] | None = field(default=None, init=False, repr=False)

    @property
    def temporary(self) -> tempfile.TemporaryDirectory[str]:
        """Temporary folder of the uploaded file, removed when neither the session nor a job needs it."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="exchange-batch-")
        return self._folder

    @property
    def folder(self) -> Path:
        """Path of the temporary folder."""
        return Path(self.temporary.name)

    def drop_folder(self) -> None:
        """Use a new folder for the next file. A job that has not ended keeps the old folder."""
        self._folder = None


@dataclass(frozen=True)
class StudyRun:
    """Run of a study: what it depends on, and the job that carries it out."""

    settings: object
    job: Job[Any]


@dataclass(frozen=True)
class Doubt:
    """Uncertainty of an input: the shape of its distribution, and the numbers that describe it."""

    shape: str
    numbers: tuple[float, ...]


@dataclass
class TimelineSettings:
    """Settings of the timeline; None leaves a setting to the design."""

    months: int | None = None
    growth: str | None = None
    mailbox_growth: float | None = 10.0
    message_growth: float | None = 0.0
    fill: int | None = 60
    imports: str = ""
    start: str | None = None
    cause: str | None = None
    days: int | None = None


@dataclass
class RunningServerSettings:
    """Mailboxes and processors of a running server; None leaves a processor setting to the design."""

    active: str = ""
    passive: str = ""
    cores: int | None = None
    rating: float | None = None


@dataclass
class PublishedRating:
    """Published SPECint_rate2006 of a system, and the cores of that system; None where it is not given yet."""

    rate: float | None = None
    cores: int | None = None


class CachedOfDesign(NamedTuple):
    """Value computed from the design, with what it was computed from.

    Attributes
    ----------
    given, source
        Inputs that were given a value, and the profile that they came from: the objects of the session, because each
        change replaces them.
    depends_on
        What the value depends on in addition to the design.
    value
        The value.
    """

    given: Given
    source: Profile
    depends_on: object
    value: Any


@dataclass
class Session:
    """State of one browser session, apart from the values of widgets.

    Attributes
    ----------
    started
        Whether the address and the command line have been read.
    given
        Inputs of the design that were given a value.
    source
        Profile that the design came from.
    past, future
        Designs that undo and redo bring back, the nearest one last.
    previous
        The design before the last change, sized; None before the first one.
    step
        What the last change was, in a word, if it was an undo, a redo or a reset; empty for any other change.
    rejected
        Values that an input cannot take, with the reason, by path of the input.
    problems
        Problems of the file or link that could not be opened.
    upload_id
        Streamlit's identifier of the profile or workbook that was read last.
    variants
        Designs that are kept under a name.
    compared
        Names of the designs with which the tab Compare compares the design; None for the designs offered first.
    sized_variants
        The designs that were compared, sized, by name.
    cache
        Values that were computed from the design, by name.
    tiles
        Headline figures of the present design and of the one before, each with the design and the units of sizes.
    wanted
        Path of the input that a page shows first; empty for none.
    explained
        Results and inputs that the explanation drawer has opened, outermost first; empty while it is closed.
    dialog
        Dialog that the status strip has opened; empty for none.
    finished
        Names of the pages where what there is to do with the design was done.
    accepted
        Reasons for accepting an issue, by its message.
    about
        Title, customer and author on the first page of the report, by name; the title of the design if it has none.
    report_date
        Date on the first page of the report; None for the day on which it is made.
    size_unit
        Unit in which all sizes are shown; empty if each size has a unit of its own.
    binary_names
        Whether binary sizes carry binary names, such as GiB.
    fragments
        Names of the fragments that the present page has drawn.
    quick_start, fewest, hour_table, imports, batch, timeline, running_server, published
        State of a form or a panel.
    search
        Job of the search; None before it is started.
    applied
        Name of the design that was applied last from the present search; empty for none.
    studies
        Runs of the other studies, by name.
    doubted
        Paths of the inputs whose distributions a person sets in the uncertainty study; None for the inputs offered
        first.
    doubts
        Uncertainty of these inputs, by path, if a person changed it.
    owner
        Object that identifies this session in the queue of jobs.
    scene
        Failures that are simulated on the Review page; None before that page is opened.
    picked
        Servers that are selected in the map of copies.
    """

    started: bool = False
    given: Given = field(default_factory=dict)
    source: Profile = field(default_factory=Profile)
    past: list[Snapshot] = field(default_factory=list)
    future: list[Snapshot] = field(default_factory=list)
    previous: SizedDesign | None = None
    step: str = ""
    rejected: dict[str, tuple[object, ValueProblem]] = field(default_factory=dict)
    problems: Issues = field(default_factory=Issues)
    upload_id: str = ""
    variants: dict[str, Profile] = field(default_factory=dict)
    compared: tuple[str, ...] | None = None
    sized_variants: dict[str, SizedDesign] = field(default_factory=dict)
    cache: dict[str, CachedOfDesign] = field(default_factory=dict)
    tiles: list[tuple[SizedDesign, object, list[Tile]]] = field(default_factory=list)
    wanted: str = ""
    explained: Sequence[str] = ()
    dialog: str = ""
    finished: frozenset[str] = frozenset()
    accepted: dict[str, str] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)
    report_date: datetime.date | None = None
    size_unit: str = ""
    binary_names: bool = False
    fragments: set[str] = field(default_factory=set)
    quick_start: QuickStart = field(default_factory=QuickStart)
    fewest: FewestServers = field(default_factory=FewestServers)
    hour_table: HourTable | None = None
    imports: ImportRun = field(default_factory=ImportRun)
    batch: BatchRun = field(default_factory=BatchRun)
    timeline: TimelineSettings = field(default_factory=TimelineSettings)
    running_server: RunningServerSettings = field(default_factory=RunningServerSettings)
    published: PublishedRating = field(default_factory=PublishedRating)
    search: Job[SearchOutcome] | None = None
    applied: str = ""
    studies: dict[str, StudyRun] = field(default_factory=dict)
    doubted: tuple[str, ...] | None = None
    doubts: dict[str, Doubt] = field(default_factory=dict)
    owner: object = field(default_factory=object)
    scene: Scene | None = None
    picked: frozenset[str] = frozenset()


def current() -> Session:
    """Return the state of the browser session that runs this script, created on first use."""
    try:
        session: Session = st.session_state[KEY]
    except KeyError:
        session = st.session_state[KEY] = Session()
    return session


# --- widgets -------------------------------------------------------------------------------------


def widget_key(name: str, view: str = "") -> str:
    """Return the key of a widget.

    Parameters
    ----------
    name
        Path of the input, or another name that is unique within the view.
    view
        Part of the page that the widget belongs to.  Inputs in the forms have none.
    """
    return f"{view}:{name}" if view else name


@overload
def widget_value(key: str) -> Any: ...


@overload
def widget_value(key: str, default: WidgetValue) -> WidgetValue: ...


def widget_value(key: str, default: Any = None) -> Any:
    """Return the value of a widget, or the default while the widget does not exist."""
    return st.session_state.get(key, default)


def set_widget(key: str, value: object) -> None:
    """Set the value that a widget shows when it is drawn next."""
    st.session_state[key] = value


def selection(key: str, kind: str) -> list[Any]:
    """Return what is selected in a table or a chart.

    Parameters
    ----------
    key
        Key of the table or chart.
    kind
        What is selected: ``rows``, ``cells`` or the name of the chart's selection.
    """
    selected: list[Any] = st.session_state[key]["selection"].get(kind, [])
    return selected
