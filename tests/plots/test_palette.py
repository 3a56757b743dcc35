"""Colours stay apart, whoever looks at them, and stand out from the paper."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from saelib.plots import palette

# What a dichromat sees of linear RGB: Machado, Oliveira & Fernandes (2009), severity 1.
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}

GROUPS = {
    "sets": (palette.concept, palette.neuron),
    "truth": (palette.theory, palette.measured, palette.violated),
    "gates": tuple(palette.gates.values()),
    "notions": tuple(palette.notions.values()),
    "levels": palette.levels,
}


def linear(colour: str) -> np.ndarray:
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIELAB of linear RGB, white point D65."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ rgb
    t = np.clip(xyz, 0, None) / [0.9505, 1.0, 1.089]
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("group", GROUPS)
def test_colours_that_share_a_picture_stay_apart(group, vision):
    for one, other in combinations(GROUPS[group], 2):
        seen = [lab(np.clip(VISION[vision] @ linear(colour), 0, 1)) for colour in (one, other)]
        assert np.linalg.norm(seen[0] - seen[1]) > 15, (one, other)


def test_every_line_colour_stands_out_from_white():
    singles = (palette.concept, palette.neuron, palette.theory, palette.measured, palette.violated)
    for colour in (
        *singles,
        palette.neutral,
        *GROUPS["gates"],
        *GROUPS["notions"],
        *palette.levels,
        *palette.cycle,
    ):
        luminance = linear(colour) @ [0.2126, 0.7152, 0.0722]
        assert 1.05 / (luminance + 0.05) > 2.6, colour


@pytest.mark.parametrize("ramp", [tuple(palette.notions.values()), palette.levels[::-1]])
def test_ordered_things_get_darker_in_order(ramp):
    lightness = [lab(linear(colour))[0] for colour in ramp]
    assert all(a - b > 8 for a, b in pairwise(lightness))


def test_a_meaning_has_one_colour_whatever_the_spelling():
    assert palette.named("ReLU") == palette.named("relu") == palette.gates["ReLU"]
    assert palette.named("approximated") == palette.named("Approximation")
    assert palette.named(3) is None


def test_meanings_keep_their_colour_among_others():
    colours = palette.of(["pears", "TopK", "apples"])
    assert colours["TopK"] == palette.gates["TopK"]
    assert [colours["pears"], colours["apples"]] == list(palette.cycle[:2])


def test_numbers_are_levels_only_if_all_are_as_small_as_levels():
    assert palette.of([0, 1]) == {0: palette.levels[0], 1: palette.levels[1]}
    assert palette.of([1, 16]) == {1: palette.cycle[0], 16: palette.cycle[1]}


def test_more_categories_than_colours_start_over():
    assert len(palette.of([f"c{i}" for i in range(20)])) == 20
