"""Files are written in one step."""

import errno
import os

import pytest
from support.system import needs_devices, needs_links

from calculator.inputs.file_writing import replace_file


def test_a_file_is_made_and_replaced(tmp_path):
    file = tmp_path / "plan.toml"
    replace_file(file, b"old")
    file.chmod(0o600)
    replace_file(file, b"new")
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["plan.toml"]


@needs_links
def test_a_link_is_followed(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    replace_file(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_file_that_cannot_be_written_stays_as_it_was(tmp_path, monkeypatch, failing):
    def fails(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    file = tmp_path / "plan.toml"
    file.write_bytes(b"old")
    monkeypatch.setattr(os, failing, fails)
    with pytest.raises(OSError, match="No space left on device") as found:
        replace_file(file, b"new")
    assert found.value.filename == str(file)
    assert file.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["plan.toml"]


@needs_devices
def test_a_device_is_written_to():
    replace_file(os.devnull, b"new")
    assert not os.path.isfile(os.devnull)
