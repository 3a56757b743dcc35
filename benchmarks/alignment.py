"""Aligning a large dictionary with many concepts: time, memory and growth, beside the dense product.

Run ``python -m benchmarks.alignment`` (or ``python benchmarks/alignment.py --points 100000`` on a small
machine). Each line of the table is :func:`saelib.align` in a process of its own: the best of a few runs, in
CPU seconds (it uses one core) and by the clock, and the peak resident memory of the process, Python and the
input included. Below some 200,000 points the time to write the answer (neurons × concepts numbers, whatever
the data) shows, so the slope is taken from there on.

The peer makes the same counts by a dense float32 product, in chunks of points so that it fits into memory at
all. It takes minutes at full size, so by default it is timed on the first ``--dense-points`` points and
EXTRAPOLATED in proportion to the number of points; ``--dense-points`` equal to ``--points`` measures it
whole. Sparse and dense runs alternate in one process, and each ratio is that of neighbours.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse

from saelib import ActivationSets, ConceptSet, align


def family(
    rng: np.random.Generator, n_points: int, n_sets: int, per_point: int, skew: float
) -> sparse.csr_array:
    """Sets with Zipf-like sizes (``skew`` 0: equal sizes), about ``per_point`` of them at every point."""
    # Inverse transform of a density ~ 1/rank^skew on [1, n_sets]; doubles are merged below.
    uniform = rng.random((n_points, per_point), dtype=np.float32)
    columns = (n_sets * uniform ** np.float32(1 / (1 - skew))).astype(np.int32)
    columns = np.minimum(columns, n_sets - 1)
    columns.sort(axis=1)
    indptr = np.arange(0, n_points * per_point + 1, per_point)
    data = np.ones(columns.size, dtype=bool)
    matrix = sparse.csr_array((data, columns.ravel(), indptr), shape=(n_points, n_sets))
    matrix.sum_duplicates()
    return matrix


def dense_counts(active: sparse.csr_array, member: sparse.csr_array, chunk: int = 4096) -> np.ndarray:
    """Count as one would without thinking of sparsity; float32 is exact up to 2^24 points in a pair."""
    total = np.zeros((active.shape[1], member.shape[1]), dtype=np.float32)
    for start in range(0, active.shape[0], chunk):
        rows = slice(start, start + chunk)
        total += active[rows].astype(np.float32).toarray().T @ member[rows].astype(np.float32).toarray()
    return total


def peak_gib() -> float:
    """Peak resident memory of this process."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30


def measure(options: argparse.Namespace, n_points: int, with_dense: bool, answer: Any) -> None:
    """Make the input, align, and report; run in a process of its own."""
    rng = np.random.default_rng(options.seed)
    active = family(rng, n_points, options.neurons, options.active, options.skew)
    member = family(rng, n_points, options.concepts, options.present, options.skew)
    activations, concepts = ActivationSets(active), ConceptSet(member)
    weights = rng.random(n_points) if options.weighted else None
    result: dict[str, Any] = {"points": n_points, "nnz": int(active.nnz + member.nnz)}
    result["pairs"] = int(activations.l0 @ np.diff(member.indptr))
    few = slice(0, min(options.dense_points, n_points))
    sparse_runs, dense_runs = [], []
    for _ in range(options.repeats):
        seconds, _ = timed(lambda: align(activations, concepts, weights))
        sparse_runs.append(seconds)
        result["memory"] = result.get("memory") or peak_gib()  # before the dense product can add to it
        if with_dense:
            seconds, expected = timed(lambda: dense_counts(active[few], member[few]))
            dense_runs.append(seconds * n_points / few.stop)
    result["cpu"], result["wall"] = np.min(sparse_runs, axis=0).tolist()
    if with_dense:
        part = align(activations.take_points(few), concepts.take_points(few)).counts
        result["agree"] = bool((part == expected).all())
        result["dense_cpu"], result["dense_wall"] = np.min(dense_runs, axis=0).tolist()
        result["ratios"] = (np.array(dense_runs) / np.array(sparse_runs)).tolist()
    answer.send(json.dumps(result))


def timed(run: Callable[[], Any]) -> tuple[np.ndarray, Any]:
    """Seconds of one call, [CPU, by the clock], and what it returned."""
    cpu, wall = time.process_time(), time.perf_counter()
    returned = run()
    return np.array([time.process_time() - cpu, time.perf_counter() - wall]), returned


def alone(options: argparse.Namespace, n_points: int, with_dense: bool) -> dict[str, Any]:
    """Run :func:`measure` in a fresh process."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=measure, args=(options, n_points, with_dense, theirs))
    process.start()
    theirs.close()
    try:
        return json.loads(mine.recv())
    finally:
        process.join()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, nargs="+", default=[250_000, 500_000, 1_000_000, 2_000_000])
    parser.add_argument("--neurons", type=int, default=16_384)
    parser.add_argument("--concepts", type=int, default=500)
    parser.add_argument("--active", type=int, default=32, help="neurons that fire at a point")
    parser.add_argument("--present", type=int, default=5, help="concepts present at a point")
    parser.add_argument("--skew", type=float, default=0.0, help="Zipf exponent of the sizes, in [0, 1)")
    parser.add_argument(
        "--dense-points", type=int, default=32_768, help="points for the dense product; 0: skip it"
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--weighted", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    threads = os.environ.get("OMP_NUM_THREADS", "all")
    print(
        f"{options.neurons} neurons, {options.active} active; {options.concepts} concepts, "
        f"{options.present} present; skew {options.skew}{'; weighted' if options.weighted else ''}; "
        f"{os.cpu_count()} cores, the dense product on {threads}, align on one"
    )
    print(
        f"{'points':>10} {'non-zeros':>12} {'pairs':>13} {'CPU s':>7} {'wall s':>7} {'ns/pair':>8} {'GiB':>5}"
    )
    rows = []
    for n_points in (sizes := sorted(options.points)):
        row = alone(options, n_points, with_dense=options.dense_points > 0 and n_points == sizes[-1])
        rows.append(row)
        print(
            f"{row['points']:>10,} {row['nnz']:>12,} {row['pairs']:>13,} {row['cpu']:>7.3f} "
            f"{row['wall']:>7.3f} {1e9 * row['cpu'] / row['pairs']:>8.1f} {row['memory']:>5.2f}",
            flush=True,
        )
    if len(rows) > 1:
        logs = np.log([[row["nnz"], row["cpu"]] for row in rows])
        print(f"slope of log CPU seconds against log non-zeros: {np.polyfit(*logs.T, 1)[0]:.3f}")
    if "ratios" in row:
        used = min(options.dense_points, row["points"])
        how = "measured" if used == row["points"] else f"EXTRAPOLATED from {used:,} points"
        print(f"dense product: {row['dense_cpu']:.0f} CPU s, {row['dense_wall']:.0f} s by the clock ({how})")
        for kind, ratios in zip(("CPU", "wall"), np.transpose(row["ratios"]), strict=True):
            pairs = ", ".join(f"{ratio:.0f}" for ratio in ratios)
            print(f"dense/sparse, {kind}: median {np.median(ratios):.0f}× (runs: {pairs})")
        print(f"same counts on those points: {row['agree']}")


if __name__ == "__main__":
    main()
