"""The site as a reader sees it: every page in headless Chromium, with the network cut.

``BOOK_SCREENSHOTS=folder`` keeps a picture of every page, wide and narrow, light and dark, to be looked at.
"""

from __future__ import annotations

import base64
import functools
import http.server
import json
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]  # the site is built first

INSTALL = "Chromium is missing: apt-get install chromium chromium-driver"
PHONE, DESK = 390, 1280
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--allow-file-access-from-files",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]

SETTLED = """
const done = arguments[0];
const typeset = window.MathJax && MathJax.startup ? MathJax.startup.promise : Promise.resolve();
Promise.all([typeset, document.fonts.ready]).then(() => requestAnimationFrame(() => setTimeout(done, 0)));
"""

MATHEMATICS = """
const article = document.querySelector('article') || document.body;
const words = nodes => nodes.map(node => node.textContent.trim().slice(0, 80));
const formulas = [...article.querySelectorAll('.math')];
const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
const raw = [];
while (walker.nextNode()) {
  const text = walker.currentNode;
  const literal = text.parentElement.closest('pre, code, script, style, mjx-container');
  if (!literal && /\\\\[([]|\\\\begin\\{|\\$\\$/.test(text.data)) raw.push(text);
}
return {
  untypeset: words(formulas.filter(formula => !formula.querySelector('mjx-container'))),
  errors: words([...article.querySelectorAll('mjx-merror, [data-mjx-error]')]),
  raw: words(raw),
};
"""

TOO_WIDE = """
const root = document.documentElement, width = root.clientWidth;
if (root.scrollWidth <= width) return [];
const within = element => {
  for (let box = element.parentElement; box && box !== document.body; box = box.parentElement)
    if (/auto|scroll|hidden/.test(getComputedStyle(box).overflowX)) return true;
  return false;
};
const wide = [...document.querySelectorAll('body *')]
  .filter(element => element.getBoundingClientRect().right > width + 1 && !within(element))
  .map(element => element.tagName.toLowerCase() + ' ' + element.className);
return [`page is ${root.scrollWidth} px wide on ${width}`, ...wide.slice(-4)];
"""

HITS = """
const done = arguments[0], list = () => [...document.querySelectorAll('#search-results a')];
const wait = n => list().length || !n ? done(list().map(hit => hit.href)) : setTimeout(wait, 100, n - 1);
wait(50);
"""


@dataclass(frozen=True)
class Visit:
    """What happened while one page was open."""

    page: str
    complaints: list[str]
    outside: list[str]
    mathematics: dict[str, list[str]]
    too_wide: dict[int, list[str]]


class Browser:
    """Headless Chromium that reaches nothing but this machine."""

    def __init__(self, profile: Path) -> None:
        from selenium import webdriver

        os.environ["NO_PROXY"] = "localhost,127.0.0.1"  # selenium talks to its driver by HTTP
        options = webdriver.ChromeOptions()
        options.binary_location = _chromium()
        for flag in [*FLAGS, f"--user-data-dir={profile}"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
        self._driver = webdriver.Chrome(options=options, service=service)
        self._driver.set_script_timeout(30)

    def open(self, url: str, width: int = DESK, dark: bool = False) -> None:
        """Open a page at a width and wait until mathematics and fonts are there."""
        height = 844 if width < 600 else 900
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        scheme = {"features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]}
        self._driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self._driver.execute_cdp_cmd("Emulation.setEmulatedMedia", scheme)
        self._driver.get(url)
        self.run_async(SETTLED)

    def run(self, script: str):
        """Result of a script on the open page."""
        return self._driver.execute_script(script)

    def run_async(self, script: str):
        """What a script on the open page hands to its callback."""
        return self._driver.execute_async_script(script)

    def complaints(self) -> list[str]:
        """Console errors since last asked."""
        return [entry["message"] for entry in self._driver.get_log("browser") if entry["level"] == "SEVERE"]

    def requests(self) -> list[str]:
        """Addresses asked for since last asked."""
        events = (json.loads(entry["message"])["message"] for entry in self._driver.get_log("performance"))
        return [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]

    def screenshot(self, path: Path) -> None:
        """Keep a picture of the whole page."""
        # The theme slides its sidebars in and out when the width changes; no picture wants them half-way.
        self.run(
            "document.head.insertAdjacentHTML('beforeend', '<style>* {transition: none !important}</style>')"
        )
        size = self._driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 8000), "scale": 1}
        shot = {"format": "png", "captureBeyondViewport": True, "clip": clip}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(
            base64.b64decode(self._driver.execute_cdp_cmd("Page.captureScreenshot", shot)["data"])
        )

    def quit(self) -> None:
        """End the browser."""
        self._driver.quit()


