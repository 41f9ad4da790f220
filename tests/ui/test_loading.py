"""What the server loads before the first visitor comes."""

import asyncio
import sys
import threading

from calculator.engine.sizing import size
from calculator.inputs.shipped import profile_files
from calculator.ui.server import loading


def test_what_a_page_needs_is_loaded_even_if_a_shipped_profile_is_wrong(tmp_path, monkeypatch):
    wrong, sized = tmp_path / "wrong.toml", []
    wrong.write_text("mailboxes = 1", encoding="utf-8")
    files = profile_files()[:2]
    monkeypatch.setattr(loading, "profile_files", lambda: [wrong, *files])
    monkeypatch.setattr(loading, "size", lambda profile: sized.append(profile) or size(profile))
    loading.load()
    assert len(sized) == len(files) == 2
    assert sys.modules.keys() >= {*loading.MODULES, *loading.OF_STREAMLIT}


def test_the_server_does_not_wait_until_all_is_loaded(monkeypatch):
    release, ended = threading.Event(), threading.Event()
    monkeypatch.setattr(loading, "load", lambda: (release.wait(10), ended.set()))

    async def start():
        async with loading.lifespan(None):
            assert not ended.is_set()
            release.set()

    asyncio.run(start())
    assert ended.wait(10)
