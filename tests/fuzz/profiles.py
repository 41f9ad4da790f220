"""Profiles: TOML in every notation, with values that inputs do and do not take."""

from __future__ import annotations

from random import Random
from typing import Any

from support.paths import PROFILES

from calculator import InputError, size
from calculator.inputs.profile import Profile, decode_text, dump, parse, with_settings
from calculator.inputs.profile_file import update
from fuzz import draws

SHIPPED = [file.read_text(encoding="utf-8") for file in sorted(PROFILES.glob("*.toml"))]
ABOUT = ("title", "description", "names.dag", "tiers.1.name")


def draw(random: Random) -> tuple[bytes, list[str], bool]:
    """A file of a profile, settings of a command line, and whether the design is sized."""
    text = draw_text(random)
    settings = []
    if random.random() < 0.4:
        settings = [f"{draws.path(random)}={draws.value(random)}" for _ in range(random.randrange(4))]
        settings += [draws.word(random)] if random.random() < 0.1 else []
    return draws.encoded(random, text), settings, random.random() < 0.02


def draw_text(random: Random) -> str:
    """The text of a profile: one that is shipped, spoiled, or one that is made up."""
    if random.random() < 0.25:
        text = random.choice(SHIPPED)
        return draws.spoiled(random, text) if random.random() < 0.8 else text
    lines = [f"{random.choice(ABOUT)} = {toml_value(random)}"] if random.random() < 0.2 else []
    for _ in range(random.randrange(6)):
        path = draws.path(random)
        head, _, leaf = path.rpartition(".")
        line = f"{leaf} = {toml_value(random)}"
        form = random.randrange(5)
        if form == 0:
            lines += [f"[{head}]", line]
        elif form == 1:
            lines += ["[[tiers]]", line]
        elif form == 2:
            lines.append(f"{head} = {{ {line} }}")
        elif form == 3:
            lines.append(f'"{path}" = {toml_value(random)}')
        else:
            lines.append(f"{path} = {toml_value(random)}  # {draws.word(random)}")
    text = "\n".join(lines) + "\n"
    return draws.spoiled(random, text) if random.random() < 0.2 else text


def toml_value(random: Random, depth: int = 0) -> str:
    """A value in TOML, or nearly so."""
    form = random.randrange(10 if depth < 3 else 7)
    if form < 2:
        return draws.number(random)
    if form < 5:
        text = draws.value(random)
        return f"'{text}'" if "'" not in text and "\n" not in text else '"x"'
    if form == 5:
        return random.choice(("true", "false", "2013-01-01", "07:32:00", "1979-05-27T07:32:00Z", "0xff", "0o7", "-0.0"))
    if form == 6:
        return '"' + draws.word(random).replace("\\", "\\\\").replace('"', '\\"') + '"'
    items = [toml_value(random, depth + 1) for _ in range(random.choice((0, 1, 2, 3, 24, 25)))]
    if form == 7:
        pairs = (f"{random.choice(('a', 'mailboxes', 'primary'))}{n} = {item}" for n, item in enumerate(items))
        return "{ " + ", ".join(pairs) + " }"
    return "[" + ", ".join(items) + "]"


def use(given: tuple[bytes, list[str], bool]) -> None:
    """Read the profile, change it, write it, read it again, and size it."""
    data, settings, is_sized = given
    try:
        text = decode_text(data, "plan.toml")
        profile = parse(text, "plan.toml")
    except InputError as error:
        check_message(error)
        text, profile = "", Profile()
    try:
        profile = with_settings(profile, settings)
    except InputError as error:
        check_message(error)
    assert same_design(parse(dump(profile)), profile), "what is written is not what was read"
    assert same_design(parse(update(text, profile)), profile), "what is written over is not what was read"
    if is_sized and profile.tiers < 4:
        sized = size(profile, results=["summary_databases"])
        assert sized.status in ("ok", "notice", "warning", "invalid")
        for issue in sized.issues:
            assert str(issue).isprintable()


def same_design(one: Profile, other: Profile) -> bool:
    """Whether two profiles are the same design, whatever defaults they state."""

    def content(profile: Profile) -> Any:
        return profile.title, profile.description, profile.tiers, profile.without_defaults().given

    return content(one) == content(other)


def check_message(error: InputError) -> None:
    """Check that a message is a text that a terminal shows and nothing else."""
    assert error.issues.errors
    for line in str(error).split("\n"):
        assert line.isprintable(), f"{line!r} is not printable"
        assert len(line) < 2000, f"a message has {len(line)} characters"
