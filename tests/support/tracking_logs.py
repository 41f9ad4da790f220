"""Message tracking logs made for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

FIELDS_2007 = (
    "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,"
    "internal-message-id,message-id,recipient-address,recipient-status,total-bytes,recipient-count,"
    "related-recipient-address,reference,message-subject,sender-address,return-path,message-info"
)
FIELDS_2010 = f"{FIELDS_2007},directionality,tenant-id,original-client-ip,original-server-ip,custom-data"
FIELDS_2013 = FIELDS_2010.replace("message-id,recipient", "message-id,network-message-id,recipient")
FIELDS_2016 = f"{FIELDS_2013},transport-traffic-type,log-id,schema-version"
VERSIONS = {"2007": FIELDS_2007, "2010": FIELDS_2010, "2013": FIELDS_2013, "2016": FIELDS_2016}

SAMPLE_HEAD = (
    "#Software: Microsoft Exchange Server\n#Version: 15.00.0847.032\n#Log-type: Message Tracking Log\n"
    f"#Date: 2014-05-06T07:00:00.000Z\n#Fields: {FIELDS_2013}\n"
)
SAMPLE = Path(__file__).with_name("tracking_sample.txt").read_text(encoding="utf-8")
"""The log of the formats' description."""


def row(
    time: str,
    event: str,
    *,
    message: str = "<m@x.test>",
    to: str = "bo@x.test",
    size: object = 1024,
    sender: str = "ann@x.test",
    source: str = "STOREDRIVER",
    subject: str = "Plan",
    fields: str = FIELDS_2013,
) -> str:
    """A row of a log; ``time`` as 2014-05-06T08:00."""
    known = {
        "date-time": f"{time}:00.000Z" if len(time) == 16 else time,
        "source": source,
        "event-id": event,
        "message-id": message,
        "recipient-address": to,
        "total-bytes": str(size),
        "sender-address": sender,
        "recipient-count": str(to.count(";") + 1),
        "message-subject": subject,
    }
    cells = [known.get(name, "") for name in fields.split(",")]
    quoted = ['"{}"'.format(c.replace('"', '""')) if set(c) & set(',"\n') else c for c in cells]
    return ",".join(quoted) + "\r\n"


def log(rows: Sequence[str], fields: str = FIELDS_2013) -> bytes:
    """A log with these rows."""
    head = SAMPLE_HEAD.replace(FIELDS_2013, fields).replace("\n", "\r\n")
    return (head + "".join(rows)).encode()
