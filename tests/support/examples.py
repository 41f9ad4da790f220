"""How many examples a property test draws."""

from hypothesis import settings


def examples(count: int) -> settings:
    """Return settings with a number of examples, which the profile `fast` reduces in proportion."""
    return settings(max_examples=max(1, count * settings.default.max_examples // 100))
