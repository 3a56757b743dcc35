"""What an analysis writes is what direct computation in memory gives, however it is cut into pieces."""

from __future__ import annotations

import itertools
import json
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse

from saelib import ActivationSets, ConceptSet, InputError, align
from saelib.analysis import FACTS, TABLES, analyse
from saelib.analysis.activity import Activity
from saelib.analysis.analysing import _unaudited
from saelib.analysis.concept_rows import Tolerances
from saelib.analysis.counting import count
from saelib.analysis.halving import choosing_half, dealt_out
from saelib.analysis.measuring import measure
from saelib.analysis.writing import own_folder
from saelib.geometry.bounds import jaccard_budget, sparsity_budget
from saelib.phenomena import absorption
from saelib.sae import SAE, Gated, ReLU, TopK, save_sae
from saelib.units.score import Score

TOLERANCES = Tolerances(0.4, 0.3, 0.6, 0.4)


def forest(rng: np.random.Generator, n_points: int, n_concepts: int) -> ConceptSet:
    """Concepts of which every second lies within the one before."""
    held = rng.random((n_points, n_concepts)) < 0.4
    held[:, 1::2] &= held[:, : n_concepts - n_concepts % 2 : 2]
    parents = [i - 1 if i % 2 else -1 for i in range(n_concepts)]
    return ConceptSet(held, [f"c{i}" for i in range(n_concepts)], parents)


def cut(fires: np.ndarray, sizes: list[int]) -> Activity:
    """The same activity in pieces of these sizes, the last one taking the rest."""
    starts = [0]
    for size in sizes:
        if starts[-1] + size < len(fires):
            starts.append(starts[-1] + size)
    starts.append(len(fires))
    pieces = [sparse.csr_array(fires[a:b]) for a, b in itertools.pairwise(starts)]
    return Activity(fires.shape[1], tuple(starts), pieces.__getitem__)


worlds = st.tuples(
    st.integers(0, 2**32 - 1), st.integers(2, 60), st.integers(1, 7), st.integers(1, 6),
    st.sampled_from([0.0, 0.1, 0.5, 1.0]), st.lists(st.integers(1, 20), max_size=4),
)  # fmt: skip


def world(drawn: tuple) -> tuple[np.ndarray, ConceptSet, np.ndarray, list[int]]:
    seed, n, d_sae, m, density, sizes = drawn
    rng = np.random.default_rng(seed)
    concepts = forest(rng, n, m)
    fires = rng.random((n, d_sae)) < density
    member = concepts.membership.toarray()
    some = rng.integers(m, size=d_sae)
    # Half of the neurons follow a concept, with flaws.
    follow = (rng.random((n, d_sae)) < 0.9) & member[:, some]
    fires = np.where(rng.random(d_sae) < 0.5, follow, fires)
    return fires, concepts, choosing_half(n, seed % 1000), sizes


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds)
def test_counts_of_either_half_and_of_the_null_are_those_of_align(drawn: tuple) -> None:
    fires, concepts, half, sizes = world(drawn)
    counted = count(cut(fires, sizes), concepts, half, seed=3)
    dealt = concepts.take_points(dealt_out(half, 3))
    for found, side, labels in (
        (counted.chosen, half, concepts), (counted.judged, ~half, concepts),
        (counted.null_chosen, half, dealt), (counted.null_judged, ~half, dealt),
    ):  # fmt: skip
        if not side.any():
            assert not found.counts.any()
            continue
        direct = align(ActivationSets(fires[side]), labels.take_points(side))
        assert (found.counts == direct.counts).all()
        assert (found.neuron_sizes == direct.neuron_sizes).all()
        assert (found.concept_sizes == direct.concept_sizes).all()
        assert (found.learn() == direct.learn()).all()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds)
