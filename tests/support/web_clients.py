"""The app in a process of its own, and clients that speak to it over a WebSocket as a browser does."""

import asyncio
import contextlib
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from calculator.ui.session import links

APP = Path(__file__).parents[2] / "app.py"
PATIENCE = 60
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
IS_LINUX = Path("/proc/self/stat").exists()


class Server:
    """The app in a process of its own.

    Attributes
    ----------
    port
        Port of the server on 127.0.0.1.
    log
        File with what the server writes.
    """

    def __init__(self, port, process, log):
        self.port, self.process, self.log = port, process, log

    @property
    def threads(self):
        """Number of threads."""
        return len(list(Path(f"/proc/{self.process.pid}/task").iterdir()))

    @property
    def memory(self):
        """Memory in use, in MB."""
        text = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmRSS"))

    @property
    def seconds(self):
        """Processor time taken so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def get(self, path="/", **headers):
        """Return status and text of the answer to a request with some headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.putrequest("GET", path, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        text = "" if answer.status == HTTPStatus.SWITCHING_PROTOCOLS else answer.read().decode(errors="replace")
        connection.close()
        return answer.status, text


@contextlib.contextmanager
def served(*options):
    """Start the app on a free port with some options of Streamlit, and end it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(APP)]
    command += ["--server.port", str(port), "--server.headless", "true", *options]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, cwd=APP.parent)
        try:
            server = Server(port, process, log)
            _wait_until_up(server)
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _wait_until_up(server):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.process.poll() is None:
        with contextlib.suppress(OSError):
            if server.get("/_stcore/health")[0] == 200:
                return
        time.sleep(0.05)
    raise TimeoutError(server.log.read_text(encoding="utf-8"))


class Client:
    """A browser session without a browser: it keeps what the page shows and changes its widgets.

    Attributes
    ----------
    shown
        Elements and blocks of the page, each with the run that drew it, by place.
    errors
        Exceptions and red boxes that were shown.
    """

    def __init__(self, socket, address):
        self._socket, self._address = socket, address
        self.shown, self.errors, self._kept = {}, [], {}

    async def run(self, *states, fragment=""):
        """Run the script, or a fragment of it, with other states of widgets, and read the page that follows."""
        message = BackMsg()
        message.rerun_script.query_string = self._address[1]
        message.rerun_script.page_name = self._address[0]
        if fragment:
            message.rerun_script.fragment_id = fragment
            message.rerun_script.is_auto_rerun = True
        changed = {name: WidgetState(id=name, **{kind: value}) for name, kind, value in states}
        message.rerun_script.widget_states.widgets.extend({**self._kept, **changed}.values())
        self._kept |= {name: each for name, each in changed.items() if not each.HasField("trigger_value")}
        await self._socket.send(message.SerializeToString())
        await self._read()

    async def _read(self):
        """Read until the last of the runs that follow each other has ended."""
        run, another_follows = None, False
        while True:
            message = ForwardMsg()
            message.ParseFromString(await asyncio.wait_for(self._socket.recv(), PATIENCE))
            kind = message.WhichOneof("type")
            if kind == "new_session":
                run = message.metadata.run
            elif kind == "delta":
                self._draw(message, run)
            elif kind == "script_finished":
                another_follows = message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
                if not another_follows:
                    self._forget_old(run)
            elif kind == "session_status_changed" and not (
                message.session_status_changed.script_is_running or another_follows
            ):
                return
            elif kind == "session_event" and message.session_event.WhichOneof("type") == "script_compilation_exception":
                self.errors.append(str(message.session_event))

    def _draw(self, message, run):
        place, delta = tuple(message.metadata.delta_path), message.delta
        kind = delta.WhichOneof("type")
        drawn = getattr(delta, kind)
        self.shown[place] = (run.script_run_id, delta.fragment_id, drawn)
        if kind == "new_element" and (drawn.HasField("exception") or drawn.alert.format == drawn.alert.ERROR):
            self.errors.append(str(drawn))

    def _forget_old(self, run):
        """Forget what the run has not drawn again: of the whole page, or of its fragments with all within them."""
        fragments = set(run.fragment_ids)
        within = {place for place, (_, fragment, _) in self.shown.items() if fragment in fragments}

        def is_old(place):
            return not fragments or any(place[:length] in within for length in range(1, len(place) + 1))

        self.shown = {
            place: shown for place, shown in self.shown.items() if shown[0] == run.script_run_id or not is_old(place)
        }

    # --- what the page shows ---

    def elements(self, kind):
        """Return the elements of a kind, such as ``metric``."""
        found = [drawn for _, _, drawn in self.shown.values()]
        return [getattr(each, kind) for each in found if _kind(each) == kind]

    def texts(self, kind="text"):
        """Return the texts of the elements of a kind."""
        return [each.body for each in self.elements(kind)]

    def tiles(self):
        """Return label and value of each tile."""
        return {metric.label: metric.body for metric in self.elements("metric")}

    def fragments(self, kind):
        """Return the fragments that drew the elements of a kind."""
        return [fragment for _, fragment, drawn in self.shown.values() if _kind(drawn) == kind]

    # --- what a person does ---

    async def set_number(self, label, value):
        """Set the number of the first number input whose label begins so."""
        number = next(each for each in self.elements("number_input") if each.label.startswith(label))
        await self.run((number.id, "double_value", value))

    async def click(self, label):
        """Click the first button with a label."""
        button = next(each for each in self.elements("button") if each.label == label)
        await self.run((button.id, "trigger_value", True))

    async def choose(self, label, option):
        """Choose an option of the first segmented control with a label."""
        group = next(each for each in self.elements("button_group") if each.label == label)
        await self.run((group.id, "string_array_value", {"data": [option]}))

    async def open_tab(self, label):
        """Open a tab of the first tabs of the page."""
        tabs = next(each for each in self.elements("tab_container") if each.id)
        await self.run((tabs.id, "string_value", label))


def _kind(drawn):
    """Return what an element or a block is."""
    return drawn.WhichOneof("type") or ""


@contextlib.asynccontextmanager
async def connected(server, page, profile, **headers):
    """Open a page of the app with a design in its address."""
    async with websockets.connect(
        f"ws://127.0.0.1:{server.port}/_stcore/stream",
        origin=f"http://127.0.0.1:{server.port}",
        subprotocols=["streamlit"],
        max_size=None,
        open_timeout=PATIENCE,
        ping_interval=None,  # Many clients share one thread, which may be too busy to look for the answers.
        additional_headers=headers,
    ) as opened:
        client = Client(opened, (page, urlencode({"d": links.encode(profile)})))
        await client.run()
        yield client
