"""SAEBench's absorption by its own code and by ours, on the same autoencoders.

Run ``python -m benchmarks.published_absorption`` where the package ``sae-bench`` (0.6) can be imported; it
asks for versions of numpy and others that do not go with this project's, so give it an environment of its
own. Its evaluation reads a language model's activations through prompts; here a stand-in for the model looks
the points of a concept forest up by number, and its calculator, its sparse probes and its rule for the split
set run unchanged. Its probes are fitted by 50 epochs of Adam in batches of 4,096, which here are 50
steps; smaller batches make more steps, and tell a difference of definition from one of convergence.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.util
import io
import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import f1_score

from saelib.data.synthetic import concept_forest
from saelib.phenomena import concept_probe, published_absorption, split_set
from saelib.sae import SAE, ReLU, SAEConfig, TopK, train
from saelib.study.settings.size_and_sparsity import SizeAndSparsity
from saelib.study.sweeps.size_and_sparsity import world

MOST, GAIN = 10, 0.03
SCORED = 200  # points of a concept: the peer's calculator takes them one by one


def peer(module: str) -> Any:
    """Return a module of the peer's evaluation; by name, since this project cannot depend on it."""
    return importlib.import_module(f"sae_bench.evals.absorption.{module}")


class Adapter:
    """Our SAE with the attributes that the peer reads."""

    def __init__(self, sae: SAE) -> None:
        self._sae = sae
        self.W_dec, self.W_enc = sae.W_dec.detach(), sae.W_enc.detach()
        self.dtype, self.device = self.W_dec.dtype, self.W_dec.device
        self.cfg = SimpleNamespace(d_sae=sae.d_sae)

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        """Activations."""
        return self._sae.encode(x).detach()


class Lookup:
    """A language model whose activations on the prompt ``"17:"`` are point 17."""

    def __init__(self, points: torch.Tensor) -> None:
        self._points = points

    def run_with_cache(self, prompts: list[str], names_filter: list[str]) -> tuple[None, dict[str, Any]]:
        """Points by number, at every position."""
        rows = [int(prompt.rstrip(":").split("\n")[-1]) for prompt in prompts]
        return None, {names_filter[0]: self._points[rows][:, None, :].expand(-1, 3, -1)}

    def to_tokens(self, prompt: str) -> list[list[int]]:
        """One token."""
        return [[0]]


def their_points(
    sae: Adapter, points: torch.Tensor, rows: np.ndarray, probe: np.ndarray, split: tuple[int, ...]
) -> pd.DataFrame:
    """Score the points of these rows by the peer's calculator."""
    calculator = peer("feature_absorption_calculator").FeatureAbsorptionCalculator(
        model=Lookup(points), icl_word_list=[], max_icl_examples=0, answer_formatter=lambda word: word,
        batch_size=512,
    )  # fmt: skip
    found = calculator.calculate_absorption(
        sae, [str(row) for row in rows], torch.as_tensor(probe, dtype=sae.dtype), list(split), 0, False
    )
    return pd.DataFrame(
        [(each.absorption_fraction, each.is_full_absorption) for each in found.word_results],
        columns=["fraction", "full"],
    )


def their_split(
    sae: Adapter, points: torch.Tensor, y: np.ndarray, held_out: torch.Tensor, truth: np.ndarray, batch: int
) -> tuple[int, ...]:
    """Split set of one concept by the peer's sparse probes and its rule."""
    theirs = peer("k_sparse_probing")
    labels = [("", int(each)) for each in y]
    ks = list(range(1, MOST + 1))
    with contextlib.redirect_stderr(io.StringIO()):
        probes = theirs.train_k_sparse_probes(
            sae, labels, points, ks, batch_size=batch, precalc_sae_acts=True
        )
    acts = sae.encode(held_out)
    row: dict[str, Any] = {}
    for k in ks:
        probe = probes[k][1]
        row[f"f1_sparse_sae_{k}"] = f1_score(truth, (probe(acts) > 0).numpy())
        row[f"sparse_sae_k_{k}_feats"] = probe.feature_ids.numpy()
    frame = pd.DataFrame(
        [{"letter": letter} | row for letter in theirs.LETTERS]
    )  # its rule asks for all letters
    theirs.add_feature_splits_to_metrics_df(frame, MOST, GAIN)
    return tuple(int(each) for each in frame.split_feats.iloc[0])


