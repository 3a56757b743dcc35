from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib import InputError
from saelib.phenomena import recovery, recovery_null


@given(seed=st.integers(0, 10_000), n_neurons=st.integers(1, 5), n_concepts=st.integers(1, 5))
def test_the_matching_is_the_best_of_all_assignments(seed: int, n_neurons: int, n_concepts: int) -> None:
    rng = np.random.default_rng(seed)
    true, decoder = rng.standard_normal((n_concepts, 3)), rng.standard_normal((n_neurons, 3))
    unit = [m / np.linalg.norm(m, axis=1, keepdims=True) for m in (true, decoder)]
    cosines = np.abs(unit[0] @ unit[1].T)
    short, long = sorted((n_concepts, n_neurons))
    table = cosines if n_concepts <= n_neurons else cosines.T
    best = max(sum(table[i, p[i]] for i in range(short)) for p in permutations(range(long), short))
    found = recovery(true, decoder)
    assert found.matched_cosine.sum() == pytest.approx(best)
    assert (found.matched >= 0).sum() == short
    assert found.best == pytest.approx(cosines.max(axis=1))
    assert found.uniqueness == len(set(cosines.argmax(axis=0))) / n_neurons


def test_the_true_dictionary_in_any_order_sign_and_scale_is_perfect() -> None:
    rng = np.random.default_rng(0)
    true = rng.standard_normal((6, 10))
    order = rng.permutation(6)
    found = recovery(true, -3.0 * true[order])
    assert found.mean_matched == pytest.approx(1.0)
    assert found.uniqueness == 1.0
    assert (order[found.matched] == np.arange(6)).all()


def test_dead_neurons_count_unless_they_are_left_out() -> None:
    true = np.eye(3)
    decoder = np.vstack([np.eye(3), np.eye(3)[:1]])
    alive = np.array([True, True, False, True])
    assert recovery(true, decoder).mean_matched == 1.0
    assert recovery(true, decoder, alive).best.tolist() == [1.0, 1.0, 0.0]
    assert recovery(true, decoder, alive).n_neurons == 3
    assert 2 not in recovery(true, decoder, alive).matched
    assert recovery(true, decoder, alive).uniqueness == pytest.approx(2 / 3)


def test_a_larger_random_dictionary_has_a_higher_null() -> None:
    rng = np.random.default_rng(0)
    true = rng.standard_normal((20, 16))
    small, large = (
        np.mean([draw.mean_best for draw in recovery_null(true, size, 10, rng)]) for size in (10, 1000)
    )
    assert large > small + 0.1


@pytest.mark.parametrize(
    ("true", "decoder", "alive", "message"),
    [
        (np.eye(2), np.eye(3), None, "W_dec has d_in 3"),
        (np.zeros((1, 2)), np.eye(2), None, "directions row 0 has length 0"),
        (np.eye(2), np.array([[1.0, np.nan]]), None, "W_dec is not finite in row 0"),
        (np.eye(2), np.eye(2), np.zeros(2, bool), "alive leaves no neuron"),
        (np.eye(2), np.eye(2), np.ones(3, bool), "alive has shape"),
        ([["a"]], np.eye(2), None, "directions is no matrix"),
    ],
)
def test_malformed_input_is_refused(true: object, decoder: object, alive: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        recovery(true, decoder, alive)


def test_a_null_needs_a_size_and_draws() -> None:
    with pytest.raises(InputError, match="n_draws is 0"):
        recovery_null(np.eye(2), 2, 0, np.random.default_rng(0))
