"""The figure in which points can be moved: its geometry, its handling and its words, in headless Chromium."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BOOK = Path(__file__).resolve().parents[2] / "book"
MARKUP = BOOK / "_ext" / "move_a_point.html"

PAGE = """<!doctype html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><title>Move a point</title>
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="custom.css"><link rel="stylesheet" href="move_a_point.css">
{script}</head><body style="margin: 0"><main>{markup}</main></body></html>
"""


def _neighbour(name: str):
    """Another test file of this folder, which is no package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


_browser_tests = _neighbour("test_browser")
browser = _browser_tests.browser  # the fixture
PHONE, DESK = _browser_tests.PHONE, _browser_tests.DESK


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The figure alone, with and without its script, to be opened from the file system."""
    folder = tmp_path_factory.mktemp("figure")
    for name in ("custom.css", "move_a_point.css", "move_a_point.js"):
        (folder / name).write_text((BOOK / "_static" / name).read_text(encoding="utf-8"))
    markup = MARKUP.read_text(encoding="utf-8")
    script = '<script src="move_a_point.js"></script>'
    (folder / "live.html").write_text(PAGE.format(script=script, markup=markup))
    (folder / "still.html").write_text(PAGE.format(script="", markup=markup))
    return folder


class Figure:
    """The figure as a reader has it."""

    def __init__(self, browser) -> None:
        self._browser, self._driver = browser, browser._driver

    def answer(self) -> str:
        return self._browser.run("return document.querySelector('.answer').textContent")

    def kind(self) -> str:
        return self._browser.run("return document.querySelector('.move-a-point').dataset.kind")

    def press(self, button: str) -> None:
        self._browser.run(f"document.querySelector('[{button}]').click()")

    def at(self, i: int) -> tuple[float, float]:
        """Where a point is on the screen, in pixels."""
        script = f"const box = document.querySelectorAll('.disk')[{i}].getBoundingClientRect();"
        return tuple(self._browser.run(script + "return [box.x + box.width / 2, box.y + box.height / 2]"))

    def label(self, i: int) -> str:
        return self._browser.run(
            f"return document.querySelectorAll('.point')[{i}].getAttribute('aria-label')"
        )

    def mouse(self, kind: str, at: tuple[float, float], clicks: int = 1) -> None:
        event = {"type": f"mouse{kind}", "x": at[0], "y": at[1], "button": "left", "clickCount": clicks}
        self._driver.execute_cdp_cmd("Input.dispatchMouseEvent", event | {"buttons": 1})

    def drag(self, i: int, to: tuple[float, float]) -> None:
        start = self.at(i)
        self.mouse("Pressed", start)
        for share in (0.25, 0.5, 0.75, 1.0):
            self.mouse("Moved", tuple(a + share * (b - a) for a, b in zip(start, to, strict=True)))
        self.mouse("Released", to)

    def touch(self, kind: str, at: tuple[float, float] | None) -> None:
        points = [] if at is None else [{"x": at[0], "y": at[1]}]
        event = {"type": f"touch{kind}", "touchPoints": points}
        self._driver.execute_cdp_cmd("Input.dispatchTouchEvent", event)

    def focus(self, i: int) -> None:
        self._browser.run(f"document.querySelectorAll('.point')[{i}].focus()")

    def keys(self, *keys: str, shift: bool = False) -> None:
        for key in keys:
            for kind in ("rawKeyDown", "keyUp"):
                event = {"type": kind, "key": key, "code": key, "modifiers": 8 if shift else 0}
                if key == "Tab":
                    event |= {"windowsVirtualKeyCode": 9}
                self._driver.execute_cdp_cmd("Input.dispatchKeyEvent", event)

    def focused(self) -> str | None:
        return self._browser.run("return document.activeElement.getAttribute('aria-label')")


@pytest.fixture
def figure(folder, browser) -> Iterator[Figure]:
    browser.complaints(), browser.requests()
    browser.open((folder / "live.html").as_uri())
    yield Figure(browser)
    assert browser.complaints() == []
    asked = browser.requests()
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:", "chrome"))] == []


# --- handling ----------------------------------------------------------------------------------------------


def test_dragging_a_point_into_the_other_hull_changes_the_answer(figure: Figure) -> None:
    assert figure.kind() == "neuron"
    assert figure.answer().startswith("One neuron separates them. Margin 0.59")
    middle = tuple(np.mean([figure.at(i) for i in (5, 7, 8)], axis=0))
    figure.drag(0, middle)
    assert figure.kind() == "certificate"
    assert "points prove it" in figure.answer()
    figure.press("data-reset")
    assert figure.answer().startswith("One neuron separates them. Margin 0.59")


def test_a_finger_drags_as_a_mouse_does(folder, browser) -> None:
    browser.open((folder / "live.html").as_uri(), width=PHONE)
    figure = Figure(browser)
    start, to = figure.at(0), tuple(np.mean([figure.at(i) for i in (5, 7, 8)], axis=0))
    figure.touch("Start", start)
    for share in (0.3, 0.6, 1.0):
        figure.touch("Move", tuple(a + share * (b - a) for a, b in zip(start, to, strict=True)))
    figure.touch("End", None)
    assert figure.kind() == "certificate"
    assert np.allclose(figure.at(0), to, atol=5)


def test_two_taps_take_a_point_out_of_the_concept(figure: Figure) -> None:
    assert "in the concept" in figure.label(2)
    for _ in range(2):
        figure.mouse("Pressed", figure.at(2))
        figure.mouse("Released", figure.at(2))
    assert "not in the concept" in figure.label(2)
    assert figure.kind() == "neuron"


def test_arrow_keys_move_the_focused_point_and_the_page_stays(figure: Figure) -> None:
    figure.focus(4)
    assert "2.7 across, 2.9 up" not in figure.label(4)
    before = figure.label(4)
    figure.keys("ArrowRight", "ArrowDown")
    assert figure.label(4) == before.replace("2.3 across, 2.3 up", "2.4 across, 2.2 up")
    figure.keys("ArrowRight", shift=True)
    assert "2.9 across, 2.2 up" in figure.label(4)
    figure.keys(*["ArrowRight"] * 12)
    assert figure.kind() == "certificate"
    assert figure.focused() == figure.label(4)


def test_tab_reaches_the_points_one_after_another(figure: Figure) -> None:
    figure.focus(0)
    figure.keys("Tab")
    assert figure.focused() == figure.label(1)


def test_enter_and_the_button_switch_the_side_of_the_focused_point(figure: Figure) -> None:
    figure.focus(6)
    figure.keys("Enter")
    assert "Point G, in the concept" in figure.label(6)
    figure.press("data-turn")
    assert "Point G, not in the concept" in figure.label(6)


def test_a_point_stays_within_the_frame(figure: Figure) -> None:
    figure.drag(7, (4000.0, -50.0))
    assert "5.8 across, 3.8 up" in figure.label(7)


def test_every_start_says_what_it_promises(figure: Figure) -> None:
    said = {}
    for name in ("separable", "triangle", "crossing", "middle"):
        figure.press(f"data-preset={name}")
        said[name] = figure.answer()
    assert said["separable"].startswith("One neuron separates them.")
    assert said["triangle"].startswith("No neuron can. Four points prove it: 0.34 A + 0.34 D + 0.32 F = H,")
    assert "0.50 A + 0.50 C = 0.50 F + 0.50 H" in said["crossing"]
    assert said["middle"].startswith("No neuron can. Three points prove it: C = 0.50 F + 0.50 I")


def test_a_concept_without_points_and_one_with_all_of_them_have_a_neuron(figure: Figure) -> None:
    for i in range(5):
        figure.focus(i)
        figure.keys("Enter")
    assert figure.kind() == "nothing"
    for i in range(10):
        figure.focus(i)
        figure.keys("Enter")
    assert figure.kind() == "everything"


def test_the_answer_is_announced(figure: Figure) -> None:
    page = BeautifulSoup(MARKUP.read_text(encoding="utf-8"), "html.parser")
    assert page.select_one(".answer")["aria-live"] == "polite"
    assert page.svg["aria-label"]


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_it_is_no_wider_than_the_screen_and_its_points_are_large_enough_to_touch(
    folder, browser, width
) -> None:
    browser.open((folder / "live.html").as_uri(), width=width)
    assert browser.run(_browser_tests.TOO_WIDE) == []
    reach = browser.run("return document.querySelector('.reach').getBoundingClientRect().width")
    assert reach >= 24


# --- without a script --------------------------------------------------------------------------------------

DRAWN = """
const shapes = box => [...document.querySelector(box).children].map(shape => shape.outerHTML);
return JSON.stringify({
  under: shapes('.under'), over: shapes('.over'), answer: document.querySelector('.answer').textContent,
  points: [...document.querySelectorAll('.point')]
    .map(point => [point.getAttribute('class'), point.getAttribute('transform')]),
});
"""


def test_without_a_script_it_shows_the_start_as_the_script_would_draw_it(folder, browser) -> None:
    drawn = []
    for name in ("still.html", "live.html"):
        browser.open((folder / name).as_uri())
        drawn.append(json.loads(browser.run(DRAWN)))
    assert drawn[0] == drawn[1]
    browser.open((folder / "still.html").as_uri())
    assert browser.run("return document.querySelector('.presets').checkVisibility()") is False
    assert browser.run("return document.querySelector('svg').checkVisibility()") is True
    assert "<noscript>" in MARKUP.read_text(encoding="utf-8")


# --- the geometry ------------------------------------------------------------------------------------------


def _instances(n: int) -> list[list[dict]]:
    """Whole-number points from 3 × 3 grids, where nearly all touch and coincide, up to ± 2^20."""
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(n):
        reach = int(rng.choice([1, 2, 4, 10, 1000, 2**20]))
        xy = rng.integers(-reach, reach + 1, (int(rng.integers(2, 11)), 2))
        side = rng.random(len(xy)) < 0.5
        if rng.random() < 0.5:  # a line between them, which often is one that parts them
            side = xy @ rng.integers(-2, 3, 2) > rng.integers(-2, 3)
        drawn.append(
            [{"x": int(x), "y": int(y), "inside": bool(s)} for (x, y), s in zip(xy, side, strict=True)]
        )
    return drawn


@pytest.fixture(scope="module")
def decided(folder, browser) -> list[tuple[list[dict], dict]]:
    browser.open((folder / "live.html").as_uri())
    instances = _instances(1_000)
    script = f"return {json.dumps(instances)}.map(points => moveAPoint.decide(points))"
    return list(zip(instances, browser.run(script), strict=True))


def _split(points: list[dict]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    sides = [[(p["x"], p["y"]) for p in points if p["inside"] == side] for side in (True, False)]
    return sides[0], sides[1]


def test_its_answers_are_those_of_the_library(decided) -> None:
    from saelib.geometry import Certificate, Separation, separate

    kinds = []
    for points, answer in decided:
        inside, outside = _split(points)
        kinds.append(answer["kind"])
        if not inside or not outside:
            assert answer["kind"] == ("nothing" if not inside else "everything")
        elif set(inside) & set(outside):
            assert answer["kind"] == "certificate"
            assert len(answer["inside"] + answer["outside"]) == 2
        else:
            found = separate(inside, outside)
            assert isinstance(found, Separation if answer["kind"] == "neuron" else Certificate)
            if answer["kind"] == "neuron":
                assert answer["margin"] == pytest.approx(found.margin, rel=1e-9)
    assert min(kinds.count(kind) for kind in ("neuron", "certificate")) >= 200


def test_its_neurons_separate_and_have_the_margin_they_claim(decided) -> None:
    for points, answer in decided:
        if answer["kind"] == "neuron":
            heights = [answer["w"][0] * p["x"] + answer["w"][1] * p["y"] + answer["b"] for p in points]
            signed = [h if p["inside"] else -h for h, p in zip(heights, points, strict=True)]
            size = max(abs(p[axis]) for p in points for axis in ("x", "y"))
            assert np.hypot(*answer["w"]) == pytest.approx(1)
            assert min(signed) == pytest.approx(answer["margin"], abs=1e-12 * (size + 1))


def test_its_certificates_are_convex_weights_that_meet_on_at_most_four_points(decided) -> None:
    for points, answer in decided:
        if answer["kind"] == "certificate":
            assert len(answer["inside"] + answer["outside"]) <= 4
            meeting = []
            for side in ("inside", "outside"):
                used, weights = [points[i] for i in answer[side]], answer["weights"][side]
                assert all(p["inside"] == (side == "inside") for p in used)
                assert min(weights) > 0
                assert sum(weights) == pytest.approx(1)
                meeting.append(
                    [sum(w * p[axis] for w, p in zip(weights, used, strict=True)) for axis in "xy"]
                )
            assert np.allclose(*meeting, rtol=1e-9, atol=1e-9 * (1 + np.abs(meeting).max()))


def test_a_hair_decides_and_is_decided_right(folder, browser) -> None:
    """A long segment passes a point at a distance of about 1e-8, then through it."""
    browser.open((folder / "live.html").as_uri())
    far, near = 2**25, 2**24
    ends = [{"x": -far, "y": -far + 1, "inside": False}, {"x": far, "y": far - 1, "inside": False}]
    crossing = [*ends, {"x": 0, "y": 0, "inside": True}]
    beside = [*ends, {"x": near, "y": near, "inside": True}]
    kinds = [
        browser.run(f"return moveAPoint.decide({json.dumps(points)})")["kind"]
        for points in (crossing, beside)
    ]
    assert kinds == ["certificate", "neuron"]
    assert Fraction(far - 1, far) * near != near


@pytest.mark.parametrize("x", ["0.5", "NaN", "2 ** 26"])
def test_it_refuses_what_it_could_not_decide_exactly(folder, browser, x: str) -> None:
    browser.open((folder / "live.html").as_uri())
    call = f"moveAPoint.decide([{{x: {x}, y: 0, inside: true}}])"
    script = f"try {{ {call} }} catch (error) {{ return error.message }}"
    assert "whole numbers" in browser.run(script)


# --- in the book -------------------------------------------------------------------------------------------


def test_the_page_that_has_it_brings_its_script_and_no_other_does(site) -> None:
    with_script = {p.name for p in site.rglob("*.html") if 'src="../_static/move_a_point.js' in p.read_text()}
    with_figure = {p.name for p in site.rglob("*.html") if 'class="move-a-point"' in p.read_text()}
    assert with_script == with_figure == {"10_one_neuron.html"}
