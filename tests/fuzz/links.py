"""Links that carry a design: damaged, cut, and made of anything."""

from __future__ import annotations

import base64
import zlib
from random import Random

from calculator import InputError
from calculator.inputs.profile import dump, parse
from calculator.ui.session.links import decode, encode
from fuzz import draws
from fuzz.profiles import check_message, draw_text, same_design

BOMB = base64.urlsafe_b64encode(zlib.compress(b"#" * 10_000_000, 9)).decode()


def draw(random: Random) -> str:
    """The text of a link."""
    form = random.random()
    if form < 0.05:
        return random.choice((BOMB, draws.word(random), draws.number(random), "A" * random.randrange(10)))
    toml = draw_text(random).encode(errors="replace")
    data = zlib.compress(draws.damaged(random, toml) if random.random() < 0.3 else toml, random.randrange(10))
    data = draws.damaged(random, data) if form < 0.3 else data
    text = base64.urlsafe_b64encode(data).decode().rstrip("=")
    return draws.spoiled(random, text) if form > 0.8 else text


def use(given: str) -> None:
    """Read the link, and check that the design can be sent on."""
    try:
        profile = decode(given)
    except InputError as error:
        check_message(error)
        return
    assert same_design(parse(dump(profile)), profile)
    assert same_design(decode(encode(profile)), profile)