def compared(
    name: str, sae: SAE, sample: Any, held_out: Any, parents: list[str], batch: int
) -> dict[str, Any]:
    """One row of the table."""
    theirs = Adapter(sae)
    x, other = torch.from_numpy(sample.points), torch.from_numpy(held_out.points)
    z, held_z = theirs.encode(x).numpy(), theirs.encode(other).numpy()
    rows = []
    for concept in parents:
        i = sample.concepts.index(concept)
        y, truth = (each.concepts.membership[:, [i]].toarray().ravel() for each in (sample, held_out))
        probe, split = concept_probe(sample.points, y), split_set(z, y, held_z, truth, most=MOST, gain=GAIN)
        fitted = peer("probing").train_binary_probe(
            x, torch.from_numpy(y), batch_size=batch, num_epochs=50, weight_decay=1e-4,
            show_progress=False, device=torch.device("cpu"),
        )  # fmt: skip
        other_way = fitted.weights[0].detach().numpy()
        cosine = other_way @ probe.direction / np.linalg.norm(other_way) / np.linalg.norm(probe.direction)
        their_set = their_split(theirs, x, y, other, truth, batch)
        right = np.flatnonzero(probe.finds(held_out.points) & truth)[:SCORED]
        ours = published_absorption(
            held_out.points[right], held_z[right], sae.W_dec.detach().numpy(), probe.direction, split.neurons
        )
        same = their_points(theirs, other, right, probe.direction, split.neurons)
        # The peer's score from beginning to end: its own probe and its own split set.
        found = np.flatnonzero((fitted(other)[:, 0] > 0).numpy() & truth)[:SCORED]
        whole = their_points(theirs, other, found, other_way, their_set)
        rows.append(
            {
                "points": len(right),
                "fraction": np.abs(same.fraction - ours.fraction).max(),
                "full": int((same.full != ours.full).sum()),
                "cosine": cosine,
                "same set": set(their_set) == set(split.neurons),
                "same first": their_set[0] == split.neurons[0],
                "ours": ours.fraction.mean(), "theirs": whole.fraction.mean(),
            }
        )  # fmt: skip
    frame = pd.DataFrame(rows)
    return {
        "SAE": name, "batch": batch, "points": int(frame.points.sum()),
        "fraction, max diff": f"{frame.fraction.max():.0e}",
        "full, differ": int(frame.full.sum()), "least cosine of probes": round(float(frame.cosine.min()), 3),
        "equal split sets": f"{frame['same set'].sum()} of {len(frame)}",
        "equal first neuron": f"{frame['same first'].sum()} of {len(frame)}",
        "mean fraction, ours": round(float(frame.ours.mean()), 4),
        "theirs": round(float(frame.theirs.mean()), 4),
    }  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=3_000)
    parser.add_argument("--batches", type=int, nargs="+", default=[4_096, 32])
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if importlib.util.find_spec("sae_bench") is None:
        sys.exit("sae-bench is not there: pip install sae-bench==0.6.0 in an environment of its own")
    torch.manual_seed(options.seed)
    config = world(SizeAndSparsity(), options.seed)
    training = concept_forest(config, 60_000, options.seed)
    sample = concept_forest(config, options.points, options.seed)
    held_out = concept_forest(config, options.points, options.seed + 1_000_000)
    parents = ["c0", "c1", "c2", "c0.0", "c1.0", "c2.0"]
    shared = SAEConfig(d_sae=128, gate=ReLU(), steps=options.steps, seed=options.seed, lr=1e-2)
    runs = {f"TopK({k})": replace(shared, gate=TopK(k)) for k in (4, 1)}
    runs |= {f"ReLU, λ = {weight}": replace(shared, l1_coefficient=weight) for weight in (0.4,)}
    rows = []
    for name, run in runs.items():
        sae = train(training.points, run, progress=False).sae
        for batch in options.batches:
            rows.append(compared(name, sae, sample, held_out, parents, batch))
            print(rows[-1], flush=True)
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    main()
