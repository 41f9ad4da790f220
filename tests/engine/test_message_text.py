"""Messages of checks: one form of percent, and digits until two figures that differ look different."""

import numpy as np
import pytest

from calculator import size, size_many
from calculator.engine.message_text import format_message, format_messages

FITS_NOT = "A volume of {volume:,.0f} GB does not fit its disk of {disk:,.0f} GB."


@pytest.mark.parametrize(
    ("message", "figures", "text"),
    [
        (FITS_NOT, (4100.2, 3725.3), "A volume of 4,100 GB does not fit its disk of 3,725 GB."),
        (FITS_NOT, (3725.4, 3724.6), "A volume of 3,725.4 GB does not fit its disk of 3,724.6 GB."),
        (FITS_NOT, (3725.32, 3725.29), "A volume of 3,725.32 GB does not fit its disk of 3,725.29 GB."),
        (FITS_NOT, (3725.25, 3725.0), "A volume of 3,725.2 GB does not fit its disk of 3,725 GB."),
        (FITS_NOT, (4.0, 4.0), "A volume of 4 GB does not fit its disk of 4 GB."),
        (FITS_NOT, (4.0, 4.0 + 1e-9), "A volume of 4 GB does not fit its disk of 4 GB."),
        ("It is {share:.0%}. At most 80 % is advised.", (0.82,), "It is 82 %. At most 80 % is advised."),
        ("It is {share:.0%}. At most 80 % is advised.", (0.8004,), "It is 80.04 %. At most 80 % is advised."),
        (
            "{free:.3g} GB is free, but {needed:.3g} GB is needed.",
            (29.99, 30.0),
            "29.99 GB is free, but 30 GB is needed.",
        ),
        (
            "The quota is {quota:.4g} MB. Did you mean {quota:.4g} GB?",
            (25.123, 25.123),
            "The quota is 25.12 MB. Did you mean 25.12 GB?",
        ),
    ],
)
def test_figures_that_differ_look_different(message, figures, text):
    assert format_message(message, figures) == text


@pytest.mark.parametrize("message", [FITS_NOT, "{volume:.2g} of {disk:.1%}, 80 % and 7", "{volume:,.5g} {disk:.1f}"])
def test_messages_of_many_designs_are_those_of_each(message):
    random = np.random.default_rng(2013)
    columns = [
        np.round(random.uniform(3, 9, 3000), random.integers(0, 4)) * random.choice([0.1, 1, 10], 3000)
        for _ in range(2)
    ]
    texts, places = format_messages(message, columns)
    assert [texts[place] for place in places] == [format_message(message, row) for row in zip(*columns, strict=True)]


def test_designs_with_the_same_rounded_figures_keep_their_own():
    """Two designs with a CPU of 80 %, rounded, do not share the message of the first."""
    design = {"tiers.1.mailboxes": 10_000, "environment.mailbox_servers": 4}
    rating = "servers.primary.specint2006_rate"
    cpu = size({**design, rating: 500})["summary_cpu_utilization.primary"]
    ratings = [500 * cpu / share for share in (0.801, 0.8024, 0.82, 0.8204)]
    found = size_many({rating: ratings}, profile=design, results=["databases"])["issues"].to_pylist()
    message = "CPU utilization reaches {} % after the worst failure. At most 80 % is advised."
    for text, shown in zip(found, ("80.1", "80.2", "82", "82"), strict=True):
        assert message.format(shown) in text
