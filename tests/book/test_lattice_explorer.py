"""The lattice explorer in headless Chromium: pointer, keyboard, search, words; without a script too."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _neighbour(path: Path):
    """Another test file, which is in no package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


_HERE = Path(__file__).parent
_browser_tests = _neighbour(_HERE / "test_browser.py")
browser = _browser_tests.browser  # the fixture
PHONE = _browser_tests.PHONE
_pieces = _neighbour(_HERE.parent / "plots" / "test_explorer.py")

PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>x</title><link rel="icon" href="data:,">'


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    from saelib.plots import lattice_explorer

    folder = tmp_path_factory.mktemp("explorer")
    piece = lattice_explorer(*_pieces.square(_pieces.EVIL), title="pets", objects="animals")
    (folder / "live.html").write_text(PAGE + piece)
    (folder / "still.html").write_text(PAGE + re.sub(r"<script>.*</script>", "", piece, flags=re.DOTALL))
    return folder


class Explorer:
    def __init__(self, browser) -> None:
        self._browser = browser

    def told(self) -> str:
        return self._browser.run("return document.querySelector('.telling').textContent")

    def shown(self) -> list[int]:
        """Numbers of the nodes that are not dimmed."""
        script = (
            "return [...document.querySelectorAll('.node')].map(n => Number(getComputedStyle(n).opacity))"
        )
        return [i for i, opacity in enumerate(self._browser.run(script)) if opacity == 1]

    def click(self, i: int) -> None:
        script = f"const box = document.querySelectorAll('.node .target')[{i}].getBoundingClientRect();"
        x, y = self._browser.run(script + "return [box.x + box.width / 2, box.y + box.height / 2]")
        event = {"x": x, "y": y, "button": "left", "clickCount": 1}
        for kind in ("mousePressed", "mouseReleased"):
            self._browser._driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": kind} | event)

    def keys(self, *keys: str) -> None:
        for key in keys:
            for kind in ("rawKeyDown", "keyUp"):
                event = {"type": kind, "key": key, "code": key}
                self._browser._driver.execute_cdp_cmd("Input.dispatchKeyEvent", event)

    def focus(self, i: int) -> None:
        self._browser.run(f"document.querySelectorAll('.node')[{i}].focus()")

    def focused(self) -> int:
        return self._browser.run(
            "return [...document.querySelectorAll('.node')].indexOf(document.activeElement)"
        )

    def search(self, word: str) -> tuple[str, list[int]]:
        self._browser.run(
            f"const box = document.querySelector('input'); box.value = {word!r};"
            " box.dispatchEvent(new Event('input'))"
        )
        matches = self._browser.run(
            "return [...document.querySelectorAll('.node')].map(n => n.classList.contains('match'))"
        )
        return self._browser.run("return document.querySelector('.found').textContent"), [
            i for i, match in enumerate(matches) if match
        ]


@pytest.fixture
def explorer(folder, browser) -> Iterator[Explorer]:
    browser.complaints(), browser.requests()
    browser.open((folder / "live.html").as_uri())
    yield Explorer(browser)
    assert browser.complaints() == []
    assert [u for u in browser.requests() if not u.startswith(("file:", "data:", "about:", "chrome"))] == []


def test_focus_tells_extent_intent_and_facts(explorer: Explorer) -> None:
    explorer.focus(2)
    assert explorer.told() == "animals, 1: catattributes, 1: meowsstability: unavailable"


def test_a_click_marks_what_lies_above_and_below_and_a_second_click_frees_all(explorer: Explorer) -> None:
    explorer.click(1)
    assert explorer.shown() == [0, 1, 3]
    assert explorer.told().endswith("marked: 1 above, 1 below")
    explorer.click(1)
    assert explorer.shown() == [0, 1, 2, 3]


def test_arrow_keys_walk_enter_marks_escape_frees(explorer: Explorer) -> None:
    explorer.focus(0)
    explorer.keys("ArrowDown")
    first = explorer.focused()
    assert first in (1, 2)
    explorer.keys("ArrowRight" if first == 1 else "ArrowLeft")
    assert explorer.focused() == 3 - first
    explorer.keys("ArrowDown")
    assert explorer.focused() == 3
    explorer.keys("Home", "Enter")
    assert explorer.focused() == 0
    assert explorer.told().endswith("marked: 0 above, 3 below")
    explorer.keys("ArrowDown", "Enter")
    assert len(explorer.shown()) == 3
    explorer.keys("Escape")
    assert explorer.shown() == [0, 1, 2, 3]


def test_search_marks_the_concepts_that_introduce_a_name_and_says_how_many(explorer: Explorer) -> None:
    assert explorer.search("MEOW") == ("1 found", [2])
    assert explorer.told().startswith("animals, 1: cat")
    assert explorer.search("dog") == ("1 found", [1])
    assert explorer.search("unicorn") == ("nothing found", [])
    assert explorer.search("") == ("", [])


def test_names_with_markup_are_shown_as_they_are(explorer: Explorer, browser) -> None:
    explorer.focus(1)
    assert _pieces.EVIL in explorer.told()
    assert browser.run("return document.images.length") == 0


def test_on_a_phone_the_page_does_not_scroll_sideways(folder, browser) -> None:
    browser.open((folder / "live.html").as_uri(), width=PHONE)
    assert browser.run("return document.documentElement.scrollWidth <= window.innerWidth")


def test_without_a_script_the_drawing_is_there_and_the_controls_are_not(folder, browser) -> None:
    browser.open((folder / "still.html").as_uri())
    assert browser.run("return document.querySelector('svg').getBoundingClientRect().height") > 100
    for part in (".controls", ".telling"):
        assert browser.run(f"return getComputedStyle(document.querySelector('{part}')).display") == "none"
