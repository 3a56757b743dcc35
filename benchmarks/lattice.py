"""Formal concepts of points × neurons: time and memory by support, and against plain numpy.

Run ``python -m benchmarks.lattice``. Points have a fixed number of active neurons each, drawn without
replacement with Zipf-like probabilities. Each line is measured in a process of its own, in CPU seconds, after
a first call that loads the compiled code; the peak resident memory is that of the process, Python and the
input included. ``first`` is that first call on a tiny context: the time to load, or to compile where no
compiled code is kept yet. ``--dense`` shows how soon a budget on work stops a search that would never end.
``--peer`` runs the same search with caspailleur (LCM of scikit-mine) in the same process, where it is
installed, and compares what was found. ``--plot FILE`` draws time over the number of formal concepts.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import multiprocessing
import resource
import sys
import time
from typing import Any

import numpy as np
from scipy import sparse

from saelib.lattice import Context, formal_concepts

# points, neurons, active a point, exponent; supports as shares of the points; whether numpy takes part.
CONTEXTS = {
    "small": (20_000, 256, 8, 1.0, (0.01, 0.005, 0.002, 0.001), True),
    "large": (100_000, 4_096, 32, 0.65, (0.01, 0.005, 0.002, 0.001), False),
}


def draw(
    n_points: int, n_neurons: int, active: int, exponent: float, rng: np.random.Generator
) -> sparse.csr_array:
    """Exactly ``active`` neurons a point: draws with replacement, repeats passed over."""
    odds = np.arange(1, n_neurons + 1) ** -exponent
    edges = np.cumsum(odds / odds.sum())
    chosen = []
    for rows in [10_000] * (n_points // 10_000):
        draws = np.searchsorted(edges[:-1], rng.random((rows, 8 * active)))
        order = np.argsort(draws, axis=1, kind="stable")
        ranked = np.take_along_axis(draws, order, axis=1)
        fresh = np.ones(draws.shape, dtype=bool)
        np.put_along_axis(fresh, order[:, 1:], ranked[:, 1:] != ranked[:, :-1], axis=1)
        fresh &= np.cumsum(fresh, axis=1) <= active
        chosen.append(np.sort(draws[fresh].reshape(rows, active), axis=1).astype(np.int32))
    columns = np.concatenate(chosen).ravel()
    indptr = np.arange(0, columns.size + 1, active)
    return sparse.csr_array((np.ones(columns.size, bool), columns, indptr), shape=(n_points, n_neurons))


def seconds(call: Any, times: int = 1) -> tuple[float, Any]:
    """Return the median CPU time of some calls, and the last answer."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        answer = call()
        taken.append(time.process_time() - start)
    return float(np.median(taken)), answer


def measure(answer: Any, name: str, share: float, with_numpy: bool, rounds: int) -> None:
    """One line of the table, in a process of its own."""
    n_points, n_neurons, active, exponent, *_ = CONTEXTS[name]
    context = Context(draw(n_points, n_neurons, active, exponent, np.random.default_rng(0)))
    first = seconds(lambda: formal_concepts(Context([[1, 0], [1, 1]])).stability_bounds())[0]
    support = round(share * n_points)
    taken, found = seconds(lambda: formal_concepts(context, support), rounds)
    unit = 1 if sys.platform == "darwin" else 1024
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30
    row = {"first": first, "concepts": len(found), "work": found.work, "taken": taken, "memory": memory}
    row["bounds"] = seconds(found.stability_bounds)[0]
    row["covers"] = seconds(found.covers)[0]
    if with_numpy:
        row["numpy"] = seconds(lambda: formal_concepts(context, support, kernel="numpy"))[0]
    answer.send(json.dumps(row))


def dense(answer: Any, budget: int) -> None:
    """A context whose concepts nobody could enumerate, stopped by its work."""
    context = Context(np.random.default_rng(0).random((20_000, 512)) < 0.7)
    formal_concepts(Context([[1, 0], [1, 1]]))
    taken, found = seconds(lambda: formal_concepts(context, 1_000, max_work=budget))
    answer.send(json.dumps({"taken": taken, "concepts": len(found), "stopped": found.stopped}))


