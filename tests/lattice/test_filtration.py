"""R_α agrees with the notions of the alignment at every tolerance; births are fractions of counts."""

from fractions import Fraction
from itertools import chain, combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saelib import ActivationSets, ConceptSet, InputError, align
from saelib.lattice import Context, Filtration, filtration
from saelib.lattice.births import exactly

NOTIONS = ("detected", "separated", "approximated")
TWELFTHS = [Fraction(i, 12) for i in range(13)]


@st.composite
def alignments(draw):
    n, d, k = draw(st.integers(1, 9)), draw(st.integers(1, 4)), draw(st.integers(1, 4))
    return align(ActivationSets(draw(arrays(bool, (n, d)))), ConceptSet(draw(arrays(bool, (n, k)))))


def related(alignment, notion, alpha):
    """R_α by the alignment itself."""
    tolerances = (alpha, alpha) if notion == "separated" else (alpha,)
    return getattr(alignment, notion)(*tolerances).T


def birth(alignment, notion, concept, neuron):
    """By definition, in whole numbers."""
    active = alignment.activations.membership.toarray()[:, neuron]
    inside = alignment.concepts.membership.toarray()[:, concept]

    def part(of, whole, empty):
        return Fraction(int(of.sum()), int(whole.sum())) if whole.any() else Fraction(empty)

    missed, leaked = part(inside & ~active, inside, 1), part(active & ~inside, ~inside, 0)
    return {
        "detected": missed,
        "separated": max(missed, leaked),
        "approximated": part(active ^ inside, active | inside, 0),
    }[notion]


@pytest.mark.parametrize("notion", NOTIONS)
@given(alignment=alignments())
def test_births_by_definition(notion, alignment):
    growing = filtration(alignment, [1], notion)
    assert isinstance(growing, Filtration)
    assert list(growing.thresholds) == sorted(set(growing.thresholds))
    for concept in range(alignment.n_concepts):
        for neuron in range(alignment.d_sae):
            expected = birth(alignment, notion, concept, neuron)
            assert growing.thresholds[growing.ranks[concept, neuron]] == expected
            assert growing.births[concept, neuron] == float(expected)


@settings(max_examples=50)
@pytest.mark.parametrize("notion", NOTIONS)
@given(alignment=alignments(), alphas=st.lists(st.floats(0, 1), max_size=5))
def test_at_every_tolerance_the_alignment_says_the_same(notion, alignment, alphas):
    growing = filtration(alignment, [0], notion)
    births = growing.births.ravel().tolist()
    just_below = [float(np.nextafter(value, 0)) for value in births]
    just_above = [float(np.nextafter(value, 1)) for value in births]
    for alpha in [0.0, 0.1, 0.3, 0.7, 1.0, *alphas, *births, *just_below, *just_above]:
        context = growing.context(alpha)
        assert np.array_equal(context.incidence.toarray(), related(alignment, notion, alpha))
    assert context.objects == alignment.concepts.names
    assert context.attributes == alignment.activations.names


@pytest.mark.parametrize("notion", NOTIONS)
@given(alignment=alignments())
@settings(max_examples=50)
def test_links_are_never_lost(notion, alignment):
    growing = filtration(alignment, TWELFTHS, notion)
    contexts = [growing.context(alpha).incidence.toarray() for alpha in TWELFTHS]
    assert all((low <= high).all() for low, high in pairwise(contexts))
    assert contexts[-1].all()  # at tolerance 1 everything passes
    levels = growing.levels()
    assert levels["links"].tolist() == [context.sum() for context in contexts]
    assert levels["links"].is_monotonic_increasing
    assert levels["complete"].all()
    assert levels["formal_concepts"].tolist() == [len(formal_concepts_of(context)) for context in contexts]
    assert levels["formal_concepts"].iloc[-1] == 1


def formal_concepts_of(incidence):
    """All closed pairs, from all sets of attributes."""
    m = incidence.shape[1]
    found = set()
    for attributes in chain.from_iterable(combinations(range(m), size) for size in range(m + 1)):
        extent = incidence[:, list(attributes)].all(axis=1)
        intent = incidence[extent].all(axis=0)
        found.add((tuple(np.flatnonzero(extent).tolist()), tuple(np.flatnonzero(intent).tolist())))
    return found


