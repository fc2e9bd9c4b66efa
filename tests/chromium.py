"""A real browser that tests can use as a reader does: it types, clicks and looks, and everything it asks for or complains of is noted.

Chromium's DevTools protocol over two pipes (`--remote-debugging-pipe`): JSON, each message ended by a zero byte. No socket of ours.
"""

import base64
import fcntl
import itertools
import json
import os
import queue
import shutil
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest

ANSWER_S = 60  # no test is about time: this only ends one that hangs
OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
KEYS = {"Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}


@contextmanager
def chromium(folder):
    """Yield a `Browser` with its profile in *folder*."""
    command = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if command is None:
        pytest.skip("no Chromium is installed, so the pages cannot be looked at")
    ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 20) for pair in (os.pipe(), os.pipe()) for end in pair]

    def take_ends():
        os.dup2(ends[0], 3)
        os.dup2(ends[3], 4)

    arguments = [command, *OPTIONS, f"--user-data-dir={folder}", "--remote-debugging-pipe", "about:blank"]
    process = subprocess.Popen(arguments, preexec_fn=take_ends, pass_fds=(3, 4), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(ends[0])
    os.close(ends[3])
    try:
        yield Browser(ends[1], ends[2])
    finally:
        process.kill()
        process.wait()


class Browser:
    """One browser; `tab` opens an empty page."""

    def __init__(self, to, answers):
        self._to = os.fdopen(to, "wb", buffering=0)
        self._numbers = itertools.count(1)
        self._waiting = {}
        self.tabs = {}
        threading.Thread(target=self._listen, args=(answers,), daemon=True).start()

    def call(self, method, session=None, **values):
        number, answer = next(self._numbers), queue.SimpleQueue()
        self._waiting[number] = answer
        message = {"id": number, "method": method, "params": values} | ({"sessionId": session} if session else {})
        self._to.write(json.dumps(message).encode() + b"\0")
        said = answer.get(timeout=ANSWER_S)
        assert "error" not in said, (method, said["error"])
        return said["result"]

    def tab(self, **look):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        return Tab(self, self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"], **look)

    def _listen(self, answers):
        with os.fdopen(answers, "rb", buffering=0) as stream:
            data = b""
            while piece := stream.read(2**16):
                *messages, data = (data + piece).split(b"\0")
                for message in map(json.loads, messages):
                    if "id" in message:
                        self._waiting.pop(message["id"]).put(message)
                    elif message.get("sessionId") in self.tabs:
                        self.tabs[message["sessionId"]].hear(message["method"], message["params"])


class Tab:
    """One page: `said` are its errors and what its console said, `asked` the addresses that it asked for, `failed` those it did not get."""

    def __init__(self, browser, session, *, width=1280, height=900, scheme="light", scripts=True):
        self._browser, self._session = browser, session
        self.said, self.asked, self.failed = [], [], []
        self._addresses = {}
        browser.tabs[session] = self
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)

    def call(self, method, **values):
        return self._browser.call(method, self._session, **values)

    def hear(self, method, values):
        if method == "Runtime.exceptionThrown":
            self.said.append(values["exceptionDetails"].get("exception", values["exceptionDetails"]).get("description", str(values)))
        elif method == "Runtime.consoleAPICalled":
            self.said.append(" ".join(str(each.get("value")) for each in values["args"]))
        elif method == "Log.entryAdded":
            self.said.append(values["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self._addresses[values["requestId"]] = values["request"]["url"]
            self.asked.append(values["request"]["url"])
        elif method == "Network.responseReceived" and values["response"]["status"] >= 400:
            self.failed.append(values["response"]["url"])
        elif method == "Network.loadingFailed" and not values.get("canceled"):
            self.failed.append(self._addresses.get(values["requestId"]))

    def open(self, address):
        """Load a page and wait until it is there with everything it names."""
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=address)
        self.wait(f"location.href.startsWith({json.dumps(address.partition('#')[0])}) && document.readyState === 'complete'")

    def back(self):
        """Go back as the browser's own button does; a script that leaves its page may get no answer any more."""
        history = self.call("Page.getNavigationHistory")
        self.call("Page.navigateToHistoryEntry", entryId=history["entries"][history["currentIndex"] - 1]["id"])

    def eval(self, code):
        """Return the value of a JavaScript expression, a promise's when it is kept."""
        done = self.call("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def wait(self, code):
        """Wait until an expression is true; while a page changes there may be nothing to ask."""
        last = time.monotonic() + ANSWER_S
        while True:
            try:
                if self.eval(code):
                    return
            except AssertionError:
                pass
            assert time.monotonic() < last, f"never came true: {code}"
            time.sleep(0.03)

    def press(self, *keys):
        """Press and release keys, named as `KeyboardEvent.key`."""
        for key in keys:
            text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
            code = KEYS.get(key, ord(key[0].upper()))
            self.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=text, windowsVirtualKeyCode=code)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def write(self, text):
        """Put text in where the focus is, as an input method does."""
        self.call("Input.insertText", text=text)

    def click(self, selector):
        """Click the middle of the first element that *selector* names, with the mouse."""
        place = self.eval(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center', behavior: 'instant'}});"
            " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def picture(self, path):
        """Write what is seen to a PNG file."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))
