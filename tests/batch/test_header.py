"""Headers of files of designs: units, unknown columns, and messages about them."""

import pytest
from support.batch_files import BROKEN_HEADERS, ERRORS, HEADER, refused, rows, run

from calculator import size


@pytest.mark.parametrize("case", BROKEN_HEADERS)
def test_a_header_is_explained(here, case):
    text, message = BROKEN_HEADERS[case]
    assert refused(text, *ERRORS) == message


def test_a_header_alone_gives_a_header(here):
    code, _, err = run(HEADER)
    assert (code, err) == (0, "0 designs: none\n")
    assert (here / "results.csv").read_text() == "id,status,issues,tiers.1.mailbox_size_on_disk,summary_databases\n"


def test_a_byte_order_mark_and_windows_line_ends_are_read(here):
    assert run("\ufeff" + HEADER.replace("\n", "\r\n") + "a,1000\r\n")[0] == 0
    assert [line["id"] for line in rows()] == ["a"]


def test_units_are_given_in_the_header_or_in_the_cell(here):
    run("tiers.1.mailboxes,tiers.1.mailbox_size_limit [GB]\n1000,2\n1000,2048 MB\n1000,\n")
    plain = size({"tiers.1.mailboxes": 1000, "tiers.1.mailbox_size_limit": 2048})
    sizes = [float(line["tiers.1.mailbox_size_on_disk"]) for line in rows()]
    default = size({"tiers.1.mailboxes": 1000})["tiers.1.mailbox_size_on_disk"]
    assert sizes == [plain["tiers.1.mailbox_size_on_disk"]] * 2 + [default]
