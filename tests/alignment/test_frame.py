"""The tidy table of an alignment."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saelib import ActivationSets, ConceptSet, InputError, align

RATES = ["recall", "leak", "precision", "jaccard"]
COLUMNS = ["neuron", "concept", "measure", "count", "neuron_size", "concept_size", *RATES]


@st.composite
def alignments(draw):
    n_points = draw(st.integers(1, 8))
    active, member = (draw(arrays(bool, (n_points, draw(st.integers(0, 4))))) for _ in range(2))
    return align(ActivationSets(active), ConceptSet(member))


@given(alignments())
def test_every_row_is_its_pair(alignment):
    frame = alignment.to_frame(pairs="all")
    assert list(frame.columns) == COLUMNS
    assert len(frame) == alignment.counts.size
    for row in frame.itertuples():
        i = alignment.concepts.index(row.concept)
        assert row.count == alignment.counts[row.neuron, i]
        assert row.neuron_size == alignment.neuron_sizes[row.neuron]
        assert row.concept_size == alignment.concept_sizes[i]
        for rate in RATES:
            assert getattr(row, rate) == getattr(alignment, rate)[row.neuron, i]


@given(alignments(), st.sampled_from(["recall", "jaccard"]))
def test_the_choice_of_pairs_is_what_the_methods_say(alignment, score):
    def listed(pairs):
        frame = alignment.to_frame(pairs=pairs, score=score)
        rows = [
            (j, alignment.concepts.index(name))
            for j, name in zip(frame["neuron"], frame["concept"], strict=True)
        ]
        assert rows == sorted(rows, key=lambda pair: (pair[1], pair[0]))
        return set(rows)

    def by_concept(best):
        return {(j, i) for i, j in enumerate(best.tolist()) if j >= 0}

    assert listed("overlapping") == set(zip(*np.nonzero(alignment.counts), strict=True))
    assert listed("learned") == by_concept(alignment.learn(score))
    assert listed("matched") == by_concept(alignment.matched(score))
    assert listed("mutual") == {(j, i) for j, i in alignment.mutual(score).tolist()}
    assert listed("interpreted") == {
        (j, i) for j, i in enumerate(alignment.interpret(score).tolist()) if i >= 0
    }


@given(alignments(), st.sampled_from(["recall", "precision", "jaccard"]), st.integers(1, 5))
def test_the_top_starts_with_who_learned_the_concept_and_goes_down(alignment, score, n):
    learned = alignment.learn(score)
    for i, name in enumerate(alignment.concepts):
        top = alignment.top(name, n, score)
        assert len(top) == min(n, (alignment.counts[:, i] > 0).sum())
        assert top[score].is_monotonic_decreasing
        assert set(top["concept"]) <= {name}
        assert (int(top["neuron"].iloc[0]) if len(top) else -1) == learned[i]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1,), r"^concept 1 is out"),
        (("z",), r"^concept 'z' is"),
        ((0, 0), r"^n is 0"),
        ((0, 1, "x"), r"^score is"),
    ],
)
def test_a_top_of_nothing_is_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        align(ActivationSets([[1]]), ConceptSet([[1]])).top(*arguments)


def test_an_empty_choice_keeps_the_columns_and_their_types():
    alignment = align(ActivationSets([[0]]), ConceptSet([[1]]))
    frame = alignment.to_frame()
    assert list(frame.columns) == COLUMNS
    assert len(frame) == 0
    assert frame["neuron"].dtype == frame["count"].dtype == np.int64
    assert frame["recall"].dtype == np.float64


@pytest.mark.parametrize(
    ("arguments", "message"), [(("best",), r"^pairs is 'best'"), (("all", "leak"), r"^score is 'leak'")]
)
def test_unknown_choices_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        align(ActivationSets([[1]]), ConceptSet([[1]])).to_frame(*arguments)


def test_the_repr_says_what_was_aligned_and_under_which_measure():
    activations, concepts = ActivationSets([[1, 0]]), ConceptSet([[1]])
    assert (
        repr(align(activations, concepts))
        == "Alignment(2 neurons × 1 concepts over 1 points, measure='data')"
    )
    weighted = align(activations, concepts, weights=[2.0], measure="ambient")
    assert repr(weighted) == "Alignment(2 neurons × 1 concepts over 1 points (weighted), measure='ambient')"
