"""Files of designs in every encoding and with every separator."""

from pathlib import Path

import pytest
from support.batch_runs import results, run

from calculator import size
from calculator.inputs.profile import Profile

PLAIN = "id,tiers.1.mailboxes,data.volume_free_space\na,1000,0.25\nb,2000,0.1\n"
SEMICOLONS = "id;tiers.1.mailboxes;data.volume_free_space\na;1000;0,25\nb;2000;0,1\n"
WRITTEN = {
    "UTF-8 with a mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "UTF-16": PLAIN.encode("utf-16"),
    "UTF-16, most significant byte first": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "Export-Csv": ("#TYPE System.Object\r\n" + PLAIN.replace("\n", "\r\n")).encode(),
    "Export-Csv in UTF-16": ("#TYPE System.Object\n" + PLAIN).encode("utf-16"),
    "a separator named": ("sep=;\r\n" + SEMICOLONS).encode(),
    "a separator and a type": ("sep=;\n#TYPE x\n" + SEMICOLONS).encode(),
    "semicolons and decimal commas": SEMICOLONS.encode(),
    "tabs": SEMICOLONS.replace(";", "\t").encode(),
    "everything quoted": PLAIN.replace(",", '","').replace("\n", '"\n"').join(['"', ""]).removesuffix('"').encode(),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_a_file_is_read_however_it_was_written(here, case):
    Path("designs.csv").write_bytes(WRITTEN[case])
    run(base=Profile())
    assert [(row["id"], row["status"]) for row in results()] == [("a", "notice"), ("b", "notice")]
    for row, mailboxes, free in zip(results(), (1000.0, 2000.0), (0.25, 0.1), strict=True):
        plan = size({"tiers.1.mailboxes": mailboxes, "data.volume_free_space": free})
        assert float(row["summary_databases"]) == plan["summary_databases"]


def test_a_number_that_may_be_thousands_is_refused_where_a_comma_is_decimal(here):
    Path("designs.csv").write_text("id;tiers.1.mailboxes\na;10.000\nb;10,000\nc;10.5\n")
    run()
    problems = [row["issues"] for row in results()]
    assert problems[0].startswith(
        'error: tiers.1.mailboxes: "10.000" is ambiguous: does the point separate thousands or decimals?'
    )
    assert [row["status"] for row in results()][1:] == ["notice", "error"]


def test_refused_rows_of_a_file_with_semicolons_can_be_corrected_and_run_again(here):
    Path("designs.csv").write_text("id;tiers.1.mailboxes;data.volume_free_space\na;x;0,25\nb;2000;0,1\n")
    run()
    mended = Path("errors.csv").read_text().replace(";x;", ";1000;")
    assert ";a;1000;0,25" in mended
    Path("mended.csv").write_text(mended)
    assert run("mended.csv").by_status["error"] == 0
    assert [row["id"] for row in results()] == ["a"]
