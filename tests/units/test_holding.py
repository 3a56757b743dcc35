"""Which reader a concept takes: the first class that applies, and every class reachable."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib import ActivationSets, ConceptSet, InputError
from saelib.units import held_by, three_errors
from saelib.units.holding import HOLDERS

DISTANCE = st.floats(0.0, 1.0)


@given(st.lists(st.tuples(DISTANCE, DISTANCE, DISTANCE), min_size=1, max_size=20), st.floats(0.0, 0.9))
def test_every_concept_is_in_the_first_class_that_applies(rows, eta):
    for row, found in zip(rows, held_by(*zip(*rows, strict=True), eta=eta), strict=True):
        single, unit, boolean = row
        applies = [single <= eta, unit <= single / 2, boolean <= single / 2, min(row) <= 0.5, True]
        assert found == HOLDERS[applies.index(True)]


def test_a_nearer_reader_of_several_never_makes_a_concept_less_held():
    rng = np.random.default_rng(0)
    single, unit, boolean = rng.random((3, 500))
    before = held_by(single, unit, boolean).codes
    assert (held_by(single, unit * 0.5, boolean).codes <= before).all()
    assert (held_by(single, unit, boolean * 0.5).codes <= before).all()


def test_classes_of_planted_readers():
    active = np.zeros((40, 5), dtype=bool)
    member = np.zeros((40, 4), dtype=bool)
    member[:10, 0] = active[:10, 0] = True  # one neuron
    member[10:20, 1] = active[10:15, 1] = active[15:20, 2] = True  # a union of two
    # Where exactly one of two neurons fires that mostly fire together: 4 points of 12.
    active[20:30, 3] = active[22:32, 4] = True
    member[[20, 21, 30, 31], 2] = True
    member[32:35, 3] = True  # three of the eight points on which nobody fires
    frame = three_errors(ActivationSets(active), ConceptSet(member), objective="jaccard", progress=False)
    wide = frame.pivot_table(index="concept", columns="reader", values="distance", sort=False)
    assert list(held_by(wide.single, wide.unit, wide.boolean)) == [
        "one neuron",
        "a unit",
        "the pattern",
        "absent",
    ]


@pytest.mark.parametrize(
    ("arguments", "offence"),
    [
        (([0.1, 0.2], [0.1], [0.1, 0.1]), "length 1"),
        (([[0.1]], [0.1], [0.1]), "2 dimension"),
        ((["a"], [0.1], [0.1]), "no vector"),
        (([float("nan")], [0.1], [0.1]), "nan"),
        (([1.5], [0.1], [0.1]), "1.5"),
        (([0.1], [0.1], [0.1], 1.0), "eta is 1.0"),
        (([0.1], [0.1], [0.1], 0.2, 1.0), "share is 1.0"),
        (([0.1], [0.1], [0.1], True), "eta is True"),
    ],
)
def test_malformed_input_is_refused(arguments, offence):
    with pytest.raises(InputError, match=offence):
        held_by(*arguments)
