"""Strips of sets: filled where the frame says, refused where it says nothing."""

from __future__ import annotations

import pandas as pd
import pytest

from saelib import plots
from saelib.errors import InputError

FRAME = pd.DataFrame(
    {
        "concept": [True, True, True, False, False],
        "neuron": [True, False, True, False, True],
        "dead": [False] * 5,
        "number": [1, 2, 3, 4, 5],
    }
)


def test_bars_lie_over_the_points_of_each_set_and_a_line_at_the_border() -> None:
    ax = plots.strips(FRAME, ["concept", "neuron", "dead"], edge="concept")
    spans = [
        sorted((path.vertices[:, 0].min(), path.vertices[:, 0].max()) for path in bars.get_paths())
        for bars in ax.collections
    ]
    assert spans == [[(0, 3)], [(0, 1), (2, 3), (4, 5)]]
    assert [line.get_xdata()[0] for line in ax.lines] == [3]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


@pytest.mark.parametrize(
    ("sets", "edge", "offence"),
    [
        ([], None, "empty"),
        (["nothing"], None, "lacks"),
        (["number"], None, "int"),
        (["dead"], "number", "int"),
    ],
)
def test_what_is_no_set_is_refused(sets: list[str], edge: str | None, offence: str) -> None:
    with pytest.raises(InputError, match=offence):
        plots.strips(FRAME, sets, edge=edge)
