"""Constants that a design overrides: in Python, a profile, a batch and on the command line, and what is said of it."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from support.paths import PROFILES

import calculator
from calculator import CONSTANTS, RULES, InputError, Profile, size, size_many
from calculator.cli.main import main
from calculator.engine.columns import profile_columns, to_inputs
from calculator.engine.run import Engine
from calculator.exporters.report.write import write_report
from calculator.inputs import schema
from calculator.inputs.profile import dump, load, parse
from calculator.inputs.profile_file import update
from calculator.rules.registry import CHECKS

RATE = "active_megacycles_per_message"
USERS = {"tiers.1.mailboxes": 5000}
HINT = "The results are not those of Microsoft's workbook. Remove the value to go back to the published one."
TOLD = (
    "CPU load of an active mailbox for each message per day: 0.05 megacycles is used instead of the published "
    "0.0425 megacycles."
)
LIST = "Every constant that a design may override: exchange-calculator fields --constants"


def published() -> dict[str, float]:
    """Every constant that a design may override, by path, with its published value."""
    return {path: f.default_at(n) for f in schema.declared_constants() for n, path in enumerate(f.paths())}


def warnings(design) -> list[str]:
    return [f"{issue.field}: {issue.message}" for issue in design.issues if issue.field.startswith("constants.")]


def run(*argv: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return main(argv, out, err), out.getvalue(), err.getvalue()


def refusal(constants) -> str:
    with pytest.raises(InputError) as error:
        size(USERS, constants=constants)
    return str(error.value)


# --- figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["active_active", "litigation_hold", "small_office"])
@pytest.mark.parametrize("patience", [10**9, 0], ids=["called", "recorded"])
def test_published_values_given_as_overrides_change_no_bit(name, patience):
    profile = load(PROFILES / f"{name}.toml")
    columns = profile_columns(profile)
    given = {path: np.full(7, value) for path, value in published().items()}
    plain = Engine(patience=patience).run((*RULES, *CHECKS), to_inputs(columns, profile.tiers), profile.tiers)
    inputs = to_inputs({**columns, **given}, profile.tiers)
    found = Engine(patience=patience).run((*RULES, *CHECKS), inputs, profile.tiers)
    assert set(found.overridden) == {field.parameter for field in schema.declared_constants()}
    for rule in (*RULES, *CHECKS):
        wide = np.broadcast_to(plain.values[rule], found.values[rule].shape)
        assert found.values[rule].tobytes() == np.ascontiguousarray(wide).tobytes(), rule


def test_a_constant_changes_the_figures_that_need_it():
    # A mailbox of 100 messages per day: 100 x 0.0425 and 100 x 0.05 megacycles.
    plain, changed = size(USERS), size(USERS, constants={RATE: 0.05})
    assert plain["tiers.1.active_megacycles"] == 4.25
    assert changed["tiers.1.active_megacycles"] == 5
    assert changed["summary_databases"] == plain["summary_databases"]


def test_a_value_of_a_table_changes_designs_that_look_it_up():
    paths = ["storage_database_disk_random_iops.primary", "storage_database_disk_random_iops.secondary"]
    disks = {**USERS, "storage.secondary.database_disk_type": '10K RPM SAS 2.5"'}
    code = schema.BY_PATH["storage.database_disk_type"].choice.code('7.2K RPM SAS 3.5"')
    changed = size(disks, constants={"disk_random_iops": {code: 40}})
    assert [changed[path] for path in paths] == [40, size(disks)[paths[1]]]
    assert size(disks)[paths[0]] == CONSTANTS["disk_random_iops"].value.values[code] != 40


def test_a_table_that_is_looked_up_by_steps_is_overridden_too():
    # 30 copies on a server: the step from 21 copies on.
    found = {
        key: size(USERS, constants={f"minimum_memory_by_copies.{key}": 500})["server_memory_calculated.primary"]
        for key in CONSTANTS["minimum_memory_by_copies"].labels
    }
    copies = size(USERS)["database_copies_per_server"]
    [step] = [key for key, memory in found.items() if memory == 500]
    assert int(step) == max(int(key) for key in found if int(key) <= copies)


@pytest.mark.parametrize("rows", [3, 3000])
def test_a_row_of_a_batch_has_the_figures_of_the_design_alone(rows):
    rates = [0.05, None, 0.03] * (rows // 3)
    disks = [None, 40.0, 60.0] * (rows // 3)
    table = size_many(
        {"constants.active_megacycles_per_message": rates, "constants.disk_random_iops.3 [1/s]": disks},
        profile=USERS,
        results="all",
    )
    for row in range(3):
        given = {RATE: rates[row], "disk_random_iops.3": disks[row]}
        alone = size(USERS, results="all", constants={name: v for name, v in given.items() if v is not None})
        values = table.slice(row, 1).to_pylist()[0]
        assert [values[name] for name in alone] == list(alone.values())
        assert values["status"] == "warning"


# --- what is said --------------------------------------------------------------------------------


def test_every_output_says_which_constants_were_overridden(tmp_path):
    design = size(USERS, constants={RATE: 0.05})
    assert warnings(design) == [f"constants.{RATE}: {TOLD}"]
    assert [issue.hint for issue in design.issues if issue.field.startswith("constants.")] == [HINT]
    assert design.status == "warning"
    [cell] = size_many(USERS_COLUMN, constants={RATE: 0.05})["issues"].to_pylist()
    assert f"warning: constants.{RATE}: {TOLD}" in cell.split(" | ")
    write_report(design, tmp_path / "design.md", {})
    text = (tmp_path / "design.md").read_text(encoding="utf-8")
    assert TOLD in text
    row = "| Active megacycles per message | 0.05 | megacycles |"
    assert row in text.partition("\n## 5. Answers\n")[2].partition("\n## 6. ")[0]


USERS_COLUMN = {"tiers.1.mailboxes": [5000]}


def test_the_published_value_is_no_override():
    design = size(USERS, constants={RATE: 0.0425})
    assert (warnings(design), design.status) == ([], size(USERS).status)


def test_an_explanation_shows_the_value_used_and_the_published_one():
    steps = {step.name: step for step in size(USERS, constants={RATE: 0.05}).explain("worst_cpu_utilization").walk()}
    step = steps[RATE]
    assert (step.values, step.origin) == ({"": 0.05}, "overridden")
    assert step.sentence == "CPU load of an active mailbox for each message per day. Published: 0.0425 megacycles."
    untouched = steps["passive_megacycles_per_message"]
    assert (untouched.values, untouched.origin) == ({"": 0.0137}, "")
    assert untouched.sentence == "CPU load of a passive copy of a mailbox for each message per day."


def test_an_explanation_of_a_table_shows_the_values_that_were_overridden():
    design = size(USERS, constants={"disk_random_iops.3": 40})
    steps = {step.name: step for step in design.explain("storage_database_disk_random_iops").walk()}
    assert steps["disk_random_iops"].sentence == (
        "Random I/O that a disk delivers, by its type. Published: 3: 50 IOPS."
    )


# --- reading -------------------------------------------------------------------------------------


def test_a_profile_keeps_constants():
    text = "[constants]\nactive_megacycles_per_message = 0.05\n\n[constants.disk_random_iops]\n3 = 40\n"
    profile = parse(text)
    given = {"constants.active_megacycles_per_message": 0.05, "constants.disk_random_iops.3": 40.0}
    assert profile.given == given
    assert parse(dump(profile)).given == given
    assert parse(update("# mine\n", profile)).given == given
    assert update(text, profile) == text
    assert update(text, replace(profile, given={})).count("0.05") == 0


def test_values_may_have_a_unit():
    assert (
        size(USERS, constants={"replicated_size_limit": "1 TB"}).profile.given["constants.replicated_size_limit"]
        == 1024.0
    )
    assert size(USERS, constants={"highest_cpu_utilization": "70 %"}).profile.given[
        "constants.highest_cpu_utilization"
    ] == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("constants", "told"),
    [
        (
            {"highest_cpu_utilisation": 0.7},
            "design: constants.highest_cpu_utilisation: There is no such constant. Did you mean "
            f'"constants.highest_cpu_utilization"? {LIST}',
        ),
        ({"zzz": 1}, f"design: constants.zzz: There is no such constant. {LIST}"),
        ({"hours_per_day": 25}, f"design: constants.hours_per_day: There is no such constant. {LIST}"),
        (
            {"disk_random_iops": 40},
            "design: constants.disk_random_iops: There is no such constant. "
            "It is a table: give its values, such as constants.disk_random_iops.0.",
        ),
        ({RATE: 0}, f"design: constants.{RATE}: 0 Mcycle is not above 0. Give a number above 0."),
        ({RATE: "fast"}, f'design: constants.{RATE}: "fast" is not a number. Give a number above 0.'),
    ],
)
def test_what_is_no_constant_is_refused(constants, told):
    assert refusal(constants) == told


def test_definitions_are_not_overridden():
    fixed = {name for name, constant in CONSTANTS.items() if constant.definition}
    declared = {field.parameter for field in schema.declared_constants()}
    assert fixed | declared == set(CONSTANTS)
    assert not fixed & declared
    assert {"kb_per_mb", "hours_per_day", "percent", "layout_limit", "raid5_data"} <= fixed


def test_the_command_line_overrides_constants(tmp_path):
    (tmp_path / "plan.toml").write_text("[[tiers]]\nmailboxes = 5000\n")
    plan = str(tmp_path / "plan.toml")
    option = ("--constant", f"{RATE}=0.05")
    said = f"warning: plan.toml: constants.{RATE}: {TOLD} {HINT}\n"
    code, out, err = run("size", plan, *option, "--results", "tiers.1.active_megacycles", "--format", "csv")
    assert (code, out.splitlines()[1].split(",")[1]) == (0, "5")
    assert err.startswith(said)
    for command in (
        ("explain", plan, "summary_databases"),
        ("layout", plan),
        ("failures", plan, "--any", "1"),
        ("timeline", plan),
        ("running", plan, "--active", "100@100", "--cores", "8", "--rating", "300"),
    ):
        assert said in run(*command, *option)[2], command
    assert run("layout", plan, "--constant", "x") == (2, "", '--constant: "x": has no value. Write NAME=VALUE.\n')
    told = f"--constant: constants.x: There is no such constant. {LIST}\n"
    assert run("layout", plan, "--constant", "x=1") == (2, "", told)


def test_fields_lists_the_constants():
    code, out, _ = run("fields", "--constants", "--format", "csv")
    assert code == 0
    assert len(out.splitlines()) - 1 == len(schema.declared_constants())
    assert (
        "constants.active_megacycles_per_message,float,Mcycle,0.0425,a number above 0,"
        "CPU load of an active mailbox for each message per day" in out.splitlines()
    )


def test_studies_follow_the_constants_of_the_design():
    from calculator.studies.what_if import what_if

    profile = Profile({"tiers.1.mailboxes": 5000.0, "constants.what_if_more_users": 0.5})
    assert "50 % more users" in {row["change"] for row in what_if(profile).rows()}


def test_a_sizer_takes_constants_from_its_base():
    sizer = calculator.Sizer(["tiers.1.mailboxes"], Profile({f"constants.{RATE}": 0.05}), ["tiers.1.active_megacycles"])
    assert sizer(pa.record_batch({"tiers.1.mailboxes": [5000]})).to_pydict()["tiers.1.active_megacycles"] == [5]
