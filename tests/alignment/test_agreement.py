"""T12: inside the agreement radius both directions agree; best responses end in a mutual pair."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saelib import ActivationSets, ConceptSet, InputError, align
from saelib.alignment import agreement, best_responses

scores = st.sampled_from(["recall", "precision", "jaccard"])


@st.composite
def families(draw, max_sets=4):
    n_points = draw(st.integers(1, 8))
    return [draw(arrays(bool, (n_points, draw(st.integers(0, max_sets))))) for _ in range(2)]


def distance(a, b):
    either = int((a | b).sum())
    return Fraction(int((a ^ b).sum()), either) if either else Fraction(0)


@given(families())
def test_radii_are_half_the_least_distance_to_another_set(pair):
    active, member = pair
    for row in agreement(align(ActivationSets(active), ConceptSet(member))).itertuples():
        theta, concept = active[:, row.neuron], member[:, row.concept]
        d = distance(theta, concept)
        assert row.distance == pytest.approx(float(d))
        inside = True
        for radius, own, family, index in (
            (row.concept_radius, concept, member, row.concept),
            (row.neuron_radius, theta, active, row.neuron),
        ):
            # An empty set is at distance 1 from every set that is not.
            others = [distance(own, other) for i, other in enumerate(family.T) if i != index]
            assert radius == pytest.approx(float(min(others) / 2) if others else np.inf)
            inside &= not others or d < min(others) / 2
        assert row.inside == inside


@given(families())
def test_inside_both_radii_the_pair_is_mutual(pair):
    active, member = pair
    alignment = align(ActivationSets(active), ConceptSet(member))
    frame = agreement(alignment)
    assert frame[frame.inside].agree.all()
    mutual = alignment.mutual().tolist()
    assert all([row.neuron, row.concept] in mutual for row in frame[frame.agree].itertuples())


def test_outside_the_radius_the_pair_need_not_agree():
    # {0, 1} and {1, 2} are 2/3 apart; the neuron on {1} is 1/2 from both, and can be best for one only.
    concepts = ConceptSet([[1, 0], [1, 1], [0, 1]])
    alignment = align(ActivationSets([[0], [1], [0]]), concepts)
    frame = agreement(alignment)
    assert frame.distance.tolist() == [0.5, 0.5]
    assert frame.concept_radius.tolist() == [pytest.approx(1 / 3)] * 2
    assert frame.agree.tolist() == [True, False]
    assert not frame.inside.any()


@given(families(), scores, scores)
def test_the_table_goes_there_and_back(pair, score, interpret_score):
    alignment = align(*[kind(sets) for kind, sets in zip((ActivationSets, ConceptSet), pair, strict=True)])
    frame = agreement(alignment, score, interpret_score)
    learned, interpreted = alignment.learn(score), alignment.interpret(interpret_score)
    assert frame.concept.tolist() == np.flatnonzero(learned >= 0).tolist()
    assert (frame.neuron == learned[frame.concept]).all()
    assert (frame.back == interpreted[frame.neuron]).all()


@given(families())
def test_one_symmetric_score_without_ties_leads_to_a_mutual_pair_along_a_rising_score(pair):
    alignment = align(ActivationSets(pair[0]), ConceptSet(pair[1]))
    positive = alignment.jaccard[alignment.counts > 0]
    if len(set(positive.tolist())) < positive.size:
        return
    for concept in np.flatnonzero(alignment.learn() >= 0):
        walk = best_responses(alignment, int(concept))
        assert walk.mutual
        assert [walk.neurons[-1], walk.concepts[-1]] in alignment.mutual().tolist()
        values = [alignment.jaccard[j, i] for i, j in zip(walk.concepts, walk.neurons, strict=False)]
        assert values == sorted(values)


def test_two_scores_may_walk_in_a_circle():
    # The 2 × 2 example of the directions' tests: by Jaccard index there, by precision back.
    active, member = np.zeros((64, 2), bool), np.zeros((64, 2), bool)
    member[:4, 0] = member[4:46, 1] = True
    active[:1, 0] = active[:4, 1] = active[4:6, 0] = active[6:9, 1] = active[46:, 1] = True
    walk = best_responses(align(ActivationSets(active), ConceptSet(member)), 0, "jaccard", "precision")
    assert (walk.concepts, walk.neurons, walk.mutual, walk.cycle) == ((0, 1), (0, 1), False, 2)


def test_a_concept_without_a_neuron_walks_nowhere():
    alignment = align(ActivationSets([[0], [1]]), ConceptSet([[1], [0]]))
    walk = best_responses(alignment, 0)
    assert (walk.concepts, walk.neurons, walk.mutual, walk.cycle) == ((0,), (), False, 0)
    assert agreement(alignment).empty


def test_weights_and_unknown_scores_are_refused():
    pair = ActivationSets([[1], [1]]), ConceptSet([[1], [0]])
    with pytest.raises(InputError, match=r"^alignment is weighted: "):
        agreement(align(*pair, weights=[1.0, 2.0]))
    for function in (agreement, lambda a, score: best_responses(a, 0, score)):
        with pytest.raises(InputError, match=r"^score is 'f1': "):
            function(align(*pair), "f1")
    with pytest.raises(InputError):
        best_responses(align(*pair), 7)


def test_learning_by_jaccard_and_interpreting_by_recall_may_walk_in_a_circle_over_13_points():
    patterns = {(0, 1, 1, 0): 2, (0, 1, 1, 1): 1, (1, 0, 0, 0): 3, (1, 0, 0, 1): 2, (1, 0, 1, 0): 5}
    rows = np.array([row for row, times in patterns.items() for _ in range(times)])
    alignment = align(ActivationSets(rows[:, :2]), ConceptSet(rows[:, 2:]))
    assert alignment.counts.tolist() == [[5, 2], [3, 1]]
    assert alignment.mutual("jaccard", "recall").size == 0
    assert best_responses(alignment, 0, "jaccard", "recall").cycle == 2


@given(families(), st.sampled_from(["recall", "precision"]), st.sampled_from(["recall", "precision"]))
def test_any_two_of_recall_and_precision_leave_a_mutual_pair_like_one_score(pair, score, interpret_score):
    # T12c: each side's choice is that of one common score, |θ∩C| a(θ) b(C).
    alignment = align(ActivationSets(pair[0]), ConceptSet(pair[1]))
    a = 1 / np.maximum(alignment.neuron_sizes, 1) if score == "precision" else np.ones(alignment.d_sae)
    b = (
        1 / np.maximum(alignment.concept_sizes, 1)
        if interpret_score == "recall"
        else np.ones(alignment.n_concepts)
    )
    common = alignment.counts * a[:, None] * b[None, :]
    positive = common[common > 0]
    if positive.size and len(np.unique(positive.round(12))) == positive.size:
        assert len(alignment.mutual(score, interpret_score))


def test_trials_agree_with_the_table_that_users_get():
    from saelib.alignment import _trials, try_directions

    rng = np.random.default_rng(3)
    active, member = _trials._families(60, 20, 4, 3, rng)
    tried = _trials._tried(active, member)
    for i in range(len(tried)):
        alignment = align(ActivationSets(active[i]), ConceptSet(member[i]))
        frame, row = agreement(alignment), tried.iloc[i]
        assert len(alignment.mutual()) == row.mutual
        assert (~frame.agree).sum() == row.disagree
        assert len(alignment.mutual("jaccard", "recall")) == row.mutual_two_scores
        # The table looks only at a concept's best neuron, and inside the radii there is no other.
        assert frame.inside.sum() == row.inside
    with pytest.raises(InputError, match=r"^n_instances is 0"):
        try_directions(0, rng)


def test_no_random_family_breaks_the_radius_or_lacks_a_mutual_pair():
    from saelib.alignment import try_directions

    frame = try_directions(20_000, np.random.default_rng(0))
    assert frame.inside.sum() > 1_000
    assert frame.disagree.sum() > 1_000
    assert frame.inside_apart.sum() == 0
    free = frame[~frame.tied & frame.meeting]
    assert len(free) > 500
    assert (free.mutual > 0).all()
