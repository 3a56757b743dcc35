"""The sweep on the lattices of trained dictionaries: complete tables, the declared definitions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from saelib.lattice import Context, formal_concepts
from saelib.study import plan
from saelib.study.settings.sae_lattice import FULL, QUICK, SaeLattice
from saelib.study.sweeps import sae_lattice as sweep

TINY = SaeLattice(
    d_sae=48,
    dictionaries=(("TopK", 2), ("ReLU", 3)),
    seeds=(3,),
    n_train=2_000,
    n_choice=800,
    n_test=700,
    steps=40,
    alphas=(0.2, 0.5, 0.8),
)
RUN = ["gate", "target", "seed"]


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return sweep.gather([sweep.run_cell(TINY, cell) for cell in sweep.cells(TINY)])


RELATIONS = hnp.arrays(np.bool_, st.tuples(st.integers(1, 6), st.integers(1, 6)))


@given(RELATIONS)
def test_degrees_say_what_the_listing_of_all_formal_concepts_says(related: npt.NDArray[np.bool_]) -> None:
    listed = np.zeros(len(related), dtype=np.bool_)
    lattice = formal_concepts(Context(related), min_support=0)
    for i in range(len(lattice)):
        extent, intent = lattice.extent(i), lattice.intent(i)
        if len(intent) and (len(extent) > 1 or len(intent) > 1):
            listed[extent] = True
    assert (sweep.many(related)["many"] == listed).all()


def test_all_tables_are_there_and_complete(tables: dict[str, pd.DataFrame]) -> None:
    assert set(tables) == set(plan.sweeps(plan.profile("full"))["sae_lattice"].tables)
    assert len(tables["sae_lattice"]) == 2 * 2
    assert len(tables["sae_lattice_levels"]) == 2 * 2 * 3 * 3
    assert len(tables["sae_lattice_concepts"]) == 2 * 96
    assert len(tables["sae_lattice_edges"]) == 2 * 90
    for name in ("sae_lattice", "sae_lattice_concepts"):
        assert not tables[name].isna().any(axis=None)


def test_the_tolerance_that_decides_is_one_that_is_looked_at() -> None:
    for settings in (FULL, QUICK):
        assert settings.decided_at in settings.alphas


def test_links_never_die(tables: dict[str, pd.DataFrame]) -> None:
    levels = tables["sae_lattice_levels"]
    for _, growing in levels[levels.relation != "links thrown"].groupby([*RUN, "notion", "relation"]):
        assert growing.sort_values("alpha").links.is_monotonic_increasing


def test_thrown_links_are_as_many_as_the_trained_ones(tables: dict[str, pd.DataFrame]) -> None:
    levels = tables["sae_lattice_levels"]
    links = levels.pivot_table(index=[*RUN, "notion", "alpha"], columns="relation", values="links")
    assert (links["trained"] == links["links thrown"]).all()


def test_many_is_at_least_each_of_its_two_kinds_and_at_most_all_related(
    tables: dict[str, pd.DataFrame],
) -> None:
    levels = tables["sae_lattice_levels"]
    assert (levels.many >= levels[["several_neurons", "several_concepts"]].max(axis=1)).all()
    assert (levels.many <= levels.related).all()
    assert (levels.strangers <= levels.several_concepts).all()


def test_closed_pairs_are_frequent_pairs_and_stable_concepts_frequent_ones(
    tables: dict[str, pd.DataFrame],
) -> None:
    counts = tables["sae_lattice"]
    assert (counts.closed_pairs <= counts.pairs).all()
    assert (counts.stable <= counts.frequent).all()


def test_lost_edges_are_those_of_the_definition(tables: dict[str, pd.DataFrame]) -> None:
    edges = tables["sae_lattice_edges"]
    lost = edges[edges.lost.fillna(value=False)]
    assert (lost.confidence <= TINY.lost_confidence).all()
    assert (lost[["child_precision", "parent_precision"]].min(axis=1) >= TINY.meant).all()
    assert (lost.child_neuron != lost.parent_neuron).all()
    by_parent = lost.groupby([*RUN, "parent"]).size()
    concepts = tables["sae_lattice_concepts"]
    absorbed = concepts[concepts.absorbed].set_index([*RUN, "concept"]).lost_children
    assert absorbed.sort_index().tolist() == by_parent.sort_index().tolist()


def test_plain_matches_and_splits_are_those_of_the_definition(tables: dict[str, pd.DataFrame]) -> None:
    concepts = tables["sae_lattice_concepts"]
    plain = concepts.mutual & (concepts.jaccard >= TINY.matched_jaccard)
    assert (concepts.plain == plain).all()
    assert (concepts.split == (concepts.parts >= 2)).all()
    assert (concepts.large_parts <= concepts.parts).all()


def test_a_neuron_of_a_child_is_no_part_of_its_parent() -> None:
    from saelib import ActivationSets, ConceptSet, align

    member = np.zeros((20, 2), dtype=np.bool_)
    member[:16, 0] = member[:6, 1] = True
    fires = np.zeros((20, 4), dtype=np.bool_)
    fires[:6, 0] = True  # the child
    fires[6:10, 1] = fires[10:16, 2] = True  # two parts of what else the parent holds
    fires[:16, 3] = True  # the whole parent
    found = sweep._parts(FULL, align(ActivationSets(fires), ConceptSet(member, parents=[-1, 0])), 0.1)
    assert found[:, 0].tolist() == [False, True, True, False]


def test_a_cell_is_the_same_whenever_it_is_run(tables: dict[str, pd.DataFrame]) -> None:
    for name, frame in sweep.gather([sweep.run_cell(TINY, "seed-3")]).items():
        pd.testing.assert_frame_equal(frame, tables[name])
