"""T5a, T5b, T5c and Welch's inequality under attack, and the arrangements and directions that attain them."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.data.synthetic.directions import welch_bound
from saelib.geometry.bounds.cells import count_cells
from saelib.geometry.bounds.cover import separable_subsets
from saelib.geometry.bounds.own_units import least_dictionary
from saelib.geometry.bounds.patterns import pattern_ceiling

__all__ = [
    "attack_t5a",
    "attack_t5b",
    "attack_t5c",
    "attack_welch",
    "extreme_t5a",
    "extreme_t5b",
    "extreme_t5c",
    "extreme_welch",
]

Integers = npt.NDArray[np.int64]

_ARRANGEMENTS = ("random", "small numbers", "few directions", "one point", "repeated", "moment curve")
_SAMPLES = ("random", "small numbers", "on a line", "repeated", "moment curve")
_MOST_HYPERPLANES, _MOST_POINTS = 8, 7


def attack_t5a(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Neurons on a line, in the plane and in space: random, parallel, concurrent, repeated and general."""
    return _frame_t5a(n, rng, _ARRANGEMENTS)


def extreme_t5a(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Hyperplanes on the moment curve, ⟨(1, t, …, t^(n−1)), x⟩ + t^n = 0 with different t."""
    return _frame_t5a(n, rng, ("moment curve",))


def attack_t5c(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Samples on a line, in the plane and in space, many of them in special position."""
    return _frame_t5c(n, rng, _SAMPLES)


def extreme_t5c(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Different points of the moment curve (t, t², …, t^n)."""
    return _frame_t5c(n, rng, ("moment curve",))


def attack_t5b(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Units drawn for concepts one after the other; those that drew a unit of their own count."""
    d = rng.integers(1, 31, n)
    k = rng.integers(1, np.minimum(d, 6) + 1)
    # The k neurons with the smallest random numbers, for each of so many concepts.
    concepts = rng.integers(1, 41, n)
    units = np.zeros((n, 40), dtype=np.int64)
    for at in range(units.shape[1]):
        scores = np.where(np.arange(30) < d[:, None], rng.random((n, 30)), 2.0)
        chosen = scores.argsort(axis=1).argsort(axis=1) < k[:, None]
        units[:, at] = np.where(at < concepts, chosen @ (1 << np.arange(30)), -1)
    units.sort(axis=1)
    own = (np.diff(units, axis=1, prepend=-1) > 0).sum(axis=1)
    return _frame_t5b(d, k, own, np.full(n, "drawn"))


def extreme_t5b(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """All C(d, k) units, every one given to a concept of its own."""
    d = rng.integers(1, 31, n)
    k = rng.integers(1, np.minimum(d, 6) + 1)
    table = np.array([[math.comb(a, b) for b in range(7)] for a in range(31)])
    return _frame_t5b(d, k, table[d, k], np.full(n, "every unit"))


def attack_welch(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Directions with whole coordinates, random or a step away from a simplex."""
    return _frame_welch(n, rng, ("random", "small numbers", "simplex", "simplex, one step off"))


def extreme_welch(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Simplices, and the 28 equiangular lines of seven dimensions."""
    return _frame_welch(n, rng, ("simplex", "28 lines"))


def _frame_t5a(n: int, rng: np.random.Generator, kinds: tuple[str, ...]) -> pd.DataFrame:
    parts = []
    for rows, kind, dim, d in _shapes(n, rng, kinds, _MOST_HYPERPLANES):
        forms = _forms(kind, len(rows), d, dim, rng)
        points = rng.integers(-3, 4, (len(rows), 40, dim))
        ceiling = pattern_ceiling(d, dim)
        part = pd.DataFrame({"kind": kind, "d_in": dim, "neurons": d, "bound": ceiling}, index=rows)
        part["cells"], part["seen"] = count_cells(forms), _patterns_seen(forms, points)
        parts.append(part)
    frame = pd.concat(parts).sort_index()
    # Patterns seen at whole points include those that only points on a hyperplane have, which no cell shows.
    frame["measured"] = frame[["cells", "seen"]].max(axis=1)
    return _counted(frame)


def _frame_t5c(n: int, rng: np.random.Generator, kinds: tuple[str, ...]) -> pd.DataFrame:
    parts = []
    for rows, kind, dim, size in _shapes(n, rng, kinds, _MOST_POINTS):
        # Neurons (w, b) are the points of the dual space; there every sample point is the hyperplane of the
        # neurons whose boundary it lies on, and a cell is a way to cut the sample.
        points = _points(kind, len(rows), size, dim, rng)
        dual = np.concatenate([points, np.ones_like(points[..., :1]), np.zeros_like(points[..., :1])], axis=2)
        part = pd.DataFrame({"kind": kind, "d_in": dim, "points": size}, index=rows)
        part["bound"], part["measured"] = separable_subsets(size, dim), count_cells(dual)
        parts.append(part)
    return _counted(pd.concat(parts).sort_index())


def _counted(frame: pd.DataFrame) -> pd.DataFrame:
    frame["slack"] = frame["bound"] - frame["measured"]
    frame["violated"] = frame["slack"] < 0
    return frame


def _frame_t5b(d: Integers, k: Integers, concepts: Integers, kind: npt.NDArray[np.str_]) -> pd.DataFrame:
    pairs, which = np.unique(np.stack([concepts, k]), axis=1, return_inverse=True)
    least = np.array([least_dictionary(int(m), int(size)) for m, size in pairs.T])[which.ravel()]
    frame = pd.DataFrame({"kind": kind, "k": k, "concepts": concepts, "measured": d, "bound": least})
    frame["slack"] = d - least
    # The closed form as whole numbers: d ≥ (k!·m)^(1/k).
    power = np.array([math.factorial(size) for size in range(7)])[k] * concepts > d**k
    frame["violated"] = (frame["slack"] < 0) | power
    return frame


def _frame_welch(n: int, rng: np.random.Generator, kinds: tuple[str, ...]) -> pd.DataFrame:
    parts = []
    for rows, kind, dim, size in _shapes(n, rng, kinds, 8, least_dim=2, most_dim=5):
        vectors, rank = _directions(kind, len(rows), size, dim, rng)
        count = vectors.shape[1]
        gram = vectors @ vectors.transpose(0, 2, 1)
        norms = np.diagonal(gram, axis1=1, axis2=2)
        product = norms[:, :, None] * norms[:, None, :]
        above = np.triu_indices(count, 1)
        squares, products = gram[:, *above] ** 2, product[:, *above]
        floor = welch_bound(count, rank)
        part = pd.DataFrame({"kind": kind, "d_in": rank, "concepts": count, "bound": floor}, index=rows)
        part["measured"] = np.sqrt((squares / products).max(axis=1))
        part["slack"] = part["measured"] - floor
        # Welch for whole numbers: some pair has ⟨v, w⟩²·n(q − 1) ≥ (q − n)·‖v‖²‖w‖².
        reached = squares * (rank * (count - 1)) >= (count - rank) * products
        part["violated"] = ~reached.any(axis=1)
        parts.append(part)
    return pd.concat(parts).sort_index()


def _shapes(
    n: int,
    rng: np.random.Generator,
    kinds: tuple[str, ...],
    most: int,
    least_dim: int = 1,
    most_dim: int = 3,
) -> list[tuple[Integers, str, int, int]]:
    """Deal the instances out to kinds, dimensions and sizes: (rows, kind, dimension, size)."""
    kind = np.arange(n) % len(kinds)
    dim, size = rng.integers(least_dim, most_dim + 1, n), rng.integers(1, most + 1, n)
    key = (kind * 100 + dim) * 100 + size
    order = key.argsort(kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    groups = np.split(order, starts[1:])
    return [(rows, kinds[kind[rows[0]]], int(dim[rows[0]]), int(size[rows[0]])) for rows in groups]


def _forms(kind: str, n: int, d: int, dim: int, rng: np.random.Generator) -> Integers:
    """Hyperplanes (w, b) of a kind, int64 [n, d, dim + 1]."""
    if kind == "moment curve":
        t = _different(n, d, rng)
        return t[..., None] ** np.arange(dim + 1)
    largest = 1 if kind == "small numbers" else 9
    forms = rng.integers(-largest, largest + 1, (n, d, dim + 1))
    if kind == "few directions":
        forms[..., :-1] = forms[:, :1, :-1] * rng.choice([-1, 1, 2], (n, d, 1))
        forms[:, d // 2 :, :-1] = rng.integers(-1, 2, (n, d - d // 2, dim))
    if kind == "one point":
        at = rng.integers(-3, 4, (n, 1, dim))
        forms[..., -1] = -(forms[..., :-1] * at).sum(axis=2)
    if kind == "repeated":
        forms = np.take_along_axis(forms, rng.integers(0, (d + 1) // 2, (n, d, 1)), axis=1)
        forms *= rng.choice([-1, 1, 2], (n, d, 1))
    return forms


def _points(kind: str, n: int, size: int, dim: int, rng: np.random.Generator) -> Integers:
    """Sample points of a kind, int64 [n, size, dim]."""
    if kind == "moment curve":
        return _different(n, size, rng)[..., None] ** np.arange(1, dim + 1)
    points = (
        rng.integers(-1, 2, (n, size, dim))
        if kind == "small numbers"
        else rng.integers(-5, 6, (n, size, dim))
    )
    if kind == "on a line":
        points = rng.integers(-4, 5, (n, size, 1)) * rng.integers(-2, 3, (n, 1, dim))
    if kind == "repeated":
        points = np.take_along_axis(points, rng.integers(0, (size + 1) // 2, (n, size, 1)), axis=1)
    return points


def _directions(kind: str, n: int, size: int, dim: int, rng: np.random.Generator) -> tuple[Integers, int]:
    """Vectors without a zero among them, int64 [n, q, ·], and the dimension that holds them."""
    if kind == "28 lines":
        pairs = np.array([[-3 if i in pair else 1 for i in range(8)] for pair in combinations(range(8), 2)])
        return np.broadcast_to(pairs, (n, 28, 8)) * rng.choice([-1, 1], (n, 28, 1)), 7
    if kind.startswith("simplex"):
        corners = np.broadcast_to((dim + 1) * np.eye(dim + 1, dtype=np.int64) - 1, (n, dim + 1, dim + 1))
        if kind == "simplex":
            return corners * rng.choice([-1, 1], (n, dim + 1, 1)), dim
        moved = 10 * corners
        # A step within the space of the simplex, where coordinates add up to 0.
        moved[:, 0, 0] += 1
        moved[:, 0, 1 + rng.integers(dim)] -= 1
        return moved, dim
    largest = 1 if kind == "small numbers" else 20
    vectors = rng.integers(-largest, largest + 1, (n, dim + size, dim))
    vectors[..., 0] += (vectors == 0).all(axis=2)
    return vectors, dim


def _different(n: int, size: int, rng: np.random.Generator) -> Integers:
    """Different whole numbers near 0, int64 [n, size]."""
    return rng.random((n, 9)).argsort(axis=1)[:, :size] - 4


def _patterns_seen(forms: Integers, points: Integers) -> Integers:
    """Different activation patterns at the points, int64 [n]."""
    active = np.einsum("ndi,npi->npd", forms[..., :-1], points) + forms[:, None, :, -1] > 0
    codes = np.sort(active @ (1 << np.arange(forms.shape[1])), axis=1)
    return 1 + (np.diff(codes, axis=1) > 0).sum(axis=1)
