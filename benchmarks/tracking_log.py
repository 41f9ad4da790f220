"""How long message tracking logs take to count, and the memory it needs.

    python benchmarks/tracking_log.py [--gigabytes 1] [--users 20000] [--files 100] [--directory DIR]

Logs of Exchange 2013 with all 27 fields are made, counted in a process of their own, and deleted. A message of the log
has one to five recipients; each leaves rows of the store, of SMTP, of agents and of shadow copies, as on a server.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

HEAD = (
    "#Software: Microsoft Exchange Server\r\n#Version: 15.00.0847.032\r\n#Log-type: Message Tracking Log\r\n"
    "#Date: 2014-05-05T00:00:00.000Z\r\n#Fields: date-time,client-ip,client-hostname,server-ip,server-hostname,"
    "source-context,connector-id,source,event-id,internal-message-id,message-id,network-message-id,recipient-address,"
    "recipient-status,total-bytes,recipient-count,related-recipient-address,reference,message-subject,sender-address,"
    "return-path,message-info,directionality,tenant-id,original-client-ip,original-server-ip,custom-data\r\n"
)
EVENTS = (
    ("STOREDRIVER", "RECEIVE"),
    ("STOREDRIVER", "SUBMIT"),
    ("SMTP", "HAREDIRECT"),
    ("SMTP", "RECEIVE"),
    ("AGENT", "AGENTINFO"),
    ("SMTP", "SEND"),
    ("STOREDRIVER", "DELIVER"),
    ("SMTP", "HADISCARD"),
)
CUSTOM = (
    "S:E2ELatency=1.203;S:MsgRecipCount=2;S:SubmitTime=2014-05-05T08:00:00.000Z;S:ServerVersion=15.0.847.32;"
    "S:DeliveryPriority=Normal;S:AccountForest=example.test;S:PurportedSender=someone@example.test"
)
START = datetime(2014, 5, 5)


def rows(number: int, users: int, draw: np.random.Generator, days: float) -> Iterator[str]:
    """Rows of a message."""
    moment = START + timedelta(days=days)
    stamp = f"{moment:%Y-%m-%dT%H:%M:%S}.{number % 1000:03d}Z"
    sender, *people = (f"user{n}@example.test" for n in draw.integers(0, users, 2 + int(draw.integers(0, 5))))
    size = int(draw.lognormal(10.5, 1.0))
    ident = f"<{number:032x}@EX{number % 8}.example.test>"
    shown = ";".join(people)
    for source, event in EVENTS:
        yield (
            f"{stamp},10.0.1.{number % 250},EX{number % 8}.example.test,10.0.1.22,EX2,08D137A1;{stamp};0,"
            f"Intra-Organization SMTP Send Connector,{source},{event},81604{number},{ident},"
            f"00000000-0000-0000-0000-{number:012x},{shown},,{size},{len(people)},,,"
            f'"Re: Plan {number}, draft",{sender},{sender},04I: ,Originating,,10.0.2.7,10.0.1.21,{CUSTOM}\r\n'
        )


def make(directory: Path, size: int, users: int, files: int) -> list[Path]:
    """Logs of so many bytes in all."""
    draw, number, made = np.random.default_rng(2013), 0, []
    for place in range(files):
        made.append(directory / f"MSGTRK201405{place:04d}-1.LOG")
        with made[-1].open("w", encoding="utf-8", newline="") as log:
            log.write(HEAD)
            while log.tell() < size / files:
                for _ in range(100):
                    number += 1
                    log.write("".join(rows(number, users, draw, 5 * (place + number % 997 / 997) / files)))
    return made


def count(paths: list[Path]) -> None:
    """Count, and print what it took."""
    from calculator.importers.messages import read_tracking_logs
    from calculator.issues import Issues

    size = sum(path.stat().st_size for path in paths)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, processor = time.perf_counter(), time.process_time()
    counted = read_tracking_logs(paths, Issues())
    seconds, busy = time.perf_counter() - began, time.process_time() - processor
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{size / 1e9:.2f} GB, {counted.rows:,} rows, {counted.messages.sum():,.0f} messages sent and received")
    print(f"{seconds:.1f} s ({busy:.1f} s of processor), {size / 1e6 / seconds:.0f} MB/s")
    print(f"{memory / 1024:.0f} MB at most, {before / 1024:.0f} MB of it before the first row")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=1.0)
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--directory", help="where logs are made, a temporary directory by default")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.directory) as directory:
        paths = make(Path(directory), int(given.gigabytes * 1e9), given.users, given.files)
        process = multiprocessing.get_context("spawn").Process(target=count, args=(paths,))
        process.start()
        process.join()


if __name__ == "__main__":
    main()
