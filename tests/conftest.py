"""What all tests share: how Hypothesis draws, and the shipped profiles sized once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import HealthCheck, settings
from support.paths import PROFILES

from calculator import SizedDesign, size

# No deadline: a first run records the rules, which takes far longer than the runs after it.
settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True, derandomize=False
)
settings.register_profile("fast", settings.get_profile("default"), max_examples=10)
settings.load_profile("default")


@cache
def _sized(name: str) -> SizedDesign:
    return size(PROFILES / f"{name}.toml")


@pytest.fixture(scope="session")
def sized() -> Callable[[str], SizedDesign]:
    """Size a shipped profile by name, once in a session."""
    return _sized
