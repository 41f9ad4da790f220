"""Draw what is hostile: numbers, texts, bytes, and known good content that is spoiled."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import calculator.rules.constants  # noqa: F401  declares the constants that a design may override
from calculator.inputs.schema import BY_PATH, FIELDS, all_paths

NUMBERS = (
    *("0", "-0", "1", "-1", "5", "0.5", "1000", "16", "1e3", "1e16", "1e30", "-1e30", "1e308", "1e309", "-1e999"),
    *("1e-320", "nan", "NaN", "inf", "-inf", "Infinity", "0x10", "0b1", "1_000", "1,000", "1.000", "1.000,5", "1 000"),
    *("1'000", "٣", "２", "½", "²", "9" * 400, "9" * 5000, "0." + "3" * 400, "9007199254740993", "1152921504606846976"),
    *("+5", "5.", ".5", "2 GB", "2GB", "2 Gb", "5 %", "5%", "-5 %", "3 parsecs", "2 GB/day", "1 mailbox", "4 TB"),
    *("1e30 GB", "0 KB", "5 h"),
)
WORDS = (
    *("", " ", "none", "None", "--", "null", "true", "false", "True", "yes", "no", "raid5", "RAID-1/0", "=1+1", "@x"),
    *("+x", "-x", '"', "'", '""', "\\", "\n", "\r", "\r\n", "\t", "\0", "\x1b[31m", "\x7f", "\ufeff", "\u202e"),
    *("\u2028", "\x85", "é", "e\u0301", "ß", "Ω αβγ", "日本", "𝔘", "a" * 300, "x" * 5000, "../../etc/passwd"),
    *("<script>", "{0}", "%s", "${x}", "#", ";", "|", ",", "[", "]", "[[", "]]", "{", "}", "=", ".", "..", "..."),
    *("'''", '"""', "1..2", "a=b", "[GB]", "NUL"),
)
BYTES = (b"\0", b"\xff", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xc3", b"\xed\xa0\x80", b"\r", b"\n", b'"', b",")
FORMS = (
    *("{0}..{1}", "{0} .. {1}", "+- {0}", "+- {0} %", "{0} +- {1}", "{0} ± {1} %", "{0}..{1} times"),
    *("normal({0}, {1})", "triangular({0}, {1}, {2})", "quantiles({0}, {1}, {2})", "quantiles({0})", "normal({0})"),
    *("normal(", "..", "+-", "lognormal({0}, {1})", "triangular({0}..{1})", "{0}..{1}..{2}", "{0} +- {1} times"),
    *("normal({0}, {1}) times", "quantiles({0}, {0}, {0}, {1}, {1}, {2})", "NORMAL({0},{1})", "normal ({0} ,{1} )"),
    *("{0}..", "..{1}"),
)
"""Forms of distributions, some of which nobody reads."""
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32", "cp437")
PATHS = tuple(BY_PATH)
PLACES = tuple(all_paths())


def number(random: Random) -> str:
    """A number as a text, often one that no input takes."""
    drawn = random.random()
    if drawn < 0.5:
        return random.choice(NUMBERS)
    if drawn < 0.8:
        return str(random.randrange(-10, 10_000))
    return repr(random.uniform(-1, 1) * 10 ** random.randrange(-5, 40))


def word(random: Random) -> str:
    """A text, often one that no file should hold."""
    drawn = random.random()
    if drawn < 0.7:
        return random.choice(WORDS)
    if drawn < 0.9:
        return "".join(random.choices("abc =.\"',;[]{}\\\n\t#1éΩ", k=random.randrange(12)))
    return "".join(chr(_character(random)) for _ in range(random.randrange(6)))


def _character(random: Random) -> int:
    code = random.randrange(0x11000)
    return 0x41 if 0xD800 <= code < 0xE000 else code


def value(random: Random) -> str:
    """A number, a word, a choice or a range."""
    return random.choice((number, number, word, choice, distribution))(random)


def choice(random: Random) -> str:
    """A word of a choice of some input."""
    words = [word for field in random.sample(FIELDS, 3) if field.choice is not None for word in field.choice.words]
    return random.choice(words) if words else "raid5"


def path(random: Random) -> str:
    """A path of an input, or one that is spoiled."""
    drawn = random.random()
    if drawn < 0.3:
        return random.choice(PATHS)
    if drawn < 0.95:
        return tier(random, random.choice(PLACES))
    return spoiled(random, random.choice(PLACES))


def tier(random: Random, path: str) -> str:
    """A path of a tier, most often of one of the first."""
    head, _, rest = path.partition(".")
    if head != "tiers":
        return path
    usual = random.random() < 0.9
    place = random.choice("1123" if usual else ("0", "7", "500", "501", "-1", "01", "1e1", "x", "9" * 30))
    return f"tiers.{place}.{rest.partition('.')[2]}"


def distribution(random: Random) -> str:
    """A range or distribution, or what looks like one."""
    first, second, third = (number(random) for _ in range(3))
    form = random.choice(FORMS)
    text = form.format(first, second, third)
    return spoiled(random, text) if random.random() < 0.1 else text


def spoiled(random: Random, text: str) -> str:
    """A text in which something is added, left out, doubled or exchanged."""
    for _ in range(random.randrange(1, 4)):
        begin = random.randrange(len(text) + 1)
        end = min(len(text), begin + random.choice((0, 1, 1, 2, 5, 20)))
        put = random.choice(("", "", word(random), number(random), text[begin:end] * 2, text[:20]))
        text = text[:begin] + put + text[end:]
    return text


def damaged(random: Random, data: bytes) -> bytes:
    """Bytes in which some are changed, cut off, doubled or exchanged."""
    for _ in range(random.choice((1, 1, 1, 2, 5))):
        begin = random.randrange(len(data) + 1)
        size = random.choice((0, 1, 1, 2, 4, 16, 100, 1000))
        how = random.randrange(7)
        if how == 0:
            data = data[:begin]
        elif how == 1:
            data = data[:begin] + data[begin + size :]
        elif how == 2:
            data = data[:begin] + bytes(min(size, len(data) - begin)) + data[begin + size :]
        elif how == 3:
            data = data[:begin] + random.choice(BYTES) + data[begin:]
        elif how == 4:
            data = data[:begin] + random.randbytes(size) + data[begin + size :]
        elif how == 5:
            data = data[:begin] + data[begin : begin + size] * 2 + data[begin + size :]
        else:
            data = data[:begin] + random.choice((word, number))(random).encode(errors="replace") + data[begin + size :]
    return data


def encoded(random: Random, text: str) -> bytes:
    """A text in one of the usual encodings, or in one that is not; sometimes damaged."""
    encoding = "utf-8" if random.random() < 0.6 else random.choice(ENCODINGS)
    data = text.encode(encoding, errors="replace")
    if encoding in ("utf-16-le", "utf-16-be") and random.random() < 0.8:
        data = "\ufeff".encode(encoding) + data
    return damaged(random, data) if random.random() < 0.3 else data


def rows(random: Random, head: Sequence[str], separator: str, most: int = 6) -> str:
    """Rows under a head, most of them of its width."""
    lines = [separator.join(head)]
    for _ in range(random.randrange(most)):
        width = len(head) if random.random() < 0.8 else random.randrange(2 * len(head) + 2)
        lines.append(separator.join(cell(random) for _ in range(width)))
    return random.choice(("\n", "\n", "\r\n", "\r")).join(lines) + random.choice(("", "\n", "\n\n", '"'))


def cell(random: Random) -> str:
    """A cell of CSV, in quotes or not."""
    text = random.choice(("", "1000", "2", number(random), value(random)))
    if random.random() < 0.3:
        text = '"' + text.replace('"', '""') + '"'
    return text
