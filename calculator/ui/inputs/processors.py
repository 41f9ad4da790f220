"""Draw the inputs of processors: cores with the rating per core, and a rating from a published result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from calculator.inputs.schema import SERVER_ROLE, Value
from calculator.issues import InputError
from calculator.presentation.figures import is_hosted
from calculator.presentation.text import number, plural
from calculator.studies.rating import ScaledRating, scale_rating
from calculator.ui.inputs import widgets
from calculator.ui.results import figures, issues
from calculator.ui.session import redraw, state
from calculator.ui.session.store import current, set_widget, widget_key, widget_value

CORES, RATING = "processor_cores", "specint2006_rate"
OWN_FIELDS = (CORES, RATING)
"""Inputs of a server that are drawn here instead of among the other inputs of its group."""
VIEW, PROCESSORS = "per_core", "processors"
"""View of the ratings per core, and name of the fragment."""
HIGHEST = 10_000.0
HELP = (
    "SPECint_rate2006 of the server, as published on spec.org, divided by its cores. Usual: 10 to 80; 33.75 is "
    "Microsoft's baseline. The rating of the whole server follows the cores. Leave it empty if you do not know it: CPU "
    "is then not sized."
)


def path_of(role: str, leaf: str) -> str:
    """Return the path of an input of a server role."""
    return f"servers.{role}.{leaf}"


def roles() -> list[str]:
    """Return the server roles that the design has."""
    return [role for role in SERVER_ROLE.labels if widgets.is_relevant(path_of(role, CORES))]


@redraw.fragment(PROCESSORS)
def draw() -> None:
    """Draw cores and rating per core of each server role, and the rating of a published result."""
    with st.grid("auto", min_column_width=230, vertical_alignment="top"):
        for role in roles():
            widgets.field_widget(path_of(role, CORES))
            _per_core(role)
    _published()


def _per_core(role: str) -> None:
    """Draw the rating per core of a server role, and the resulting rating of the whole server."""
    profile, path = state.profile(), path_of(role, RATING)
    cores, rating = (float(profile.value(path_of(role, leaf)) or 0) for leaf in OWN_FIELDS)
    if is_hosted(profile, role):
        total = state.design().plain[f"server_rating.{role}"]
        st.text(f"A {role} server is rated {number(total)}, from its host (Virtualization).")
        return
    key = widget_key(path, VIEW)
    set_widget(key, round(rating / cores, 6) if rating else None)
    with st.container(gap="xxsmall"):
        st.number_input(
            f"SPECint_rate2006 per core · {role}{widgets.marks(path)}",
            0.0,
            HIGHEST,
            None,
            1.0,
            "%g",
            key,
            HELP,
            _take,
            (role, key),
            placeholder="not known",
        )
        st.caption(f"{cores:.0f} cores: {number(rating)} in total" if rating else "No rating: CPU is not sized")


def _take(role: str, key: str) -> None:
    path, cores = path_of(role, RATING), float(state.profile().value(path_of(role, CORES)) or 0)
    before = widgets.form_appearance(path)
    state.put(path, cores * float(widget_value(key) or 0))
    form = PROCESSORS if before == widgets.form_appearance(path) else redraw.FORM
    redraw.rerun(redraw.STRIP, redraw.FIGURES, form)


# --- published result ----------------------------------------------------------------------------


def _published() -> None:
    """Draw the rating that follows from a published result of another system with the same processor."""
    expander = st.expander("Rating from a published result", key="group:published", on_change="rerun")
    if not expander.open:
        return
    with expander:
        st.text(
            "Look up a system with the same processor on spec.org. SPECrate2017 cannot be used: no conversion is "
            "published."
        )
        with st.container(horizontal=True, gap="small"):
            _number("rate", "SPECint_rate2006 of the system", 0.1, 1e6, "%g")
            _number("cores", "Cores of the system", 1, 1024, "%d")
        given = current().published
        if given.rate and given.cores:
            _scaled(given.rate, given.cores)


def _number(name: str, label: str, low: float, high: float, shown: str) -> None:
    key = widget_key(name, "published")
    set_widget(key, getattr(current().published, name))
    st.number_input(
        label, low, high, None, 1 if shown == "%d" else 1.0, shown, key, on_change=_take_published, args=(name, key)
    )


def _take_published(name: str, key: str) -> None:
    setattr(current().published, name, widget_value(key))
    redraw.rerun(PROCESSORS)


def _scaled(rate: float, rated_cores: int) -> None:
    """Draw the published result scaled to the servers of the design, and buttons that use it."""
    profile = state.profile()
    cores = {role: float(profile.value(path_of(role, CORES)) or 0) for role in roles()}
    try:
        found = {role: scale_rating(rate, rated_cores, count) for role, count in cores.items()}
    except InputError as error:
        issues.show(error.issues, editable=False, view="published")
        return
    figures.draw_table(
        [_row(role, cores[role], scaled) for role, scaled in found.items()], alt="Ratings from the published result"
    )
    for sentence in dict.fromkeys(scaled.sentence for scaled in found.values()):
        st.text(sentence)
    with st.container(horizontal=True, gap="small"):
        ratings: Mapping[str, Value] = {path_of(role, RATING): scaled.advised for role, scaled in found.items()}
        _use("Use the advised rating", "use_published", ratings, "Changes the rating of the servers.")
        if profile.value("environment.virtualized"):
            host = {
                path_of(role, leaf): value
                for role in found
                for leaf, value in (("host_rating", rate), ("host_cores", rated_cores))
            }
            _use("The system is the host", "use_host", host, "Changes rating and cores of the hosts.")


def _row(role: str, cores: float, scaled: ScaledRating) -> dict[str, str]:
    return {
        "Server": role.capitalize(),
        "Cores": number(cores),
        "Published, per core": f"{scaled.per_core:,.4g}",
        "Published, scaled": number(scaled.rating),
        "Advised, per core": f"{scaled.advised_per_core:,.4g}",
        "Advised": number(scaled.advised),
    }


def _use(label: str, key: str, values: Mapping[str, Value], help_text: str) -> None:
    st.button(label, key=key, icon=":material/check:", on_click=_apply, args=(values,), help=help_text)


def _apply(values: Mapping[str, Value]) -> None:
    state.put_all(values)
    redraw.rerun(redraw.STRIP, redraw.FIGURES, redraw.FORM)


# --- guests of a host ----------------------------------------------------------------------------


def draw_guests(rows: Sequence[Mapping[str, object]]) -> None:
    """Draw how many virtual servers a host holds, from the rows of the table ``guests``."""
    if not any(row["guests"] is not None for row in rows):
        st.caption("Enter the cores and the memory of the host to see how many guests it holds.")
        return
    columns = {str(row["role"]).capitalize(): _guests(row) for row in rows}
    names = next(iter(columns.values()))
    table = [{"Figure": name, **{head: texts[name] for head, texts in columns.items()}} for name in names]
    figures.draw_table(table, alt="Guests per host")
    members = _amount(rows[0]["dag_members_per_host"])
    apart = f" At most {plural(number(members), 'member')} of a DAG may run on one host." if members else ""
    st.caption(f"A host keeps two virtual processors and a part of its memory for itself.{apart}")


def _guests(row: Mapping[str, object]) -> dict[str, str]:
    """Return the figures of the guests of a server role as texts."""
    figure = {name: number(_amount(value)) for name, value in row.items() if name != "role"}
    return {
        "A guest": f"{figure['virtual_processors']} virtual processors, {figure['memory']} GB",
        "A host": f"{figure['host_cores']} cores, {figure['host_memory']} GB",
        "Guests by processors": figure["guests_by_processors"],
        "Guests by memory": figure["guests_by_memory"],
        "Guests per host": figure["guests"],
        "Left on a full host": f"{figure['processors_left']} virtual processors, {figure['memory_left']} GB",
        "Hosts in the datacenter": figure["hosts"],
    }


def _amount(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
