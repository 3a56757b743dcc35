"""Dots with intervals: one line a category, in the order given, nothing averaged."""

from __future__ import annotations

import pandas as pd
import pytest

from saelib import plots
from saelib.errors import InputError

FRAME = pd.DataFrame(
    {
        "concept": pd.Categorical(["dog", "dog", "cat", "cat"], ["dog", "cat"]),
        "sae": ["trained", "random"] * 2,
        "J": [0.8, 0.3, 0.6, 0.5],
        "low": [0.7, 0.2, 0.5, 0.4],
        "high": [0.9, 0.4, 0.7, 0.6],
        "always": [0.1, 0.1, 0.2, 0.2],
    }
)


def draw(**options: object):
    return plots.dots_with_intervals(FRAME, "J", "low", "high", y="concept", hue="sae", **options)


def test_dots_bars_and_floors_are_where_the_frame_says() -> None:
    ax = draw(floor="always", floor_label="fires always")
    shown = {line.get_label(): list(line.get_xdata()) for line in ax.lines}
    assert shown == {"fires always": [0.1, 0.2], "trained": [0.8, 0.6], "random": [0.3, 0.5]}
    bars = [sorted(segment[:, 0].tolist()) for bar in ax.collections for segment in bar.get_segments()]
    assert bars == [[0.7, 0.9], [0.5, 0.7], [0.2, 0.4], [0.4, 0.6]]


def test_the_first_category_is_on_top_and_hues_do_not_hide_one_another() -> None:
    ax = draw()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["dog", "cat"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    heights = [set(line.get_ydata()) for line in ax.lines]
    assert not heights[0] & heights[1]
    assert len({line.get_marker() for line in ax.lines}) == 2


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InputError, match="lacks the column 'floor'"):
        draw(floor="floor")
