"""The figures draw what the frame says, no more, and the same bytes each time."""

from __future__ import annotations

import io

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from saelib import plots
from saelib.errors import InputError


@pytest.fixture(autouse=True)
def _style():
    before = mpl.rcParams.copy()
    mpl.use("agg")
    plots.use_style()
    yield
    plt.close("all")
    mpl.rcParams.update(before)


def png(figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def grid_frame() -> pd.DataFrame:
    rows = [
        (g, d, k, 0.1 * i)
        for g in ("ReLU", "TopK")
        for i, (d, k) in enumerate([(8, 1), (8, 2), (16, 1), (16, 2)])
    ]
    return pd.DataFrame(rows, columns=["gate", "d_sae", "k", "rate"]).assign(
        low=lambda f: f.rate - 0.05, high=lambda f: f.rate + 0.05
    )


def cloud(n: int = 5000, violated: int = 0) -> pd.DataFrame:
    bound = np.linspace(0, 1, n)
    frame = pd.DataFrame({"bound": bound, "measured": bound * np.linspace(0, 1, n) ** 2, "violated": False})
    frame.loc[: violated - 1, ["measured", "violated"]] = [0.9, True]
    return frame


FIGURES = {
    "heatmap": lambda: plots.heatmap(grid_frame(), "d_sae", "k", "rate", col="gate"),
    "curves": lambda: plots.curves_with_intervals(
        grid_frame(), "k", "rate", "low", "high", hue="d_sae", col="gate"
    ),
    "bound": lambda: plots.bound_and_truth(cloud()).figure,
    "theory": lambda: (
        plots.theory_and_measured(
            cloud(50), cloud(10), "bound", "measured", low="measured", high="bound"
        ).figure
    ),
    "plane": lambda: plots.plane(half_plane(), ["concept", "neuron"]).figure,
}


def half_plane() -> pd.DataFrame:
    x, y = (each.ravel() for each in np.meshgrid(np.linspace(-1, 1, 40), np.linspace(-1, 1, 30)))
    return pd.DataFrame({"x": x, "y": y, "concept": x**2 + y**2 < 0.5, "neuron": x > 0, "p": x})


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_opaque_small_and_the_same_each_time(name):
    first = png(FIGURES[name]())
    plt.close("all")
    assert png(FIGURES[name]()) == first
    assert len(first) < 200_000
    pixels = plt.imread(io.BytesIO(first))
    assert pixels.shape[2] == 3 or (pixels[..., 3] == 1).all()
    assert (pixels[0, 0, :3] == 1).all()


def test_a_heat_map_shows_each_value_in_its_cell_and_leaves_missing_ones_grey():
    frame = grid_frame().iloc[:3]
    ax = plots.heatmap(frame, "d_sae", "k", "rate").axes[0]
    assert [text.get_text() for text in ax.texts] == ["0.00", "0.20", "0.10"]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["8", "16"]
    assert ax.get_ylim()[0] < ax.get_ylim()[1]  # y grows upward
    assert mpl.colors.to_hex(ax.get_facecolor()).upper() == plots.palette.muted


def test_panels_of_a_heat_map_share_their_colours():
    figure = FIGURES["heatmap"]()
    limits = {ax.collections[0].get_clim() for ax in figure.axes[:2]}
    assert len(limits) == 1
    assert limits.pop() == pytest.approx((0.0, 0.3))
    assert [ax.get_title(loc="left") or ax.get_title() for ax in figure.axes[:2]] == ["ReLU", "TopK"]


def test_a_diverging_heat_map_parts_at_zero():
    frame = grid_frame().iloc[:4].assign(rate=[-0.1, 0.0, 0.2, 0.3])
    assert plots.heatmap(frame, "d_sae", "k", "rate", diverging=True).axes[0].collections[0].get_clim() == (
        -0.3,
        0.3,
    )


@pytest.mark.parametrize(
    "draw",
    [
        lambda frame: plots.heatmap(frame, "d_sae", "k", "rate"),
        lambda frame: plots.curves_with_intervals(frame, "k", "rate", hue="d_sae"),
    ],
)
def test_nothing_is_averaged_behind_the_readers_back(draw):
    with pytest.raises(InputError, match=r"^frame has two rows for the .*: aggregate before plotting$"):
        draw(grid_frame())


def test_curves_pass_through_their_rows_and_bands_through_their_ends():
    figure = FIGURES["curves"]()
    ax = figure.axes[1]
    assert [line.get_ydata().tolist() for line in ax.lines] == [[0.0, 0.1], pytest.approx([0.2, 0.3])]
    band = ax.collections[0].get_paths()[0].vertices
    assert band[:, 1].min() == pytest.approx(-0.05)
    assert band[:, 1].max() == pytest.approx(0.15)


def test_a_doubling_axis_has_its_ticks_at_the_settings():
    ax = plots.curves_with_intervals(grid_frame().iloc[:2], "k", "rate", log_x=True).axes[0]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["1", "2"]


def test_curves_can_be_drawn_into_axes_that_are_there():
    ax = plt.subplots()[1]
    assert plots.curves_with_intervals(grid_frame().iloc[:2], "k", "rate", ax=ax) is ax.figure
    assert len(ax.lines) == 1


@pytest.mark.parametrize("n", [10, 100_000])
def test_one_violation_is_drawn_among_any_number_of_rows(n):
    ax = plots.bound_and_truth(cloud(n, violated=1))
    crosses = [c for c in ax.collections if c.get_label() == "violated"]
    assert len(crosses) == 1
    assert crosses[0].get_offsets().tolist() == [[0.0, 0.9]]
    above_all_else = max(c.get_zorder() for c in ax.collections if c is not crosses[0])
    assert crosses[0].get_zorder() > above_all_else


def test_without_a_violation_the_legend_does_not_speak_of_one():
    ax = plots.bound_and_truth(cloud(10))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["measured", "bound"]


def test_a_lower_bound_is_shaded_below():
    frame = pd.DataFrame({"k": [1.0, 2.0], "bound": [1.0, 0.5], "measured": [1.2, 0.5]})
    ax = plots.bound_and_truth(frame, x="k", side="lower")
    assert ax.get_ylim()[0] < 0.5
    shade = next(
        c
        for c in ax.collections
        if mpl.colors.to_hex(c.get_facecolor()[0]).upper() == plots.palette.forbidden
    )
    assert shade.get_paths()[0].vertices[:, 1].min() < 0.5
    assert shade.get_paths()[0].vertices[:, 1].max() == 1.0


def test_points_of_the_concept_are_filled_and_the_others_hollow():
    points = pd.DataFrame({"x": [0.1, 0.9], "y": [0.0, 0.9], "concept": [True, False]})
    ax = plots.plane(half_plane(), ["neuron"], lines=["p"], points=points)
    hollow, filled = ax.collections[-2:]
    assert hollow.get_offsets().tolist() == [[0.9, 0.9]]
    assert filled.get_offsets().tolist() == [[0.1, 0.0]]
    assert mpl.colors.to_hex(filled.get_facecolor()[0]).upper() == plots.palette.concept


def test_an_empty_and_a_full_region_can_be_drawn():
    frame = half_plane().assign(none=False, all=True)
    assert plots.plane(frame, ["none", "all"]).get_legend() is not None


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.heatmap(grid_frame(), "d_sae", "k", "loss"), "frame lacks the column 'loss'"),
        (lambda: plots.heatmap(grid_frame().iloc[:0], "d_sae", "k", "rate"), "frame has no row"),
        (lambda: plots.heatmap([1, 2], "d_sae", "k", "rate"), "frame is a list"),
        (
            lambda: plots.curves_with_intervals(grid_frame(), "k", "rate", low="low"),
            "low and high must come together",
        ),
        (
            lambda: plots.curves_with_intervals(
                grid_frame(), "k", "rate", hue="gate", col="d_sae", ax=plt.gca()
            ),
            "ax cannot hold the panels of col",
        ),
        (
            lambda: plots.curves_with_intervals(cloud(6), "bound", "measured", style="bound"),
            "style has 6 values",
        ),
        (lambda: plots.bound_and_truth(cloud(5), side="left"), "side is 'left'"),
        (lambda: plots.bound_and_truth(cloud(5), hue="gate"), "frame lacks the column 'gate'"),
        (
            lambda: plots.theory_and_measured(cloud(6), cloud(5), "bound", "measured", line="bound"),
            "line has 6 values",
        ),
        (
            lambda: plots.theory_and_measured(cloud(6), cloud(5), "bound", "measured", low="bound"),
            "low and high must come together",
        ),
        (lambda: plots.plane(half_plane().iloc[1:], ["neuron"]), "frame with 1199 rows is no full grid"),
        (lambda: plots.plane(half_plane(), ["dog"]), "frame lacks the column 'dog'"),
        (lambda: plots.plane(half_plane(), points=cloud(5)), "frame lacks the column 'x'"),
    ],
)
def test_a_frame_that_does_not_fit_is_refused_by_name(draw, message):
    with pytest.raises(InputError) as caught:
        draw()
    assert str(caught.value).startswith(message)
