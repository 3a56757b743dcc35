"""Learning, interpretation, one-to-one matching and mutual pairs."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saelib import ActivationSets, ConceptSet, InputError, align

scores = st.sampled_from(["recall", "precision", "jaccard"])


@st.composite
def alignments(draw, max_sets=4):
    n_points = draw(st.integers(1, 8))
    active, member = (draw(arrays(bool, (n_points, draw(st.integers(0, max_sets))))) for _ in range(2))
    return align(ActivationSets(active), ConceptSet(member))


def best_by_hand(values, overlaps):
    """Lowest index with the highest score among those with a point in common, -1 if there is none."""
    best = -1
    for index, (value, overlap) in enumerate(zip(values, overlaps, strict=True)):
        if overlap and (best < 0 or value > values[best]):
            best = index
    return best


@given(alignments(), scores)
def test_learning_and_interpretation_take_the_best_and_the_lowest_on_ties(alignment, score):
    values, overlap = getattr(alignment, score), alignment.counts > 0
    learned, interpreted = alignment.learn(score), alignment.interpret(score)
    assert learned.dtype == interpreted.dtype == np.int64
    assert learned.tolist() == [best_by_hand(v, o) for v, o in zip(values.T, overlap.T, strict=True)]
    assert interpreted.tolist() == [best_by_hand(v, o) for v, o in zip(values, overlap, strict=True)]


@given(alignments(), scores)
def test_matching_has_the_highest_total_of_all_one_to_one_assignments(alignment, score):
    values = getattr(alignment, score) * (alignment.counts > 0)
    matched = alignment.matched(score)
    taken = matched[matched >= 0]
    assert len(set(taken.tolist())) == len(taken)
    assert all(values[j, i] > 0 for i, j in enumerate(matched) if j >= 0)
    total = sum(values[j, i] for i, j in enumerate(matched) if j >= 0)
    # Padded with as many worthless neurons as concepts, so that a concept may stay without.
    padded = np.vstack([values, np.zeros((alignment.n_concepts, alignment.n_concepts))])
    best = max(
        sum(padded[j, i] for i, j in enumerate(choice))
        for choice in permutations(range(len(padded)), alignment.n_concepts)
    )
    assert total == pytest.approx(best)


@given(alignments(), scores, scores)
def test_mutual_pairs_are_the_fixed_points_of_both_directions(alignment, score, interpret_score):
    learned, interpreted = alignment.learn(score), alignment.interpret(interpret_score)
    expected = [[j, i] for i, j in enumerate(learned) if j >= 0 and interpreted[j] == i]
    pairs = alignment.mutual(score, interpret_score)
    assert pairs.dtype == np.int64
    assert pairs.shape == (len(expected), 2)
    assert pairs.tolist() == expected


@given(alignments())
def test_a_unique_best_pair_is_mutual(alignment):
    # T12c: with one symmetric score, the highest entry is a mutual best pair if it has no equal.
    jaccard = alignment.jaccard * (alignment.counts > 0)
    if jaccard.size and jaccard.max() > 0 and (jaccard == jaccard.max()).sum() == 1:
        assert list(np.unravel_index(jaccard.argmax(), jaccard.shape)) in alignment.mutual().tolist()


def test_two_scores_may_leave_no_mutual_pair():
    # T12c. Points in both: 1 and 2 of the small neuron (3 points), 4 and 3 of the large one (25 points), with
    # the two concepts (4 and 42 points, disjoint). By Jaccard index the small neuron learns the small concept
    # (1/6 > 4/25) and the large one the large (3/64 > 2/43); by precision each is about the other one.
    active = np.zeros((64, 2), bool)
    member = np.zeros((64, 2), bool)
    member[:4, 0] = member[4:46, 1] = True
    active[:1, 0] = active[:4, 1] = True  # within the small concept
    active[4:6, 0] = active[6:9, 1] = True  # within the large concept
    active[46:, 1] = True  # outside both
    alignment = align(ActivationSets(active), ConceptSet(member))
    assert alignment.counts.tolist() == [[1, 2], [4, 3]]
    assert alignment.learn("jaccard").tolist() == [0, 1]
    assert alignment.interpret("precision").tolist() == [1, 0]
    assert alignment.mutual("jaccard", "precision").shape == (0, 2)


@given(alignments())
def test_learning_by_recall_and_interpreting_by_precision_always_leaves_a_mutual_pair(alignment):
    # For one concept, recall ranks neurons by the points in both; so does precision concepts for one neuron.
    counts = alignment.counts
    if counts.size and counts.max() > 0 and (counts == counts.max()).sum() == 1:
        best = list(np.unravel_index(counts.argmax(), counts.shape))
        assert best in alignment.mutual("recall", "precision").tolist()


def test_a_dead_neuron_does_not_learn_an_empty_concept():
    alignment = align(ActivationSets(np.zeros((3, 1))), ConceptSet(np.zeros((3, 1))))
    assert alignment.jaccard.item() == 1
    assert (
        alignment.learn().tolist() == alignment.interpret().tolist() == alignment.matched().tolist() == [-1]
    )
    assert alignment.mutual().shape == (0, 2)


def test_more_concepts_than_neurons_leave_some_unmatched():
    alignment = align(ActivationSets([[1], [0]]), ConceptSet([[0, 1, 1], [0, 0, 1]]))
    assert alignment.matched().tolist() == [-1, 0, -1]


@pytest.mark.parametrize("method", ["learn", "interpret", "matched", "mutual"])
@pytest.mark.parametrize("score", ["leak", "f1", None, 1])
def test_unknown_scores_are_refused(method, score):
    alignment = align(ActivationSets([[1]]), ConceptSet([[1]]))
    with pytest.raises(InputError, match=r"^score is .*: give one of recall, precision, jaccard"):
        getattr(alignment, method)(score)
