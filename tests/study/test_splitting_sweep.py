"""The sweep on splitting: its tables, that nulls are nulls, and that counts add up."""

from __future__ import annotations

import pandas as pd
import pytest

from saelib.study import plan
from saelib.study.settings.splitting import Splitting
from saelib.study.sweeps import splitting as sweep

TINY = Splitting(
    sizes=(8, 16, 32),
    twins=(8, 16),
    seeds=(0,),
    n_train=3_000,
    n_test=1_500,
    n_choice=1_500,
    n_search=200,
    steps=40,
)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return sweep.gather([sweep.run_cell(TINY, cell) for cell in sweep.cells(TINY)])


def test_all_tables_are_there_and_complete(tables: dict[str, pd.DataFrame]) -> None:
    assert tuple(tables) == plan.sweeps(plan.profile("full"))["splitting"].tables
    runs = len(sweep.GATES) * len(TINY.seeds)
    assert len(tables["splitting"]) == runs * (len(TINY.sizes) + len(TINY.twins))
    # 6 roots, 18 children, and a leaf of each child.
    assert len(tables["splitting_concepts"]) == runs * len(TINY.sizes) * 42
    kinds = tables["splitting_flows"].kind.value_counts().to_dict()
    assert kinds == {"growth": runs * 2, "shuffled": runs * 2, "twin": runs * 2}


def test_concepts_are_measured_consistently(tables: dict[str, pd.DataFrame]) -> None:
    concepts = tables["splitting_concepts"]
    assert not concepts.violated.any()
    assert (concepts.bound - concepts.errors == concepts.overlap).all()
    assert concepts[["single", "unit", "inside_share"]].map(lambda share: 0 <= share <= 1).all(axis=None)
    assert (concepts.inside_share[concepts.inside == 0] == 0).all()
    found = concepts.dropna(subset=["at_least", "at_most"])
    assert (found.at_least <= found.at_most).all()


def test_gaps_are_of_roots_and_children_and_some_roots_have_nulls(tables: dict[str, pd.DataFrame]) -> None:
    gaps = tables["splitting_gaps"]
    assert set(gaps.level) <= {0, 1}
    assert not gaps.violated.any()
    assert gaps[gaps.level == 1][["cut_half_distance", "shuffled"]].isna().all(axis=None)
    assert gaps[gaps.level == 0].shuffled.notna().any()
    assert (gaps.margin.dropna() > -1e-5).all()


def test_every_neuron_is_counted_once(tables: dict[str, pd.DataFrame]) -> None:
    flows = tables["splitting_flows"]
    assert (flows.n_split + flows.n_kept <= flows.n_coarse).all()
    assert (flows.n_new <= flows.n_fine).all()
    assert (flows[flows.kind == "twin"].d_coarse == flows[flows.kind == "twin"].d_fine).all()
    dealt = flows[flows.kind == "shuffled"]
    assert dealt.n_split.sum() == 0


def test_the_family_is_of_one_root_and_its_links_join_its_nodes(tables: dict[str, pd.DataFrame]) -> None:
    nodes, links = tables["splitting_nodes"], tables["splitting_links"]
    assert len(set(nodes.root)) <= 1
    assert all(branch.startswith(root) for branch, root in zip(nodes.branch, nodes.root, strict=True))
    known = set(zip(nodes.gate, nodes.d_sae, nodes.neuron, strict=True))
    assert set(zip(links.gate, links.d_coarse, links.coarse, strict=True)) <= known
    assert set(zip(links.gate, links.d_fine, links.fine, strict=True)) <= known


def test_a_cell_is_the_same_whenever_it_is_run() -> None:
    small = Splitting(
        sizes=(8, 16), twins=(8,), seeds=(0,), n_train=600, n_test=400, n_choice=400, n_search=100, steps=5
    )
    first, second = (sweep.run_cell(small, "TopK-0") for _ in range(2))
    for name, frame in first.items():
        pd.testing.assert_frame_equal(frame, second[name])


def test_a_full_study_can_decide_the_claim() -> None:
    full = plan.profile("full").settings["splitting"]
    assert len(full.seeds) >= 5
    # Every size trained twice has a next one, of twice its neurons.
    assert all(2 * size in full.sizes for size in full.twins)
