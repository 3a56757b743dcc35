"""Sparse linear units: which neurons, where the cut, and what is refused."""

import numpy as np
import pytest
import torch
from scipy import sparse

from saelib import ActivationSets, InputError
from saelib.units import boolean_limit, linear_unit


def planted(rng, n=400, d=30):
    """A concept where neurons 3 and 7 together fire strongly; the rest are noise."""
    acts = np.maximum(rng.normal(size=(n, d)), 0.0)
    inside = rng.random(n) < 0.3
    acts[inside, 3] += 3.0
    acts[inside, 7] += 3.0
    return acts, inside


@pytest.mark.parametrize("choice", ["mean difference", "l1"])
def test_the_neurons_that_carry_the_concept_are_chosen_and_read_it_on_held_out_points(choice):
    acts, inside = planted(np.random.default_rng(0))
    unit = linear_unit(acts, inside, k=2, choice=choice)
    assert unit.neurons == (3, 7)
    held_out, there = planted(np.random.default_rng(1))
    assert unit.scored_on(held_out, there).f1 > 0.95
    assert unit.scored_on(acts, inside) == unit
    assert np.array_equal(unit.points(acts), np.flatnonzero(acts[:, [3, 7]] @ unit.weights > unit.cut))


@pytest.mark.parametrize("choice", ["mean difference", "l1"])
def test_never_more_than_k_neurons(choice):
    acts, inside = planted(np.random.default_rng(2), n=100, d=10)
    for k in (1, 3, 10, 50):
        assert 1 <= len(linear_unit(acts, inside, k, choice).neurons) <= k


@pytest.mark.parametrize("objective", ["errors", "jaccard"])
def test_no_other_cut_of_the_same_sum_does_better(objective):
    rng = np.random.default_rng(3)
    for _ in range(50):
        acts = rng.integers(0, 3, size=(12, 4)).astype(float)
        inside = rng.random(12) < 0.5
        unit = linear_unit(acts, inside, 2, objective=objective)
        sums = acts[:, list(unit.neurons)] @ np.array(unit.weights)
        for cut in [-np.inf, *sums]:
            fires = sums > cut
            wrong, either = (fires ^ inside).sum(), (fires | inside).sum()
            if objective == "errors":
                assert unit.errors <= wrong
            else:
                assert unit.distance <= wrong / max(either, 1) + 1e-12


def test_one_neuron_with_a_cut_is_at_least_as_good_as_where_it_fires():
    rng = np.random.default_rng(4)
    acts = np.maximum(rng.normal(size=(200, 1)), 0)
    inside = acts[:, 0] > 0.8
    assert linear_unit(acts, inside, 1).errors == 0
    assert ((acts[:, 0] > 0) ^ inside).sum() > 0


def test_on_activation_sets_it_is_a_boolean_function_and_bounded_as_one():
    rng = np.random.default_rng(5)
    for _ in range(20):
        activations = ActivationSets(rng.random((30, 4)) < 0.5)
        inside = rng.random(30) < 0.4
        assert linear_unit(activations, inside, 4).errors >= boolean_limit(activations, inside).errors


def test_dense_sparse_and_reordered_points_give_the_same_unit():
    acts, inside = planted(np.random.default_rng(6), n=80)
    unit = linear_unit(acts, inside, 2)
    assert linear_unit(sparse.csr_array(acts), inside, 2) == unit
    rows = np.random.default_rng(0).permutation(80)
    moved = linear_unit(acts[rows], inside[rows], 2)
    assert moved.neurons == unit.neurons
    assert moved.errors == unit.errors


@pytest.mark.parametrize(("inside", "size"), [([], 0), ([0, 1, 2], 3)])
def test_a_concept_that_holds_nowhere_or_everywhere_needs_no_neuron(inside, size):
    unit = linear_unit(np.eye(3), inside, 2)
    assert (unit.neurons, unit.size, unit.errors, unit.f1) == ((), size, 0, 1.0)
    assert unit.scored_on(np.eye(3), inside) == unit


@pytest.mark.parametrize("choice", ["mean difference", "l1"])
def test_dead_neurons_do_no_harm(choice):
    unit = linear_unit(np.zeros((4, 3)), [0, 1], 2, choice)
    assert unit.errors == 2


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("acts", [[1.0], [np.nan]]),
        ("acts", [[1.0], [np.inf]]),
        ("acts", [1.0, 2.0]),
        ("acts", [["a"], ["b"]]),
        ("acts", [[1], [1, 2]]),
        ("acts", np.zeros((2, 0))),
        ("acts", np.zeros((0, 2))),
        ("extent", [2]),
        ("k", 0),
        ("k", 1.5),
        ("choice", "top"),
        ("objective", "f1"),
    ],
)
def test_malformed_input_is_refused_by_name(setting, value):
    arguments = {"acts": [[1.0], [0.0]], "extent": [0], "k": 1}
    with pytest.raises(InputError, match=f"^{setting} "):
        linear_unit(**arguments | {setting: value})


def test_tensors_are_read_in_their_own_precision():
    acts, inside = planted(np.random.default_rng(0), n=60)
    assert linear_unit(torch.from_numpy(acts), inside, 2) == linear_unit(acts, inside, 2)
    assert linear_unit(torch.tensor([[2.0], [1.0]], dtype=torch.bfloat16), [0], 1).errors == 0


def test_activations_of_a_smaller_dictionary_are_refused():
    acts, inside = planted(np.random.default_rng(0), n=60)
    unit = linear_unit(acts, inside, 2)
    with pytest.raises(InputError, match=r"^acts has 5 neurons, the unit reads neuron 7"):
        unit.points(acts[:, :5])


def test_the_weights_are_those_of_a_logistic_regression_on_all_points():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(7)
    acts = np.maximum(rng.normal(size=(300, 6)) - 1.0, 0.0)
    inside = (acts[:, 1] + acts[:, 2] > 0.3) ^ (rng.random(300) < 0.1)
    unit = linear_unit(acts, inside, 2)
    assert unit.neurons == (1, 2)
    fitted = LogisticRegression(max_iter=1000).fit(acts[:, [1, 2]], inside)
    assert np.allclose(unit.weights, fitted.coef_[0], rtol=1e-2)
