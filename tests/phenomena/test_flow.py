from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib import ActivationSets, ConceptSet, InputError
from saelib.phenomena import flow, planted


def test_a_planted_split_is_found_part_by_part() -> None:
    held = np.zeros((120, 2), dtype=bool)
    held[:90, 0] = held[90:, 1] = True
    concepts = ConceptSet(held, names=["animal", "plant"])
    pairs = flow(planted(concepts), planted(concepts, split={"animal": 3}))
    assert pairs.groupby("coarse").size().to_dict() == {0: 3, 1: 1}
    assert (pairs.inside == 1.0).all()
    assert pairs[pairs.coarse == 0].covered.sum() == pytest.approx(1.0)
    assert pairs[pairs.coarse == 0].n_both.tolist() == [30, 30, 30]


def test_a_concept_that_is_absorbed_and_split_stays_silent_where_it_was_absorbed() -> None:
    concepts = ConceptSet([[1, 1], [1, 1], [1, 0], [1, 0], [0, 0]], names=["animal", "dog"], parents=[-1, 0])
    found = planted(concepts, absorbed={"dog": 1.0}, split={"animal": 2})
    assert found.active.toarray().astype(int).tolist() == [[0, 1, 0]] * 2 + [[1, 0, 0], [0, 0, 1], [0, 0, 0]]
    with pytest.raises(InputError, match="give 2 to 2 parts"):
        planted(concepts, absorbed={"dog": 1.0}, split={"animal": 3})


def test_a_dictionary_flows_into_itself_one_to_one() -> None:
    held = np.eye(3, dtype=bool).repeat(4, axis=0)
    pairs = flow(ActivationSets(held), ActivationSets(held))
    assert pairs.coarse.tolist() == pairs.fine.tolist() == [0, 1, 2]
    assert (pairs.jaccard == 1.0).all()


@given(seed=st.integers(0, 1000), least=st.sampled_from([0.0, 0.3, 0.5, 1.0]))
def test_against_sets_written_out(seed: int, least: float) -> None:
    rng = np.random.default_rng(seed)
    one, two = rng.random((30, 3)) < 0.4, rng.random((30, 5)) < 0.3
    expected = {
        (i, j)
        for i in range(3)
        for j in range(5)
        if (both := (one[:, i] & two[:, j]).sum()) and both >= least * two[:, j].sum()
    }
    pairs = flow(ActivationSets(one), ActivationSets(two), least=least)
    assert set(zip(pairs.coarse, pairs.fine, strict=True)) == expected
    for row in pairs.itertuples():
        a, b = one[:, row.coarse], two[:, row.fine]
        assert row.jaccard == (a & b).sum() / (a | b).sum()
        assert row.covered == (a & b).sum() / a.sum()


def test_other_points_and_other_shares_are_refused() -> None:
    with pytest.raises(InputError, match="fine covers 3 points and coarse 4"):
        flow(ActivationSets(np.eye(4, dtype=bool)), ActivationSets(np.eye(3, dtype=bool)))
    with pytest.raises(InputError, match="least is 2"):
        flow(ActivationSets(np.eye(2, dtype=bool)), ActivationSets(np.eye(2, dtype=bool)), least=2)
