"""Draw the tab Compare: the design next to other designs, with the differences and where they start."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from itertools import compress

import streamlit as st

from calculator.engine.findings import INVALID
from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import SizedDesign, size
from calculator.inputs.profile import Profile, dump
from calculator.inputs.schema import TIER, Kind, Value
from calculator.inputs.shipped import profile_files
from calculator.inputs.units import percent_text
from calculator.issues import ERROR, WARNING, InputError
from calculator.layout import layout, tolerance
from calculator.presentation.figures import rule_of
from calculator.presentation.findings import all_issues, status_of
from calculator.presentation.headline import status_words
from calculator.presentation.places import input_label, place_text, short_label, short_meaning
from calculator.presentation.text import NO_BREAK_SPACE, NOT_APPLICABLE, percent, plural, with_minus
from calculator.rules.registry import RULES
from calculator.studies.compare import DesignComparison, Divergence, ResultDifference, compare
from calculator.studies.database_numbers import BAYS, better_numbers
from calculator.studies.what_if import usual_changes
from calculator.ui.inputs import widgets
from calculator.ui.results import figures, issues
from calculator.ui.results.texts import escaped, input_unit_text, unseen
from calculator.ui.review.what_if import FIGURES as MAIN_FIGURES
from calculator.ui.review.what_if import failure_words, figure_name, verdict_text
from calculator.ui.session import redraw, state
from calculator.ui.session.store import current, selection, set_widget, widget_key, widget_value

THIS, AS_OPENED = "This design", "As opened"
CHANGE, EXAMPLE = "What if: ", "Example: "
"""Beginnings of the names of designs that are not variants."""
NOT_THERE = "not in this design"
INPUTS_SHOWN, CAUSES_SHOWN, PLACES_NAMED, VALUES_SHOWN = 30, 6, 8, 4
OWN_NAMES = {"storage_disks_total.environment": "Disks for Exchange"}
"""Names of results that the other tabs have names for too."""
ROW_HEIGHT, ROWS_SHOWN, ROWS_PER_PAGE = 66, 7, 10
"""Height of a row of results, and number of rows that a table and a list show at a time.

