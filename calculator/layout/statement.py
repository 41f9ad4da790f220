"""Describe in sentences what a failure does to a DAG: the quorum before a restore, and the effect of the restore."""

from __future__ import annotations

import math
from collections.abc import Iterator

from calculator.inputs.schema import DATACENTERS
from calculator.layout import failures
from calculator.layout.dag import FailureState, Layout
from calculator.layout.failures import Event, Situation

CMDLET = "Restore-DatabaseAvailabilityGroup"
NO_DAC = f"The DAG cannot be restored by hand: {CMDLET} needs DAC mode, which is off. Set dag.dac_mode to true."


def describe(state: FailureState) -> list[str]:
    """Return sentences about what failures do to a DAG, one or two sentences per line.

    The first line is about the DAG before a restore by hand, with its votes in the second.  The last line says what the
    restore does, or what it would do if databases are inactive without it.
    """
    before = state.before_restore
    if before is None:
        return [f"{summarize(state)}.", *_explain(state)]
    return [
        f"Before the restore: {_lower(summarize(before))}. {_count_votes(before)}",
        f"After the restore in the {_site(state.situation.restored)} datacenter with {CMDLET}: "
        f"{_lower(summarize(state))}. {_count_votes(state)}",
        *_explain_mounts(state),
    ]


def describe_events(state: FailureState) -> str:
    """Return the events in their order, each with whether it fails or returns; empty without events."""
    parameters, texts = state.layout.parameters, []
    situation = failures.initial_situation(parameters)
    for event in state.events:
        situation = failures.apply_event(parameters, situation, event)
        texts.append(_describe_event(state.layout, situation, event))
    return f"Events: {'; '.join(texts)}." if texts else ""


def _describe_event(layout: Layout, after: Situation, event: Event) -> str:
    """Return an event and what it did, where ``after`` is the situation that it led to."""
    target = event.target
    if event.kind == "server":
        place = int(target) - 1
        return f"{layout.server_names[place]} {_fails(after.failed[place])}"
    if event.kind == "witness_fails":
        return f"the witness {_fails(after.witness_failed)}"
    if event.kind == "link":
        return f"the link between the datacenters {_fails(not after.connected)}"
    if event.kind == "witness":
        return f"the witness is placed in {f'the {target}' if target in DATACENTERS else 'a third'} datacenter"
    if event.kind == "cross_site":
        return f"activation across datacenters is turned {'on' if target else 'off'}"
    if event.kind == "start":
        return "everything works again"
    side = int(target)
    if event.kind == "wan":
        return f"the link of the {_site(side)} datacenter {_fails(not after.wan[side - 1])}"
    restored = f"the DAG is restored in the {_site(after.restored)} datacenter" if after.restored else ""
    if event.kind == failures.RESTORE:
        return restored
    datacenter = f"the {_site(side)} datacenter"
    if event.kind == failures.SWITCHOVER:
        return f"{datacenter} fails and {restored}" if restored else f"{datacenter} fails"
    return f"{datacenter} {_fails(after.lost[side - 1])}"


def _fails(failed: bool) -> str:
    return "fails" if failed else "returns"


def summarize(state: FailureState) -> str:
    """Return a clause, without a full stop, that says whether quorum holds and how many databases are active."""
    databases, failed = state.layout.parameters.databases, state.failed_databases
    quorum, above = "Quorum holds" if state.quorum_ok else "Quorum is lost", state.databases_above_limit
    beyond = "beyond the limits of active databases of their servers and do not mount until these are raised"
    if failed:
        active = f"{failed} of {databases} databases have no active copy"
        return f"{quorum}; {active}, and {above} are {beyond}" if above else f"{quorum}; {active}"
    if above:
        return f"{quorum}; {databases - above} of {databases} databases are active, the others are {beyond}"
    return f"{quorum}; all {databases} databases are active"


