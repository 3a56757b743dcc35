"""From the steps between neighbours every confidence follows, and only neighbours are listed."""

from fractions import Fraction
from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saelib import InputError
from saelib.lattice import Context, formal_concepts, luxenburger_base


def closed_sets(incidence):
    """Every intent with the number of objects that have it, by definition."""
    m = incidence.shape[1]
    found = {}
    for attributes in chain.from_iterable(combinations(range(m), size) for size in range(m + 1)):
        having = incidence[incidence[:, list(attributes)].all(axis=1)]
        found[frozenset(np.flatnonzero(having.all(axis=0)).tolist())] = len(having)
    return found


def neighbours(intents):
    return [
        (low, high)
        for low in intents
        for high in intents
        if low < high and not any(low < between < high for between in intents)
    ]


def as_pairs(base):
    """Implications as premise, premise with conclusion, and their counts."""
    pairs = {}
    for i in range(len(base)):
        premise, conclusion = (frozenset(which(i).tolist()) for which in (base.premise, base.conclusion))
        assert conclusion
        assert not premise & conclusion
        pairs[premise, premise | conclusion] = (int(base.premise_support[i]), int(base.support[i]))
    assert len(pairs) == len(base)
    return pairs


@given(arrays(bool, st.tuples(st.integers(0, 9), st.integers(0, 6))), st.integers(0, 4))
def test_one_implication_for_each_pair_of_neighbours_with_enough_objects(incidence, least):
    sizes = closed_sets(incidence)
    frequent = {intent: size for intent, size in sizes.items() if size >= max(1, least)}
    base = luxenburger_base(formal_concepts(Context(incidence), min_support=least))
    assert as_pairs(base) == {
        (low, high): (frequent[low], frequent[high]) for low, high in neighbours(frequent)
    }
    assert base.complete
    assert not base.exact.any()
    keys = [
        (-base.premise_support[i], base.premise(i).tolist(), base.conclusion(i).tolist())
        for i in range(len(base))
    ]
    assert keys == sorted(keys)


def test_neighbours_in_a_thousand_random_contexts():
    rng = np.random.default_rng(0)
    for _ in range(1000):
        incidence = rng.random((rng.integers(0, 9), rng.integers(0, 6))) < rng.random()
        frequent = {intent: size for intent, size in closed_sets(incidence).items() if size}
        base = luxenburger_base(formal_concepts(Context(incidence)))
        assert sorted(map(sorted, (high for _, high in as_pairs(base)))) == sorted(
            sorted(high) for _, high in neighbours(frequent)
        )


@given(arrays(bool, st.tuples(st.integers(1, 8), st.integers(1, 5))), st.data())
def test_any_confidence_is_the_product_along_a_chain_of_neighbours(incidence, data):
    context = Context(incidence)
    m = context.n_attributes
    premise = data.draw(st.sets(st.integers(0, m - 1)))
    conclusion = data.draw(st.sets(st.integers(0, m - 1)))
    whole = context.extent(sorted(premise | conclusion))
    if not whole.size:
        return
    steps = as_pairs(luxenburger_base(formal_concepts(context)))
    at, end = (frozenset(context.closure(sorted(s)).tolist()) for s in (premise, premise | conclusion))
    confidence, least = Fraction(1), Fraction(1)
    while at != end:
        step = next((low, high) for low, high in steps if low == at and high <= end)
        taken = Fraction(steps[step][1], steps[step][0])
        confidence, least, at = confidence * taken, min(least, taken), step[1]
    assert confidence == Fraction(len(whole), len(context.extent(sorted(premise))))
    assert least >= confidence


@given(arrays(bool, st.tuples(st.integers(1, 8), st.integers(1, 5))), st.floats(0, 1, exclude_max=True))
def test_the_least_confidence_leaves_out_what_is_below_it(incidence, least):
    found = formal_concepts(Context(incidence))
    whole, part = as_pairs(luxenburger_base(found)), as_pairs(luxenburger_base(found, least))
    assert part == {pair: (n, both) for pair, (n, both) in whole.items() if both / n >= least}


def test_a_confidence_of_exactly_the_least_is_kept():
    # 0.07 · 100 is above 7 in floating point, but 7 / 100 is not below 0.07: quotients are compared.
    for n in range(2, 24):
        for both in range(1, n):
            incidence = np.zeros((n, 1), dtype=bool)
            incidence[:both] = True
            base = luxenburger_base(formal_concepts(Context(incidence)), both / n)
            assert base.support.tolist() == [both]


def test_living_beings_have_a_step_for_each_of_the_32_covers_but_those_of_the_empty_bottom():
    crosses = "XX....X.. XX....XX. XXX...XX. X.X...XXX XX.X.X... XXXX.X... X.XXX.... X.XX.X..."
    incidence = np.array([[character == "X" for character in line] for line in crosses.split()])
    base = luxenburger_base(formal_concepts(Context(incidence), min_support=0))
    sizes = closed_sets(incidence)
    to_bottom = sum(sizes[high] == 0 for _, high in neighbours(sizes))
    assert len(neighbours(sizes)) == 32
    assert len(base) == 32 - to_bottom


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (1, 1), (4, 3)])
def test_full_and_empty_contexts_have_no_steps(shape):
    for incidence in (np.ones(shape), np.zeros(shape)):
        base = luxenburger_base(formal_concepts(Context(incidence), min_support=0))
        assert len(base) == 0
        assert base.to_frame().empty


FOUND = formal_concepts(Context([[1, 0], [0, 1]]))


@pytest.mark.parametrize(
    ("arguments", "offence"),
    [
        ((Context([[1]]),), "concepts is a Context"),
        (
            (formal_concepts(Context(np.eye(3)), max_concepts=1),),
            r"concepts is not complete \(max_concepts=1",
        ),
        ((formal_concepts(Context(np.eye(3)), min_delta=1),), "concepts leaves out concepts for their Δ"),
        ((FOUND, 1), "min_confidence is 1"),
        ((FOUND, -0.1), r"min_confidence is -0\.1"),
        ((FOUND, float("nan")), "min_confidence is nan"),
        ((FOUND, "0.5"), r"min_confidence is '0\.5'"),
        ((FOUND, True), "min_confidence is True"),
    ],
)
def test_what_has_no_base_is_refused(arguments, offence):
    with pytest.raises(InputError, match=f"^{offence}"):
        luxenburger_base(*arguments)
