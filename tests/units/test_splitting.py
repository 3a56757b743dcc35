"""The splitting number against every subset of neurons, and on concepts that were split by hand."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from saelib import ActivationSets, InputError
from saelib.units import splitting_number
from saelib.units.splitting import _attainable


def brute_force(active, inside, eta):
    """Least number of neurons whose union is within η of the concept, None if there is none."""
    for size in range(active.shape[1] + 1):
        for neurons in combinations(range(active.shape[1]), size):
            union = active[:, list(neurons)].any(axis=1)
            either = int((union | inside).sum())
            if (int((union ^ inside).sum()) / either if either else 0.0) <= eta:
                return size
    return None


def instances(how_many, seed, n_points=12, d_sae=6):
    rng = np.random.default_rng(seed)
    for _ in range(how_many):
        n, d = rng.integers(1, n_points + 1), rng.integers(1, d_sae + 1)
        active = rng.random((n, d)) < rng.random() * 0.8
        inside = rng.random(n) < rng.random() * 1.2 - 0.1
        if rng.random() < 0.5:  # a union with a little noise, so that something can be near
            inside = active[:, rng.random(d) < 0.6].any(axis=1) ^ (rng.random(n) < 0.1)
        # Distances themselves as tolerances: k of m points must count as within k/m.
        yield active, inside, float(rng.choice([0.0, 0.1, 0.25, 0.3, 1 / 3, 0.4, 0.5, 0.6, 2 / 3, 0.7, 0.9]))


def check(active, inside, eta, search):
    answer = splitting_number(ActivationSets(active), inside, eta, search)
    truth = brute_force(active, inside, eta)
    if answer.status == "impossible":
        assert truth is None
        assert answer.unit is answer.lower is answer.upper is answer.number is None
        return answer
    assert truth is None or answer.lower <= truth
    if answer.upper is not None:
        assert truth <= answer.upper == len(answer.unit.neurons)
        union = active[:, list(answer.unit.neurons)].any(axis=1)
        assert answer.unit.errors == (union ^ inside).sum()
        assert answer.unit.distance <= eta
    assert (answer.status == "exact") == (answer.lower == answer.upper)
    if answer.status == "exact":
        assert answer.number == truth
    return answer


@pytest.mark.parametrize("search", ["greedy", "lp"])
def test_bounds_enclose_the_number_found_by_trying_every_subset(search):
    for active, inside, eta in instances(200 if search == "lp" else 600, seed=0):
        check(active, inside, eta, search)


def test_the_integer_programme_leaves_no_sandwich_on_small_instances():
    for active, inside, eta in instances(300, seed=1):
        assert check(active, inside, eta, "exact").status != "sandwich"


@pytest.mark.slow
def test_the_integer_programme_leaves_no_sandwich_on_larger_instances():
    for active, inside, eta in instances(2000, seed=2, n_points=30, d_sae=9):
        assert check(active, inside, eta, "exact").status != "sandwich"


@pytest.mark.parametrize("search", ["greedy", "lp", "exact"])
@pytest.mark.parametrize("parts", [1, 2, 5, 9])
def test_a_concept_split_by_hand_needs_as_many_neurons_as_it_has_parts(search, parts):
    rng = np.random.default_rng(parts)
    n = 400
    inside = np.arange(n) < 180
    own = np.array_split(np.arange(180), parts)
    active = rng.random((n, parts + 20)) < 0.02  # noise neurons
    columns = rng.permutation(parts + 20)[:parts]
    active[:, columns] = False
    for column, points in zip(columns, own, strict=True):
        active[points, column] = True
    answer = splitting_number(ActivationSets(active), inside, 0.0, search)
    if parts == 1 or search == "exact":
        assert (answer.status, answer.number) == ("exact", parts)
    assert answer.lower <= parts == answer.upper
    assert answer.unit.neurons == tuple(sorted(columns))
    # No part alone is near, unless it is the only one (T8a: its recall is its share).
    share = max(len(points) for points in own) / 180
    assert all((active[:, c] & inside).sum() / 180 <= share for c in columns)
    if parts > 1:
        nearer = splitting_number(ActivationSets(active[:, columns]), inside, 1 - share - 1e-9, search)
        assert nearer.lower >= 2


def test_noisy_parts_are_near_within_their_summed_error():
    # T8a: parts with errors of η_k|C_k| make a union with at most their sum.
    rng = np.random.default_rng(0)
    active = np.zeros((300, 3), dtype=bool)
    for part in range(3):
        active[40 * part : 40 * (part + 1), part] = True
    active ^= rng.random(active.shape) < 0.05
    inside = np.arange(300) < 120
    parts = [(active[:, k] ^ (np.arange(300) // 40 == k)).sum() for k in range(3)]
    answer = splitting_number(ActivationSets(active), inside, sum(parts) / 120)
    assert answer.upper is not None
    assert answer.unit.errors <= sum(parts)


def test_a_tolerance_that_is_a_fraction_of_points_is_met_exactly():
    active = np.zeros((10, 1), dtype=bool)
    active[:7, 0] = True
    assert splitting_number(ActivationSets(active), np.arange(10), 0.3).number == 1
    assert (
        splitting_number(ActivationSets(active), np.arange(10), np.nextafter(0.3, 0)).status == "impossible"
    )


def test_an_empty_concept_needs_no_neuron_and_dead_neurons_reach_nothing():
    dead = ActivationSets(np.zeros((4, 3)))
    assert splitting_number(dead, [], 0.0).number == 0
    assert splitting_number(dead, [], 0.0).unit.neurons == ()
    assert splitting_number(dead, [1], 0.99).status == "impossible"


def test_more_than_may_be_solved_leaves_a_sandwich():
    # Two large neurons cover the concept, but the greedy first choice is a third that straddles both.
    active = np.zeros((40, 5), dtype=bool)
    active[:20:2, 0] = active[20::2, 0] = active[:13, 1] = active[27:, 1] = True
    active[:20, 2] = active[20:, 3] = active[10:30, 4] = True
    answer = splitting_number(ActivationSets(active), np.arange(40), 0.0, largest=0)
    assert answer.lower <= 2 <= answer.upper
    assert splitting_number(ActivationSets(active), np.arange(40), 0.0).number == 2


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("activations", np.eye(2)),
        ("activations", ActivationSets(np.zeros((2, 0)))),
        ("extent", [7]),
        ("eta", 1.0),
        ("eta", -0.1),
        ("eta", np.nan),
        ("eta", "small"),
        ("eta", True),
        ("search", "milp"),
        ("largest", 1.5),
        ("time_limit", -1),
    ],
)
def test_malformed_input_is_refused_by_name(setting, value):
    arguments = {"activations": ActivationSets([[1], [0]]), "extent": [0], "eta": 0.1}
    with pytest.raises(InputError, match=f"^{setting} "):
        splitting_number(**arguments | {setting: value})


def test_a_tolerance_is_rounded_down_to_a_distance_that_occurs():
    for n_points in range(1, 12):
        fractions = {Fraction(k, m) for m in range(1, n_points + 1) for k in range(m)}
        for eta in [0.0, 0.29, 0.3, 1 / 3, 0.5, 0.999, *(float(f) for f in fractions)]:
            for near in (eta, float(np.nextafter(eta, 0))):
                assert _attainable(near, n_points) == max(f for f in fractions if float(f) <= near)