@pytest.mark.parametrize("notion", NOTIONS)
@given(alignment=alignments())
@settings(max_examples=50)
def test_a_formal_concept_lives_in_one_interval_and_nowhere_else(notion, alignment):
    thresholds = filtration(alignment, [0], notion).thresholds
    # Between two births nothing changes, so these tolerances meet every formal concept there ever is.
    alphas = sorted({Fraction(0), *thresholds})
    growing = filtration(alignment, alphas, notion)
    position = {name: i for i, name in enumerate(alignment.concepts.names)}
    alive = {alpha: formal_concepts_of(growing.context(alpha).incidence.toarray()) for alpha in alphas}
    frame = growing.lifetimes()
    pairs = [(tuple(position[name] for name in line.concepts), line.neurons) for line in frame.itertuples()]
    assert sorted(pairs) == sorted(set().union(*alive.values()))
    for pair, line in zip(pairs, frame.itertuples(), strict=True):
        dies = 2.0 if pd.isna(line.dies) else line.dies
        assert [alpha for alpha in alphas if pair in alive[alpha]] == [
            alpha for alpha in alphas if line.born <= float(alpha) < dies
        ]
        assert (line.n_concepts, line.n_neurons) == (len(pair[0]), len(pair[1]))
        assert line.lasts == pytest.approx(min(dies, 1) - line.born)
    assert frame["lasts"].is_monotonic_decreasing
    assert frame["dies"].isna().sum() == 1  # everything with everything


@given(alignments(), st.floats(0, 1))
def test_links_come_in_the_order_of_birth_up_to_the_last_tolerance(alignment, last):
    growing = filtration(alignment, [last])
    links = growing.links()
    position = {name: i for i, name in enumerate(alignment.concepts.names)}
    keys = []
    for line in links.itertuples():
        value = Fraction(line.numerator, line.denominator)
        assert (value.numerator, value.denominator) == (line.numerator, line.denominator)
        assert value == birth(alignment, "detected", position[line.concept], line.neuron)
        assert line.birth == float(value)
        keys.append((value, position[line.concept], line.neuron))
    assert keys == sorted(keys)
    assert len(links) == related(alignment, "detected", last).sum()


def test_a_case_by_hand():
    # Concepts: ten animals, four of them dogs. Neuron 0 fires on nine animals (one dog missing), neuron 1 on
    # all dogs and one stone.
    animal = np.array([1] * 10 + [0] * 10, dtype=bool)
    dog = np.array([1] * 4 + [0] * 16, dtype=bool)
    first, second = animal.copy(), dog.copy()
    first[0], second[19] = False, True
    alignment = align(
        ActivationSets(np.stack([first, second], axis=1)),
        ConceptSet(np.stack([animal, dog], axis=1), ["animal", "dog"], parents=[-1, 0]),
    )
    growing = filtration(alignment, [0, 0.1, Fraction(1, 4), 0.6, 1])
    assert growing.thresholds == (Fraction(0), Fraction(1, 10), Fraction(1, 4), Fraction(3, 5))
    assert growing.ranks.tolist() == [[1, 3], [2, 0]]
    assert growing.levels()["links"].tolist() == [1, 2, 3, 4, 4]
    assert growing.levels()["formal_concepts"].tolist() == [3, 4, 2, 1, 1]
    assert filtration(alignment, [1], "separated").thresholds == (
        Fraction(1, 16), Fraction(1, 10), Fraction(3, 8), Fraction(3, 5),
    )  # fmt: skip
    lives = {
        (line.concepts, line.neurons): (line.born, line.dies) for line in growing.lifetimes().itertuples()
    }
    assert lives[("dog",), (0, 1)] == (0.25, 0.6)
    assert lives[("animal",), (0,)] == (0.1, 0.25)


