"""A real browser, driven over the DevTools pipe (descriptors 3 and 4) with the standard library alone.

``python -m reports.tests.browser PAGE.html OUT.png [#fragment] [WIDTHxHEIGHT] [dark] [noscript]`` takes a screenshot;
OUT.pdf prints instead.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
Json = dict[str, Any]


class Browser:
    """One headless browser with one page. Errors and console messages go to ``problems``, loads to ``requests``."""

    def __init__(self) -> None:
        assert CHROMIUM is not None
        self.profile = tempfile.mkdtemp(prefix="browser-")
        read_commands, self._out = os.pipe()
        self._in, write_replies = os.pipe()
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        flags += [
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            f"--user-data-dir={self.profile}",
        ]

        def descriptors() -> None:
            # In the child: the browser reads commands on 3 and writes replies on 4. Move both out of the way first.
            reader, writer = os.dup(read_commands), os.dup(write_replies)
            os.dup2(reader, 3)
            os.dup2(writer, 4)

        self._process = subprocess.Popen(
            [CHROMIUM, *flags, "--remote-debugging-pipe", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=False,
            start_new_session=True,
            preexec_fn=descriptors,
        )
        os.close(read_commands)
        os.close(write_replies)
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        self._loaded = False
        self._scripts = True
        self.problems: list[str] = []
        self.requests: list[str] = []
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._in)
        os.close(self._out)
        shutil.rmtree(self.profile, ignore_errors=True)

    def call(self, method: str, **parameters: Any) -> Json:
        """One DevTools command; its result. Events that arrive meanwhile are kept."""
        self._number += 1
        message: Json = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            reply = self._read()
            if reply.get("id") == self._number:
                if "error" in reply:
                    raise RuntimeError(f"{method}: {reply['error']}")
                result: Json = reply["result"]
                return result

    def _read(self) -> Json:
        while b"\0" not in self._buffer:
            chunk = os.read(self._in, 1 << 20)
            if not chunk:
                raise RuntimeError("the browser closed the pipe")
            self._buffer += chunk
        text, self._buffer = self._buffer.split(b"\0", 1)
        message: Json = json.loads(text)
        self._note(message.get("method"), message.get("params") or {})
        return message

    def _note(self, event: str | None, details: Json) -> None:
        if event == "Runtime.exceptionThrown":
            self.problems.append(json.dumps(details["exceptionDetails"])[:2000])
        elif event == "Runtime.consoleAPICalled":
            self.problems.append("console: " + " ".join(str(item.get("value")) for item in details["args"]))
        elif event == "Log.entryAdded":
            self.problems.append("log: " + details["entry"]["text"])
        elif event == "Page.javascriptDialogOpening":
            self.problems.append("dialog: " + details["message"])
        elif event == "Network.requestWillBeSent":
            self.requests.append(details["request"]["url"])
        elif event == "Page.loadEventFired":
            self._loaded = True

    def open(self, page: Path, fragment: str = "") -> float:
        """Load a page from disk afresh; seconds until its script says that it is ready, or until its load event.

        A script that fails shows a banner instead; then there is nothing to wait for either.
        """
        self._go("about:blank")
        start = time.perf_counter()
        self._go(page.resolve().as_uri() + fragment)
        if self._scripts:
            self.wait("document.documentElement.dataset.ready || !document.getElementById('trouble')?.hidden", 30)
        return time.perf_counter() - start

    def visit(self, fragment: str) -> None:
        """Another view of the same page, until it is drawn."""
        self.run(f"location.hash = {json.dumps(fragment)}")
        self.wait(f"document.documentElement.dataset.shown === {json.dumps(fragment)}")

    def _go(self, url: str) -> None:
        self._loaded = False
        self.call("Page.navigate", url=url)
        while not self._loaded:
            self._read()

    def run(self, expression: str) -> Any:
        """Evaluate JavaScript in the page; the value as JSON."""
        reply = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in reply:
            raise RuntimeError(f"{expression[:100]}: {reply['exceptionDetails']}")
        return reply["result"].get("value")

    def wait(self, expression: str, seconds: float = 10.0) -> Any:
        """The value of the expression once it is true; what follows a key or a click (``hashchange``) comes later.

        The last value when it never becomes true, so that an assertion shows it.
        """
        deadline = time.monotonic() + seconds
        while not (value := self.run(expression)) and time.monotonic() < deadline:
            time.sleep(0.01)
        return value

    def press(self, key: str) -> None:
        """One key, down and up."""
        codes = {"Tab": 9, "Enter": 13, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}
        common: Json = {"key": key, "code": key, "windowsVirtualKeyCode": codes[key]}
        text = {"text": "\r"} if key == "Enter" else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", **common, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def size(self, width: int, height: int) -> None:
        """The window, in CSS pixels."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def dark(self, on: bool) -> None:
        """What the system prefers."""
        feature = {"name": "prefers-color-scheme", "value": "dark" if on else "light"}
        self.call("Emulation.setEmulatedMedia", features=[feature])

    def scripts(self, on: bool) -> None:
        """Switch the page's own JavaScript on or off."""
        self._scripts = on
        self.call("Emulation.setScriptExecutionDisabled", value=not on)

    def screenshot(self, out: Path) -> None:
        """The window as PNG."""
        out.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def print(self, out: Path) -> None:
        """What a printer would get, as PDF on A4."""
        data = self.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, printBackground=False)["data"]
        out.write_bytes(base64.b64decode(data))


if __name__ == "__main__":
    page_path, out_path, *rest = sys.argv[1:]
    with Browser() as browser:
        shape = next((item for item in rest if "x" in item and item[0].isdigit()), "1440x1000")
        browser.size(*(int(side) for side in shape.split("x")))
        browser.dark("dark" in rest)
        browser.scripts("noscript" not in rest)
        took = browser.open(Path(page_path), next((item for item in rest if item.startswith("#")), ""))
        if out_path.endswith(".pdf"):
            browser.print(Path(out_path))
        else:
            browser.screenshot(Path(out_path))
        print(f"{took:.2f} s", browser.problems, browser.run("document.documentElement.dataset.ready"))
