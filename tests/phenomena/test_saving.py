"""T9a: what absorption saves and costs, in closed form and on real autoencoders."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib import InputError
from saelib.phenomena import (
    absorbing_at_rate,
    absorbing_sae,
    absorption_saving,
    best_ratio,
    combined_direction_cost,
    descend,
    faithful_sae,
    least_l1_loss,
    planted_scores,
    saving_trials,
)
from saelib.sae import SAE, TopK

seeds = st.integers(0, 10_000)


def world(seed: int, n: int = 40) -> tuple[np.ndarray, np.ndarray, float]:
    rng = np.random.default_rng(seed)
    parent = rng.uniform(0.5, 1.5, n) * (rng.random(n) < 0.7)
    child = rng.uniform(0.5, 1.5, n) * (rng.random(n) < 0.5) * (parent > 0)
    parent[0] = child[0] = 1.0
    return parent, child, float(rng.uniform(-0.5, 0.9))


# --- the closed form ---------------------------------------------------------------------------------------


def test_a_constant_ratio_saves_one_neuron_and_the_way_round_and_costs_nothing() -> None:
    found = absorption_saving([2, 2, 2, 0], [1, 0, 1, 0], cosine=0.5)
    assert found.ratio == 2.0
    assert found.l0 == 0.5
    assert found.l1 == pytest.approx((3 - np.sqrt(4 + 2 + 1)) / 2)
    assert (found.squared_error, found.rate) == (0.0, 1.0)


@given(seed=seeds)
def test_counted_on_two_autoencoders(seed: int) -> None:
    frame = saving_trials(3, np.random.default_rng(seed), n_points=20)
    assert frame.error.max() < 1e-9


@given(seed=seeds)
def test_up_to_the_least_ratio_nothing_is_paid_and_something_saved(seed: int) -> None:
    parent, child, cosine = world(seed)
    found = absorption_saving(parent, child, cosine)
    assert found.squared_error == 0.0
    assert found.l1 > 0
    assert 0 < found.rate <= 1
    length = np.sqrt(1 + 2 * found.ratio * cosine + found.ratio**2)
    assert found.l1 == pytest.approx(child.mean() * (1 + found.ratio - length))


@given(seed=seeds, penalty=st.sampled_from([0.01, 0.1, 1.0]))
def test_the_best_ratio_beats_every_other_on_a_grid(seed: int, penalty: float) -> None:
    parent, child, cosine = world(seed)

    def price(ratio: float) -> float:
        found = absorption_saving(parent, child, cosine, ratio)
        return found.squared_error - penalty * found.l1

    best = best_ratio(parent, child, penalty, cosine)
    assert price(best) <= min(price(ratio) for ratio in np.linspace(0, 3, 61)) + 1e-9
    assert best > 0 or cosine > 0.85


@given(seed=seeds)
def test_the_best_single_row_is_found_by_no_search(seed: int) -> None:
    parent, child, cosine = world(seed)
    on = child > 0
    v = np.array([[1.0, 0.0], [cosine, np.sqrt(1 - cosine**2)]])
    x = np.column_stack([parent, child])[on] @ v
    angles = np.linspace(0, np.pi, 2_001)
    u = np.stack([np.cos(angles), np.sin(angles)])
    residual = (x**2).sum() - ((x @ u) ** 2).sum(axis=0)
    bound = combined_direction_cost(parent, child, cosine) * len(parent)
    assert residual.min() >= bound - 1e-9
    assert residual.min() == pytest.approx(bound, abs=1e-4 * (x**2).sum())


@given(seed=seeds, penalty=st.sampled_from([0.0, 0.1, 0.7]))
def test_no_code_of_any_dictionary_pays_less_than_the_least(seed: int, penalty: float) -> None:
    rng = np.random.default_rng(seed)
    x, rows = rng.standard_normal((30, 3)), rng.standard_normal((6, 3))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    codes = np.maximum(rng.standard_normal((30, 6)), 0) * rng.random()
    loss = ((x - codes @ rows) ** 2).sum(axis=1) + penalty * codes.sum(axis=1)
    assert loss.mean() >= least_l1_loss(x, penalty) - 1e-12


def test_the_absorbing_dictionary_reaches_the_least_where_the_ratio_is_constant() -> None:
    points = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    sae = absorbing_sae(np.eye(2), [-1, 0], {1: 1.0}, l1_coefficient=0.2)
    z = sae.encode(points).detach()
    loss = float(((sae.decode(z).detach().numpy() - points) ** 2).sum(1).mean() + 0.2 * z.sum(1).mean())
    assert loss == pytest.approx(least_l1_loss(points, 0.2))


# --- descent -----------------------------------------------------------------------------------------------


def test_descent_leaves_the_faithful_dictionary_for_the_absorbing_one() -> None:
    points = np.repeat([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]], 10, axis=0)
    start = faithful_sae(np.eye(2), l1_coefficient=0.2)
    before = start.W_dec.detach().clone()
    sae, history = descend(start, points, 0.2, steps=800, lr=1e-2)
    assert (start.W_dec == before).all()
    assert history.loss.iloc[-1] == pytest.approx(least_l1_loss(points, 0.2), abs=1e-4)
    assert (sae.encode(points)[10:20, 0] <= 1e-6).all()
    assert (sae.encode(points)[10:20, 1] > 1).all()
    assert (sae.b_dec == 0).all()


# --- planted -----------------------------------------------------------------------------------------------


def test_every_measure_returns_the_planted_rate_and_0_on_the_faithful_dictionary() -> None:
    frame = planted_scores([0.0, 0.25, 0.5, 1.0], n_child=8)
    for measure in ("rate", "gap", "fraction", "full"):
        assert frame[measure].tolist() == frame.planted.tolist()
    assert frame.implication.tolist() == (1 - frame.planted).tolist()
    assert frame.dictionary.tolist() == ["faithful"] + 4 * ["absorbing"]


@given(silent=st.integers(0, 6))
def test_the_planted_dictionary_reconstructs_every_point(silent: int) -> None:
    sae, points, concepts = absorbing_at_rate(silent / 6, 6, 3, 2)
    assert np.abs(sae(points).detach().numpy() - points).max() < 1e-12
    assert concepts.sizes.tolist() == [9, 6]


# --- what is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: absorption_saving([1], [1, 1]), "child has 2 amplitudes"),
        (lambda: absorption_saving([1], [0]), "child is 0 everywhere"),
        (lambda: absorption_saving([0, 1], [1, 1]), "parent is 0 at 0"),
        (lambda: absorption_saving([np.nan], [1]), "parent is negative or not finite"),
        (lambda: absorption_saving([[1]], [1]), "parent has shape"),
        (lambda: absorption_saving(["a"], [1]), "parent is not of numbers"),
        (lambda: absorption_saving([1], [1], cosine=1.0), "cosine is 1"),
        (lambda: absorption_saving([1], [1], ratio=-1), "ratio is -1"),
        (lambda: best_ratio([1], [1], 0.0), "l1_coefficient is 0"),
        (lambda: combined_direction_cost([1], [-1]), "child is negative"),
        (lambda: least_l1_loss([1.0], 0.1), "points has shape"),
        (lambda: least_l1_loss([[np.inf]], 0.1), "points holds inf"),
        (lambda: least_l1_loss([[1.0]], True), "l1_coefficient is True"),
        (lambda: faithful_sae([[1.0, 1.0]]), "directions has length"),
        (lambda: faithful_sae([[1.0], [1.0]]), "directions depend"),
        (lambda: faithful_sae([["a"]]), "directions is not of numbers"),
        (lambda: faithful_sae([1.0]), "directions has shape"),
        (lambda: faithful_sae([[np.nan]]), "directions is not finite"),
        (lambda: faithful_sae([[1.0]], l1_coefficient=-1), "l1_coefficient has -1"),
        (lambda: absorbing_sae(np.eye(2), [-1], {1: 1}), "parents has shape"),
        (lambda: absorbing_sae(np.eye(2), [-1, 0], {2: 1}), "ratios names 2"),
        (lambda: absorbing_sae(np.eye(2), [-1, 0], {0: 1}), "ratios names 0, which has no parent"),
        (lambda: absorbing_sae(np.eye(3), [-1, 0, 1], {1: 1, 2: 1}), "ratios names 2 and its parent"),
        (lambda: absorbing_sae(np.eye(2), [-1, 0], {1: 0.0}), "ratios has 0"),
        (lambda: absorbing_sae(np.eye(2), [-1, 0], [1]), "ratios is"),
        (lambda: absorbing_at_rate(0.3, 5), "rate is 0.3"),
        (lambda: absorbing_at_rate(2), "rate is 2"),
        (lambda: absorbing_at_rate(0.5, 0), "n_child is 0"),
        (lambda: saving_trials(0, np.random.default_rng(0)), "n_trials is 0"),
        (lambda: saving_trials(1, np.random.default_rng(0), 2), "n_points is 2"),
        (lambda: descend(SAE(1, 1, TopK(1)), np.ones((2, 1)), 0.1), "sae has the gate"),
        (lambda: descend(faithful_sae([[1.0]]), np.ones((0, 1)), 0.1), "points is empty"),
        (lambda: descend(faithful_sae([[1.0]]), np.ones((1, 2)), 0.1), "x has shape"),
        (lambda: descend(faithful_sae([[1.0]]), np.ones((1, 1)), -1), "l1_coefficient is -1"),
        (lambda: descend(faithful_sae([[1.0]]), np.ones((1, 1)), 0.1, steps=0), "steps is 0"),
    ],
)
def test_malformed_input_is_refused(call, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
