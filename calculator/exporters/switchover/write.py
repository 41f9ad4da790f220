"""Write a switchover plan as Markdown or as plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from calculator.exporters.report.markdown import escape
from calculator.exporters.switchover.plan import SwitchoverPlan, SwitchoverStep, split_commands

_WIDTH = 100
_INDENT = "    "
_FILL_IN = "Fill in first"
_ASSUMED = "Assumptions of this plan"
_KNOWN = "Facts from the design"
_SERVERS = "Active databases of the surviving servers"
_NOTHING_OPEN = "Nothing: the design contains every name."


def write_markdown(plan: SwitchoverPlan) -> str:
    """Return a plan as Markdown; names of the design are escaped outside of commands."""
    return "\n\n".join(_markdown(plan)) + "\n"


def write_text(plan: SwitchoverPlan) -> str:
    """Return a plan as plain text of at most 100 columns, commands apart."""
    return "\n".join(_text(plan)) + "\n"


def _tell_uses(steps: Sequence[int]) -> str:
    return f"{'step' if len(steps) == 1 else 'steps'} {', '.join(map(str, steps))}"


# --- Markdown ------------------------------------------------------------------------------------


def _markdown(plan: SwitchoverPlan) -> Iterator[str]:
    yield f"# {escape(plan.title)}"
    yield f"**{escape(plan.summary)}**"
    yield f"## {_FILL_IN}"
    if plan.placeholders:
        rows = [(place.token, place.who, _tell_uses(place.steps)) for place in plan.placeholders]
        yield _table(("Placeholder", "Who knows it", "Where"), rows)
    else:
        yield _NOTHING_OPEN
    yield f"## {_KNOWN}"
    yield _table(("Fact", "Value"), plan.known)
    yield f"### {_SERVERS}"
    yield _table(plan.servers[0], plan.servers[1:])
    yield f"## {_ASSUMED}"
    yield "\n".join(f"- {escape(text)}" for text in plan.assumptions)
    part = ""
    for step in plan.steps:
        if step.part != part:
            part = step.part
            yield f"## {escape(part)}"
        yield from _markdown_step(step)


def _markdown_step(step: SwitchoverStep) -> Iterator[str]:
    yield f"### Step {step.number}. {escape(step.title)}"
    yield from map(escape, step.text)
    yield from _code(step.commands)
    yield f"**Check:** {escape(step.check)}"
    yield from _code(step.check_commands)
    yield f"**Stop:** {escape(step.stop)}"


def _code(commands: Sequence[str]) -> Iterator[str]:
    for block in split_commands(commands):
        yield "\n".join(("```powershell", *block, "```"))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(map(escape, row))} |" for row in (head, *rows)]
    return "\n".join([lines[0], f"|{'|'.join(' --- ' for _ in head)}|", *lines[1:]])


# --- text ----------------------------------------------------------------------------------------


def _text(plan: SwitchoverPlan) -> Iterator[str]:
    yield from _heading(plan.title, "=")
    yield from _wrap(plan.summary)
    yield ""
    yield from _heading(_FILL_IN, "-")
    for place in plan.placeholders:
        yield from _wrap(f"{place.token}: {place.who} ({_tell_uses(place.steps)})", "  ")
    if not plan.placeholders:
        yield _NOTHING_OPEN
    yield ""
    yield from _heading(_KNOWN, "-")
    for label, value in plan.known:
        yield from _wrap(f"{label}: {value}", "  ")
    yield ""
    yield from _heading(_SERVERS, "-")
    for name, before, after, limit, held, added in plan.servers[1:]:
        counts = f"{before} active before, {after} after, limit {limit}"
        yield from _wrap(f"{name}: {counts}. Before: {held}. Added: {added}.", "  ")
    yield ""
    yield from _heading(_ASSUMED, "-")
    for text in plan.assumptions:
        yield from _wrap(text, "- ", "  ")
    part = ""
    for step in plan.steps:
        yield ""
        if step.part != part:
            part = step.part
            yield from _heading(part, "=")
            yield ""
        yield from _text_step(step)


def _text_step(step: SwitchoverStep) -> Iterator[str]:
    yield from _heading(f"Step {step.number}. {step.title}", "-")
    for paragraph in step.text:
        yield from _wrap(paragraph)
    yield from _indent(step.commands)
    yield from _wrap(f"Check: {step.check}")
    yield from _indent(step.check_commands)
    yield from _wrap(f"Stop:  {step.stop}")


def _indent(commands: Sequence[str]) -> Iterator[str]:
    for block in split_commands(commands):
        yield ""
        yield from (f"{_INDENT}{line}" for line in block)
    if commands:
        yield ""


def _heading(title: str, line: str) -> Iterator[str]:
    yield title
    yield line * min(len(title), _WIDTH)


def _wrap(text: str, first: str = "", later: str = "  ") -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=later if first else "",
        break_long_words=False,
        break_on_hyphens=False,
    )