def describe_worst_cpu(layout: Layout) -> str:
    """Return the CPU utilization that the design is sized for, with the failure behind it; empty if it is unknown."""
    load, parts = layout.parameters.load, []
    for side in range(layout.parameters.datacenters):
        cpu, failure = load.worst.cpu[side], load.worst_failure[side]
        if failure and not math.isnan(cpu):
            where = f" in the {DATACENTERS[side]} datacenter" if layout.parameters.datacenters > 1 else ""
            parts.append(f"{100 * cpu:.1f} %{where} ({_lower(failure)})")
    return f"CPU in the worst failure, as sized: {', '.join(parts)}." if parts else ""


def describe_missing_cpu(layout: Layout) -> str:
    """Return why the CPU utilization of servers is n/a; empty if it is known, or if there is no design."""
    sides = [name for name, unrated in zip(DATACENTERS, layout.parameters.unrated_sides, strict=True) if unrated]
    if not sides:
        return ""
    inputs = " and ".join(f"servers.{name}.specint2006_rate" for name in sides)
    return (
        f"CPU utilization is not applicable to servers of the {' and the '.join(sides)} datacenter, because they "
        f"have no processor rating. Give {inputs}."
    )


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def _site(datacenter: int) -> str:
    return DATACENTERS[datacenter - 1]


def _count_votes(state: FailureState) -> str:
    votes = state.votes
    left = f"1 vote of {votes.total} is left" if votes.left == 1 else f"{votes.left} votes of {votes.total} are left"
    return f"{left}, and {votes.needed} {'is' if votes.needed == 1 else 'are'} needed."


def _explain(state: FailureState) -> Iterator[str]:
    """Yield sentences about the votes, what they depend on, and the effect of a restore by hand."""
    if state.quorum_ok and not state.situation.disturbed:
        return
    yield _count_votes(state) + _name_decisive_witness(state)
    yield from _explain_mounts(state)
    if not state.quorum_ok:
        yield from _explain_restore(state)
    elif state.activation_blocked:
        blocked = state.layout.parameters.block_secondary_activation
        why = "Activation in the secondary datacenter is blocked" if blocked else "Activation across datacenters is off"
        yield f"{why}. Once an administrator allows it: {_lower(summarize(state.allow_activation()))}."


def _name_decisive_witness(state: FailureState) -> str:
    """Return a sentence about the loss of the witness if quorum depends on the witness."""
    votes = state.votes
    if not (state.quorum_ok and votes.witness and votes.left == votes.needed):
        return ""
    without = state.then("witness")
    text = " Without the witness quorum is lost"
    restored = without.best_restore
    if restored is None:
        return f"{text}."
    return f"{text} until the DAG is restored by hand; then {_lower(summarize(restored)).partition('; ')[2]}."


def _explain_mounts(state: FailureState) -> Iterator[str]:
    if state.quorum_ok and not state.mounts_allowed:
        yield (
            "DAC mode keeps every database dismounted, because no running server may mount databases and a member is "
            "missing. Run Start-DatabaseAvailabilityGroup for the running servers."
        )


def _explain_restore(state: FailureState) -> Iterator[str]:
    restored = state.best_restore
    if restored is None or not restored.quorum_ok:  # without a running server there is nothing to restore
        missing = state.votes.needed - state.votes.left
        back = f"Nothing is mounted until {missing} more vote{'s return' if missing > 1 else ' returns'}."
        parameters = state.layout.parameters
        yield f"{back} {NO_DAC}" if parameters.datacenters > 1 and not parameters.dac_mode else back
        return
    yield f"Nothing is mounted until an administrator restores the DAG by hand with {CMDLET}."
    blocked = state.layout.parameters.block_secondary_activation and restored.situation.restored > 1
    allowed = " and once activation there is allowed" if blocked else ""
    yield (
        f"After the restore in the {_site(restored.situation.restored)} datacenter{allowed}: "
        f"{_lower(summarize(restored))}."
    )
