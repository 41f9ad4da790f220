"""Spaces of a search, and distributions of inputs."""

from __future__ import annotations

from random import Random

import numpy as np

from calculator import InputError, Profile, UnknownResult
from calculator.inputs.profile import parse, toml_tree
from calculator.studies.search.read import parse_space
from calculator.studies.search.run import search
from calculator.studies.uncertainty.monte_carlo import uncertainty
from calculator.studies.uncertainty.varied_inputs import Ranges, choose_inputs, merge_distributions
from fuzz import draws
from fuzz.profiles import check_message, toml_value

BASE = Profile({"tiers.1.mailboxes": 5000.0, "tiers.2.mailboxes": 300.0})
PROBABILITIES = np.array([0.0, 1e-12, 0.25, 0.5, 0.75, 1 - 1e-12, 1.0])

# --- spaces --------------------------------------------------------------------------------------

CATALOGUES = {
    "servers.csv": "name,price,servers.processor_cores,servers.specint2006_rate\nA,5000,16,500\nB,9000,32,900\n",
    "disks.csv": "name,price,storage.primary.database_disk_capacity\n4,200,4000\n6,300,6000\n",
}
GOOD_SPACE = """\
[inputs]
"environment.mailbox_servers" = "2..8"
"raid.raid" = ["raid5", "raid10"]
[catalogue]
server = "servers.csv"
[limits]
cpu = 0.8
[prices]
server = 5000
"""


def draw_space(random: Random) -> tuple[str, dict[str, str], bool]:
    """A space, its catalogues, and whether it is searched."""
    if random.random() < 0.5:
        text = draws.spoiled(random, GOOD_SPACE)
    else:
        lines = []
        for section in random.sample(("inputs", "catalogue", "limits", "prices", "x"), random.randrange(1, 5)):
            lines.append(f"[{section}]")
            for _ in range(random.randrange(4)):
                key = random.choice((draws.path(random), "server", "cpu", "cost", "disk", draws.word(random)))
                lines.append(f"{key if random.random() < 0.3 else _quoted(key)} = {_space_value(random)}")
        text = "\n".join(lines)
    files = {name: draws.spoiled(random, text) if random.random() < 0.3 else text for name, text in CATALOGUES.items()}
    return text, files, random.random() < 0.02


def _quoted(key: str) -> str:
    return "'" + key.replace("'", "").replace("\n", "").replace("\r", "") + "'"


def _space_value(random: Random) -> str:
    form = random.randrange(4)
    if form == 0:
        return f'"{draws.number(random)}..{draws.number(random)}"'
    if form == 1:
        return f'"{draws.number(random)}..{draws.number(random)} step {draws.number(random)}"'
    if form == 2:
        return random.choice(('"servers.csv"', '"disks.csv"', '"../x"', '"nowhere.csv"', "[{ name = 'A', price = 5 }]"))
    return toml_value(random)


def use_space(given: tuple[str, dict[str, str], bool]) -> None:
    """Read the space, and search it if it is small."""
    text, files, is_searched = given

    def fetch(name: str) -> str:
        return files.get(name, "")

    try:
        space = parse_space(toml_tree(text, "space.toml"), BASE, "space.toml", fetch)
        assert space.designs >= 1
        if is_searched and space.designs <= 64:
            search(BASE, toml_tree(text, "space.toml"), minimize=["summary_servers.environment"], fetch=fetch)
    except InputError as error:
        check_message(error)
    except UnknownResult:
        pass


# --- distributions -------------------------------------------------------------------------------


def draw_distribution(random: Random) -> tuple[str, dict[str, str], bool]:
    """A profile that may hold distributions, distributions of a command line, and whether designs are drawn."""
    lines = []
    for _ in range(random.randrange(3)):
        text = draws.distribution(random).replace("'", "").replace("\n", "").replace("\r", "")
        lines.append(f"'{draws.path(random)}' = '{text}'")
    vary = {draws.path(random): draws.distribution(random) for _ in range(random.randrange(3))}
    if random.random() < 0.01:
        vary["tiers.mailboxes"] = "+- 1e30"
    return "\n".join(["'tiers.1.mailboxes' = 5000", *lines]), vary, random.random() < 0.01


def use_distribution(given: tuple[str, dict[str, str], bool]) -> None:
    """Read the distributions, draw values, and a few designs."""
    text, vary, is_sampled = given
    ranges = Ranges()
    try:
        profile = parse(text, "plan.toml", ranges)
    except InputError as error:
        check_message(error)
        profile, ranges = BASE, Ranges()
    try:
        merged = merge_distributions(profile, ranges, vary)
        varied = choose_inputs(profile, [], merged)
        for each in varied:
            for values in each.columns(PROBABILITIES).values():
                assert not np.isinf(values).any()
        if is_sampled:
            uncertainty(profile, ["summary_databases"], vary=merged, samples=128).rows("figures")
    except InputError as error:
        check_message(error)
