"""Time ``saelib analyse`` on files of its own making: ``python -m benchmarks.analyse [--points N …]``.

A point is the sum of the directions of its concepts and noise; 40 roots have nine children each, a point has
a root with probability 0.07 and then a child or none. One neuron in forty reads the direction of a concept,
the others random ones.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import torch

from saelib.sae import SAE, TopK, save_sae

ROOTS, CHILDREN = 40, 9
N_CONCEPTS = ROOTS * (CHILDREN + 1)


def make(folder: Path, n_points: int, d_in: int, d_sae: int, k: int) -> None:
    """Write points, labels, parents and an SAE."""
    rng = np.random.default_rng(0)
    directions = rng.standard_normal((N_CONCEPTS, d_in)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    points = np.lib.format.open_memmap(
        folder / "points.npy", mode="w+", dtype=np.float16, shape=(n_points, d_in)
    )
    at, which = [], []
    for start in range(0, n_points, 25_000):
        n = min(25_000, n_points - start)
        roots = rng.random((n, ROOTS), dtype=np.float32) < 0.07
        child = rng.integers(CHILDREN + 2, size=(n, ROOTS))
        held = np.zeros((n, N_CONCEPTS), dtype=np.bool_)
        held[:, :ROOTS] = roots
        for i in range(CHILDREN):
            held[:, ROOTS + i :: CHILDREN] = roots & (child == i)
        x = held.astype(np.float32) @ directions
        x += 0.05 * rng.standard_normal((n, d_in), dtype=np.float32)
        points[start : start + n] = x
        rows, columns = np.nonzero(held)
        at.append(rows + start)
        which.append(columns)
    points.flush()
    names = np.array([f"root {i}" for i in range(ROOTS)] + [f"child {i}" for i in range(ROOTS * CHILDREN)])
    labels = pa.DictionaryArray.from_arrays(np.concatenate(which).astype(np.int32), names)
    table = pa.table({"point": np.concatenate(at), "concept": labels.cast(pa.string())})
    pq.write_table(table, folder / "labels.parquet")
    pd.DataFrame({"concept": names[ROOTS:], "parent": np.repeat(names[:ROOTS], CHILDREN)}).to_csv(
        folder / "parents.csv", index=False
    )
    sae = SAE(d_in, d_sae, TopK(k), seed=1)
    reading = rng.choice(d_sae, min(N_CONCEPTS, d_sae), replace=False)
    sae.W_enc.data[:, reading] = torch.from_numpy(directions[: len(reading)].T.copy())
    sae.W_dec.data[reading] = torch.from_numpy(directions[: len(reading)])
    save_sae(sae, folder / "sae")


def run(folder: Path, jobs: int, audit: int) -> dict[str, float]:
    """Analyse as a user would, and watch."""
    out = folder / "out"
    files = [
        ("sae", "sae"),
        ("points", "points.npy"),
        ("concepts", "labels.parquet"),
        ("parents", "parents.csv"),
    ]
    command = [sys.executable, "-m", "saelib.cli", "analyse", "--out", str(out), "--jobs", str(jobs)]
    command += [part for name, file in files for part in (f"--{name}", str(folder / file))]
    start, first = time.perf_counter(), float("nan")
    with subprocess.Popen([*command, "--audit", str(audit)]) as process:
        while process.poll() is None:
            if first != first and (out / "facts.json").is_file():
                first = time.perf_counter() - start
            time.sleep(0.1)
    if process.returncode:
        raise SystemExit(process.returncode)
    total = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    facts = json.loads((out / "facts.json").read_text())
    shards = sum(file.stat().st_size for file in (out / ".work").iterdir())
    return {
        **facts["seconds"], "by the clock": total, "until the first report": first,
        "CPU seconds": used.ru_utime + used.ru_stime, "peak GiB": used.ru_maxrss / 2**20,
        "shards GiB": shards / 2**30, "report MB": (out / "report.html").stat().st_size / 1e6,
        "mean F1": facts["f1_mean"], "L0": facts["l0"],
    }  # fmt: skip


def main() -> None:
    """Print a table of what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("points", 1_000_000), ("d-in", 256), ("d-sae", 16_384), ("k", 32), ("audit", 4)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        start = time.perf_counter()
        make(Path(scratch), options.points, options.d_in, options.d_sae, options.k)
        print(f"files made in {time.perf_counter() - start:.0f} s", flush=True)
        for name, value in run(Path(scratch), options.jobs, options.audit).items():
            print(f"| {name} | {value:.2f} |")


if __name__ == "__main__":
    main()
