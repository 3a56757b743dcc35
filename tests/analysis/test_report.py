"""The report as a file: complete, escaped, the same bytes, and true to its tables."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from saelib import InputError
from saelib.analysis.columns import TABLES
from saelib.analysis.report import write_report
from saelib.analysis.report_findings import findings, share_of
from saelib.analysis.report_values import embedded, escaped, plain, rounded
from saelib.lattice import Context, formal_concepts

EVIL = (
    "<script>alert(1)</script>",
    '"</table>',
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>",
    "\u202egnp.exe",
    "a\u2028b&amp;'",
    "=1+1",
    "#neuron=3?%zz",
)
FACTS = {
    "points": 1_000_000, "d_in": 576, "l0": 32.0, "explained_variance": 0.8125, "title": EVIL[0],
    "command": f"saelib analyse --sae {EVIL[2]}", "options": {"eta": 0.3, "note": EVIL[1]},
    "notes": [EVIL[2]],
}  # fmt: skip


@cache
def made_up(n_concepts: int = 60, n_neurons: int = 120, evil: tuple[str, ...] = EVIL) -> dict:
    """Tables of the declared columns, with evil names first."""
    rng = np.random.default_rng(0)
    names = [*evil, *(f"concept {i}" for i in range(n_concepts - len(evil)))]
    rows = {"concepts": n_concepts, "neurons": n_neurons, "pairs": 5 * n_concepts, "edges": n_concepts}
    words = {
        "one_neuron": ["yes", "no", "undecided"],
        "fault": ["geometry", "training", "open"],
        "kind": ["at most", "at least"],
    }

    def column(table: str, name: str, kind: str, n: int) -> list:
        if (table, name) in (("concepts", "concept"), ("neurons", "neuron")):
            return names if table == "concepts" else list(range(n))
        if name in ("concept", "parent", "child", "second"):
            return [names[i] if i >= 0 else None for i in rng.integers(-1, n_concepts, n)]
        if kind == "neurons":
            return [rng.integers(0, n_neurons, k).tolist() for k in rng.integers(0, 9, n)]
        if kind == "concepts":
            return [[names[i] for i in rng.integers(0, n_concepts, k)] for k in rng.integers(0, 9, n)]
        if name.endswith("neuron"):
            return rng.integers(0, n_neurons, n).tolist()
        if name == "n_child":
            return [400] * n
        if name == "split_into":
            return [int(k) if k else None for k in rng.integers(0, 6, n)]
        if kind == "text":
            return rng.choice(words.get(name, ["this", "that"]), n).tolist()
        if kind == "flag":
            return (rng.random(n) < 0.4).tolist()
        return rng.integers(0, 400, n).tolist() if kind == "integer" else rng.random(n).tolist()

    return {
        name: pd.DataFrame(
            {
                c.name: pd.Series(column(name, c.name, c.kind, rows.get(name, 12)), dtype=c.dtype)
                for c in table.columns
            }
        )
        for name, table in TABLES.items()
    }


def lattice():
    table = [[1, 1, 0], [1, 0, 0], [0, 1, 1], [1, 1, 1]]
    return formal_concepts(Context(table, objects=list(EVIL[:4]), attributes=["3", "5", EVIL[2]]))


def written(folder, tables=None, facts=FACTS, *, found="own", provisional=False) -> str:
    found = lattice() if found == "own" else found
    tables = made_up() if tables is None else tables
    return write_report(folder, tables, facts, found, provisional=provisional).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def text(tmp_path_factory) -> str:
    return written(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def page(text) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


# --- one file, nothing from elsewhere ----------------------------------------------------------------------


def test_the_same_input_gives_the_same_bytes_and_leaves_one_file(tmp_path, text):
    assert written(tmp_path) == text
    assert [item.name for item in tmp_path.iterdir()] == ["report.html"]


def test_the_page_names_no_address_but_its_own_anchors(page, text):
    assert not page.find_all(["iframe", "object", "embed", "base", "form", "img"])
    assert not page.find_all(src=True)
    links = [link["href"] for link in page.find_all(href=True)]
    assert {link for link in links if not link.startswith("#")} == {"data:,"}
    assert not re.findall(
        r"(?:https?:)?//[a-z]|url\(|@import", re.sub(r"http://www\.w3\.org/2000/svg|// .*", "", text)
    )


def test_every_link_within_the_page_leads_somewhere(page):
    anchors = {link["href"][1:] for link in page.find_all(href=re.compile(r"^#[^=]+$"))}
    assert anchors <= {element["id"] for element in page.find_all(id=True)}


def test_the_policy_allows_the_scripts_and_styles_of_the_page_and_no_other(page):
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none';")
    for kind in ("script", "style"):
        blocks = [b for b in page.find_all(kind) if b.get("type") != "application/json"]
        hashes = {base64.b64encode(hashlib.sha256(b.string.encode()).digest()).decode() for b in blocks}
        allowed = re.search(rf"{kind}-src ([^;]*);", policy)[1]
        assert set(re.findall(r"'sha256-([^']+)'", allowed)) == hashes
        assert "unsafe" not in allowed


# --- names from outside ------------------------------------------------------------------------------------


def test_names_with_markup_change_nothing_in_the_structure(tmp_path, page):
    harmless = tuple(f"harmless {i}" for i in range(len(EVIL)))
    facts = {**FACTS, "title": "t", "command": "c", "options": {"eta": 0.3, "note": "n"}, "notes": ["n"]}
    # The lattice's own names are tested with the explorer; here both pages have none.
    tame, wild = (
        BeautifulSoup(written(tmp_path, made_up(evil=names), told, found=None), "html.parser")
        for names, told in ((harmless, facts), (EVIL, FACTS))
    )
    assert [tag.name for tag in tame.find_all(True)] == [tag.name for tag in wild.find_all(True)]
    assert not page.find_all("img")
    assert len(page.select("script:not([type])")) == 2  # the report's and the explorer's


def test_names_with_markup_arrive_as_they_are(page):
    first = page.select_one("#table-concepts tbody").get_text("\n")
    assert all(name in first for name in EVIL[:4])
    told = json.loads(page.select_one("#data-concepts").string)
    assert set(EVIL) <= set(told["data"][0]["w"])
    assert page.h1.get_text() == page.title.get_text() == EVIL[0]
    assert EVIL[2] in page.select_one("#how pre").get_text()


def test_every_name_in_a_cell_is_isolated_from_the_direction_of_its_neighbours(page):
    cells = page.select("td.concept:not(.missing), td.concepts:not(.missing)")
    assert len(cells) > 50
    assert all(cell.bdi is not None for cell in cells)


@settings(max_examples=40, deadline=None)
@given(st.text() | st.text(alphabet="<>/!-&\"'script\u2028\u202e\x00"))
def test_any_text_survives_html_and_json(name):
    held = embedded([plain(name)])
    assert not set("<>&") & set(held)
    assert json.loads(held) == [plain(name)]
    back = BeautifulSoup(f'<p title="{escaped(name)}"></p>', "html.parser").p["title"]
    assert back == plain(name)


def test_a_name_that_no_file_can_hold_is_written_all_the_same(tmp_path):
    assert "bell\ufffd" in written(tmp_path, made_up(evil=("bell\x07",)))
    assert plain("half\ud800") == "half\ufffd"


# --- tables ------------------------------------------------------------------------------------------------


def test_every_table_is_there_as_data_and_its_first_rows_as_html(page):
    tables = made_up()
    for name in tables:
        held = json.loads(page.select_one(f"#data-{name}").string)
        assert held["rows"] == held["total"] == len(tables[name])
        assert {c["name"] for c in held["columns"]} == {c.name for c in TABLES[name].columns}
        rows = page.select(f"#table-{name} tbody tr")
        assert len(rows) == min(50, len(tables[name]))
        assert all(
            header.get("scope") == "col" and header["title"] for header in page.select(f"#table-{name} th")
        )


def test_numbers_keep_their_exact_value_beside_the_rounded_one(page):
    tables = made_up()
    held = json.loads(page.select_one("#data-neurons").string)
    at = [c["name"] for c in held["columns"]].index("rate")
    assert held["data"][at]["v"] == tables["neurons"]["rate"].tolist()
    value = tables["neurons"]["rate"].iloc[0]
    shown = page.select_one(f'#table-neurons td[title="{value}"]').get_text()
    assert shown == rounded(value) != str(value)


def test_what_is_unavailable_is_neither_nan_nor_nought(page):
    held = json.loads(page.select_one("#data-concepts").string)
    at = [c["name"] for c in held["columns"]].index("split_into")
    expected = made_up()["concepts"].sort_values("margin", ascending=False, kind="stable")["split_into"]
    assert held["data"][at]["v"] == [None if pd.isna(v) else v for v in expected]
    assert None in held["data"][at]["v"]


def test_a_large_dictionary_fits_into_ten_megabytes(tmp_path):
    text = written(tmp_path, made_up(400, 16_384))
    assert len(text.encode()) < 10e6
    held = json.loads(BeautifulSoup(text, "html.parser").select_one("#data-neurons").string)
    assert held["rows"] == 16_384


def test_of_a_table_beyond_its_budget_the_first_rows_are_kept_and_the_page_says_so():
    from saelib.analysis.report_tables import shown_table

    table = made_up(n_neurons=400)["neurons"]
    columns = TABLES["neurons"].columns
    shown = shown_table("neurons", table, columns, ["neuron"], budget=20_000)
    held = json.loads(shown.data)
    assert 50 <= held["rows"] == shown.n_kept < 400 == held["total"]
    assert len(shown.data) <= 20_000
    assert f"first {shown.n_kept} of 400 rows" in shown.html


# --- what it says ------------------------------------------------------------------------------------------


def test_headings_go_down_step_by_step_and_landmarks_are_there(page):
    levels = [int(h.name[1]) for h in page.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert page.header
    assert page.nav["aria-label"]
    assert len(page.find_all("main")) == 1
    assert [s["id"] for s in page.main.find_all("section")] == [
        "findings", "concepts", "neurons", "pairs", "splitting", "absorption", "families", "lattice",
        "geometry", "budgets", "how",
    ]  # fmt: skip


def test_every_chart_says_what_it_shows(page):
    charts = page.select("svg.chart")
    assert len(charts) >= 8
    assert all(chart["aria-label"] and chart["role"] == "img" for chart in charts)
    assert all(figure.figcaption.get_text() for figure in page.find_all("figure"))


def test_the_banner_is_there_only_in_a_preview(tmp_path, page):
    assert not page.select(".banner")
    preview = BeautifulSoup(written(tmp_path, {}, provisional=True), "html.parser")
    assert "Preview" in preview.select_one(".banner").get_text()


def concepts(**columns) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    filled = {
        c.name: [[]] * n if c.kind in ("neurons", "concepts") else [pd.NA] * n
        for c in TABLES["concepts"].columns
    }
    frame = pd.DataFrame(filled | columns)
    return frame.astype({c.name: c.dtype for c in TABLES["concepts"].columns})


def test_findings_count_what_the_tables_hold():
    table = concepts(
        concept=["a", "b", "c", "d"], approximated=[True, False, False, pd.NA],
        separated=[True, True, False, pd.NA], detected=[True, True, True, pd.NA],
        jaccard=[0.9, 0.5, 0.1, pd.NA], null_jaccard=[0.1, 0.1, 0.2, pd.NA],
        or_jaccard=[0.9, 0.8, 0.3, pd.NA], or_gain=[0.0, 0.3, 0.2, pd.NA], split_into=[1, 3, pd.NA, pd.NA],
        or_neurons=[[1], [1, 2, 3], [4, 5], []],
    )  # fmt: skip
    own, several, *_ = findings({"concepts": table}, {"delta": 0.1, "eta": 0.3})
    assert own.number == "1 of 3"
    assert f"{share_of(3, 3)} are detected (the neuron misses at most 10\u202f% of the concept)" in own.words
    assert f"{share_of(2, 3)} are separated, {share_of(1, 3)} are approximated (the two differ" in own.words
    assert "Jaccard index of 0.500 or more, against 0.100 when" in own.words
    assert "2 concepts do better than with random labels" in own.words
    assert several.number == "1 of 3"
    assert "1 with one neuron alone, and 1 not even with five" in several.words
    assert "<bdi>b</bdi>: Jaccard index 0.500 with its best neuron, 0.800 with 3 together" in several.words


def test_absorption_is_suspected_only_where_both_controls_pass(tmp_path):
    rows = {c.name: [1] * 4 for c in TABLES["edges"].columns} | {
        "parent": list("aabb"), "child": list("cdef"), "rate": [0.5, 0.6, 0.7, 0.8],
        "absorbed": [True, True, True, False], "own_neurons": [True, True, False, True],
        "owns_parent": [True, False, True, True],
    }  # fmt: skip
    edges = pd.DataFrame(rows).astype({c.name: c.dtype for c in TABLES["edges"].columns})
    found = findings({"edges": edges})[2]
    assert found.number == "1 of 2"
    assert "takes 4 pairs for absorption. In 3 of these" in found.words
    assert "and in 3 of those a linear probe for the parent still fires there too" in found.words
    silent = findings({"edges": edges.assign(probe=pd.array([False] * 4, dtype="boolean"))})[2]
    assert silent.number == "0 of 2"
    assert "and in 0 of those a linear probe" in silent.words
    unasked = findings({"edges": edges.assign(probe=pd.array([pd.NA] * 4, dtype="boolean"))})[2]
    assert unasked.number == "1 of 2"
    assert "was not asked" in unasked.words
    page = BeautifulSoup(written(tmp_path, {"edges": edges}), "html.parser")
    shown = [row.find_all("td")[1].get_text() for row in page.select("#table-edges tbody tr")]
    assert shown == ["c", "f", "e", "d"]  # those that both controls pass and that look absorbed come first
    assert "3 of 4" in found.words
    assert "50\u202f% of <bdi>c</bdi>" in found.words


def test_missing_and_empty_tables_are_said_to_be_missing(tmp_path):
    page = BeautifulSoup(written(tmp_path, {}, {}, found=None), "html.parser")
    assert page.select_one("#pairs .note").get_text() == "This was not computed."
    empty = {name: table.iloc[:0] for name, table in made_up().items()}
    page = BeautifulSoup(written(tmp_path, empty, {}, found=None), "html.parser")
    assert page.select_one("#pairs .note").get_text() == "There is nothing of this kind here."
    assert [n.get_text() for n in page.select(".big")] == ["–"] * 5


def test_a_table_with_nothing_known_is_shown(tmp_path):
    table = concepts(concept=["a", "b"])
    page = BeautifulSoup(written(tmp_path, {"concepts": table}, {}, found=None), "html.parser")
    assert page.select_one("#concepts .big") is None
    assert len(page.select("#table-concepts tbody tr")) == 2


def test_unknown_tables_missing_columns_and_no_frames_are_refused(tmp_path):
    tables = made_up()
    with pytest.raises(InputError, match="has 'nonsense'"):
        written(tmp_path, {"nonsense": tables["pairs"]})
    with pytest.raises(InputError, match="lacks 'recall' in 'pairs'"):
        written(tmp_path, {"pairs": tables["pairs"].drop(columns="recall")})
    with pytest.raises(InputError, match="has a list as 'pairs'"):
        written(tmp_path, {"pairs": []})
    with pytest.raises(InputError, match="lattice is a str"):
        written(tmp_path, {}, found="x")
    with pytest.raises(InputError, match="facts is a list"):
        written(tmp_path, {}, [])
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        written(tmp_path / "file", {}, {})


def test_without_the_plotting_packages_all_but_the_drawing_is_there(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "saelib.plots", None)
    page = BeautifulSoup(written(tmp_path, {"lattice": made_up()["lattice"]}), "html.parser")
    assert "needs matplotlib" in page.select_one("#lattice .note").get_text()
    assert page.select("#table-lattice tbody tr")