def _chromium() -> str | None:
    return next(
        (
            found
            for name in ("chromium", "chromium-browser", "google-chrome")
            if (found := shutil.which(name))
        ),
        None,
    )


@pytest.fixture(scope="session")
def browser(tmp_path_factory) -> Iterator[Browser]:
    if _chromium() is None or shutil.which("chromedriver") is None:
        if os.environ.get("CI"):
            pytest.fail(INSTALL)
        pytest.skip(INSTALL)
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.quit()


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def address(site) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(_Silent, directory=str(site))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def visits(site, address, browser) -> list[Visit]:
    pages = sorted(p.relative_to(site).as_posix() for p in site.rglob("*.html") if "_static" not in p.parts)
    return [_visit(browser, address, page) for page in pages]


def _visit(browser: Browser, address: str, page: str) -> Visit:
    browser.complaints(), browser.requests()
    browser.open(address + page, width=DESK)
    mathematics = browser.run(MATHEMATICS)
    too_wide = {DESK: browser.run(TOO_WIDE)}
    browser.open(address + page, width=PHONE)
    too_wide[PHONE] = browser.run(TOO_WIDE)
    if folder := os.environ.get("BOOK_SCREENSHOTS"):
        for width in (DESK, PHONE):
            for dark in (False, True):
                browser.open(address + page, width=width, dark=dark)
                name = (
                    page.removesuffix(".html").replace("/", "_") + f"_{width}_{'dark' if dark else 'light'}"
                )
                browser.screenshot(Path(folder) / f"{name}.png")
    outside = [
        url
        for url in browser.requests()
        if not url.startswith((address, "data:", "blob:", "about:", "chrome"))
    ]
    return Visit(page, browser.complaints(), outside, mathematics, too_wide)


def test_the_network_is_cut(browser):
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        browser.open("http://example.org/")
    browser.complaints(), browser.requests()


def test_no_page_complains_on_the_console(visits):
    assert {visit.page: visit.complaints for visit in visits if visit.complaints} == {}


def test_no_page_asks_for_anything_from_elsewhere(visits):
    assert {visit.page: visit.outside for visit in visits if visit.outside} == {}


@pytest.mark.parametrize("trouble", ["untypeset", "errors", "raw"])
def test_mathematics_is_typeset(visits, trouble):
    assert {visit.page: visit.mathematics[trouble] for visit in visits if visit.mathematics[trouble]} == {}


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_no_page_scrolls_sideways(visits, width):
    assert {visit.page: visit.too_wide[width] for visit in visits if visit.too_wide[width]} == {}


def test_the_site_opens_from_the_file_system(site, browser):
    browser.complaints()
    browser.open((site / "book" / "index.html").as_uri())
    browser.open((site / "book" / "glossary.html").as_uri())
    assert browser.run(MATHEMATICS) == {"untypeset": [], "errors": [], "raw": []}
    assert browser.complaints() == []


def test_the_search_finds_a_word_of_the_glossary(address, browser):
    browser.open(address + "search.html?q=closure")
    assert any("glossary" in link for link in browser.run_async(HITS))
    browser.complaints(), browser.requests()
