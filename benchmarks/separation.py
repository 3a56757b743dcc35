"""Separating two sets: right answers and time, beside support vector machines and convex hulls.

Run ``OMP_NUM_THREADS=1 python -m benchmarks.separation`` (``--quick`` for seconds). First, instances whose
answer is known by construction: how often each method is wrong, or has no answer. A linear SVM at large C,
on columns standardised for it, answers "separable" iff it errs on no point; the hull test asks whether 0
lies in the hull of all differences (``scipy.spatial.ConvexHull``; few dimensions only). Then time: each
ratio from neighbouring runs in one process, and the growth with the number of points and their dimension.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections import Counter
from collections.abc import Callable

import numpy as np
from scipy.spatial import ConvexHull, QhullError
from sklearn.svm import SVC, LinearSVC

from saelib.geometry import known_instances, separate

LARGE_C = 1e9


def by_separate(inside: np.ndarray, outside: np.ndarray) -> bool | None:
    return separate(inside, outside).separable


def by_svm(machine: Callable[[], LinearSVC | SVC]) -> Callable[[np.ndarray, np.ndarray], bool | None]:
    def answer(inside: np.ndarray, outside: np.ndarray) -> bool | None:
        points = np.concatenate([inside, outside])
        label = np.arange(len(points)) < len(inside)
        points = points - points.mean(axis=0)
        spread = points.std(axis=0)
        points = points / np.where(spread > 0, spread, 1.0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = machine().fit(points, label)
        return bool((fitted.predict(points) == label).all())

    return answer


def by_hull(inside: np.ndarray, outside: np.ndarray) -> bool | None:
    difference = (inside[:, None] - outside[None]).reshape(-1, inside.shape[1])
    try:
        hull = ConvexHull(difference / np.abs(difference).max())
    except (QhullError, ValueError):
        return None  # flat, or one-dimensional
    return bool((hull.equations[:, -1] > 0).any())


METHODS: dict[str, Callable[[np.ndarray, np.ndarray], bool | None]] = {
    "separate": by_separate,
    "SVC(linear)": by_svm(lambda: SVC(kernel="linear", C=LARGE_C, tol=1e-6, max_iter=200_000)),
    "LinearSVC": by_svm(lambda: LinearSVC(C=LARGE_C, tol=1e-8, max_iter=20_000, dual=True)),
    "ConvexHull": by_hull,
}


def known(n: int, seed: int) -> None:
    """Tally wrong and missing answers of all methods on the same small instances."""
    wrong, missing, seconds = Counter[str](), Counter[str](), Counter[str]()
    by_kind: Counter[tuple[str, str]] = Counter()
    for instance in known_instances(n, seed, dims=(2, 4)):
        for name, method in METHODS.items():
            start = time.process_time()
            said = method(instance.inside, instance.outside)
            seconds[name] += time.process_time() - start
            missing[name] += said is None
            if said is not None and said != instance.separable:
                wrong[name] += 1
                by_kind[name, instance.kind] += 1
    print(f"{n} known instances, 2 to 4 dimensions")
    print("| method | wrong | no answer | CPU ms an instance | of separate's time |")
    print("| --- | --- | --- | --- | --- |")
    for name in METHODS:
        print(
            f"| {name} | {wrong[name]} | {missing[name]} | {1e3 * seconds[name] / n:.2f} "
            f"| {seconds[name] / seconds['separate']:.2f} |"
        )
    print("wrong, by kind of instance:")
    for (name, kind), count in sorted(by_kind.items()):
        print(f"  {name}: {kind} {count}")


def clouds(n: int, d: int, shift: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A tenth of a Gaussian cloud, moved along one axis."""
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, d))
    inside = rng.random(n) < 0.1
    points[inside, 0] += shift
    return points[inside], points[~inside]


def growth(sizes: list[tuple[int, int]], peer_up_to: int) -> None:
    """CPU seconds on clouds that are apart (moved by 12) and that overlap (by 2)."""
    print("| points | d_in | apart: s | LinearSVC / ours | overlapping: s | LinearSVC / ours | disagree |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for n, d in sizes:
        cells, disagree = [], 0
        for shift in (12.0, 2.0):
            inside, outside = clouds(n, d, shift, seed=n + d)
            ours, said = timed(lambda: by_separate(inside, outside))  # noqa: B023
            cells.append(f"{ours:.3f}")
            if n * d <= peer_up_to:
                machine = by_svm(lambda: LinearSVC(C=1e3, dual=False, max_iter=2000))
                theirs, peer = timed(lambda: machine(inside, outside))  # noqa: B023
                disagree += peer != said
                cells.append(f"{theirs / ours:.1f}")
            else:
                cells.append("–")
        print(f"| {n:,} | {d} | {' | '.join(cells)} | {disagree} |", flush=True)


def timed(run: Callable[[], bool | None]) -> tuple[float, bool | None]:
    start = time.process_time()
    said = run()
    return time.process_time() - start, said


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--instances", type=int, default=2000)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    known(200 if options.quick else options.instances, options.seed)
    sizes = [(1_000, 16), (1_000, 64), (5_000, 64)]
    if not options.quick:
        sizes += [(20_000, 16), (20_000, 64), (20_000, 256), (100_000, 16), (100_000, 64)]
    growth(sizes, peer_up_to=20_000 * 256)


if __name__ == "__main__":
    main()
