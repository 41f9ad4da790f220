"""Workbooks as the calculator keeps them, made for the tests: defined names, spellings, stored results."""

from __future__ import annotations

import functools
import io
import re
import zipfile
from collections.abc import Callable, Mapping

from openpyxl import Workbook, load_workbook
from openpyxl.workbook.defined_name import DefinedName

from calculator.importers.workbook.compare import read_result_cells
from calculator.importers.workbook.read import list_defined_names
from calculator.inputs import schema
from calculator.inputs.choices import LINK_TYPE
from calculator.inputs.profile import Profile
from calculator.inputs.schema import Kind

WORDS = {
    "active_passive": "Active/Passive",
    "active_active_single_dag": "Active/Active (Single DAG)",
    "active_active_multiple_dags": "Active/Active (Multiple DAGs)",
    "native_data_protection": "Exchange Native Data Protection",
    "hardware_vss": "Hardware VSS Backup/Restore",
    "software_vss": "Software VSS Backup/Restore",
    "daily_full": "Daily Full",
    "weekly_full_daily_incremental": "Weekly Full / Daily Incremental",
    "weekly_full_daily_differential": "Weekly Full / Daily Differential",
    "bimonthly_full_daily_incremental": "Bi-Monthly Full / Daily Incremental",
    "as_calculated": "As Calculated",
    "entirely_on_raid": "Entirely on RAID",
    "entirely_on_jbod": "Entirely on JBOD",
    "raid0": "RAID-0",
    "raid10": "RAID-1/0",
    "raid5": "RAID-5",
    "raid6": "RAID-6",
}
FLAGS = {"GCServerArch": ("32-bit", "64-bit"), "DBSizeOverride": ("Default", "Custom")}
DAG_NAME = "F175"
Edit = Callable[[dict[str, object]], None]
PLAIN = Profile({"tiers.1.mailboxes": 5000.0})


def spelled(path: str, name: str, value: object) -> object:
    """A value as the calculator's workbook spells it."""
    field = schema.find(path)[0]
    if field.kind is Kind.BOOL:
        return FLAGS.get(name, ("No", "Yes"))[bool(value)]
    if field.kind is Kind.CHOICE:
        links = dict(zip(field.choice.words, field.choice.texts, strict=False))
        return WORDS.get(value) or links.get(value, value)
    if field.options and field.kind is not Kind.INT:
        return f"{value:g} GB" if value else "--"
    if path.endswith(".messages_per_day"):
        return f"{value:.17g} messages"
    return value


def inputs_of(profile: Profile) -> dict[str, object]:
    """Cell values by defined name, for every input of a design that the workbook has."""
    inputs = {name: spelled(path, name, profile.value(path)) for path, name in list_defined_names()}
    for site, short in (("primary", "Pri"), ("secondary", "Sec")):
        text = profile.value(f"failure_domains.{site}")
        for number, part in enumerate(str(text).split("+") if text else (), 1):
            servers, copies = part.split(":")
            inputs[f"FD{number}ServerCount{short}"] = int(servers)
            inputs[f"FD{number}CopyCount{short}"] = int(copies)
    return inputs


def workbook_of(
    inputs: Mapping[str, object], results: Mapping[str, object] | None = None, formulas: bool = True
) -> bytes:
    """A workbook with the inputs under their names, and stored results by column."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Input"
    for row, (name, value) in enumerate(inputs.items(), 300):
        if "!" in name:
            sheet[DAG_NAME] = value
            continue
        sheet.cell(row, 6, value)
        book.defined_names[name] = DefinedName(name, attr_text=f"Input!$F${row}")
    cells = read_result_cells()
    for column, value in (results or {}).items():
        title, reference = cells[column]
        if title not in book.sheetnames:
            book.create_sheet(title)
        book[title][reference] = value
    file = io.BytesIO()
    book.save(file)
    data = file.getvalue()
    return with_formulas(data) if formulas else data


def named_workbook(inputs: Mapping[str, object], named: Mapping[str, tuple[str, object]]) -> bytes:
    """A workbook with the inputs, and values in cells under further names: target and value by name."""
    book = load_workbook(io.BytesIO(workbook_of(inputs)))
    for name, (target, value) in named.items():
        sheet, separator, reference = target.rpartition("!")
        title = sheet.strip("'")
        if separator and title not in book.sheetnames:
            book.create_sheet(title)
        if separator:
            book[title][reference.replace("$", "")] = value
        book.defined_names[name] = DefinedName(name, attr_text=target)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_formulas(data: bytes) -> bytes:
    """The workbook with a formula beside each stored value, but for the first sheet's."""

    def edit(parts: dict[str, object]) -> None:
        for name in parts:
            if name.startswith("xl/worksheets/sheet") and name != "xl/worksheets/sheet1.xml":
                text = re.sub(rb"(<c [^>]*>)<v>", rb"\1<f>0+0</f><v>", parts[name])
                inline = rb't="inlineStr"><is><t>([^<]*)</t></is>'
                parts[name] = re.sub(inline, rb't="str"><f>""</f><v>\1</v>', text)

    return edited(data, edit)


def with_shared_texts(data: bytes) -> bytes:
    """The workbook with its texts in a part of their own, as Excel keeps them."""
    texts: list[bytes] = []

    def number(match: re.Match[bytes]) -> bytes:
        texts.append(match[1])
        return b't="s"><v>%d</v>' % (len(texts) - 1)

    def edit(parts: dict[str, object]) -> None:
        sheet = "xl/worksheets/sheet1.xml"
        parts[sheet] = re.sub(rb't="inlineStr"><is><t>([^<]*)</t></is>', number, parts[sheet])
        items = b"".join(b"<si><r><t>%s</t></r><rPh><t>other</t></rPh></si>" % text for text in texts)
        space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        parts["xl/sharedStrings.xml"] = b'<sst xmlns="%s">%s</sst>' % (space, items)
        relations = "xl/_rels/workbook.xml.rels"
        kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
        relation = b'<Relationship Type="%s" Target="sharedStrings.xml" Id="texts"/></Relationships>' % kind
        parts[relations] = re.sub(rb"<Relationship [^>]*sharedStrings[^>]*/>", b"", parts[relations])
        parts[relations] = parts[relations].replace(b"</Relationships>", relation)

    return edited(data, edit)


def edited(data: bytes, edit: Edit) -> bytes:
    """A workbook with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts: dict[str, object] = {name: source.read(name) for name in source.namelist()}
    edit(parts)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return file.getvalue()


ARCHITECTURES = {
    "one_volume_per_database": "1 Volume / DB",
    "multiple_databases_per_volume": "Multiple DBs / Volume",
    "two_volumes_per_database": "2 Volumes / DB",
    "two_volumes_per_backup_set": "2 Volumes / Backup Set",
    "one_per_database": 1,
    "multiple": "MultDBs",
    "backup_set": "1/7",
    "system_disk": "System Disk",
    "dedicated_raid1_disk": "Dedicated RAID-1 Disk",
    "chosen_link": "Use Chosen Link",
}


def stored(value: object) -> object:
    """A result in our words as the workbook's cell shows it."""
    if value is None:
        return "--"
    if value == "#ERROR":
        return "#DIV/0!"
    if value is True or value is False:
        return "Yes" if value else "No"
    if not isinstance(value, str):
        return value
    links = dict(zip(LINK_TYPE.words, LINK_TYPE.texts, strict=True))
    return WORDS.get(value) or ARCHITECTURES.get(value) or links.get(value) or value


@functools.cache
def plain_workbook() -> bytes:
    """A workbook with the inputs of a plain design, made once."""
    return workbook_of(inputs_of(PLAIN))
