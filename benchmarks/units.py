"""Reading hundreds of concepts from a large dictionary: the time and memory of every reader but the solvers.

Run ``python -m benchmarks.units``. Each line of the table is one call in a process of its own, in CPU seconds
and by the clock, with the peak resident memory of the process, Python and the input included. Half of the
concepts are planted (a neuron or a union of neurons, with noise), so that units have something to find; the
other half are drawn at random and have nothing to do with the neurons.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import time
from typing import Any

import numpy as np
from scipy import sparse

from saelib import ActivationSets, ConceptSet
from saelib.units import (
    and_unit,
    boolean_limit,
    closure_unit,
    interior_unit,
    linear_unit,
    or_unit,
    splitting_number,
    three_errors,
)


def instance(options: argparse.Namespace) -> tuple[ActivationSets, ConceptSet]:
    """Activation sets and concepts of the sizes asked for."""
    rng = np.random.default_rng(options.seed)
    active = family(rng, options.points, options.neurons, options.active, options.skew)
    rest = options.present - options.present // 2
    member = family(rng, options.points, options.concepts, rest, 0.0).tolil()
    activations = ActivationSets(active)
    size = options.points * options.present // options.concepts
    for concept in range(0, options.concepts, 2):
        # As many random neurons as it takes to reach the size; a tenth of the points lost.
        inside: set[int] = set()
        while len(inside) < size:
            inside |= set(activations.extent(int(rng.integers(options.neurons))).tolist())
        points = np.array(sorted(inside))
        member[:, [concept]] = 0
        member[points[rng.random(points.size) > 0.1], concept] = 1
    return activations, ConceptSet(member.tocsr().astype(bool))


def family(
    rng: np.random.Generator, n_points: int, n_sets: int, per_point: int, skew: float
) -> sparse.csr_array:
    """Sets with Zipf-like sizes (``skew`` 0: equal sizes), about ``per_point`` of them at every point."""
    uniform = rng.random((n_points, per_point))
    columns = np.minimum((n_sets * uniform ** (1 / (1 - skew))).astype(np.int32), n_sets - 1)
    columns.sort(axis=1)
    indptr = np.arange(0, n_points * per_point + 1, per_point)
    data = np.ones(columns.size, dtype=bool)
    matrix = sparse.csr_array((data, columns.ravel(), indptr), shape=(n_points, n_sets))
    matrix.sum_duplicates()
    return matrix


def every(read: Any) -> Any:
    """Call a reader of one concept for all of them."""
    return lambda activations, concepts: [read(activations, (concepts, name)) for name in concepts]


TASKS = {
    "three_errors": lambda a, c: three_errors(a, c, progress=False),
    "three_errors, jaccard": lambda a, c: three_errors(a, c, objective="jaccard", progress=False),
    "three_errors, half held out": lambda a, c: three_errors(
        a.take_points(slice(0, None, 2)),
        c.take_points(slice(0, None, 2)),
        held_out=(a.take_points(slice(1, None, 2)), c.take_points(slice(1, None, 2))),
        progress=False,
    ),
    "closure_unit, one by one": every(closure_unit),
    "interior_unit, one by one": every(interior_unit),
    "and_unit, one by one": every(and_unit),
    "or_unit, one by one": every(or_unit),
    "boolean_limit, one by one": every(boolean_limit),
    "splitting_number (greedy), one by one": every(
        lambda a, extent: splitting_number(a, extent, eta=0.3, search="greedy")
    ),
    "linear_unit (k = 5), one by one": every(lambda a, extent: linear_unit(a, extent, k=5)),
}


def measure(options: argparse.Namespace, task: str, answer: Any) -> None:
    """Make the input, run one task and report; in a process of its own."""
    activations, concepts = instance(options)
    cpu, wall = time.process_time(), time.perf_counter()
    TASKS[task](activations, concepts)
    unit = 1 if sys.platform == "darwin" else 1024
    answer.send(
        json.dumps(
            {
                "cpu": time.process_time() - cpu,
                "wall": time.perf_counter() - wall,
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30,
            }
        )
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--neurons", type=int, default=4096)
    parser.add_argument("--concepts", type=int, default=300)
    parser.add_argument("--active", type=int, default=32, help="neurons that fire at a point")
    parser.add_argument("--present", type=int, default=5, help="concepts present at a point, about")
    parser.add_argument("--skew", type=float, default=0.0, help="Zipf exponent of neuron sizes, in [0, 1)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tasks", nargs="+", choices=list(TASKS), default=list(TASKS))
    options = parser.parse_args()
    print(f"{'':<40} {'CPU s':>7} {'wall s':>7} {'GiB':>5}")
    context = multiprocessing.get_context("spawn")
    for task in options.tasks:
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=measure, args=(options, task, theirs))
        process.start()
        theirs.close()
        row = json.loads(mine.recv())
        process.join()
        print(f"{task:<40} {row['cpu']:>7.1f} {row['wall']:>7.1f} {row['memory']:>5.2f}", flush=True)


if __name__ == "__main__":
    main()