The text of rows is wrapped: Streamlit wraps none in rows of 64 pixels or less.
"""
TABLE_WIDTH = 1080
"""Width of the columns of the table of results in a window of 1280 pixels."""
NEXT_ROW = 0.5
"""Part of the next row that a table with more rows shows, so that it is seen to go on."""
COMPARED, BASE, NAME, WHY, TABLE = "compared", "compare_base", "review_variant", "why_differs", "table:compare"
"""Keys of widgets."""


def tab() -> None:
    """Draw what the design is compared with, and the comparison."""
    earlier, others = _earlier(), _others()
    chosen = _choose(earlier, others)
    base = _choose_base([THIS, *chosen]) if chosen else THIS
    _keep_form()
    if not chosen:
        st.info("Choose a design above. Both designs are then compared here.")
        return
    invalid = issues.show_if_invalid(state.design(), "figures to compare")
    designs = {THIS: state.design(), **{name: _sized(name, {**earlier, **others}[name]) for name in chosen}}
    designs = {base: designs[base], **designs}
    comparison = compare(list(designs.values()))
    if not comparison.inputs and not comparison.differences:
        st.info("The designs are the same in every input and every result. Change the design, or choose another one.")
        return
    names = list(designs)
    if invalid and len(comparison.valid) < 2:
        _inputs(comparison, names)
        return
    _main_figures(compare(list(designs.values()), tuple(MAIN_FIGURES)), names)
    _inputs(comparison, names)
    _results(comparison, names)


# --- designs to compare with ---------------------------------------------------------------------


def _earlier() -> dict[str, Profile]:
    """Return the designs that came before this one, by name: the design as opened if it was changed, the variants."""
    return {**({AS_OPENED: state.opened()} if state.is_changed() else {}), **state.variants()}


def _others() -> dict[str, Profile]:
    """Return further designs by name: this one after each of the usual changes, and the examples."""
    profile = state.profile()
    changes = state.cached("usual_changes", lambda: usual_changes(profile))
    examples = (state.shipped(path.stem) for path in profile_files())
    return {
        **{f"{CHANGE}{change.name}": profile.with_values(change.values) for change in changes if not change.reason},
        **{f"{EXAMPLE}{example.title}": example for example in examples},
    }


def _choose(earlier: Mapping[str, Profile], others: Mapping[str, Profile]) -> list[str]:
    """Draw the choice of the designs that this one is compared with, and return their names."""
    offered = [*earlier, *others]
    compared = current().compared
    first = [*state.variants()] or offered[:1]
    chosen = first if compared is None else [name for name in compared if name in offered]
    set_widget(COMPARED, chosen)
    st.multiselect(
        "Compare this design with",
        offered,
        key=COMPARED,
        max_selections=state.VARIANT_LIMIT,
        placeholder="choose a change, a variant or an example",
        on_change=_take_choice,
    )
    return chosen


def _choose_base(names: Sequence[str]) -> str:
    """Draw the choice of the design that the others are compared with, and return its name: at first, this design."""
    if widget_value(BASE) not in names:
        set_widget(BASE, THIS)
    return str(st.selectbox("Changes are relative to", names, key=BASE))


def _take_choice() -> None:
    current().compared = tuple(widget_value(COMPARED, list[str]()))
    redraw.rerun(redraw.FIGURES)


def _keep_form() -> None:
    """Draw a field and a button that keep the design as a variant, and the variants that are kept."""
    number = len(state.variants()) + 1
    full = number > state.VARIANT_LIMIT
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Keep this design as a variant named",
            key=NAME,
            max_chars=60,
            placeholder=f"Variant {number}",
            disabled=full,
            width=240,
        )
        st.button(
            "Keep",
            key="review_keep",
            icon=":material/bookmark_add:",
            on_click=_keep,
            args=(f"Variant {number}",),
            disabled=full,
        )
    if full:
        st.caption(f"At most {state.VARIANT_LIMIT} variants are kept. Delete one before you keep another.")
    else:
        st.caption(
            "Keep the design before you change it. Variants are kept until this page is reloaded; download one to "
            "keep it for longer, and open its file on Start."
        )
    for name in state.variants():
        _variant(name)


def _keep(fallback: str) -> None:
    state.keep_variant(widget_value(NAME).strip() or fallback)
    set_widget(NAME, "")
    redraw.rerun(redraw.STRIP, redraw.FIGURES)


def _variant(name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{escaped(name)}**")
        st.button(
            f"Open{unseen(name)}",
            key=widget_key(name, "variant_open"),
            type="tertiary",
            icon=":material/folder_open:",
            help="Opens the variant. Undo brings the present design back.",
            on_click=_open,
            args=(name,),
        )
        st.download_button(
            f"Download{unseen(name)}",
            data=functools.partial(dump, state.variants()[name]),
            file_name="variant.toml",
            mime="application/toml",
            on_click="ignore",
            key=widget_key(name, "variant_take"),
            type="tertiary",
            icon=":material/download:",
        )
        st.button(
            f"Delete{unseen(name)}",
            key=widget_key(name, "variant_drop"),
            type="tertiary",
            icon=":material/delete:",
            on_click=_drop,
            args=(name,),
        )


def _open(name: str) -> None:
    state.replace(state.variants()[name])
    redraw.rerun(redraw.STRIP, redraw.FIGURES)


def _drop(name: str) -> None:
    state.drop_variant(name)
    redraw.rerun(redraw.STRIP, redraw.FIGURES)


def _sized(name: str, profile: Profile) -> SizedDesign:
    """Return a design, sized only once."""
    sized = current().sized_variants
    if name not in sized or sized[name].profile != profile:
        sized[name] = size(profile)
    return sized[name]


# --- comparison ----------------------------------------------------------------------------------


def _inputs(comparison: DesignComparison, names: Sequence[str]) -> None:
    """Draw the inputs that differ: those of the whole design, then those of each tier."""
    st.subheader("Inputs that differ", anchor=False)
    if not comparison.inputs:
        st.caption("None.")
        return
    tiers = {path: _tier(path) for path in comparison.inputs}
    rows = [_input_row(path, comparison, names) for path, tier in tiers.items() if not tier]
    for tier in sorted(set(tiers.values()) - {0}):
        rows += _tier_rows(tier, [path for path in tiers if tiers[path] == tier], comparison, names)
    figures.draw_table(rows[:INPUTS_SHOWN], alt="Inputs that differ")
    if len(rows) > INPUTS_SHOWN:
        with st.expander(f"{plural(len(rows) - INPUTS_SHOWN, 'more input')} that differ", key="more_inputs"):
            figures.draw_table(rows[INPUTS_SHOWN:], alt="More inputs that differ")


def _tier(path: str) -> int:
    """Return the number of the tier of an input; 0 for an input of the whole design."""
    field, place = widgets.find_field(path)
    return place + 1 if field.axis is TIER else 0


def _tier_rows(
    tier: int, paths: Sequence[str], comparison: DesignComparison, names: Sequence[str]
) -> list[dict[str, str]]:
    """Return the rows of a tier. If a design lacks it, one row says so, and the others differ between the rest."""
    have = [design.tiers >= tier for design in comparison.designs]
    if all(have):
        return [_input_row(path, comparison, names) for path in paths]
    cells = [_tier_text(tier, design) if design.tiers >= tier else NOT_THERE for design in comparison.designs]
    differ = [path for path in paths if len(set(compress(comparison.inputs[path], have))) > 1]
    return [
        {"Input": f"Tier {tier}", **dict(zip(names, cells, strict=True))},
        *(_input_row(path, comparison, names) for path in differ),
    ]


def _tier_text(tier: int, design: SizedDesign) -> str:
    """Describe a tier of a design: its name, mailboxes and quota."""
    name = design.profile.value(f"tiers.{tier}.name")
    mailboxes, quota = (f"tiers.{tier}.{leaf}" for leaf in ("mailboxes", "mailbox_size_limit"))
    count = f"{widgets.input_value_text(mailboxes, design.profile.value(mailboxes))} mailboxes"
    size = f"{widgets.input_value_text(quota, design.profile.value(quota))} {_unit(quota)}"
    return f"{f'{name}: ' if name else ''}{count}, quota {size}"


def _input_row(path: str, comparison: DesignComparison, names: Sequence[str]) -> dict[str, str]:
    """Return the row of an input, whose values have their unit."""
    pairs = zip(comparison.designs, comparison.inputs[path], strict=True)
    texts = (NOT_THERE if design.tiers < _tier(path) else _with_unit(path, value) for design, value in pairs)
    return {"Input": _label(path, comparison), **dict(zip(names, texts, strict=True))}


def _with_unit(path: str, value: Value) -> str:
    """Format the value of an input with its unit, if it is a number."""
    text, unit = widgets.input_value_text(path, value), _unit(path)
    return f"{text}{NO_BREAK_SPACE}{unit}" if unit and text[-1:].isdigit() else text


def _label(path: str, comparison: DesignComparison) -> str:
    """Return the label of an input with its place. Its tier is named if a design has several."""
    several = max(design.tiers for design in comparison.designs) > 1
    return input_label(path) if several or not _tier(path) else widgets.find_field(path)[0].label


def _unit(path: str) -> str:
    """Return the unit of an input; empty where its value or its label includes it."""
    field, _ = widgets.find_field(path)
    unit = "" if field.kind is Kind.FRACTION else input_unit_text(field)
    return "" if unit.split("/")[0].lower() in field.label.lower() else unit


def _main_figures(comparison: DesignComparison, names: Sequence[str]) -> None:
    """Draw the main figures that differ in a table whose cells are never cut."""
    differ = {difference.column: difference for difference in comparison.differences}
    rows = [
        _main_row(differ[column], names, figure_name(column, comparison.designs))
        for column in MAIN_FIGURES
        if column in differ
    ]
    rows += _survived(comparison, names)
    st.subheader("Main figures that differ", anchor=False)
    for name, load in zip(names, comparison.loads, strict=True):
        if load:
            st.markdown(
                f":orange[:material/warning: {escaped(f'“{name}” has another load than “{names[0]}”: {load}.')}] "
                "So none of its figures is marked better or worse."
            )
    figures.draw_table([_verdicts(comparison.designs, names), *rows], alt="Main figures that differ")
    failures = [failure_words(design.plain) for design in comparison.designs]
    if "worst_cpu_utilization" in differ and len(set(filter(None, failures))) > 1:
        told = [f"in “{name}” after {words}" for name, words in zip(names, failures, strict=True) if words]
        st.caption(escaped(f"The worst failures differ, and the CPU with them: {'; '.join(told)}."))
    if rows:
        st.caption(
            escaped(
                f"The changes in brackets are relative to the first column, {names[0]}. Those of percentages are in "
                "points."
            )
        )
    known = _warnings(comparison.designs[0])
    for name, design in zip(names[1:], comparison.designs[1:], strict=True):
        if added := [warning for warning in _warnings(design) if warning not in known]:
            st.caption(escaped(f"Check in “{name}”: {' '.join(added)}"))


def _verdicts(designs: Sequence[SizedDesign], names: Sequence[str]) -> dict[str, str]:
    """Return a row with the verdict of each design, as the tab What if gives it for its changes."""
    bays = [None if design[DESIGN_INVALID] else design.plain[BAYS] for design in designs]
    cells = {}
    for name, design, needed in zip(names, designs, bays, strict=True):
        [better] = better_numbers(design.profile, {"id": [name]})
        reason = " ".join(dict.fromkeys(issue.message for issue in design.issues if issue.severity == ERROR))
        cells[name] = verdict_text(
            status_words(design, status_of(design, all_issues(design))),
            reason,
            (bays[0], needed),
            design.profile,
            better,
            f"{names[0]}:",
        )
    return {"Figure": "Verdict", **cells}


def _warnings(design: SizedDesign) -> list[str]:
    """Return the distinct warnings about a design; none if it is invalid."""
    found = (issue.message for issue in design.issues if issue.severity == WARNING and not design[DESIGN_INVALID])
    return list(dict.fromkeys(found))


def _survived(comparison: DesignComparison, names: Sequence[str]) -> list[dict[str, str]]:
    """Return a row with the servers that may fail at once with every database active, if their numbers differ."""
    counts = [_servers_that_may_fail(design) for design in comparison.designs]
    judged = [
        design.status != INVALID and not load for design, load in zip(comparison.designs, comparison.loads, strict=True)
    ]
    if len(set(counts)) == 1:
        return []
    first, cells = counts[0], []
    for count, works in zip(counts, judged, strict=True):
        text = NOT_APPLICABLE if count is None else str(count)
        if first is not None and count is not None and count != first and works and judged[0]:
            text += f" ({'better' if count > first else 'worse'})"
        cells.append(text)
    return [{"Figure": "Any servers that may fail at once", **dict(zip(names, cells, strict=True))}]


def _servers_that_may_fail(design: SizedDesign) -> int | None:
    """Return how many servers may fail in any combination; None if the copies of the design cannot be laid out."""
    try:
        return max(tolerance(layout(design)).mounted, 0)
    except InputError:
        return None


def _results(comparison: DesignComparison, names: Sequence[str]) -> None:
    differ = comparison.differences
    st.subheader("All results that differ", anchor=False)
    st.caption(
        escaped(
            f"{len(differ):,} of {len(differ) + comparison.same:,} results differ. Choose one to see its full name, "
            "its values, and the first steps of the calculation and inputs that make the difference."
        )
    )
    columns = {difference.column: difference for difference in differ}
    st.selectbox(
        "Why …",
        list(columns),
        index=None,
        key=WHY,
        format_func=_result_label,
        placeholder="type a word of the result",
        label_visibility="collapsed",
    )
    chosen = columns.get(widget_value(WHY))
    if chosen is not None:
        figures.draw_table([_row(chosen, names)], alt="Values of the chosen result")
        _causes(comparison, names, chosen)
    rows = [_row(difference, names) for difference in differ]
    shown: float = len(rows)
    if len(rows) > ROWS_SHOWN:
        shown = ROWS_SHOWN + NEXT_ROW
        with st.container(key="compare-more"):  # not on a phone, as the table
            sideways = "" if len(names) == 2 else " In a narrow window, it also scrolls to the side."
            st.caption(
                f"The table has {len(rows):,} rows, {ROWS_SHOWN} at a time: scroll in it to see the others.{sideways}"
            )
    st.dataframe(
        figures.arrow(rows),
        key=TABLE,
        hide_index=True,
        height=36 + int(ROW_HEIGHT * shown),
        row_height=ROW_HEIGHT,
        on_select=lambda: _select(differ),
        selection_mode="single-row",
        alt="Results that differ",
        column_config=figures.text_columns(rows, _widths(names), _short(names)),
    )
    with st.container(key="compare-list"):  # app.css shows it on a phone, in place of the table above
        pages = -(-len(differ) // ROWS_PER_PAGE)
        page = min(st.pagination(pages, max_visible_pages=5, key="compare_page"), pages) if pages > 1 else 1
        listed = differ[(page - 1) * ROWS_PER_PAGE : page * ROWS_PER_PAGE]
        rows = [_main_row(difference, names, _result_label(difference.column)) for difference in listed]
        figures.draw_table(rows, alt="Results that differ, by page")


def _widths(names: Sequence[str]) -> dict[str, int]:
    """Return the widths of the columns of the table of results, with which all of them fit a window of 1280 pixels."""
    heads = {"Result": 340, "Where": 260} if len(names) == 2 else {"Result": 210, "Where": 150}
    return {**heads, **dict.fromkeys(names, (TABLE_WIDTH - sum(heads.values())) // len(names))}


def _short(names: Sequence[str]) -> dict[str, str]:
    """Return the names of designs for the narrow columns of the table of results, each by its name."""
    return {name: name.removeprefix(CHANGE).removeprefix(EXAMPLE) for name in names}


def _result_label(column: str) -> str:
    """Return a short label of a result with its place, or the name that the other tabs give it."""
    return OWN_NAMES.get(column) or short_label(column)


def _select(differ: Sequence[ResultDifference]) -> None:
    """Show the causes of the row that was selected."""
    rows = selection(TABLE, "rows")
    if rows:
        set_widget(WHY, differ[rows[0]].column)


def _main_row(difference: ResultDifference, names: Sequence[str], title: str) -> dict[str, str]:
    """Return the row of a main figure, whose cells have their units."""
    shown = [figures.figure_with_unit(difference.column, value) for value in difference.values]
    return {"Figure": title, **_cells(difference, names, shown)}


def _row(difference: ResultDifference, names: Sequence[str]) -> dict[str, str]:
    """Return the row of a result, whose values have their units."""
    rule, place = rule_of(difference.column)
    cells = _cells(
        difference, names, [figures.figure_with_unit(difference.column, value) for value in difference.values]
    )
    where = place_text(rule, place)
    name = OWN_NAMES.get(difference.column) or short_meaning(rule)
    return {"Result": name, "Where": where[:1].upper() + where[1:], **cells}


def _cells(difference: ResultDifference, names: Sequence[str], shown: Sequence[str]) -> dict[str, str]:
    """Return the values by design, each with its change against the first design, and whether it is better or worse."""
    cells = {}
    for place, (name, text, verdict) in enumerate(zip(names, shown, difference.verdicts, strict=True)):
        change = _change(difference, place)
        parts = [part for part in (change, verdict) if part]
        rounds_away = change and not any(digit in "123456789" for digit in change)
        cells[name] = f"{text} ({', '.join(parts)})" if parts and not rounds_away else text
    return cells


def _change(difference: ResultDifference, place: int) -> str:
    """Format the change of a design against the first one: in points for a share. Empty if there is none."""
    first, value, change = difference.values[0], difference.values[place], difference.changes[place]
    if not rule_of(difference.column)[0].is_share:
        return with_minus(percent_text(change, 0 if abs(change) >= 0.1 else 1, NO_BREAK_SPACE, "+")) if change else ""
    if first is None or value is None or first == value:
        return ""
    points = percent(value) - percent(first)
    if abs(points) >= 1 and min(percent(value), percent(first)) >= 10:  # as the values, which have no decimals
        points = round(percent(value)) - round(percent(first))
    return with_minus(f"{points:+.{0 if abs(points) >= 1 else 1}f}{NO_BREAK_SPACE}points")


def _causes(comparison: DesignComparison, names: Sequence[str], difference: ResultDifference) -> None:
    """Draw, for one result, the first rules that give another value in each design than in the first one."""
    with st.container(border=True, key="where_they_part"):
        st.markdown(f"**Why it differs: {escaped(_result_label(difference.column))}**")
        st.caption(escaped(rule_of(difference.column)[0].meaning))
        for reason in dict.fromkeys(filter(None, difference.reasons)):
            st.markdown(f"Not applicable: {escaped(reason)}")
        for number, name in enumerate(names[1:], 2):
            causes = comparison.why(difference.column, number)
            pair = comparison.designs[0], comparison.designs[number - 1]
            if len(names) > 2:
                st.markdown(f"**{escaped(name)}**")
                if difference.values[number - 1] == difference.values[0]:
                    st.caption(escaped(f"The figure is the same as in {names[0]}."))
                    continue
            for cause in causes[:CAUSES_SHOWN]:
                _cause(cause, comparison, pair)
            if len(causes) > CAUSES_SHOWN:
                st.caption(f"{len(causes) - CAUSES_SHOWN} more steps of the calculation differ on the way.")


def _cause(cause: Divergence, comparison: DesignComparison, pair: tuple[SizedDesign, SizedDesign]) -> None:
    """Draw a step of the calculation with its values in a pair of designs, and the inputs behind it."""
    if cause.rule:
        st.markdown(escaped(f"{RULES[cause.rule].meaning.removesuffix('.')}: {_from_to(cause.rule, pair)}."))
    if cause.inputs:
        st.caption(escaped("Inputs that differ: " + "; ".join(_with_places(cause.inputs, comparison)) + "."))


def _from_to(name: str, pair: tuple[SizedDesign, SizedDesign]) -> str:
    """Return the values of a result in two designs, "from 12 to 14", at each of the first places where they differ."""
    differences = compare(pair, name).differences
    texts: dict[str, list[str]] = {}
    for difference in differences[:VALUES_SHOWN]:
        before, after = (figures.figure_with_unit(difference.column, value) for value in difference.values)
        number, _, unit = before.partition(NO_BREAK_SPACE)
        before = number if after.endswith(f"{NO_BREAK_SPACE}{unit}") else before
        place = place_text(*rule_of(difference.column)) if len(RULES[name].axes) else ""
        texts.setdefault(f"from {before} to {after}", []).append(place)
    cells = [f"{text} ({', '.join(places)})" if any(places) else text for text, places in texts.items()]
    more = len(differences) - VALUES_SHOWN
    return "; ".join([*cells, *([f"{plural(more, 'more value')} differ"] if more > 0 else [])])


def _with_places(paths: Sequence[str], comparison: DesignComparison) -> list[str]:
    """Return the labels of inputs, each once, with its places: "Mailboxes, tier 1, tier 2"."""
    labels: dict[str, list[str]] = {}
    for path in paths:
        label = widgets.find_field(path)[0].label
        place = _label(path, comparison).removeprefix(label)
        labels.setdefault(label, []).append(place)
    return [
        f"{label}{''.join(places)}" if len(places) <= PLACES_NAMED else f"{label}, at {len(places)} places"
        for label, places in labels.items()
    ]