def test_tables_are_those_of_direct_computation(drawn: tuple) -> None:
    fires, concepts, half, sizes = world(drawn)
    found = measure(cut(fires, sizes), concepts, half, TOLERANCES, 3, _unaudited).tables
    if not half.any():
        assert found["concepts"].neuron.isna().all()
        return
    chosen, judged = (
        align(ActivationSets(fires[side]), concepts.take_points(side)) for side in (half, ~half)
    )
    neuron, rows = chosen.learn(), found["concepts"]
    assert rows.neuron.fillna(-1).tolist() == neuron.tolist()
    assert found["neurons"].concept.isna().tolist() == (chosen.interpret() < 0).tolist()
    notions = {
        "detected": judged.detected(0.4), "separated": judged.separated(0.4, 0.3),
        "approximated": judged.approximated(0.6),
    }  # fmt: skip
    for i, j in enumerate(neuron.tolist()):
        row = rows.loc[i]
        if j < 0:
            assert pd.isna(row.f1)
            assert pd.isna(row.or_jaccard)
            assert row.or_neurons == []
            continue
        scored = Score(
            n_points=int(judged.total), concept_size=int(judged.concept_sizes[i]),
            size=int(judged.neuron_sizes[j]), both=int(judged.counts[j, i]),
        )  # fmt: skip
        if judged.concept_sizes[i]:
            assert row.recall == judged.recall[j, i]
            assert row.jaccard == judged.jaccard[j, i] == scored.jaccard
            for notion, holds in notions.items():
                assert row[notion] == holds[j, i], notion
        else:
            assert pd.isna(row.recall)
            assert pd.isna(row.detected)
        assert (
            pd.isna(row.precision) if not judged.neuron_sizes[j] else row.precision == judged.precision[j, i]
        )
        union = fires[:, row.or_neurons].any(axis=1)
        held = concepts.membership.toarray()[:, i]
        either = int(((union | held) & ~half).sum())
        if either:
            assert row.or_jaccard == int((union & held & ~half).sum()) / either
        assert row.or_neurons[0] == j
    pairs = found["pairs"]
    assert pairs[pairs["rank"] == 1].neuron.tolist() == [j for j in neuron.tolist() if j >= 0]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds)
def test_edges_are_those_of_absorption_and_budgets_those_of_the_bounds(drawn: tuple) -> None:
    fires, concepts, half, sizes = world(drawn)
    found = measure(cut(fires, sizes), concepts, half, TOLERANCES, 3, _unaudited).tables
    if half.any():
        chosen = align(ActivationSets(fires[half]), concepts.take_points(half))
        judged = align(ActivationSets(fires[~half]), concepts.take_points(~half))
        direct = absorption(judged, chosen.learn(), delta=0.4, delta_child=0.4)
        edges = found["edges"]
        assert edges.parent.tolist() == direct.parent.tolist()
        assert edges.absorbed.tolist() == direct.absorbed.tolist()
        own = (edges.own_neurons).to_numpy(bool)
        for name in ("rate", "gap", "implication", "n_absorbed"):
            values, expected = edges[name][own].tolist(), direct[name][own].tolist()
            assert [v for v in values if not pd.isna(v)] == [v for v in expected if not pd.isna(v)], name
            assert [pd.isna(v) for v in values] == [pd.isna(v) for v in expected], name
    whole = align(ActivationSets(fires), concepts)
    sparsity, jaccard = sparsity_budget(whole), jaccard_budget(whole)
    budget = found["budget"]
    assert budget.holds.all()
    assert (budget.limit[0], budget.measured[0]) == (sparsity.floor, sparsity.missed)
    for row, use in ((2, jaccard.neuron_use), (3, jaccard.concept_use)):
        limit, measured = float(budget.limit[row]), float(budget.measured[row])
        assert (measured / limit if limit else 0.0) == pytest.approx(use, rel=1e-12)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds)
def test_the_lattice_lists_all_neurons_that_separate_a_set_of_concepts_on_both_halves(drawn: tuple) -> None:
    fires, concepts, half, sizes = world(drawn)
    rows = measure(cut(fires, sizes), concepts, half, TOLERANCES, 3, _unaudited).tables["lattice"]
    holds = np.zeros((fires.shape[1], concepts.n_concepts), dtype=bool)
    if half.any():
        sides = [align(ActivationSets(fires[s]), concepts.take_points(s)) for s in (half, ~half)]
        there = np.logical_and(*[side.concept_sizes > 0 for side in sides])
        holds = sides[0].separated(0.4, 0.4) & sides[1].separated(0.4, 0.4) & there
    assert (len(rows) > 0) == holds.any()
    for row in rows.itertuples():
        held = [concepts.index(name) for name in row.concepts]
        assert row.neurons == np.flatnonzero(holds[:, held].all(axis=1) & holds.any(axis=1)).tolist()
        assert held == np.flatnonzero(holds[row.neurons].all(axis=0)).tolist()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds)
