"""Counts and rates against sets of Python, exactly."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saelib import ActivationSets, ConceptSet, InputError, align
from saelib.alignment import _counts

RATES = ("recall", "leak", "precision", "jaccard")


@st.composite
def incidences(draw, max_points=10, max_sets=5):
    """Who fires and who belongs: bool [n_points, d_sae] and [n_points, n_concepts]."""
    n_points = draw(st.integers(1, max_points))
    return tuple(draw(arrays(bool, (n_points, draw(st.integers(0, max_sets))))) for _ in range(2))


def aligned(active, member, **options):
    return align(ActivationSets(active), ConceptSet(member), **options)


def oracle(fires, concept, points, mass):
    """The rates of one pair by the definitions, in exact arithmetic."""

    def mu(subset):
        return sum((mass[x] for x in subset), Fraction(0))

    def share(part, whole, empty=0):
        return mu(part) / mu(whole) if mu(whole) else Fraction(empty)

    return {
        "recall": share(fires & concept, concept),
        "leak": share(fires - concept, points - concept),
        "precision": share(fires & concept, fires),
        "jaccard": share(fires & concept, fires | concept, empty=1),
    }


@given(incidences(), st.data())
def test_counts_and_rates_are_those_of_the_definitions(pair, data):
    active, member = pair
    n_points = len(active)
    weights = data.draw(st.none() | arrays(np.int64, n_points, elements=st.integers(0, 4)).filter(np.any))
    alignment = aligned(active, member, weights=weights)
    mass = [Fraction(1)] * n_points if weights is None else [Fraction(int(w)) for w in weights]
    for j in range(active.shape[1]):
        fires = set(np.flatnonzero(active[:, j]))
        assert alignment.neuron_sizes[j] == sum(mass[x] for x in fires)
        for i in range(member.shape[1]):
            concept = set(np.flatnonzero(member[:, i]))
            assert alignment.concept_sizes[i] == sum(mass[x] for x in concept)
            assert alignment.counts[j, i] == sum(mass[x] for x in fires & concept)
            for rate, expected in oracle(fires, concept, set(range(n_points)), mass).items():
                assert getattr(alignment, rate)[j, i] == float(expected), rate
    assert alignment.total == sum(mass)


def test_counts_are_exact_integers_and_weighted_counts_are_floats():
    active, member = np.ones((3, 2), bool), np.ones((3, 1), bool)
    assert aligned(active, member).counts.dtype == np.int64
    assert aligned(active, member).neuron_sizes.dtype == np.int64
    weighted = aligned(active, member, weights=[1, 2, 3])
    assert weighted.counts.dtype == np.float64
    assert weighted.counts.tolist() == [[6.0], [6.0]]


def test_more_than_a_byte_of_points_is_counted_in_full():
    everyone = np.ones((70_000, 1), bool)
    assert aligned(everyone, everyone).counts.item() == 70_000


@pytest.mark.parametrize(
    ("fires", "concept", "expected"),
    [
        # recall, leak, precision, Jaccard index
        ([0, 0], [0, 0], (0, 0, 0, 1)),  # dead neuron, empty concept
        ([0, 0], [1, 0], (0, 0, 0, 0)),  # dead neuron
        ([1, 0], [0, 0], (0, 0.5, 0, 0)),  # empty concept
        ([1, 0], [1, 1], (0.5, 0, 1, 0.5)),  # a concept that holds everywhere: nothing to leak into
        ([1, 1], [1, 0], (1, 1, 0.5, 0.5)),
    ],
)
def test_empty_sets_follow_the_conventions_and_nothing_is_nan(fires, concept, expected):
    alignment = aligned(np.array([fires]).T, np.array([concept]).T)
    assert tuple(getattr(alignment, rate).item() for rate in RATES) == expected


@given(incidences(), st.randoms(use_true_random=False))
def test_permuting_points_neurons_or_concepts_permutes_the_result(pair, random):
    active, member = pair
    points, neurons, concepts = (
        random.sample(range(n), n) for n in (len(active), active.shape[1], member.shape[1])
    )
    weights = np.arange(1.0, len(active) + 1)
    before = aligned(active, member, weights=weights)
    after = aligned(active[points][:, neurons], member[points][:, concepts], weights=weights[points])
    for rate in ("counts", *RATES):
        np.testing.assert_array_equal(getattr(after, rate), getattr(before, rate)[neurons][:, concepts])


@given(incidences())
def test_swapping_the_roles_swaps_recall_and_precision(pair):
    active, member = pair
    one, other = aligned(active, member), aligned(member, active)
    for rate, dual in [
        ("recall", "precision"),
        ("precision", "recall"),
        ("jaccard", "jaccard"),
        ("counts",) * 2,
    ]:
        np.testing.assert_array_equal(getattr(one, rate), getattr(other, dual).T)


@given(incidences())
def test_weights_of_one_change_nothing(pair):
    plain, weighted = aligned(*pair), aligned(*pair, weights=np.ones(len(pair[0])))
    for rate in ("counts", "neuron_sizes", "concept_sizes", *RATES):
        np.testing.assert_array_equal(getattr(plain, rate), getattr(weighted, rate))


@given(incidences(), st.data())
def test_integer_weights_are_repeated_points(pair, data):
    active, member = pair
    weights = data.draw(arrays(np.int64, len(active), elements=st.integers(0, 3)).filter(np.any))
    weighted = aligned(active, member, weights=weights)
    repeated = aligned(np.repeat(active, weights, axis=0), np.repeat(member, weights, axis=0))
    for rate in ("counts", "total", *RATES):
        np.testing.assert_array_equal(getattr(weighted, rate), getattr(repeated, rate))


@given(incidences(max_points=40), st.integers(1, 9), st.data())
def test_gathering_in_pieces_does_not_show_in_the_result(pair, entries, data):
    active, member = pair
    weights = data.draw(st.none() | arrays(float, len(active), elements=st.floats(0.01, 1)))
    whole = aligned(active, member, weights=weights)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_counts, "_ENTRIES", entries)
        pieces = aligned(active, member, weights=weights)
    np.testing.assert_array_equal(whole.counts, pieces.counts)


@given(incidences(max_points=40), st.data())
def test_containment_is_exact_for_any_weights(pair, data):
    active, _ = pair
    weights = data.draw(arrays(float, len(active), elements=st.floats(1e-3, 1e3)))
    member = np.hstack([active, np.ones((len(active), 1), bool)])
    alignment = aligned(active, member, weights=weights)
    alive = active.any(axis=0)
    assert (np.diag(alignment.recall)[alive] == 1).all()
    assert (np.diag(alignment.precision)[alive] == 1).all()
    assert (np.diag(alignment.leak) == 0).all()
    assert (np.diag(alignment.jaccard) == 1).all()
    assert (alignment.precision[alive, -1] == 1).all()
    assert (alignment.concept_sizes[-1] == alignment.total).all()
    for rate in RATES:
        assert ((getattr(alignment, rate) >= 0) & (getattr(alignment, rate) <= 1)).all()


FITTING = {"activations": ActivationSets(np.ones((2, 1))), "concepts": ConceptSet(np.ones((2, 1)))}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"activations": np.ones((2, 1))}, r"^activations is a ndarray: wrap"),
        ({"activations": FITTING["concepts"]}, r"^activations is a ConceptSet"),
        ({"concepts": FITTING["activations"]}, r"^concepts is a ActivationSets"),
        ({"concepts": ConceptSet(np.ones((3, 1)))}, r"^concepts covers 3 points, the activations 2"),
        (
            {"activations": ActivationSets(np.ones((0, 1))), "concepts": ConceptSet(np.ones((0, 1)))},
            r"^concepts covers no points",
        ),
        ({"measure": "mu"}, r"^measure is 'mu': give one of data, ambient"),
        ({"measure": ["data"]}, r"^measure is \['data'\]"),
        ({"weights": [1.0]}, r"^weights has shape \(1,\): give one weight a point: \(2,\)"),
        ({"weights": [[1.0], [1.0, 2.0]]}, r"^weights are ragged"),
        ({"weights": ["a", "b"]}, r"^weights has dtype <U1"),
        ({"weights": [1.0, -0.5]}, r"^weights holds -0.5 at point 1"),
        ({"weights": [np.nan, -0.5]}, r"^weights holds nan at point 0"),
        ({"weights": [1.0, np.inf]}, r"^weights holds inf at point 1"),
        ({"weights": [0, 0]}, r"^weights are all zero"),
        ({"weights": [1e308, 1e308]}, r"^weights add up to infinity"),
    ],
)
def test_families_and_weights_that_do_not_fit_are_refused(change, message):
    with pytest.raises(InputError, match=message):
        align(**(FITTING | change))
