"""The alluvial figure: bars and ribbons as high as the frames say, in an order with few crossings."""

from __future__ import annotations

import io
from itertools import pairwise

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import PathPatch, Rectangle

from saelib import plots
from saelib.errors import InputError

COLUMNS = {"stage": "d_sae", "node": "neuron", "size": "points"}
COLUMNS |= {"source": "coarse", "target": "fine", "width": "both"}


@pytest.fixture(autouse=True)
def _closed():
    mpl.use("agg")
    yield
    plt.close("all")


def nodes(*rows: tuple[int, int, int, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["d_sae", "neuron", "points", "concept"])


def links(*rows: tuple[int, int, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["d_sae", "coarse", "fine", "both"])


SPLIT = nodes((16, 0, 90, "a"), (32, 0, 60, "a"), (32, 1, 30, "b"), (32, 2, 10, "b"))
FLOWS = links((16, 0, 0, 60), (16, 0, 1, 30))


def bars(ax) -> list[Rectangle]:
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def ribbons(ax) -> list[PathPatch]:
    return [patch for patch in ax.patches if isinstance(patch, PathPatch)]


def test_bars_are_as_high_as_the_nodes_and_do_not_overlap() -> None:
    ax = plots.alluvial(SPLIT, FLOWS, **COLUMNS)
    assert sorted(bar.get_height() for bar in bars(ax)) == [10, 30, 60, 90]
    right = sorted((bar.get_y(), bar.get_height()) for bar in bars(ax) if bar.get_x() > 0.5)
    assert all(low + high < above for (low, high), (above, _) in pairwise(right))


def test_a_ribbon_is_as_wide_as_what_flows() -> None:
    heights = []
    for ribbon in ribbons(plots.alluvial(SPLIT, FLOWS, **COLUMNS)):
        corners = ribbon.get_path().vertices
        heights.append((corners[0, 1] - corners[7, 1], corners[3, 1] - corners[4, 1]))
    assert sorted(np.round(heights, 9).tolist()) == [[30, 30], [60, 60]]


def test_ribbons_that_ask_for_too_much_are_narrowed_to_their_bar() -> None:
    overlapping = links((16, 0, 0, 60), (16, 0, 1, 30), (16, 0, 2, 90))
    left = [
        ribbon.get_path().vertices[0, 1] - ribbon.get_path().vertices[7, 1]
        for ribbon in ribbons(plots.alluvial(SPLIT, overlapping, **COLUMNS))
    ]
    assert sum(left) == pytest.approx(90)
    assert sorted(left) == pytest.approx([15, 30, 45])


def test_crossings_that_need_not_be_are_gone() -> None:
    tangled = nodes(*((16, i, 10, "a") for i in range(4)), *((32, i, 10, "a") for i in range(4)))
    flows = links((16, 0, 3, 10), (16, 1, 2, 10), (16, 2, 1, 10), (16, 3, 0, 10))
    ends = sorted(
        (patch.get_path().vertices[0, 1], patch.get_path().vertices[3, 1])
        for patch in ribbons(plots.alluvial(tangled, flows, **COLUMNS))
    )
    assert all(a[1] < b[1] for a, b in pairwise(ends))


def test_ticks_name_the_stages_in_order_and_count_their_nodes() -> None:
    ax = plots.alluvial(SPLIT.iloc[::-1], FLOWS, **COLUMNS, label_stage="size", unit="samples")
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["16\n(1)", "32\n(3)"]
    assert ax.get_xlabel() == "size"
    assert [text.get_text() for text in ax.texts] == ["50 samples"]


def test_a_stage_without_nodes_keeps_its_place() -> None:
    staged = SPLIT.assign(d_sae=pd.Categorical(SPLIT.d_sae, [8, 16, 32]))
    ax = plots.alluvial(staged, FLOWS, **COLUMNS)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["8\n(0)", "16\n(1)", "32\n(3)"]
    assert len(ribbons(ax)) == 2


def test_colour_is_the_hue_of_the_node_and_of_where_a_ribbon_ends() -> None:
    colours = {"a": "#112233", "b": "#445566"}
    ax = plots.alluvial(SPLIT, FLOWS, **COLUMNS, hue="concept", colours=colours)
    painted = [mpl.colors.to_hex(patch.get_facecolor()) for patch in (*bars(ax), *ribbons(ax))]
    assert painted == ["#112233", "#112233", "#445566", "#445566", "#112233", "#445566"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]


def test_without_flows_there_are_bars_alone() -> None:
    ax = plots.alluvial(SPLIT, FLOWS.iloc[:0], **COLUMNS)
    assert len(bars(ax)) == 4
    assert not ribbons(ax)


def test_the_same_bytes_each_time() -> None:
    images = []
    for _ in range(2):
        buffer = io.BytesIO()
        plots.alluvial(SPLIT, FLOWS, **COLUMNS, hue="concept").figure.savefig(buffer, format="png")
        images.append(buffer.getvalue())
    assert images[0] == images[1]


@pytest.mark.parametrize(
    ("frame", "flows", "message"),
    [
        (SPLIT.drop(columns="points"), FLOWS, "lacks the column 'points'"),
        (SPLIT.iloc[:0], FLOWS, "frame has no row"),
        (pd.concat([SPLIT, SPLIT]), FLOWS, "nodes lists"),
        (SPLIT.assign(points=0), FLOWS, "nodes has 0 as 'points' in row 0"),
        (SPLIT, FLOWS.assign(both=np.nan), "links has nan as 'both' in row 0"),
        (SPLIT, FLOWS.drop(columns="fine"), "links lacks the column 'fine'"),
        (SPLIT, FLOWS.assign(fine=7), "names the node 7 of stage 32 in row 0"),
        (SPLIT, FLOWS.assign(d_sae=32), "of stage None in row 0"),
        (SPLIT, None, "links is a NoneType"),
    ],
)
def test_frames_that_do_not_fit_are_refused(frame, flows, message: str) -> None:
    with pytest.raises(InputError, match=message):
        plots.alluvial(frame, flows, **COLUMNS)
