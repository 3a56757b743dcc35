"""Detection, separation, approximation: nested, exact at their edges, and kept apart by measure."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saelib import ActivationSets, ConceptSet, InputError, align


@st.composite
def alignments(draw, measure="data"):
    n_points = draw(st.integers(1, 12))
    active, member = (draw(arrays(bool, (n_points, draw(st.integers(1, 4))))) for _ in range(2))
    return align(ActivationSets(active), ConceptSet(member), measure=measure)


def one_pair(fires, concept, **options):
    return align(ActivationSets(np.array([fires]).T), ConceptSet(np.array([concept]).T), **options)


tolerances = st.floats(0, 1)


@given(alignments(), tolerances, tolerances, tolerances)
def test_notions_are_their_definitions(alignment, delta, epsilon, eta):
    near = 1e-12
    for notion, excess in [
        (alignment.detected(delta), 1 - alignment.recall - delta),
        (
            alignment.separated(delta, epsilon),
            np.maximum(1 - alignment.recall - delta, alignment.leak - epsilon),
        ),
        (alignment.approximated(eta), 1 - alignment.jaccard - eta),
    ]:
        assert notion.dtype == bool
        assert notion[excess < -near].all()
        assert not notion[excess > near].any()


@given(alignments(), tolerances, tolerances)
def test_separation_is_detection_and_tolerance_only_adds(alignment, delta, epsilon):
    separated = alignment.separated(delta, epsilon)
    assert (separated <= alignment.detected(delta)).all()
    assert (alignment.detected(0.0) <= alignment.detected(delta)).all()
    assert (alignment.separated(0.0, 0.0) <= separated).all()
    assert (alignment.approximated(0.0) <= alignment.approximated(delta)).all()


@given(alignments(), st.floats(0, 0.99))
def test_approximation_implies_separation_with_the_constants_of_T1b(alignment, eta):
    proper = (alignment.concept_sizes > 0) & (alignment.concept_sizes < alignment.total)
    assume(proper.any())
    approximated = alignment.approximated(eta)
    frequency = alignment.concept_sizes / alignment.total
    for i in np.flatnonzero(proper):
        r = (1 - frequency[i]) / frequency[i]
        leak = min(1.0, eta / (1 - eta) / r * (1 + 1e-12))
        assert (approximated[:, i] <= alignment.separated(min(1.0, eta + 1e-12), leak)[:, i]).all()


@given(alignments(), tolerances, tolerances)
def test_separation_implies_approximation_with_the_constant_of_T1c(alignment, delta, epsilon):
    separated = alignment.separated(delta, epsilon)
    for i in range(alignment.n_concepts):
        frequency = alignment.concept_sizes[i] / alignment.total
        if 0 < frequency < 1:
            r = (1 - frequency) / frequency
            eta = min(1.0, (delta + epsilon * r) / (1 + epsilon * r) + 1e-12)
            assert (separated[:, i] <= alignment.approximated(eta)[:, i]).all()


@pytest.mark.parametrize("hits", range(11))
def test_a_tolerance_that_is_just_met_passes(hits):
    # 7 of 10 missed is within 0.7, although 1 - 0.7 > 0.3 in floating point.
    missed = (10 - hits) / 10
    alignment = one_pair([1] * hits + [0] * (10 - hits) + [0], [1] * 10 + [0])
    assert alignment.detected(float(f"{missed:.1f}")).item()
    assert alignment.approximated(float(f"{missed:.1f}")).item()
    if hits < 10:
        assert not alignment.detected(missed - 1e-9).item()
        assert not alignment.approximated(missed - 1e-9).item()


def test_nothing_is_detected_where_there_is_nothing():
    alignment = one_pair([0, 0], [0, 0])
    assert not alignment.detected(0.5).item()
    assert not alignment.separated(0.5, 0.5).item()
    assert alignment.approximated(0.0).item()


@pytest.mark.parametrize(
    ("call", "notion"),
    [(lambda a: a.detected(0.1), "detected"), (lambda a: a.separated(0.1, 0.1), "separated")],
)
def test_statements_on_the_data_are_refused_on_the_ambient_space(call, notion):
    alignment = one_pair([1, 0], [1, 0], measure="ambient")
    with pytest.raises(InputError, match=rf"^measure is 'ambient', but {notion} is a statement on the data"):
        call(alignment)


@given(alignments(measure="ambient"), tolerances)
def test_approximation_on_the_ambient_space_is_the_same_arithmetic_under_another_name(alignment, eta):
    on_data = align(alignment.activations, alignment.concepts)
    np.testing.assert_array_equal(alignment.approximated(eta), on_data.approximated(eta))
    assert "measure='ambient'" in repr(alignment)
    assert set(alignment.to_frame(pairs="all")["measure"]) == {"ambient"}


@pytest.mark.parametrize("bad", [-0.1, 1.1, np.nan, "0.1", None, True])
@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("delta", lambda a, x: a.detected(x)),
        ("delta", lambda a, x: a.separated(x, 0.1)),
        ("epsilon", lambda a, x: a.separated(0.1, x)),
        ("eta", lambda a, x: a.approximated(x)),
    ],
)
def test_tolerances_outside_the_unit_interval_are_refused(name, call, bad):
    with pytest.raises(InputError, match=rf"^{name} is "):
        call(one_pair([1, 0], [1, 0]), bad)
