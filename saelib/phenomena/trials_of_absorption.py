"""Absorption put in by hand, in real autoencoders: what T9 says is saved, and what every measure returns."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.alignment import align
from saelib.errors import InputError, checked_type
from saelib.phenomena.absorbing import absorption
from saelib.phenomena.dictionaries import absorbing_sae, faithful_sae
from saelib.phenomena.published import published_absorption
from saelib.phenomena.saving import absorption_saving
from saelib.sets import ActivationSets, ConceptSet

if TYPE_CHECKING:
    from saelib.sae import SAE

__all__ = ["absorbing_at_rate", "planted_scores", "saving_trials"]

Floats = npt.NDArray[np.float64]

LAWS = ("constant", "two values", "varying")
_SILENT = 1e-9  # an activation below it is rounding: amplitudes are about 1
_LOUD = 4.0  # a parent this loud beside its child is not absorbed by SAEBench's fraction either: 1/4 < 0.4


def absorbing_at_rate(
    rate: float, n_child: int = 100, n_rest: int = 100, n_other: int = 100
) -> tuple[SAE, Floats, ConceptSet]:
    """Make an SAE that absorbs a child at a rate known exactly, with its points and concepts.

    Parent and child have orthogonal directions. The child's neuron has taken in the parent one to one; on
    the planted share of the child's points both amplitudes are 1, so the parent's neuron is silent, on the
    others the parent's is 4 and its neuron reads 3. Every point is reconstructed exactly.

    Parameters
    ----------
    rate : float
        Share of the child's points on which the parent's neuron is silent; ``rate * n_child`` must be whole.
    n_child, n_rest, n_other : int, default 100
        Points of the child, of the parent without it (amplitude 1), and of neither (all zeros).

    Returns
    -------
    sae : SAE
        Neuron 0 for the parent, 1 for the child.
    points : ndarray [n_child + n_rest + n_other, 2]
        In this order.
    concepts : ConceptSet
        ``parent`` and ``child``.

    Raises
    ------
    InputError
        If the rate is not in [0, 1] or no whole number of points, or a number of points is not positive.

    Examples
    --------
    >>> sae, points, _ = absorbing_at_rate(0.5, 2, 1, 1)
    >>> points.tolist()
    [[1.0, 1.0], [4.0, 1.0], [1.0, 0.0], [0.0, 0.0]]
    >>> sae.encode(points).round(decimals=3).tolist()
    [[0.0, 1.414], [3.0, 1.414], [1.0, 0.0], [0.0, 0.0]]
    """
    for name, count in (("n_child", n_child), ("n_rest", n_rest), ("n_other", n_other)):
        if isinstance(count, bool) or not isinstance(count, numbers.Integral) or count < 1:
            raise InputError(name, f"is {count!r}", "give a positive integer")
    if isinstance(rate, bool) or not isinstance(rate, numbers.Real) or not 0 <= rate <= 1:
        raise InputError("rate", f"is {rate!r}", "give a number from 0 to 1")
    silent = round(float(rate) * n_child)
    if abs(silent - float(rate) * n_child) > 1e-9:
        raise InputError(
            "rate", f"is {rate!r}, {rate * n_child:g} of {n_child} points", "give a whole number"
        )
    amplitudes = np.zeros((n_child + n_rest + n_other, 2))
    amplitudes[: n_child + n_rest, 0] = 1.0
    amplitudes[silent:n_child, 0] = _LOUD
    amplitudes[:n_child, 1] = 1.0
    concepts = ConceptSet(amplitudes > 0, names=["parent", "child"], parents=[-1, 0])
    return absorbing_sae(np.eye(2), [-1, 0], {1: 1.0}), amplitudes, concepts


def planted_scores(rates: Sequence[float], n_child: int = 100) -> pd.DataFrame:
    """Hold every measure of absorption against planted rates, and against the faithful dictionary.

    The published scores get the true direction of the parent for a probe and the parent's neuron for a
    split set, and are taken over the child's points.

    Parameters
    ----------
    rates : sequence of float
        As for :func:`absorbing_at_rate`.
    n_child : int, default 100
        Points of the child.

    Returns
    -------
    pandas.DataFrame
        One row the faithful dictionary, then one a rate: ``dictionary``, ``planted``, and as measured
        ``rate``, ``gap``, ``implication`` (which should be one minus the rate), ``fraction`` and ``full``.

    Raises
    ------
    InputError
        As :func:`absorbing_at_rate`.

    Examples
    --------
    >>> planted_scores([0.5], 4)[["planted", "rate", "gap", "fraction", "full"]].to_numpy().tolist()
    [[0.0, 0.0, 0.0, 0.0, 0.0], [0.5, 0.5, 0.5, 0.5, 0.5]]
    """
    checked_type("rates", rates, Iterable, "give a list of rates")
    rows = []
    for planted in (None, *rates):
        sae, points, concepts = absorbing_at_rate(
            0.5 if planted is None else planted, n_child, n_child, n_child
        )
        if planted is None:
            sae = faithful_sae(np.eye(2))
        active = ActivationSets.from_sae(sae, points, threshold=_SILENT, progress=False)
        edge = absorption(align(active, concepts), np.arange(2)).iloc[0]
        inside = points[:n_child]
        acts, decoder = sae.encode(inside).detach().numpy(), sae.W_dec.detach().numpy()
        published = published_absorption(
            inside, np.where(acts > _SILENT, acts, 0.0), decoder, [1.0, 0.0], [0]
        )
        rows.append(
            {
                "dictionary": "faithful" if planted is None else "absorbing",
                "planted": 0.0 if planted is None else float(planted),
                "rate": edge["rate"], "gap": edge["gap"], "implication": edge["implication"],
                "fraction": float(published.fraction.mean()), "full": float(published.full.mean()),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def saving_trials(n_trials: int, rng: np.random.Generator, n_points: int = 300) -> pd.DataFrame:
    """Hold the closed form of T9a against what two real dictionaries do on random worlds of two concepts.

    Each world has its own frequencies, cosine (from -0.5 to 0.9), dimension (2 to 8) and law of amplitudes:
    *constant* (ρ is their ratio), *two values* of the parent's (ρ is the smaller ratio) and *varying*
    (uniform; ρ anything up to the largest ratio). Both dictionaries encode all points; L0, L1, the squared
    error and the rate of absorption are counted on their activations.

    Parameters
    ----------
    n_trials : int
        Worlds, the laws in turn.
    rng : numpy.random.Generator
        Draws them.
    n_points : int, default 300
        Points of each.

    Returns
    -------
    pandas.DataFrame
        One row a world: ``law``, ``cosine``, ``ratio``; the saving ``l0``, ``l1``, the ``squared_error`` it
        costs and the ``rate``, as the closed form has them, and the same as ``measured_l0`` …; the largest
        absolute difference of the four, ``error``.

    Raises
    ------
    InputError
        If a number is not a positive integer, or there are fewer than four points.

    Examples
    --------
    >>> frame = saving_trials(3, np.random.default_rng(0))
    >>> bool(frame.error.max() < 1e-9), bool((frame.squared_error[:2] < 1e-30).all())
    (True, True)
    """
    for name, count, least in (("n_trials", n_trials, 1), ("n_points", n_points, 4)):
        if isinstance(count, bool) or not isinstance(count, numbers.Integral) or count < least:
            raise InputError(name, f"is {count!r}", f"give an integer from {least} up")
    rows = []
    for trial in range(n_trials):
        law = LAWS[trial % len(LAWS)]
        cosine = float(rng.uniform(-0.5, 0.9))
        amplitudes, ratio = _amplitudes(law, n_points, rng)
        directions = np.zeros((2, int(rng.integers(2, 9))))
        directions[0, 0], directions[1, :2] = 1.0, (cosine, np.sqrt(1 - cosine**2))
        directions = directions @ _rotation(directions.shape[1], rng)
        expected = absorption_saving(amplitudes[:, 0], amplitudes[:, 1], cosine, ratio)
        before = _counted(faithful_sae(directions), amplitudes, directions)
        after = _counted(absorbing_sae(directions, [-1, 0], {1: ratio}), amplitudes, directions)
        row = {name: getattr(expected, name) for name in ("l0", "l1", "squared_error", "rate")}
        measured = {
            "l0": before["l0"] - after["l0"],
            "l1": before["l1"] - after["l1"],
            "squared_error": after["squared_error"] - before["squared_error"],
            "rate": after["rate"],
        }
        error = max(abs(row[name] - measured[name]) for name in row)
        rows.append(
            {"law": law, "cosine": cosine, "ratio": ratio}
            | row
            | {f"measured_{name}": value for name, value in measured.items()}
            | {"error": error}
        )
    return pd.DataFrame(rows)


def _amplitudes(law: str, n_points: int, rng: np.random.Generator) -> tuple[Floats, float]:
    """Amplitudes [n_points, 2] of parent and child, and ρ."""
    parent, child = rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8)
    present = np.zeros((n_points, 2))
    present[:, 0] = rng.random(n_points) < parent
    present[:, 1] = present[:, 0] * (rng.random(n_points) < child)
    present[0] = 1.0  # a world without the child says nothing
    if law == "varying":
        amplitudes = present * rng.uniform(0.5, 1.5, present.shape)
        both = amplitudes[amplitudes[:, 1] > 0]
        return amplitudes, float(rng.uniform(0.1, 1.0) * (both[:, 0] / both[:, 1]).max())
    low, high = rng.uniform(0.5, 1.0), rng.uniform(1.2, 2.0)
    amplitudes = present * np.array([low, rng.uniform(0.5, 1.5)])
    if law == "two values":
        amplitudes[1:, 0] *= np.where(rng.random(n_points - 1) < 0.5, high, 1.0)
    return amplitudes, float(amplitudes[0, 0] / amplitudes[0, 1])


def _rotation(d_in: int, rng: np.random.Generator) -> Floats:
    q: Floats = np.linalg.qr(rng.standard_normal((d_in, d_in)))[0]
    return q


def _counted(sae: SAE, amplitudes: Floats, directions: Floats) -> dict[str, float]:
    points = amplitudes @ directions
    acts = sae.encode(points)
    wrong = points - sae.decode(acts).detach().numpy()
    z = acts.detach().numpy()
    fires, inside = z > _SILENT, amplitudes[:, 1] > 0
    return {
        "l0": float(fires.sum(axis=1).mean()),
        "l1": float(z.sum(axis=1).mean()),
        "squared_error": float((wrong**2).sum(axis=1).mean()),
        "rate": float((fires[inside, 1] & ~fires[inside, 0]).mean()),
    }