def test_tenths_mean_tenths_and_thirds_thirds():
    concept = ConceptSet([[1]] * 10)
    for missed in range(11):
        alignment = align(ActivationSets([[0]] * missed + [[1]] * (10 - missed)), concept)
        for tenth in range(11):
            assert bool(filtration(alignment, [0]).context(tenth / 10).incidence.nnz) == (missed <= tenth)
    assert exactly(1 / 3, 3) == Fraction(1, 3)
    assert exactly(0.3, 3) == Fraction(0.3) < Fraction(1, 3)
    assert exactly(0.3, 10) == Fraction(3, 10) != Fraction(0.3)


def test_concepts_and_neurons_of_nobody():
    alignment = align(ActivationSets([[0, 1], [0, 1]]), ConceptSet([[0, 1], [0, 1]]))
    assert filtration(alignment, [0]).births.tolist() == [[1.0, 1.0], [1.0, 0.0]]
    assert filtration(alignment, [0], "approximated").births.tolist() == [[0.0, 1.0], [1.0, 0.0]]
    for shape in ((2, 0, 3), (2, 3, 0), (1, 0, 0)):
        n, d, k = shape
        growing = filtration(align(ActivationSets(np.zeros((n, d))), ConceptSet(np.zeros((n, k)))), [0, 1])
        assert growing.thresholds == ()
        assert growing.births.shape == (k, d)
        assert growing.levels()["links"].tolist() == [0, 0]
        assert growing.links().empty
        assert len(growing.lifetimes()) == 1  # the empty relation has one formal concept at all tolerances


def test_a_lattice_beyond_the_budget_is_reported_by_levels_and_refused_by_lifetimes():
    activations = ActivationSets(~np.eye(6, dtype=bool))
    alignment = align(activations, ConceptSet(np.eye(6, dtype=bool)))
    growing = filtration(alignment, [0, 0.5])
    assert growing.levels(max_concepts=10)[["formal_concepts", "complete"]].to_numpy().tolist() == [
        [10, False],
        [10, False],
    ]
    assert growing.levels()["formal_concepts"].tolist() == [64, 64]
    with pytest.raises(InputError, match=r"^alphas has 0, at which there are more than 10 formal concepts"):
        growing.lifetimes(max_concepts=10)
    for call in (growing.levels, growing.lifetimes):
        with pytest.raises(InputError, match=r"^max_concepts is 0"):
            call(max_concepts=0)


GOOD = align(ActivationSets([[1], [0]]), ConceptSet([[1], [0]]))


@pytest.mark.parametrize(
    ("arguments", "offence"),
    [
        ((Context([[1]]), [0]), "alignment is a Context"),
        ((GOOD, 0.5), r"alphas is 0\.5"),
        ((GOOD, []), r"alphas is \[\]"),
        ((GOOD, "01"), "alphas is '01'"),
        ((GOOD, [0.5, 0.5]), "alphas has 1/2 at 1 after 1/2"),
        ((GOOD, [0.5, 0.1]), r"alphas has .* at 1 after 1/2: let them grow"),
        ((GOOD, [-0.1]), r"alphas has -0\.1"),
        ((GOOD, [float("nan")]), "alphas has nan"),
        ((GOOD, [0, 2]), "alphas has 2"),
        ((GOOD, [True]), "alphas has True"),
        ((GOOD, ["0"]), "alphas has '0'"),
        ((GOOD, [0], "learned"), "notion is 'learned'"),
        ((GOOD, [0], 1), "notion is 1"),
        ((align(GOOD.activations, GOOD.concepts, weights=[1, 2]), [0]), "alignment is weighted"),
        ((align(GOOD.activations, GOOD.concepts, measure="ambient"), [0]), "notion is 'detected', which is"),
    ],
)
def test_what_cannot_be_filtered_is_refused(arguments, offence):
    with pytest.raises(InputError, match=f"^{offence}"):
        filtration(*arguments)


def test_an_alignment_on_the_ambient_space_has_approximation_only():
    ambient = align(GOOD.activations, GOOD.concepts, measure="ambient")
    assert filtration(ambient, [0], "approximated").births.tolist() == [[0.0]]
    for alpha in (1.5, None, "0", True):
        with pytest.raises(InputError, match=r"^alpha has"):
            filtration(GOOD, [0]).context(alpha)
