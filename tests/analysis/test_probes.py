"""The second control of absorption: streamed probes are those in memory, and say what was planted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from saelib import ActivationSets, ConceptSet, align
from saelib.analysis import analyse, probe_rows, ridge
from saelib.analysis.activity import Activity
from saelib.analysis.concept_rows import Tolerances
from saelib.analysis.halving import choosing_half
from saelib.analysis.measuring import measure
from saelib.analysis.sources import InMemory
from saelib.sae import SAE, TopK
from saelib.study.sweeps.nouns_absorption import candidates, naive_rule, probe_found
from saelib.study.sweeps.nouns_halves import TwoHalves
from saelib.study.sweeps.nouns_probes import RidgeProbes

TOLERANCES = Tolerances(0.1, 0.1, 0.3, 0.3)


def world(n: int = 900, seed: int = 0) -> tuple[np.ndarray, np.ndarray, ConceptSet]:
    """Two parents with a child each; both parents' neurons are silent on the child.

    The points of the first child lie among the parent's, those of the second where no concept is.
    """
    rng = np.random.default_rng(seed)
    root = rng.integers(3, size=n)
    child = rng.random(n) < 0.3
    held = np.stack([root == 0, (root == 0) & child, root == 1, (root == 1) & child], axis=1)
    fires = np.stack([held[:, 0] & ~child, held[:, 1], held[:, 2] & ~child, held[:, 3]], axis=1)
    fires ^= rng.random(fires.shape) < 0.01
    seen = held.copy()
    seen[held[:, 3]] = False
    points = 3.0 * (seen @ np.eye(4, 6)) + rng.standard_normal((n, 6)) + 50.0
    concepts = ConceptSet(held, ["animal", "dog", "plant", "cactus"], parents=[-1, 0, -1, 2])
    return points.astype(np.float32), fires, concepts


def activity_of(fires: np.ndarray, at: int) -> Activity:
    pieces = [sparse.csr_array(fires[:at]), sparse.csr_array(fires[at:])]
    return Activity(fires.shape[1], (0, at, len(fires)), pieces.__getitem__)


def edges_of(fires: np.ndarray, concepts: ConceptSet, half: np.ndarray) -> pd.DataFrame:
    nothing = pd.DataFrame({"concept": []})
    return measure(activity_of(fires, 400), concepts, half, TOLERANCES, 0, lambda rows: nothing).tables[
        "edges"
    ]


def test_a_probe_finds_the_child_that_lies_among_the_parents_and_not_the_one_that_does_not() -> None:
    points, fires, concepts = world()
    half = choosing_half(len(points), 0)
    edges = edges_of(fires, concepts, half)
    assert edges.naive.tolist() == [True, True]
    assert edges[["probe_found", "probe", "controlled"]].isna().all().all()
    found, notes = probe_rows.probed(edges, activity_of(fires, 400), InMemory(points), concepts, half, jobs=1)
    assert notes == []
    assert found.probe.tolist() == [True, False]
    assert found.controlled.tolist() == [True, False]
    assert found.drop(columns=["probe_found", "probe", "controlled"]).equals(
        edges.drop(columns=["probe_found", "probe", "controlled"])
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_naive_rule_and_the_probes_are_those_of_the_chapters(seed: int) -> None:
    points, fires, concepts = world(seed=seed)
    half = choosing_half(len(points), seed)
    edges = edges_of(fires, concepts, half)
    found, _ = probe_rows.probed(edges, activity_of(fires, 400), InMemory(points), concepts, half, jobs=2)
    halves = [align(ActivationSets(fires[s]), concepts.take_points(s)) for s in (half, ~half)]
    two = TwoHalves((None, None), *halves)
    direct = candidates(two)
    assert found.naive.tolist() == naive_rule(direct, 0.5).tolist()
    assert found.owns_parent.tolist() == direct.own_name.tolist()
    expected = probe_found(two, direct, RidgeProbes(points[half].astype(np.float64)), points[~half])
    assert found.probe_found.tolist() == expected.tolist()


def test_neither_threads_nor_how_much_is_read_at_once_change_what_is_found(monkeypatch) -> None:
    points, fires, concepts = world(seed=4)
    half = choosing_half(len(points), 0)
    edges, activity = edges_of(fires, concepts, half), activity_of(fires, 400)
    found, _ = probe_rows.probed(edges, activity, InMemory(points), concepts, half, jobs=1)
    three, _ = probe_rows.probed(edges, activity, InMemory(points), concepts, half, jobs=3)
    pd.testing.assert_frame_equal(found, three)
    monkeypatch.setattr(ridge, "_NUMBERS", 6 * 128)
    monkeypatch.setattr(probe_rows, "_SCORES", 1)
    pieces, _ = probe_rows.probed(edges, activity, InMemory(points), concepts, half, jobs=2)
    pd.testing.assert_frame_equal(found, pieces)


def test_a_streamed_fit_solves_the_penalised_normal_equations() -> None:
    rng = np.random.default_rng(0)
    points = (rng.standard_normal((200, 150)) + 30.0).astype(np.float32)
    labels, training = sparse.csr_array(rng.random((200, 3)) < 0.3), rng.random(200) < 0.7
    with ThreadPoolExecutor(2) as pool:
        found = ridge.fitted(InMemory(points), labels, training, (0, 90, 200), pool)
        own = found.own(points[training], pool)
    x, y = points[training].astype(np.float64), labels.toarray()[training].astype(np.float64)
    x -= x.mean(axis=0)
    moments = x.T @ x
    moments += 0.01 * np.trace(moments) / 150 * np.eye(150)
    np.testing.assert_allclose(found.weights, np.linalg.solve(moments, x.T @ y), atol=1e-4)
    np.testing.assert_allclose(own, np.diag(x @ np.linalg.inv(moments) @ x.T) + 1 / len(x), atol=1e-4)


def test_points_of_too_many_dimensions_are_not_probed_and_the_report_says_so(monkeypatch) -> None:
    points, fires, concepts = world()
    half = choosing_half(len(points), 0)
    edges, activity = edges_of(fires, concepts, half), activity_of(fires, 400)
    monkeypatch.setattr(probe_rows, "_D_IN_MOST", 5)
    found, notes = probe_rows.probed(edges, activity, InMemory(points), concepts, half, jobs=1)
    assert found is edges
    assert notes == ["Linear probes for parents were not asked: points have more than 5 dimensions."]


def test_an_analysis_asks_the_probes_and_counts_what_they_leave(tmp_path) -> None:
    points, _, concepts = world()
    sae = SAE(6, 8, TopK(2), seed=3)
    analysis = analyse(sae, points, concepts, tmp_path / "out", audit=0, preview=100, jobs=2, progress=False)
    edges, facts = analysis.tables["edges"], analysis.facts
    asked = (edges.naive | edges.absorbed).to_numpy(bool)
    assert edges.probe.notna().tolist() == asked.tolist()
    assert facts["naive"] == edges.naive.sum()
    assert facts["naive_controlled"] == edges.controlled.fillna(False).sum()
    assert "probes" in facts["seconds"]