def test_families_share_a_region_of_the_size_they_say(drawn: tuple) -> None:
    fires, concepts, half, sizes = world(drawn)
    found = measure(cut(fires, sizes), concepts, half, TOLERANCES, 3, _unaudited).tables
    matter = set(found["concepts"].neuron.dropna())
    for row in found["families"].itertuples():
        assert set(row.neurons) <= matter
        region = fires[:, row.neurons].all(axis=1)
        assert row.support == region.sum() >= 10
        others = matter - set(row.neurons)
        assert all(not fires[region][:, j].all() for j in others)
        assert row.lift == pytest.approx(region.mean() / fires[:, row.neurons].mean(axis=0).prod())
    assert found["families"].delta.is_monotonic_decreasing


def test_geometry_is_asked_about_the_worst_served_concept_and_chance_beside_it(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    points = rng.standard_normal((600, 2)).astype(np.float32)
    held = np.stack([points[:, 0] > 1, np.abs(points[:, 0]) < 0.3], axis=1)
    sae = SAE(2, 2, ReLU())
    with torch.no_grad():
        sae.W_enc.copy_(torch.tensor([[1.0, -1.0], [0.0, 0.0]]))
        sae.b_enc.copy_(torch.tensor([-1.0, -1.0]))
    concepts = ConceptSet(held, ["right", "middle"])
    found = analyse(sae, points, concepts, tmp_path / "out", audit=2, preview=0, jobs=1)
    rows = found.tables["geometry"]
    assert rows[["concept", "one_neuron", "by_chance"]].to_numpy().tolist() == [
        ["middle", "no", "no"], ["right", "yes", "no"],
    ]  # fmt: skip
    fewest = min((points[:, 0] > 1).sum(), (points[:, 0] < -1).sum())
    assert rows.errors.tolist() == [held[:, 1].sum() + fewest, 0]
    assert rows.at_least[0] > 0
    assert rows.at_most[1] == 0


def test_two_neurons_that_fire_together_are_a_family_and_know_it() -> None:
    at = np.arange(200)
    fires = np.stack([at % 5 == 0, (at % 5 == 0) | (at % 20 == 1), at % 7 == 3], axis=1)
    concepts = ConceptSet(fires[:, :2], names=["fifth", "more"])
    found = measure(cut(fires, [70]), concepts, choosing_half(200, 0), TOLERANCES, 0, _unaudited).tables
    assert found["families"][["neurons", "concepts", "support", "overlap"]].to_numpy().tolist() == [
        [[0, 1], ["fifth", "more"], 40, 1.0]
    ]
    assert found["families"].lift[0] == pytest.approx(200 / 50)
    assert found["neurons"].family.fillna(-1).tolist() == [0, 0, -1]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds)
def test_how_points_are_cut_into_pieces_changes_nothing(drawn: tuple) -> None:
    fires, concepts, half, sizes = world(drawn)
    whole = measure(cut(fires, []), concepts, half, TOLERANCES, 3, _unaudited)
    pieces = measure(cut(fires, sizes), concepts, half, TOLERANCES, 3, _unaudited)
    assert pieces.facts == whole.facts
    for name, frame in whole.tables.items():
        pd.testing.assert_frame_equal(pieces.tables[name], frame)


