"""Where designs come from and results go: streams, archives, links, files that are missing."""

import gzip
import io
import os
import sys

import pytest
from support.batch_files import CSV, ERRORS, HEADER, refused, rows, run

from calculator.batch import csv_reader
from calculator.batch.run import size_file
from calculator.inputs.profile import Profile


def test_compressed_files_are_read_and_written(here):
    text = HEADER + "".join(f"{n},{n}\n" for n in range(1, 100))
    run(text)
    assert run(text, source="designs.csv.gz", target="results.csv.gz")[0] == 0
    assert rows("results.csv.gz") == rows("results.csv")


def test_standard_streams_are_read_and_written(here, monkeypatch):
    run(HEADER + 'a,1000\n"b\r\nc",1000\n')
    data = io.BytesIO(("\ufeff" + HEADER + 'a,1000\n"b\r\nc",1000\n').encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data, encoding="ascii"))
    code, out, err = run(None, source="-", target="-")
    assert (code, err) == (0, "2 designs: 2 notice\n")
    assert out.encode() == (here / "results.csv").read_bytes()


def test_problems_of_standard_input_name_it(here, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    said = "stdin: is empty. Give a header line that names inputs, and one row per design."
    assert refused(None, source="-", target="-") == said


CHECK = "Check the directory and its permissions."


def test_a_file_that_is_not_there(here):
    assert refused(None) == f"designs.csv: cannot be read: No such file or directory. {CSV}"


def test_a_directory_as_designs(here):
    assert refused(None, source=str(here)) == f"{here.name}: cannot be read: Is a directory. {CSV}"


def test_a_base_that_is_not_there(here):
    said = "base.toml: does not exist. Check the name and the directory."
    assert refused(HEADER, "--profile", "base.toml") == said


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda data: b"id\n", "Not a gzipped file (b'id')"),
        (lambda data: data[:-20], "Compressed file ended before the end-of-stream marker was reached"),
        (lambda data: data[:-6] + b"\0" * 6, "CRC check failed"),
        (lambda data: data[:10] + b"\xff" * 20, "Error -3 while decompressing data"),
    ],
)
def test_a_damaged_archive_is_reported(here, spoil, reason):
    data = gzip.compress((HEADER + "a,1000\n" * 1000).encode())
    (here / "designs.csv.gz").write_bytes(spoil(data))
    said = refused(None, *ERRORS, source="designs.csv.gz")
    assert said.startswith(f"designs.csv.gz: cannot be read: {reason}")
    assert said.endswith(CSV)


def test_an_output_directory_that_is_not_there(here):
    said = refused(HEADER + "a,1000\n", target="no/results.csv")
    assert said == f"results.csv: cannot be written: No such file or directory. {CHECK}"


def test_an_errors_directory_that_is_not_there(here):
    said = refused(HEADER + "a,-1\n", "--errors", "no/errors.csv")
    assert said == f"errors.csv: cannot be written: No such file or directory. {CHECK}"


def test_a_directory_as_output(here):
    (here / "results").mkdir()
    said = refused(HEADER + "a,1000\n", target="results")
    assert said == f"results: cannot be written: Is a directory. {CHECK}"


def test_results_of_an_earlier_run_stay_where_this_one_fails(here):
    (here / "results.csv").write_text("old")
    assert run(HEADER.encode("utf-16") + b"\xff")[0] == 2
    assert (here / "results.csv").read_text() == "old"


def test_a_device_is_written_to_and_not_replaced(here):
    assert run(HEADER + "a,1000\n", target=os.devnull)[0] == 0
    assert not os.path.isfile(os.devnull)


def test_a_link_is_followed(here):
    (here / "real.csv").write_text("old")
    (here / "results.csv").symlink_to(here / "real.csv")
    run(HEADER + "a,1000\n")
    assert (here / "results.csv").is_symlink()
    assert (here / "real.csv").read_text().startswith("id,status")


@pytest.mark.parametrize(
    ("target", "errors", "message"),
    [
        ("designs.csv", "errors.csv", "designs.csv: is used for both the designs and the results. Name two files."),
        ("results.csv", "./designs.csv", "designs.csv: is used for both the designs and the errors. Name two files."),
        ("a.csv", "a.csv", "a.csv: is used for both the results and the errors. Name two files."),
        ("-", "-", "stdout: is used for both the results and the errors. Name two files."),
    ],
)
def test_a_file_is_not_written_over_another(here, target, errors, message):
    code, _, err = run(HEADER + "a,-1\n", "--errors", errors, target=target)
    assert (code, err) == (2, message + "\n")
    assert (here / "designs.csv").read_text() == HEADER + "a,-1\n"


def test_progress_is_reported_per_block(here, monkeypatch):
    monkeypatch.setattr(csv_reader, "BLOCK", 10_000)
    (here / "designs.csv").write_text(HEADER + "a,1000\n" * 5000)
    done = []
    row_counts = size_file(
        "designs.csv",
        "results.csv",
        base=Profile(),
        results="summary_databases",
        progress=lambda *told: done.append(told),
    )
    counts, shares = zip(*done, strict=True)
    assert len(done) > 2
    assert list(counts) == sorted(set(counts))
    assert counts[-1] == 5000
    assert list(shares) == sorted(shares)
    assert shares[-1] == 1
    assert str(row_counts) == "5,000 designs: 5,000 notice"
    assert len(rows()) == 5000
