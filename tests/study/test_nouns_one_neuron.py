"""Newton's proofs against those of `separate`, and weights that must not pass for a certificate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib.geometry import Separation, separate
from saelib.study.sweeps.nouns_one_neuron import errs_nowhere, meet, one_neuron


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(4, 60), st.sampled_from([1e-3, 1.0, 1e4]))
def test_no_answer_contradicts_an_exact_one(seed: int, d: int, n: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    x = scale * (rng.normal(size=(n, d)) + rng.normal(size=d))
    inside = rng.permutation(n) < rng.integers(1, n)
    answer = one_neuron(x, inside, np.zeros(d), 0.0)
    exact = separate(x[inside], x[~inside])
    if answer.found == "yes":
        assert isinstance(exact, Separation)
        assert (((x @ answer.w + answer.b) > 0) == inside).all()
    if answer.found == "no":
        assert not isinstance(exact, Separation)


def test_clear_cases_are_decided() -> None:
    rng = np.random.default_rng(0)
    found = []
    for _ in range(40):
        x = rng.normal(size=(200, 5))
        found.append(one_neuron(x, x[:, 0] > 0.1 * rng.normal(size=200), np.zeros(5), 0.0).found)
        x[:, 0] += np.where(x[:, 0] > 0, 0.5, -0.5)
        assert one_neuron(x, x[:, 0] > 0, np.zeros(5), 0.0).found == "yes"
    assert found.count("no") > 30


def test_a_point_on_both_sides_is_not_read() -> None:
    x = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
    assert one_neuron(x, np.array([1, 0, 0, 0, 0], dtype=bool), np.zeros(2), 0.0).found != "yes"


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9])
def test_hulls_a_hair_apart_do_not_meet(gap: float) -> None:
    inside, outside = np.array([[0.0], [1.0]]), np.array([[1.0 + gap], [2.0]])
    signed = np.vstack([np.column_stack([inside, np.ones(2)]), -np.column_stack([outside, np.ones(2)])])
    weights = np.array([0.0, 1.0, 1.0, 0.0])
    assert not meet(signed, weights)
    assert not meet(signed, np.ones(4))


def test_a_neuron_within_rounding_of_its_boundary_proves_nothing() -> None:
    x = np.array([[1.0], [np.nextafter(1.0, 2.0)]])
    assert not errs_nowhere(x, np.array([False, True]), np.ones(1), -1.0)
