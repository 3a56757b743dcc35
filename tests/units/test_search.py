"""AND- and OR-units against every subset of neurons."""

from itertools import chain, combinations

import numpy as np
import pytest

from saelib import ActivationSets, InputError
from saelib.units import and_unit, boolean_limit, closure_unit, interior_unit, or_unit

SEARCHES = {"and": and_unit, "or": or_unit}


def instances(how_many, seed, n_points=11, d_sae=5):
    """Random activations and concepts of every density; among them dead neurons, empty and full concepts."""
    rng = np.random.default_rng(seed)
    for _ in range(how_many):
        n, d = rng.integers(1, n_points + 1), rng.integers(1, d_sae + 1)
        yield rng.random((n, d)) < rng.random(d) * 1.2 - 0.1, rng.random(n) < rng.random() * 1.2 - 0.1, rng


def fires(active, kind, neurons):
    chosen = active[:, list(neurons)]
    return chosen.all(axis=1) if kind == "and" else chosen.any(axis=1)


def lowest(active, inside, kind, objective, most):
    """Best value over all sets of 1 to ``most`` neurons."""
    values = []
    for neurons in chain.from_iterable(combinations(range(active.shape[1]), s + 1) for s in range(most)):
        unit = fires(active, kind, neurons)
        wrong, either = int((unit ^ inside).sum()), int((unit | inside).sum())
        values.append(wrong if objective == "errors" else wrong / max(either, 1))
    return min(values)


def check_against_all_subsets(active, inside, rng, search):
    most = int(rng.integers(1, active.shape[1] + 1))
    objective = str(rng.choice(["errors", "jaccard"]))
    for kind, find in SEARCHES.items():
        unit = find(ActivationSets(active), inside, most, objective, search)
        best = lowest(active, inside, kind, objective, most)
        chosen = fires(active, kind, unit.neurons)
        assert 1 <= len(unit.neurons) <= most
        assert (unit.missed, unit.leaked) == ((inside & ~chosen).sum(), (chosen & ~inside).sum())
        assert unit.bound <= best + 1e-12
        assert unit.value >= best
        assert unit.gap == unit.value - unit.bound
        if search == "exact":
            assert unit.value == best
            assert unit.optimal
        yield unit.value == best


def test_a_greedy_unit_is_between_its_bound_and_what_it_counts_and_mostly_the_best():
    found = [
        best
        for active, inside, rng in instances(1000, seed=0)
        for best in check_against_all_subsets(active, inside, rng, "greedy")
    ]
    assert np.mean(found) > 0.98


@pytest.mark.parametrize("search", ["lp", "exact"])
def test_bounds_hold_and_exact_is_exact_over_all_subsets(search):
    for active, inside, rng in instances(150, seed=1):
        list(check_against_all_subsets(active, inside, rng, search))


@pytest.mark.slow
def test_exact_is_exact_over_all_subsets_on_larger_instances():
    for active, inside, rng in instances(1500, seed=2, n_points=25, d_sae=8):
        list(check_against_all_subsets(active, inside, rng, "exact"))


def test_units_make_no_more_errors_than_single_neurons_and_than_their_closed_forms():
    for active, inside, _ in instances(300, seed=3):
        activations = ActivationSets(active)
        single = (active ^ inside[:, None]).sum(axis=0).min()
        limit = boolean_limit(activations, inside).errors
        for find, closed in ((and_unit, closure_unit), (or_unit, interior_unit)):
            unit = find(activations, inside)
            assert limit <= unit.errors <= single
            # A closed form may be empty, a searched unit may not.
            assert not (form := closed(activations, inside)).neurons or unit.errors <= form.errors
            # The first neuron of a growth is never given up for a worse unit, however few are allowed.
            assert find(activations, inside, max_neurons=1).errors == single


def test_the_best_and_unit_is_the_best_or_unit_of_the_complements():
    for active, inside, _ in instances(100, seed=4):
        unit = and_unit(ActivationSets(active), inside, search="exact")
        dual = or_unit(ActivationSets(~active), ~inside, search="exact")
        assert unit.errors == unit.bound == dual.errors == dual.bound


def test_order_of_points_and_neurons_does_not_change_how_good_the_best_unit_is():
    for active, inside, rng in instances(60, seed=5):
        rows, columns = rng.permutation(len(active)), rng.permutation(active.shape[1])
        for find in SEARCHES.values():
            for objective in ("errors", "jaccard"):
                here = find(ActivationSets(active), inside, 2, objective, "exact")
                there = find(ActivationSets(active[rows][:, columns]), inside[rows], 2, objective, "exact")
                assert here.value == there.value


def test_order_of_points_does_not_change_a_greedy_unit():
    for active, inside, rng in instances(100, seed=6):
        rows = rng.permutation(len(active))
        for find in SEARCHES.values():
            here, there = (
                find(ActivationSets(active[order]), inside[order]) for order in (np.arange(len(rows)), rows)
            )
            assert here == there


def test_an_intersection_is_found_although_each_part_is_worse_than_a_dead_neuron():
    active = np.zeros((30, 3), dtype=bool)
    active[:20, 0] = active[15:, 1] = True  # neuron 2 is dead
    unit = and_unit(ActivationSets(active), np.arange(15, 20))
    assert (unit.neurons, unit.errors) == ((0, 1), 0)


def test_neurons_that_add_nothing_are_left_out():
    active = np.array([[1, 1, 0], [1, 0, 1], [0, 0, 0]], dtype=bool)
    assert or_unit(ActivationSets(active), [0, 1]).neurons == (0,)


def test_an_or_unit_of_an_absent_concept_is_no_better_than_silence():
    activations = ActivationSets([[1, 0], [1, 0], [1, 0], [0, 0]])
    unit = or_unit(activations, [3], search="exact")
    assert (unit.neurons, unit.errors, unit.optimal) == ((1,), 1, True)


def test_a_large_programme_is_not_solved_and_says_so_by_its_gap():
    rng = np.random.default_rng(0)
    activations, inside = ActivationSets(rng.random((40, 12)) < 0.3), rng.random(40) < 0.5
    unit = or_unit(activations, inside, search="exact", largest=0)
    assert unit == or_unit(activations, inside, search="greedy")
    assert unit.bound == boolean_limit(activations, inside).errors
    assert unit.gap > 0
    assert not unit.optimal
    assert or_unit(activations, inside, search="exact").optimal


@pytest.mark.parametrize("find", SEARCHES.values())
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("max_neurons", 0),
        ("max_neurons", 1.5),
        ("max_neurons", True),
        ("objective", "f1"),
        ("objective", None),
        ("search", "best"),
        ("largest", -1),
        ("largest", None),
        ("time_limit", 0),
        ("time_limit", np.inf),
        ("time_limit", np.nan),
        ("time_limit", "long"),
        ("extent", [9]),
    ],
)
def test_settings_out_of_range_are_refused_by_name(find, setting, value):
    arguments = {"activations": ActivationSets([[1], [0]]), "extent": [0]} | {setting: value}
    with pytest.raises(InputError, match=f"^{setting} "):
        find(**arguments)


@pytest.mark.parametrize("find", SEARCHES.values())
@pytest.mark.parametrize("activations", [np.eye(2), ActivationSets(np.zeros((2, 0))), None])
def test_activations_that_hold_nothing_are_refused(find, activations):
    with pytest.raises(InputError, match=r"^activations "):
        find(activations, [])
