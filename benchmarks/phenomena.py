"""Everything that looks at activation sets, in one process: time of each measure and the peak of memory.

Run ``python -m benchmarks.phenomena``. One dictionary over many points, its concepts a forest; half of the
trees are planted as unions of neurons, so that there is something to find. Every measure runs for all
concepts, one after the other in the same process; each line has its CPU seconds, its seconds by the clock and
the largest resident memory of the process so far, Python and the input included. No solver is called: the
chapter on one neuron or several says what integer programmes take.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse

from saelib import ActivationSets, ConceptSet, align
from saelib.phenomena import (
    absorption,
    co_occurrence_clusters,
    families,
    flow,
    hierarchy,
    parallel_chains,
    published_absorption,
    recovery,
    splitting,
)
from saelib.units import closure_unit, interior_unit, linear_unit, three_errors


def instance(options: argparse.Namespace) -> dict[str, Any]:
    """Activation sets of a large and of a small dictionary, a forest of concepts, weights and points."""
    rng = np.random.default_rng(options.seed)
    fine = ActivationSets(family(rng, options.points, options.neurons, options.active, options.skew))
    coarse = family(rng, options.points, options.neurons // 4, options.active // 2, options.skew)
    member, parents = forest(rng, fine, options.concepts)
    directions = rng.standard_normal((options.concepts, options.dimensions))
    decoder = rng.standard_normal((options.neurons, options.dimensions))
    decoder /= np.linalg.norm(decoder, axis=1, keepdims=True)
    strengths = sparse.csr_array(fine.membership.astype(np.float64))
    strengths.data *= rng.uniform(0.5, 1.5, strengths.nnz)
    return {
        "fine": fine,
        "coarse": ActivationSets(coarse),
        "concepts": ConceptSet(member, parents=parents),
        "directions": directions,
        "decoder": decoder,
        "strengths": strengths,
        "points": strengths @ decoder,
    }


def family(
    rng: np.random.Generator, n_points: int, n_sets: int, per_point: int, skew: float
) -> sparse.csr_array:
    """Sets with Zipf-like sizes (``skew`` 0: equal sizes), about ``per_point`` of them at every point."""
    uniform = rng.random((n_points, per_point))
    columns = np.minimum((n_sets * uniform ** (1 / (1 - skew))).astype(np.int32), n_sets - 1)
    rows = np.repeat(np.arange(n_points), per_point)
    member = sparse.csr_array((np.ones(rows.size, dtype=bool), (rows, columns.ravel())), (n_points, n_sets))
    member.sum_duplicates()
    return member


def forest(
    rng: np.random.Generator, activations: ActivationSets, n_concepts: int, children: int = 5
) -> tuple[np.ndarray, list[int]]:
    """Roots of about 3 % of the points, every other one a union of neurons; a child is a fifth of it."""
    member = np.zeros((activations.n_points, n_concepts), dtype=np.bool_)
    parents = []
    for concept in range(n_concepts):
        if concept % (children + 1):
            parent = concept - concept % (children + 1)
            member[:, concept] = member[:, parent] & (rng.random(len(member)) < 1 / children)
            parents.append(parent)
            continue
        parents.append(-1)
        if concept // (children + 1) % 2:
            member[:, concept] = rng.random(len(member)) < 0.03
        else:
            for neuron in rng.integers(activations.d_sae, size=4):
                member[activations.extent(int(neuron)), concept] = True
            member[:, concept] &= rng.random(len(member)) > 0.1
    return member, parents


def measures(given: dict[str, Any], options: argparse.Namespace) -> dict[str, Callable[[], Any]]:
    """Every measure by name, as a call that runs it."""
    fine, concepts = given["fine"], given["concepts"]
    half = [slice(start, None, 2) for start in (0, 1)]
    alignment = align(fine, concepts)
    first = concepts.extent(0)[: options.points // 20]
    main = [int(alignment.learn()[0])] if alignment.learn()[0] >= 0 else [0]
    return {
        "align": lambda: align(fine, concepts).jaccard,
        "three_errors, chosen and held out": lambda: three_errors(
            fine.take_points(half[0]),
            concepts.take_points(half[0]),
            objective="jaccard",
            held_out=(fine.take_points(half[1]), concepts.take_points(half[1])),
            progress=False,
        ),
        "closure_unit, interior_unit": lambda: [
            read(fine, (concepts, name)) for name in concepts for read in (closure_unit, interior_unit)
        ],
        "linear_unit, k = 5": lambda: [linear_unit(fine, (concepts, name), k=5) for name in concepts],
        "splitting, greedy": lambda: splitting(fine, concepts, eta=0.3, search="greedy", progress=False),
        "flow, from a quarter of the neurons": lambda: flow(given["coarse"], fine),
        "absorption": lambda: absorption(alignment),
        "published_absorption, one concept": lambda: published_absorption(
            given["points"][first], given["strengths"][first], given["decoder"], given["directions"][0], main
        ),
        "hierarchy": lambda: hierarchy(alignment),
        "parallel_chains": lambda: parallel_chains(given["decoder"].T, np.zeros(len(given["decoder"]))),
        "families": lambda: families(fine, min_support=options.points // 1_000),
        "co_occurrence_clusters": lambda: co_occurrence_clusters(fine, threshold=0.1),
        "recovery": lambda: recovery(given["directions"], given["decoder"]),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--neurons", type=int, default=4096)
    parser.add_argument("--concepts", type=int, default=300)
    parser.add_argument("--active", type=int, default=32, help="neurons that fire at a point")
    parser.add_argument("--dimensions", type=int, default=64, help="of the points and directions")
    parser.add_argument("--skew", type=float, default=0.0, help="Zipf exponent of neuron sizes, in [0, 1)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tasks", nargs="+", help="only these (beginnings of their names)")
    options = parser.parse_args()
    given = instance(options)
    unit = 1 if sys.platform == "darwin" else 1024
    print(f"{'':<40} {'CPU s':>7} {'wall s':>7} {'GiB':>6}")
    print(f"{'input':<40} {'':>7} {'':>7} {memory(unit):>6.2f}")
    total = np.zeros(2)
    for name, measure in measures(given, options).items():
        if options.tasks and not name.startswith(tuple(options.tasks)):
            continue
        cpu, wall = time.process_time(), time.perf_counter()
        measure()
        spent = np.array([time.process_time() - cpu, time.perf_counter() - wall])
        total += spent
        print(f"{name:<40} {spent[0]:>7.2f} {spent[1]:>7.2f} {memory(unit):>6.2f}", flush=True)
    print(f"{'all':<40} {total[0]:>7.2f} {total[1]:>7.2f} {memory(unit):>6.2f}")


def memory(unit: int) -> float:
    """Peak resident memory of this process so far, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30


if __name__ == "__main__":
    main()
