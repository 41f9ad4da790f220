"""Reports of messages as administrators have them, made up, and what tests say about their import."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from calculator.importers.messages import import_messages
from calculator.inputs.text_files import Upload
from calculator.issues import InputError

PROFILE = (
    '"SiteName","Mailboxes","AvgTotalMsgs","AvgTotalKB","AvgSentMsgs","AvgRcvdMsgs","AvgSentKB","AvgRcvdKB","SentMsgs",'
    '"RcvdMsgs","SentKB","RcvdKB","UTCOffset","TimeSpan","TotalDays"\n'
    '"~All Sites","1695","59","62","12","47","53","64","94600","397500","4968100","25315500","0","0","5"\n'
    '"Berlin","420","70","69","15","55","62","71","31500","115500","1953000","8200500","1","0","5"\n'
    '"Oslo","65","38","77","8","30","66","80","2600","9750","171600","780000","1","0","5"\n'
    '"Pune","1210","55","58","10","45","47","60","60500","272250","2843500","16335000","5.5","4.5","5"\n'
)
AVERAGES = """\
Tracking start time: 05/05/2014 00:00:00
Tracking end time:   05/10/2014 00:00:00
Analyzed period (days): 5

Started processing EX1
Processed 482115 log records in 61 seconds
   Average rate: 7903 log recs/sec.


Number of recipients: 1710
Messages Received per Mailbox Per Day: 46.8
Messages Sent per Mailbox Per Day: 11.2
Messages Sent/Received per Mailbox Per Day: 58.0
Average message size (KB): 58.4

Run time was 0:01:03
"""
STATS = (
    '"Date","User","Domain","Sent Total","Sent MB Total","Received Total","Received MB Total","Sent Internal",'
    '"Sent Internal MB","Sent External","Sent External MB","Received Internal","Received Internal MB",'
    '"Received External","Received External MB","Sent Unique Total","Sent Unique MB Total","Sent Internal Unique",'
    '"Sent Internal Unique MB","Sent External  Unique","Sent External Unique MB"\n'
    '"05/06/2014","ann","example.test","14","1.2","62","3.9","10","0.8","4","0.4","40","2.1","22","1.8","9","0.8","6",'
    '"0.5","3","0.3"\n'
    '"05/06/2014","bo","example.test","3","0.1","25","1.4","3","0.1","0","0","20","1.1","5","0.3","3","0.1","3","0.1",'
    '"0","0"\n'
    '"05/06/2014","cy","example.test","0","0","11","0.6","0","0","0","0","8","0.5","3","0.1","0","0","0","0","0","0"\n'
)
PER_DAY, SIZE = "tiers.1.messages_per_day", "tiers.1.message_size"
BERLIN = (31_500 + 115_500) / 5 / 420  # 70
ADVICE = (
    "Give the CSV of Generate-MessageProfile.ps1, files MSGTRK*.log, files email_stats_*.csv of MessageStats.ps1, or "
    "the text CalcMsgAverage.ps1 prints."
)


def upload(text, name="file.csv", encoding="utf-8"):
    return Upload(name, text if isinstance(text, bytes) else text.encode(encoding))


def imported(*texts, base=None, **options):
    return import_messages([t if isinstance(t, Upload) else upload(t) for t in texts], base, **options)


def refused(*texts, **options):
    with pytest.raises(InputError) as error:
        imported(*texts, **options)
    return str(error.value)


def told(result):
    return [f"{issue.severity}: {issue}" for issue in result.issues]


def left_out(result):
    return {row["reason"]: row["rows"] for row in result.tables["left_out"]}


def day(number, text=STATS):
    """The file of a day of May 2014; the 5th is a Monday."""
    moment = date(2014, 5, 5) + timedelta(days=number)
    return upload(text.replace("05/06/2014", f"{moment:%m/%d/%Y}"), f"email_stats_{moment:%Y_%m_%d}.csv")
