"""The commands that the documents show, and the files that these commands read.

    python -m tests.support.documented PROGRAM...

runs each command in an empty directory with the program given, and prints what it prints: the transcript of an
installation, whichever it is.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = "exchange-calculator"
NOT_RUN = ("collect.md", "commands.md")
SHOWN = 12
"""Lines of output that a transcript shows of a command."""
HOURS = (
    '"Hour","LogsGenerated","HourToDailyLogGenRatio","NumberOfHourlySamples","AvgLogGenPerHour"\n'
    '"0","410","0.0101","14","29.3"\n"9","4200","0.1038","14","300.0"\n"23","520","0.0129","14","37.1"\n'
)
EVENT = (
    "2014-05-06T{hour:02}:00:00.000Z,,,,,,,STOREDRIVER,{event},,<m{hour}@x.test>,,bo@x.test,,2048,1,,,Plan,ann@x.test"
)
LOG_FIELDS = (
    "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,"
    "internal-message-id,message-id,network-message-id,recipient-address,recipient-status,total-bytes,recipient-count,"
    "related-recipient-address,reference,message-subject,sender-address"
)


def commands() -> list[str]:
    """Commands of the README and the documents, without their comments.

    Those of ``collect.md`` read what only an Exchange organization can write, and those of ``commands.md`` are the
    examples of the help, whose files are not there.
    """
    documents = [path for path in sorted((ROOT / "docs").rglob("*.md")) if path.name not in NOT_RUN]
    paths = [ROOT / "README.md", *documents]
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    blocks = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith(f"{PROGRAM} ")]
    return [shlex.join(shlex.split(line, comments=True)) for line in lines]


def prepare(directory: Path) -> None:
    """Write the files that the commands read, small ones, to a directory."""
    guide = (ROOT / "docs" / "how-to" / "batch.md").read_text(encoding="utf-8")
    [designs] = re.findall(r"```csv\n(id,.*?)```", guide, flags=re.DOTALL)
    files = {
        "designs.csv": designs,
        "LogGenByHour.csv": HOURS,
        "MSGTRK20140506-1.log": "\n".join(
            [
                "#Software: Microsoft Exchange Server",
                "#Version: 15.00.0847.030",
                "#Log-type: Message Tracking Log",
                f"#Fields: {LOG_FIELDS}",
                *(EVENT.format(hour=hour, event=event) for hour in range(6, 20) for event in ("RECEIVE", "DELIVER")),
                "",
            ]
        ),
        "stats.csv": "DisplayName,TotalItemSize\n"
        + "".join(f'M{n},"{size} MB ({size * 2**20:,} bytes)"\n' for n, size in enumerate(range(500, 1500))),
        "quotas.csv": "DisplayName,ProhibitSendReceiveQuota\n"
        + "".join(f"M{n},{2 if n < 800 else 5} GB\n" for n in range(1000)),
    }
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8")
    (directory / "design.xlsm").write_bytes(_workbook())


def _workbook() -> bytes:
    from calculator import Profile, size
    from support.workbooks import inputs_of, workbook_of

    profile = Profile({"tiers.1.mailboxes": 5000.0, "guidance.dumpster_model": "calculator"})
    return workbook_of(inputs_of(profile), {"summary_databases": size(profile)["summary_databases"]})


def copy_deployment(directory: Path) -> None:
    """Copy the deployment files that a later command reads from those that an earlier one wrote."""
    for name in ("Servers.csv", "MailboxDatabases.csv", "MailboxDatabaseCopies.csv"):
        [found] = (directory / "deployment").rglob(name)
        (directory / name).write_bytes(found.read_bytes())


def make_room(directory: Path, argv: list[str]) -> None:
    """Remove the profile that an earlier command wrote, where a command writes one of the same name anew."""
    if "-o" in argv and "--profile" not in argv:
        (directory / argv[argv.index("-o") + 1]).unlink(missing_ok=True)


def transcript(program: list[str]) -> int:
    """Run the commands with a program, print a transcript, and return the number of those that ended in a traceback."""
    broken = 0
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        prepare(directory)
        for command in commands():
            arguments = shlex.split(command)[1:]
            if arguments[0] == "app":  # which runs until it is stopped
                continue
            if arguments[:2] == ["import", "deployment"] and (directory / "deployment").exists():
                copy_deployment(directory)
            make_room(directory, arguments)
            began = time.monotonic()
            done = subprocess.run([*program, *arguments], cwd=directory, capture_output=True, text=True)
            seconds = time.monotonic() - began
            broken += "Traceback" in done.stderr
            print(f"$ {command}")
            for text in (done.stdout, done.stderr):
                lines = text.splitlines()
                print(*[f"    {line[:160]}" for line in lines[:SHOWN]], sep="\n")
                if len(lines) > SHOWN:
                    print(f"    ... {len(lines) - SHOWN} more lines")
            print(f"    [exit code {done.returncode}, {seconds:.1f} s]\n", flush=True)
    return broken


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    sys.exit(transcript(sys.argv[1:] or [PROGRAM]))
