"""Where labels dealt out at random cease to be separable: known cases, and proofs on Gaussian points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib.errors import InputError
from saelib.geometry import Separation, separate
from saelib.geometry.bounds import separable_by_luck


@given(st.integers(1, 1_000), st.integers(1, 1_000))
def test_balanced_labels_end_at_twice_the_dimension_as_cover_counted(n_points: int, d_in: int) -> None:
    found = separable_by_luck(n_points, d_in)
    assert 0 < found <= n_points / 2
    assert (found == n_points / 2) == (n_points <= 2 * d_in)


@given(st.integers(3, 10_000), st.integers(2, 300))
def test_more_dimensions_separate_more(n_points: int, d_in: int) -> None:
    assert separable_by_luck(n_points, d_in) >= separable_by_luck(n_points, d_in - 1)


def test_the_equation_holds_when_integrated_numerically() -> None:
    z = np.linspace(-12.0, 12.0, 200_001)
    weight = np.exp(-z * z / 2) / np.sqrt(2 * np.pi) * (z[1] - z[0])
    share = separable_by_luck(5_000, 100) / 5_000
    needed = min(
        share * (np.maximum(z + t, 0) ** 2 @ weight) + (1 - share) * (np.maximum(z - t, 0) ** 2 @ weight)
        for t in np.linspace(0.0, 4.0, 801)
    )
    assert needed == pytest.approx(100 / 5_000, rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(("part", "least", "most"), [(0.7, 0.9, 1.0), (1.4, 0.0, 0.1)])
def test_gaussian_points_turn_from_separable_to_not_where_predicted(part, least, most) -> None:
    n_points, d_in, draws = 600, 60, 20
    size = round(part * separable_by_luck(n_points, d_in))
    yes = 0
    for seed in range(draws):
        x = np.random.default_rng(seed).normal(size=(n_points, d_in))
        yes += isinstance(separate(x[:size], x[size:]), Separation)
    assert least <= yes / draws <= most


@pytest.mark.parametrize("bad", [0, -1, 2.5, "ten", None, float("nan")])
def test_no_such_number_is_refused(bad: object) -> None:
    for n_points, d_in in ((bad, 3), (3, bad)):
        with pytest.raises(InputError):
            separable_by_luck(n_points, d_in)  # type: ignore[arg-type]


def test_more_points_than_the_integrals_reach_are_refused() -> None:
    with pytest.raises(InputError, match="give at most 99999999"):
        separable_by_luck(10**10, 1)
