"""Unit directions and their coherence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saelib import InputError
from saelib.data.synthetic import Directions, coherence, welch_bound

RNG = np.random.default_rng


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["spread", "random", "orthogonal", "equiangular"]),
    st.integers(1, 12),
    st.integers(2, 12),
    st.integers(0, 2**32),
)
def test_directions_have_unit_norm_and_respect_the_welch_bound(kind, n, d, seed):
    if kind in ("orthogonal", "equiangular") and n > d:
        with pytest.raises(InputError):
            Directions(kind).draw(n, d, RNG(seed))
        return
    v = Directions(kind, steps=20).draw(n, d, RNG(seed))
    assert v.shape == (n, d)
    assert v.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(v, axis=1), 1, atol=1e-6)
    assert coherence(v) >= welch_bound(n, d) - 1e-6


@pytest.mark.parametrize("kind", ["orthogonal", "spread"])
def test_few_concepts_are_orthogonal(kind):
    assert coherence(Directions(kind).draw(16, 16, RNG(0))) < 1e-6


@pytest.mark.parametrize("kappa", [0.0, 0.3, 0.95])
def test_equiangular_directions_have_exactly_the_wished_cosine(kappa):
    v = Directions("equiangular", coherence=kappa).draw(7, 9, RNG(0)).astype(float)
    np.testing.assert_allclose((v @ v.T)[~np.eye(7, dtype=bool)], kappa, atol=1e-6)


def test_spreading_lowers_the_coherence_to_near_the_welch_bound():
    random = coherence(Directions("random").draw(84, 64, RNG(0)))
    spread = coherence(Directions("spread").draw(84, 64, RNG(0)))
    assert spread < 0.25 * random
    assert spread < 1.3 * welch_bound(84, 64)


def test_working_in_blocks_of_rows_changes_nothing(monkeypatch):
    whole = Directions(steps=9).draw(60, 8, RNG(0))
    monkeypatch.setattr("saelib.data.synthetic.directions._CELLS", 60 * 7)
    np.testing.assert_allclose(Directions(steps=9).draw(60, 8, RNG(0)), whole, atol=1e-6)


def test_the_square_objective_tends_to_a_tight_frame():
    # Σ<v_i, v_j>² over i ≠ j is at least n²/d − n, with equality for tight frames (Welch with exponent 1).
    v = Directions("spread", power=2.0, steps=500).draw(24, 8, RNG(0)).astype(float)
    assert ((v @ v.T) ** 2).sum() == pytest.approx(24**2 / 8, rel=1e-3)


def test_random_directions_are_even_on_the_sphere():
    v = Directions("random").draw(20_000, 3, RNG(0)).astype(float)
    np.testing.assert_allclose(v.mean(axis=0), 0, atol=5 / np.sqrt(3 * 20_000))
    np.testing.assert_allclose(v.T @ v / len(v), np.eye(3) / 3, atol=0.015)


def test_coherence_worked_by_hand():
    assert coherence([[1, 0], [0, 1]]) == 0
    assert coherence([[2, 0], [-5, 0]]) == 1
    assert coherence([[1.0, 0.0]]) == 0
    assert welch_bound(3, 2) == 0.5
    assert welch_bound(2, 2) == 0


@pytest.mark.parametrize(
    "setting",
    [
        {"kind": "pretty"},
        {"coherence": 1.0},
        {"coherence": -0.1},
        {"steps": -1},
        {"power": 1.0},
        {"learning_rate": 0},
    ],
)
def test_settings_out_of_range_are_refused(setting):
    with pytest.raises(InputError, match="Directions"):
        Directions(**setting)


def test_what_has_no_coherence_is_refused():
    for v in ([[0.0, 0.0], [1.0, 0.0]], [[np.nan, 1.0]], [1.0, 2.0]):
        with pytest.raises(InputError, match="directions"):
            coherence(v)
    with pytest.raises(InputError):
        welch_bound(0, 3)
