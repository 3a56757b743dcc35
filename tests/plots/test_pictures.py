"""The gallery draws every picture once, and marks what is wrong by more than a colour."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle

from saelib import plots
from saelib.errors import InputError

FRAME = pd.DataFrame(
    {
        "concept": ["digit 0"] * 3 + ["digit 1"] * 2,
        "place": [0, 1, 4, 0, 1],
        "point": [0, 1, 2, 3, 0],
        "kind": ["hit", "false alarm", "missed", "hit", "hit"],
    }
)
IMAGES = np.arange(4)[:, None, None] / 4 * np.ones((4, 8, 8))


def test_every_picture_is_drawn_once_in_the_row_of_its_concept() -> None:
    ax = plots.gallery(FRAME, IMAGES, row="concept").axes[0]
    drawn = [(int(image.get_extent()[2]), float(image.get_array()[0, 0])) for image in ax.images]
    assert drawn == [(0, 0.0), (0, 0.25), (0, 0.5), (1, 0.75), (1, 0.0)]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["digit 0", "digit 1"]


def test_false_alarms_are_crossed_and_missed_pictures_dashed() -> None:
    ax = plots.gallery(FRAME, IMAGES, row="concept").axes[0]
    assert [line.get_marker() for line in ax.lines] == ["x"]
    frames = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    assert [frame.get_linestyle() == "-" or frame.get_linestyle() == "solid" for frame in frames] == [
        True,
        False,
    ]


def test_leading_pictures_share_one_scale_around_zero() -> None:
    lead = {"digit 0": np.full((8, 8), 2.0), "digit 1": np.full((8, 8), -1.0)}
    ax = plots.gallery(FRAME, IMAGES, row="concept", lead=lead, lead_title="writes").axes[0]
    scales = {image.get_clim() for image in ax.images if image.get_cmap().name == plots.palette.diverging}
    assert scales == {(-2.0, 2.0)}
    assert "writes" in [text.get_text() for text in ax.texts]


def test_leading_pictures_of_zeros_do_not_divide_by_zero() -> None:
    figure = plots.gallery(FRAME, IMAGES, row="concept", lead={"digit 0": np.zeros((8, 8))})
    figure.canvas.draw()
    scales = [i.get_clim() for i in figure.axes[0].images if i.get_cmap().name == plots.palette.diverging]
    assert scales
    assert all(low < high for low, high in scales)
    plt.close(figure)


def test_what_is_no_gallery_is_refused() -> None:
    with pytest.raises(InputError, match="lacks the column 'place'"):
        plots.gallery(FRAME.drop(columns="place"), IMAGES, row="concept")
    with pytest.raises(InputError, match="images has shape"):
        plots.gallery(FRAME, IMAGES[0], row="concept")
