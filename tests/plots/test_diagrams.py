"""The diagram of a lattice: circles and lines where the layout put them, every name once."""

import numpy as np
import pandas as pd
import pytest

from saelib import InputError
from saelib.plots import lattice_diagram, palette

NODES = pd.DataFrame(
    {
        "x": [0.0, -0.5, 0.5],
        "layer": [0, 1, 1],
        "above": ["", "barks", "meows"],
        "below": ["", "dog", ""],
        "size": [4, 1, 2],
        "stability": [0.0, 0.5, 1.0],
    }
)
LINES = pd.DataFrame({"line": [0, 0, 1, 1], "x": [0, -0.5, 0, 0.5], "layer": [0, 1, 0, 1]})


def test_layers_go_down_and_lines_join_their_circles():
    ax = lattice_diagram(NODES, LINES)
    assert ax.collections[0].get_offsets().tolist() == [[0, 0], [-0.5, -1], [0.5, -1]]
    drawn = [line.get_xydata().tolist() for line in ax.lines if len(line.get_xydata())]
    assert drawn == [[[0, 0], [-0.5, -1]], [[0, 0], [0.5, -1]]]


def test_names_stand_on_their_side_in_their_colour():
    texts = {text.get_text(): text for text in lattice_diagram(NODES, LINES).texts}
    assert sorted(texts) == ["barks", "dog", "meows"]
    assert texts["barks"].get_color() == palette.neuron
    assert texts["dog"].get_color() == palette.concept
    assert texts["barks"].get_va() == "bottom"
    assert texts["dog"].get_va() == "top"


def test_area_is_proportional_and_shade_has_a_bar():
    ax = lattice_diagram(NODES, LINES, size="size", shade="stability", shade_label="stability σ")
    area = ax.collections[0].get_sizes()
    assert np.allclose(area / area[0], [1, 0.25, 0.5])
    assert ax.collections[0].get_array().tolist() == [0.0, 0.5, 1.0]
    assert ax.figure.axes[1].get_ylabel() == "stability σ"


def test_a_single_node_needs_no_lines():
    assert len(lattice_diagram(NODES.iloc[:1], LINES.iloc[:0]).texts) == 0


def test_missing_columns_and_shades_beyond_one_are_refused():
    with pytest.raises(InputError):
        lattice_diagram(NODES.drop(columns="above"), LINES)
    with pytest.raises(InputError):
        lattice_diagram(NODES, LINES.drop(columns="line"))
    with pytest.raises(InputError, match=r"^shade 'size' leaves"):
        lattice_diagram(NODES, LINES, shade="size")
