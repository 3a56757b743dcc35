"""The lattice explorer as a piece of HTML: complete, escaped, and nothing from elsewhere."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from saelib import InputError
from saelib.plots import lattice_explorer

EVIL = "</script><img src=x onerror=alert(1)>"


def square(name: str = "barks") -> tuple[pd.DataFrame, list[list[int]], list[np.ndarray]]:
    nodes = pd.DataFrame(
        {
            "x": [0.0, -0.5, 0.5, 0.0],
            "layer": [0, 1, 1, 2],
            "intent": [(), (name,), ("meows",), (name, "meows")],
            "extent": [("dog", "cat"), ("dog",), ("cat",), ()],
            "own_intent": [(), (name,), ("meows",), ()],
            "own_extent": [(), ("dog",), ("cat",), ()],
            "n_extent": [2, 1, 1, 0],
            "stability": [0.25, 0.5, pd.NA, 1.0],
        }
    )
    covers = [[0, 1], [0, 2], [1, 3], [2, 3]]
    at = nodes[["x", "layer"]].to_numpy(float)
    return nodes, covers, [at[pair] for pair in covers]


def test_every_concept_line_and_name_is_in_the_drawing():
    page = BeautifulSoup(lattice_explorer(*square(), title="pets"), "html.parser")
    assert page.svg["aria-label"] == "pets"
    assert len(page.select("g.node")) == 4
    assert len(page.select("polyline")) == 4
    assert sorted(text.get_text() for text in page.select("text")) == ["barks", "cat", "dog", "meows"]
    assert page.select("g.node title")[1].get_text() == "1 in the extent; intent: barks"


def test_names_from_outside_stay_text():
    piece = lattice_explorer(*square(EVIL), title=EVIL, objects=EVIL, attributes=EVIL)
    page = BeautifulSoup(piece, "html.parser")
    assert not page.find_all("img")
    assert len(page.find_all("script")) == 2
    told = json.loads(page.find("script", type="application/json").string)
    assert told["nodes"][1]["intent"] == [EVIL]
    assert page.svg["aria-label"] == EVIL


def test_the_piece_names_no_address():
    assert not re.findall(
        r"(?:https?:)?//[a-z]|url\(|@import|src=", lattice_explorer(*square(), title="pets")
    )


def test_other_columns_become_facts_and_what_is_missing_is_said():
    page = BeautifulSoup(lattice_explorer(*square(), title="pets"), "html.parser")
    told = json.loads(page.find("script", type="application/json").string)
    assert [node["facts"] for node in told["nodes"]] == [
        [["stability", value]] for value in ("0.25", "0.5", "unavailable", "1")
    ]


def test_long_names_are_cut_in_the_drawing_only():
    name = "lives in the water and on land"
    page = BeautifulSoup(lattice_explorer(*square(name), title="pets"), "html.parser")
    assert page.select_one("text.above").get_text() == "lives in the wa…"
    assert name in page.select("title")[1].get_text()


def test_missing_columns_no_nodes_and_lines_without_routes_are_refused():
    nodes, covers, routes = square()
    with pytest.raises(InputError):
        lattice_explorer(nodes.drop(columns="extent"), covers, routes, title="pets")
    with pytest.raises(InputError):
        lattice_explorer(nodes.iloc[:0], [], [], title="pets")
    with pytest.raises(InputError, match=r"^routes are 3 for 4 lines"):
        lattice_explorer(nodes, covers, routes[:3], title="pets")


def test_lines_that_bend_beyond_the_circles_stay_within_the_drawing():
    nodes, covers, routes = square()
    routes[0] = np.array([[0.0, 0.0], [-3.0, 0.5], [-0.5, 1.0]])
    page = BeautifulSoup(lattice_explorer(nodes, covers, routes, title="pets"), "html.parser")
    corners = [float(p.split(",")[0]) for line in page.select("polyline") for p in line["points"].split()]
    assert 0 <= min(corners) <= max(corners) <= float(page.svg["viewbox"].split()[2])