def peer(answer: Any, share: float, rounds: int) -> None:
    """The same search by the peer, in turn with ours, and whether both found the same."""
    bits = importlib.import_module("bitarray").frozenbitarray
    theirs = importlib.import_module("caspailleur.mine_equivalence_classes").list_intents_via_LCM
    n_points, n_neurons, active, exponent, *_ = CONTEXTS["small"]
    context = Context(draw(n_points, n_neurons, active, exponent, np.random.default_rng(0)))
    rows = [bits(row.tolist()) for row in context.incidence.toarray()]
    support = round(share * n_points)
    formal_concepts(context, support)
    pairs = []
    for _ in range(rounds):
        ours, found = seconds(lambda: formal_concepts(context, support))
        other, intents = seconds(lambda: theirs(rows, min_supp=support))
        pairs.append((ours, other))
    mine = {tuple(found.intent(i).tolist()) for i in range(len(found))}
    its = {tuple(np.flatnonzero(intent.tolist()).tolist()) for intent in intents}
    ours, other = np.median(pairs, axis=0).tolist()
    row = {"concepts": len(found), "ours": ours, "theirs": other, "only_ours": len(mine - its)}
    answer.send(json.dumps(row | {"only_theirs": len(its - mine)}))


def plot(rows: list[dict[str, Any]], path: str) -> None:
    """Time over the number of formal concepts, both axes logarithmic, with a line of slope 1."""
    import matplotlib.pyplot as plt

    ax = plt.subplots(figsize=(6, 4))[1]
    for name in dict.fromkeys(row["name"] for row in rows):
        mine = [row for row in rows if row["name"] == name]
        ax.plot([r["concepts"] for r in mine], [r["taken"] for r in mine], "o-", label=f"{name} context")
        ax.plot(
            [r["concepts"] for r in mine], [r["covers"] for r in mine], "s--", label=f"{name} context, covers"
        )
    first, last = min(r["concepts"] for r in rows), max(r["concepts"] for r in rows)
    ax.plot([first, last], [1e-5 * first, 1e-5 * last], color="black", linewidth=0.8, label="10 µs a concept")
    ax.set(xscale="log", yscale="log", xlabel="formal concepts", ylabel="CPU seconds")
    ax.legend()
    ax.figure.savefig(path, bbox_inches="tight")


def in_a_process(function: Any, *arguments: Any) -> dict[str, Any]:
    """Call a function in a new process and return what it reports."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=function, args=(theirs, *arguments))
    process.start()
    theirs.close()
    reported = json.loads(mine.recv())
    process.join()
    return reported


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--contexts", nargs="+", choices=list(CONTEXTS), default=list(CONTEXTS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--numpy", action="store_true", help="also the numpy kernel where it takes seconds")
    parser.add_argument("--dense", action="store_true", help="only the dense context that is cut short")
    parser.add_argument("--peer", action="store_true", help="only the comparison with caspailleur")
    parser.add_argument("--plot", metavar="FILE", help="draw the table as well")
    options = parser.parse_args()
    if options.dense:
        for budget in (10**8, 10**9):
            row = in_a_process(dense, budget)
            print(f"{row['taken']:.2f} CPU s, {row['concepts']} concepts kept: {row['stopped']}")
        return
    if options.peer:
        if importlib.util.find_spec("caspailleur") is None:
            sys.exit("caspailleur is not here: pip install caspailleur, best in an environment of its own")
        for share in CONTEXTS["small"][4]:
            row = in_a_process(peer, share, options.rounds)
            print(
                f"support {share:.1%}: {row['concepts']:,} concepts, ours {row['ours']:.3f}, "
                f"theirs {row['theirs']:.2f} CPU s, ratio {row['theirs'] / row['ours']:.0f}; "
                f"only ours {row['only_ours']}, only theirs {row['only_theirs']}",
                flush=True,
            )
        return
    heads = (
        f"{'concepts':>9} {'incidences':>11} {'CPU s':>7} {'first':>6} {'bounds':>7} {'covers':>7} {'GiB':>5}"
    )
    print(f"{'':<24} {heads} numpy")
    drawn = []
    for name in options.contexts:
        *_, shares, small = CONTEXTS[name]
        for share in shares:
            row = in_a_process(measure, name, share, small and options.numpy, options.rounds)
            drawn.append(row | {"name": name})
            times = f"{row['first']:>6.2f} {row['bounds']:>7.2f} {row['covers']:>7.2f}"
            print(
                f"{name + f', support {share:.1%}':<24} {row['concepts']:>9,} {row['work']:>11.2e} "
                f"{row['taken']:>7.3f} {times} {row['memory']:>5.2f} {row.get('numpy', float('nan')):.1f}",
                flush=True,
            )
    if options.plot:
        plot(drawn, options.plot)


if __name__ == "__main__":
    main()