@pytest.mark.parametrize("gate", [TopK(3), Gated()])
def test_who_fires_is_who_the_sae_says_and_threads_change_no_byte(gate, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    points = rng.standard_normal((3000, 6)).astype(np.float32)
    concepts = forest(rng, 3000, 4)
    sae = SAE(6, 24, gate, seed=2)
    analyses = [
        analyse(sae, points, concepts, tmp_path / str(jobs), jobs=jobs, audit=0, preview=0, progress=False)
        for jobs in (1, 3)
    ]
    fires = sae.active(torch.from_numpy(points)).numpy()
    assert analyses[0].tables["neurons"].points.tolist() == fires.sum(axis=0).tolist()
    assert analyses[0].facts["l0"] == pytest.approx(fires.sum() / 3000)
    assert set(analyses[0].facts) == set(FACTS)
    for name, table in TABLES.items():
        files = [found.folder / "tables" / f"{name}.parquet" for found in analyses]
        assert files[0].read_bytes() == files[1].read_bytes()
        frame = pd.read_parquet(files[0])
        assert list(frame.columns) == [column.name for column in table.columns]
        written = analyses[0].tables[name]
        assert [str(written[c.name].dtype).lower() for c in table.columns] == [
            c.dtype.lower() for c in table.columns
        ]


def test_the_first_report_is_provisional_and_the_last_one_is_not(tmp_path: Path, monkeypatch) -> None:
    from saelib.analysis import analysing

    seen = []
    written = analysing._written

    def watched(folder, found, facts, seconds, *, provisional):
        seen.append((provisional, found.facts["points"]))
        return written(folder, found, facts, seconds, provisional=provisional)

    monkeypatch.setattr(analysing, "_written", watched)
    rng = np.random.default_rng(0)
    points, concepts = rng.standard_normal((400, 3)), forest(rng, 400, 2)
    found = analyse(SAE(3, 8, TopK(2)), points, concepts, tmp_path / "out", audit=0, preview=100)
    assert seen == [(True, 100), (False, 400)]
    assert not json.loads((found.folder / "facts.json").read_text())["provisional"]


def test_groups_are_not_torn_apart_and_halves_are_nearly_equal() -> None:
    groups = np.random.default_rng(0).integers(50, size=1000)
    half = choosing_half(1000, 1, groups)
    assert all(half[groups == g].all() or not half[groups == g].any() for g in range(50))
    assert 450 <= half.sum() <= 550
    assert (choosing_half(1000, 1) == choosing_half(1000, 1)).all()
    assert (choosing_half(1000, 1) != choosing_half(1000, 2)).any()


def small(folder: Path, n_points: int = 400) -> list[str]:
    """Files of a small case, and the options that name them."""
    rng = np.random.default_rng(0)
    np.save(folder / "x.npy", rng.standard_normal((n_points, 4)).astype(np.float16))
    labels = pd.DataFrame(rng.integers(2, size=(n_points, 2)), columns=["a", "b"])
    labels.to_csv(folder / "labels.csv", index=False)
    save_sae(SAE(4, 8, TopK(2), seed=1), folder / "sae")
    named = {"sae": "sae", "points": "x.npy", "concepts": "labels.csv", "out": "out"}
    return ["analyse", *(part for k, v in named.items() for part in (f"--{k}", str(folder / v)))]


def test_the_command_writes_a_report_and_tables(tmp_path: Path, capsys) -> None:
    from saelib.cli import _parser, main

    line = [*small(tmp_path), "--audit", "0"]
    assert main(line) == 0
    assert "400 points, 8 neurons, 2 concepts" in capsys.readouterr().out
    assert sorted(path.stem for path in (tmp_path / "out" / "tables").iterdir()) == sorted(TABLES)
    told = json.loads((tmp_path / "out" / "facts.json").read_text())["command"]
    assert {"--audit=0", "--alpha=0.3", f"--out={tmp_path / 'out'}"} <= set(shlex.split(told))
    again = _parser().parse_args(shlex.split(told)[1:])
    assert again == _parser().parse_args(line)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--alpha", "2"], "alpha is 2.0"),
        (["--jobs", "0"], "jobs is 0"),
        (["--audit", "-1"], "audit is -1"),
        (["--threshold", "nan"], "threshold is nan"),
        (["--layer", "3"], "--layer is given beside --points"),
        (["--max-length", "3"], "--max-length is given beside --points"),
        (["--tensor", "x"], "tensor"),
        (["--sae", "no/such"], "no/such"),
        (["--points", "no/such.npy"], "no/such.npy"),
        (["--concepts", "no/such.csv"], "no/such.csv"),
        (["--groups", "no/such.txt"], "no/such.txt cannot be read"),
    ],
)
def test_what_is_malformed_gets_one_line_and_nothing_is_written(options, says, tmp_path, capsys) -> None:
    from saelib.cli import main

    assert main([*small(tmp_path), *options]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_points_that_do_not_fit_or_are_not_finite_are_refused(tmp_path: Path) -> None:
    sae, concepts = SAE(3, 8, TopK(2)), ConceptSet(np.ones((5, 1)))
    for points, says in (
        (np.zeros((5, 4)), "have 4 columns"),
        (np.zeros((4, 3)), "cover 5 points, there are 4"),
        (np.zeros((0, 3)), "are none"),
        (np.zeros(3), "have shape"),
        (np.array([["a"] * 3] * 5), "have dtype"),
    ):
        with pytest.raises(InputError, match=says):
            analyse(sae, points, concepts, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    points = np.zeros((5, 3))
    points[2, 1] = np.nan
    with pytest.raises(InputError, match="row 2, column 1"):
        analyse(sae, points, concepts, tmp_path / "out", preview=0)
    with pytest.raises(InputError, match="groups has shape"):
        analyse(sae, np.zeros((5, 3)), concepts, tmp_path / "new", groups=[1, 2])
    assert not (tmp_path / "new").exists()


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(InputError, match="not ours"):
        analyse(SAE(3, 8, TopK(2)), np.zeros((5, 3)), ConceptSet(np.ones((5, 1))), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_two_analyses_do_not_share_a_folder(tmp_path: Path) -> None:
    with own_folder(tmp_path / "out"), pytest.raises(InputError, match="in use by another analysis"):
        analyse(SAE(3, 8, TopK(2)), np.zeros((5, 3)), ConceptSet(np.ones((5, 1))), tmp_path / "out")
    (tmp_path / "file").write_text("")
    for out, says in ((tmp_path / "file", "is a file"), (tmp_path / "file" / "in", "cannot be written")):
        with pytest.raises(InputError, match=says):
            analyse(SAE(3, 8, TopK(2)), np.zeros((5, 3)), ConceptSet(np.ones((5, 1))), out)


STOPPED = """
import sys, time
import saelib.analysis.encoding as encoding
encoding.POINTS_PER_SHARD = 100
real = encoding.Firing.batch
def slow(self, points, first):
    time.sleep(0.3)
    return real(self, points, first)
encoding.Firing.batch = slow
from saelib.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_stopped_goes_on_and_ends_with_the_same_bytes(
    stop, tmp_path: Path, monkeypatch
) -> None:
    from saelib.analysis import encoding
    from saelib.cli import main

    line = [*small(tmp_path, 1000), "--audit", "0", "--preview", "0"]
    work = tmp_path / "out" / ".work"
    with subprocess.Popen([sys.executable, "-c", STOPPED, *line], stderr=subprocess.PIPE) as first:
        deadline = time.monotonic() + 120
        while len(list(work.glob("shard-*.npz"))) < 3 and time.monotonic() < deadline:
            assert first.poll() is None, first.communicate()
            time.sleep(0.02)
        first.send_signal(stop)
        first.communicate()
    assert first.returncode == (-signal.SIGKILL if stop == signal.SIGKILL else 130)
    there = {path: path.stat().st_mtime_ns for path in sorted(work.glob("shard-*.npz"))}
    assert 3 <= len(there) < 10

    batches = []
    real = encoding.Firing.batch

    def noted(self, points, first):
        batches.append(first)
        return real(self, points, first)

    monkeypatch.setattr(encoding, "POINTS_PER_SHARD", 100)
    monkeypatch.setattr(encoding.Firing, "batch", noted)
    # One that is damaged is made again.
    damaged = next(iter(there))
    damaged.write_bytes(damaged.read_bytes()[:-40])
    assert main(line) == 0
    assert len(batches) == 10 - len(there) + 1
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in there.items() if path != damaged)
    batches.clear()
    assert main([*line, "--out", str(tmp_path / "other")]) == 0
    assert len(batches) == 10
    for path in (tmp_path / "out" / "tables").iterdir():
        assert path.read_bytes() == (tmp_path / "other" / "tables" / path.name).read_bytes()
    # With other tolerances nothing is encoded again; other points under the same name begin anew.
    batches.clear()
    assert main([*line, "--delta", "0.5"]) == 0
    assert not batches
    np.save(tmp_path / "x.npy", np.load(tmp_path / "x.npy") + np.float16(1))
    assert main(line) == 0
    assert len(batches) == 10


def test_concepts_without_a_point_are_refused_or_left_out_on_demand(tmp_path: Path, capsys) -> None:
    from saelib.cli import main

    line = [*small(tmp_path), "--audit", "0"]
    labels = tmp_path / "labels.csv"
    pd.read_csv(labels).assign(nowhere=0).to_csv(labels, index=False)
    assert main(line) == 2
    assert "nowhere" in capsys.readouterr().err
    assert main([*line, "--drop-empty"]) == 0
    assert "2 concepts" in capsys.readouterr().out
