"""Unit directions of concepts with a chosen coherence (largest absolute cosine between two of them)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from saelib.errors import InputError

# Cosines held at a time while directions are pushed apart (128 MB).
_CELLS = 2**24


@dataclass(frozen=True)
class Directions:
    """How the concepts' unit directions are chosen.

    Parameters
    ----------
    kind : {"spread", "random", "orthogonal", "equiangular"}
        ``"random"``: independent and uniform on the sphere. ``"orthogonal"``: a random orthonormal family
        (needs n_concepts ≤ d_in). ``"equiangular"``: every two have cosine exactly ``coherence`` (needs
        n_concepts ≤ d_in). ``"spread"``: orthogonal when n_concepts ≤ d_in, else random directions pushed
        apart by gradient descent on ``Σ_{i≠j} |<v_i, v_j>|^power``, the vectors kept on the sphere.
    coherence : float
        For ``"equiangular"``: the common cosine, in [0, 1).
    steps : int
        For ``"spread"``: steps of Adam; each costs two products of n_concepts² · d_in.
    power : float
        For ``"spread"``: > 1; large powers press on the worst pair, 2 is the objective of SynthSAEBench.
    learning_rate : float
        For ``"spread"``: step size in units of a coordinate.

    Raises
    ------
    InputError
        An unknown kind, or a number out of range.

    Examples
    --------
    >>> v = Directions("equiangular", coherence=0.5).draw(3, 8, np.random.default_rng(0))
    >>> (v @ v.T).round(6)
    array([[1. , 0.5, 0.5],
           [0.5, 1. , 0.5],
           [0.5, 0.5, 1. ]], dtype=float32)
    """

    kind: Literal["spread", "random", "orthogonal", "equiangular"] = "spread"
    coherence: float = 0.0
    steps: int = 300
    power: float = 12.0
    learning_rate: float = 0.01

    def __post_init__(self) -> None:
        if self.kind not in ("spread", "random", "orthogonal", "equiangular"):
            raise InputError(
                "Directions.kind",
                f"is {self.kind!r}",
                "give 'spread', 'random', 'orthogonal' or 'equiangular'",
            )
        if not 0 <= self.coherence < 1:
            raise InputError("Directions.coherence", f"is {self.coherence}", "give a number in [0, 1)")
        if not self.steps >= 0:
            raise InputError("Directions.steps", f"is {self.steps}", "give an integer >= 0")
        if not self.power > 1:
            raise InputError("Directions.power", f"is {self.power}", "give a number > 1")
        if not self.learning_rate > 0:
            raise InputError("Directions.learning_rate", f"is {self.learning_rate}", "give a number > 0")

    def draw(self, n_concepts: int, d_in: int, rng: np.random.Generator) -> NDArray[np.float32]:
        """Draw the directions.

        Parameters
        ----------
        n_concepts, d_in : int
            How many, in which dimension.
        rng : numpy.random.Generator
            Where the randomness comes from.

        Returns
        -------
        numpy.ndarray
            float32 [n_concepts, d_in], rows of norm 1 (to float32 precision).

        Raises
        ------
        InputError
            More concepts than dimensions for an orthogonal or equiangular family.
        """
        if self.kind in ("orthogonal", "equiangular") and n_concepts > d_in:
            raise InputError(
                "Directions.kind",
                f"is {self.kind!r} with {n_concepts} concepts in {d_in} dimensions",
                "use at most d_in concepts, or 'spread' or 'random'",
            )
        gauss = rng.standard_normal((n_concepts, d_in))
        if self.kind == "random":
            return _unit(gauss).astype(np.float32)
        if n_concepts <= d_in:
            # The columns of Q with the sign of R's diagonal are uniformly distributed; without, they are not.
            q, r = np.linalg.qr(gauss.T)
            frame = (q * np.sign(np.diag(r))).T
            if self.kind == "equiangular" and n_concepts > 1:
                # (1−κ)I + κ11ᵀ has the symmetric root √(1−κ)·I + c·11ᵀ.
                root = np.sqrt(1 - self.coherence)
                c = (np.sqrt(1 - self.coherence + n_concepts * self.coherence) - root) / n_concepts
                frame = root * frame + c * frame.sum(axis=0)
            return frame.astype(np.float32)
        return self._push_apart(_unit(gauss)).astype(np.float32)

    def _push_apart(self, v: NDArray[np.float64]) -> NDArray[np.float64]:
        mean, square = np.zeros_like(v), np.zeros_like(v)
        best, least = v, np.inf
        for step in range(self.steps + 1):
            objective, force = self._objective(v)
            if objective < least:
                best, least = v, objective
            if step == self.steps:
                break
            force -= np.einsum("ij,ij->i", force, v)[:, None] * v
            mean = 0.9 * mean + 0.1 * force
            square = 0.99 * square + 0.01 * force**2
            size = np.sqrt(square / (1 - 0.99 ** (step + 1))) + 1e-12
            rate = self.learning_rate * (1 - step / self.steps)
            v = _unit(v - rate * mean / (1 - 0.9 ** (step + 1)) / size)
        return best

    def _objective(self, v: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Give the power norm of all cosines and the direction of its ascent; a few rows at a time."""
        rows = max(1, _CELLS // len(v))
        starts = range(0, len(v), rows)
        gram = _cosines(v, 0, rows)
        worst = np.abs(gram).max()
        for start in starts[1:]:
            worst = max(worst, np.abs(_cosines(v, start, rows)).max())
        total, force = 0.0, np.empty_like(v)
        for start in starts:
            gram = gram if len(starts) == 1 else _cosines(v, start, rows)
            # Dividing by the worst cosine keeps high powers in range; the direction is the same.
            ratio = np.abs(gram) / worst
            pull = ratio ** (self.power - 1)
            total += np.vdot(ratio, pull)
            force[start : start + rows] = (np.sign(gram) * pull) @ v
        return float(worst * total ** (1 / self.power)), force


def _cosines(v: NDArray[np.float64], start: int, rows: int) -> NDArray[np.float64]:
    """Cosines of some rows with all, a vector's own set to 0."""
    gram = v[start : start + rows] @ v.T
    np.fill_diagonal(gram[:, start:], 0.0)
    return gram


def _unit(v: NDArray[np.float64]) -> NDArray[np.float64]:
    return v / np.linalg.norm(v, axis=1, keepdims=True)


def coherence(directions: NDArray[np.floating]) -> float:
    """Largest absolute cosine between two of the directions: κ of T7.

    Parameters
    ----------
    directions : array
        [n_concepts, d_in], rows not zero.

    Returns
    -------
    float
        In [0, 1]; 0 for a single direction.

    Raises
    ------
    InputError
        Not a matrix, or a row that is zero or not finite.

    Examples
    --------
    >>> coherence(np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 4.0]]))
    0.8
    """
    v = np.asarray(directions, dtype=np.float64)
    if v.ndim != 2:
        raise InputError("directions", f"has {v.ndim} dimensions", "give a matrix [n_concepts, d_in]")
    norm = np.linalg.norm(v, axis=1)
    bad = ~(np.isfinite(norm) & (norm > 0))
    if bad.any():
        raise InputError(
            "directions", f"has no direction in row {int(np.argmax(bad))}", "give non-zero finite rows"
        )
    gram = np.abs((v / norm[:, None]) @ (v / norm[:, None]).T)
    np.fill_diagonal(gram, 0.0)
    return float(min(gram.max(), 1.0))


def welch_bound(n_concepts: int, d_in: int) -> float:
    """Coherence that no family of ``n_concepts`` unit vectors in ``d_in`` dimensions can beat (Welch 1974).

    Parameters
    ----------
    n_concepts, d_in : int
        Both ≥ 1.

    Returns
    -------
    float
        ``sqrt((q − n)/(n(q − 1)))`` for q > n, else 0.

    Raises
    ------
    InputError
        A number below 1.

    Examples
    --------
    >>> welch_bound(3, 2)       # three directions in the plane, 60 degrees apart
    0.5
    """
    if n_concepts < 1 or d_in < 1:
        raise InputError("n_concepts, d_in", f"is {n_concepts}, {d_in}", "give positive integers")
    if n_concepts <= d_in:
        return 0.0
    return float(np.sqrt((n_concepts - d_in) / (d_in * (n_concepts - 1))))
