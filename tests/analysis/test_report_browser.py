"""The report in headless Chromium: sort, search, details, keys; dark, phone; no script of others, or none."""

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
_browser_tests = _neighbour(_HERE.parent / "book" / "test_browser.py")
browser = _browser_tests.browser  # the fixture
PHONE, DESK, TOO_WIDE = _browser_tests.PHONE, _browser_tests.DESK, _browser_tests.TOO_WIDE
_made = _neighbour(_HERE / "test_report.py")
EVIL = _made.EVIL

COLUMN = """
const [table, name] = arguments;
const box = document.querySelector(`#table-${table}`);
const at = [...box.querySelectorAll('th')].findIndex(th => th.dataset.column === name);
return [...box.querySelectorAll('tbody tr')].map(row => row.cells[at].textContent);
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    text = _made.written(folder, _made.made_up(60, 16_384))
    (folder / "still.html").write_text(re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL))
    return folder


class Report:
    def __init__(self, browser, address: str) -> None:
        self.browser, self.address = browser, address

    def run(self, script: str, *arguments):
        return self.browser._driver.execute_script(script, *arguments)

    def column(self, table: str, name: str) -> list[str]:
        return self.run(COLUMN, table, name)

    def head(self, table: str, name: str) -> str:
        return f"document.querySelector('#table-{table} th[data-column={name}]')"

    def search(self, table: str, words: str) -> str:
        return self.run(
            "const box = document.querySelector(`#table-${arguments[0]}`);"
            "const field = box.querySelector('input');"
            "field.value = arguments[1]; field.dispatchEvent(new Event('input'));"
            "return box.querySelector('.status').textContent",
            table, words,
        )  # fmt: skip

    def press(self, key: str, text: str = "") -> None:
        for kind in ("keyDown", "keyUp"):
            event = {"type": kind, "key": key, "code": key, "text": text if kind == "keyDown" else ""}
            if key == "Enter":
                event["windowsVirtualKeyCode"] = 13
            if key == "Escape":
                event["windowsVirtualKeyCode"] = 27
            self.browser._driver.execute_cdp_cmd("Input.dispatchKeyEvent", event)

    def go(self, anchor: str) -> None:
        self.browser._driver.execute_async_script(
            "const done = arguments[1]; location.hash = arguments[0]; setTimeout(done, 60)", anchor
        )

    def told(self) -> str | None:
        script = "const d = document.querySelector('dialog'); return d.open ? d.innerText : null"
        return self.run(script)


@pytest.fixture
def report(folder, browser) -> Iterator[Report]:
    browser.complaints(), browser.requests()
    browser.open("about:blank")
    browser.open((folder / "report.html").as_uri())
    yield Report(browser, (folder / "report.html").as_uri())
    assert browser.complaints() == []
    assert [u for u in browser.requests() if not u.startswith(("file:", "data:", "about:", "blob:"))] == []


def test_a_click_sorts_a_second_one_reverses_and_the_state_is_announced(report: Report):
    head = report.head("neurons", "rate")
    report.run(f"{head}.querySelector('button').click()")
    expected = _made.made_up(60, 16_384)["neurons"]["rate"].sort_values(ascending=False)
    assert report.run(f"return {head}.getAttribute('aria-sort')") == "descending"
    assert report.column("neurons", "rate") == [_made.rounded(v) for v in expected.head(50)]
    report.run(f"{head}.querySelector('button').click()")
    assert report.run(f"return {head}.getAttribute('aria-sort')") == "ascending"
    assert report.column("neurons", "rate") == [_made.rounded(v) for v in expected.tail(50)[::-1]]


def test_unavailable_values_come_last_whichever_way_it_is_sorted(report: Report):
    head = report.head("splitting", "split_into")
    for _ in range(2):
        report.run(f"{head}.querySelector('button').click()")
        shown = report.column("splitting", "split_into")
        report.run("[...document.querySelectorAll('#table-splitting .pager button')].at(-1).click()")
        assert "–" not in shown[:5]
        assert report.column("splitting", "split_into")[-1] == "–"


def test_enter_on_a_head_sorts_and_focus_stays_there(report: Report):
    report.run(f"{report.head('pairs', 'rank')}.querySelector('button').focus()")
    report.press("Enter", "\r")
    assert report.run(f"return {report.head('pairs', 'rank')}.getAttribute('aria-sort')") == "descending"
    assert report.run("return document.activeElement.parentElement.dataset.column") == "rank"


def test_focus_on_a_head_tells_what_the_column_means(report: Report):
    report.run(f"{report.head('concepts', 'leak')}.querySelector('button').focus()")
    assert report.run("return document.querySelector('#tip').textContent").startswith(
        "Share of all other points"
    )
    report.press("Escape")
    assert report.run("return document.querySelector('#tip').hidden")


def test_search_filters_by_every_word_and_by_number_and_says_how_many(report: Report):
    table = _made.made_up(60, 16_384)["concepts"]
    texts = table[["concept", "parent"]].fillna("").agg(" ".join, axis=1)
    numbers = [[row.neuron, *row.or_neurons] for row in table.itertuples()]
    expected = [
        name
        for name, text, ids in zip(table["concept"], texts, numbers, strict=True)
        if "concept" in text and ("7" in text or 7 in ids)
    ]
    assert "found among 60" in report.search("concepts", "CONCEPT 7")
    assert sorted(report.column("concepts", "concept")) == sorted(expected)
    assert report.search("concepts", "unicorn") == "Nothing found among 60 rows"
    assert report.search("concepts", "") == "Rows 1–50 of 60"
    number = numbers[3][0]
    report.search("concepts", str(number))
    assert str(table["concept"][3]) in report.column("concepts", "concept")


def test_pages_turn_and_every_row_of_a_large_table_can_be_reached(report: Report):
    last = "[...document.querySelectorAll('#table-neurons .pager button')].at(-1)"
    report.run(f"{last}.click()")
    assert report.column("neurons", "neuron")[-1] == "16383"
    assert report.run(f"return {last}.disabled")


def test_sorting_and_searching_sixteen_thousand_rows_is_quick(report: Report):
    took = report.run(
        "const start = performance.now();"
        f"{report.head('neurons', 'concept')}.querySelector('button').click();"
        "const field = document.querySelector('#table-neurons input'); field.value = 'concept 3';"
        "field.dispatchEvent(new Event('input')); return performance.now() - start"
    )
    assert took < 2000  # a tenth of that on an idle machine


def test_details_open_by_link_and_by_address_and_close_by_escape(report: Report):
    report.go("concept=concept%203")
    assert report.told().startswith("Concept concept 3")
    assert "Its best neurons" in report.told()
    assert report.run("return document.querySelectorAll('dialog svg circle').length") > 0
    report.press("Escape")
    assert report.told() is None
    assert "#" not in report.run("return location.href")
    report.run("document.querySelector('#table-neurons td.neuron a').click()")
    report.go("neuron=0")
    assert report.told().startswith("Neuron 0")
    report.go("concept=no such")
    assert "No concept of this name" in report.told()


def test_names_with_markup_are_shown_as_they_are_and_nothing_runs(report: Report):
    report.run("window.alert = () => { window.broken = true; }")
    for name in EVIL:
        report.run("location.hash = 'concept=' + encodeURIComponent(arguments[0])", name)
        report.go("concept=" + report.run("return encodeURIComponent(arguments[0])", name))
        assert report.run("return document.querySelector('#details-title bdi').textContent") == name
    report.run("document.querySelector('dialog').close()")
    report.search("concepts", "script")
    assert {name for name in EVIL if "script" in name} <= set(report.column("concepts", "concept"))
    assert report.run("return [document.images.length, window.broken ?? null]") == [0, None]
    assert report.run("return document.querySelectorAll('table').length") >= 9


def test_the_policy_stops_a_script_that_got_in_by_another_way(folder, browser):
    browser.open((folder / "report.html").as_uri())
    browser.run(
        "const s = document.createElement('script');"
        "s.textContent = 'window.ran = true'; document.body.append(s)"
    )
    assert browser.run("return window.ran ?? null") is None
    assert any("Content Security Policy" in line for line in browser.complaints())


def test_the_table_can_be_saved_with_formulas_disarmed(report: Report):
    report.run(
        "const save = document.querySelector('#table-concepts a[download]');"
        "save.addEventListener('click', event => event.preventDefault()); save.click()"
    )
    text = report.browser._driver.execute_async_script(
        "const done = arguments[0]; const real = URL.createObjectURL;"
        "URL.createObjectURL = blob => { blob.text().then(done); return real(blob); };"
        "const save = document.querySelector('#table-concepts a[download]'); save.click()"
    )
    lines = text.split("\r\n")
    assert lines[0].lstrip("\ufeff").startswith("concept,neuron,")
    assert len(lines) == 62
    assert any(line.startswith("'=1+1,") for line in lines)


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("dark", [False, True])
def test_the_page_does_not_scroll_sideways_and_is_legible(folder, browser, width, dark):
    browser.open((folder / "report.html").as_uri(), width=width, dark=dark)
    assert browser.run(TOO_WIDE) == []
    ink, paper = browser.run(
        "const s = getComputedStyle(document.body); return [s.color, s.backgroundColor].map(c =>"
        " c.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0))"
    )
    assert (ink > paper) is dark
    browser.run("location.hash = 'concept=concept%203'")
    browser.run_async("setTimeout(arguments[0], 60)")
    assert browser.run("return document.querySelector('dialog').getBoundingClientRect().right <= innerWidth")


def test_without_a_script_the_first_rows_and_the_drawings_are_there(folder, browser):
    browser.complaints()
    browser.open((folder / "still.html").as_uri())
    assert browser.run("return document.querySelectorAll('#table-neurons tbody tr').length") == 50
    assert browser.run("return document.querySelectorAll('svg.chart').length") >= 8
    assert browser.run("return document.querySelectorAll('.lattice-explorer .node').length") > 3
    assert browser.complaints() == []
