"""The attempts to refute T6: dictionaries, diagrams and half-spaces made to be nasty, judged exactly."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch

from saelib.errors import InputError
from saelib.geometry.gating.half_spaces import common_points
from saelib.geometry.gating.power import voronoi_sae
from saelib.geometry.gating.regions import level_regions
from saelib.sae import SAE, TopK

__all__ = ["half_space_trials", "region_trials", "voronoi_trials"]

Integers = npt.NDArray[np.int64]
_DIMENSIONS = (1, 2, 3, 4, 8, 16, 32)
_PLACES = (1, 2, 3, 5, 8)
_FINE = (
    1024  # coordinates are multiples of 1/1024, so that squared distances are whole numbers of their units
)


def region_trials(n_points: int, rng: np.random.Generator) -> pd.DataFrame:
    """Hold the ``encode`` of random Top-K SAEs against :func:`~saelib.geometry.level_regions` (T6b).

    The dictionaries are Gaussian; of small whole numbers, where ties abound and are decided exactly; or
    degenerate: with repeated, opposite and dead neurons.

    Parameters
    ----------
    n_points : int
        Least number of points in all.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        One row an SAE: kind, d_in, d_sae, k, points, ties (points at which a tie leaves a choice) and
        mismatches.

    Raises
    ------
    InputError
        If ``n_points`` is no positive integer.

    Examples
    --------
    >>> frame = region_trials(1000, np.random.default_rng(0))
    >>> int(frame.points.sum()) >= 1000, int(frame.mismatches.sum())
    (True, 0)
    """
    settings = list(product(("Gaussian", "whole numbers", "degenerate"), _DIMENSIONS, _PLACES))
    each = -(-_positive("n_points", n_points) // len(settings))
    rows = []
    for kind, d_in, k in settings:
        sae = SAE(d_in, int(rng.integers(k, 3 * k + 8)), TopK(k), dtype=torch.float64)
        numbers = _numbers(kind, rng)
        W, b = numbers((d_in, sae.d_sae)), numbers((sae.d_sae,))
        if kind == "degenerate":
            twin = rng.integers(0, sae.d_sae, sae.d_sae)
            sign = rng.choice([-1.0, 0.0, 1.0, 1.0], sae.d_sae)
            W, b = W[:, twin] * sign, b[twin] * sign
        for parameter, value in ((sae.W_enc, W), (sae.b_enc, b), (sae.b_dec, numbers((d_in,)))):
            parameter.data.copy_(torch.from_numpy(value))
        points = numbers((each, d_in))
        regions = level_regions(sae, points)
        wrong = regions.contradicts(sae.active(points).numpy())
        rows.append((kind, d_in, sae.d_sae, k, each, int(regions.undecided.sum()), int(wrong.sum())))
    return pd.DataFrame(rows, columns=["kind", "d_in", "d_sae", "k", "points", "ties", "mismatches"])


def voronoi_trials(n_points: int, rng: np.random.Generator) -> pd.DataFrame:
    """Hold the ``encode`` of :func:`~saelib.geometry.voronoi_sae` against the nearest centre (T6c).

    Coordinates are multiples of 1/1024 or whole, so that distances are compared as whole numbers and ties
    are ties. Points lie among the centres or a thousand times as far out.

    Parameters
    ----------
    n_points : int
        Least number of points in all.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        One row a diagram: kind, d_in, centres, points, ties (more than one nearest centre), mismatches (not
        exactly one neuron fires, or one whose centre is not a nearest).

    Raises
    ------
    InputError
        If ``n_points`` is no positive integer.

    Examples
    --------
    >>> frame = voronoi_trials(1000, np.random.default_rng(0))
    >>> int(frame.points.sum()) >= 1000, int(frame.mismatches.sum())
    (True, 0)
    """
    settings = list(product(("Voronoi", "power"), ("fine", "coarse"), ("near", "far"), _DIMENSIONS))
    each = -(-_positive("n_points", n_points) // len(settings))
    rows = []
    for diagram, grid, where, d_in in settings:
        step = 1 if grid == "fine" else _FINE
        reach = (8 if grid == "fine" else 3) * _FINE // step
        centres = step * rng.integers(-reach, reach + 1, (int(rng.integers(1, 33)), d_in))
        points = (
            step * rng.integers(-2 * reach, 2 * reach + 1, (each, d_in)) * (1000 if where == "far" else 1)
        )
        weights = step**2 * rng.integers(0, reach**2 + 1, len(centres)) * (diagram == "power")
        sae = voronoi_sae(centres / _FINE, weights / _FINE**2)
        active = sae.active(points / _FINE).numpy()
        power = ((points[:, None, :] - centres) ** 2).sum(axis=2) - weights
        nearest = power == power.min(axis=1, keepdims=True)
        wrong = (active.sum(axis=1) != 1) | (active & ~nearest).any(axis=1)
        kind = f"{diagram}, {grid}, {where}"
        rows.append((kind, d_in, len(centres), each, int((nearest.sum(axis=1) > 1).sum()), int(wrong.sum())))
    return pd.DataFrame(rows, columns=["kind", "d_in", "centres", "points", "ties", "mismatches"])


def half_space_trials(n_triples: int, rng: np.random.Generator) -> pd.DataFrame:
    """Look for three half-spaces of which every two are disjoint (T6e).

    Triples are random; nearly back to back, where one coordinate of one direction is off by one; exactly back
    to back; or two of each kind that face a third. For each pair a common point is computed and substituted,
    all in whole numbers; a pair counts as disjoint if that fails.

    Parameters
    ----------
    n_triples : int
        Least number of triples in all.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        One row a kind and dimension: kind, d_in, triples, none, one, two, three (triples by their number of
        disjoint pairs).

    Raises
    ------
    InputError
        If ``n_triples`` is no positive integer.

    Examples
    --------
    >>> frame = half_space_trials(1000, np.random.default_rng(0))
    >>> int(frame.triples.sum()) >= 1000, bool(frame.two.sum() > 0), int(frame.three.sum())
    (True, True, 0)
    """
    settings = list(product(("random", "nearly back to back", "back to back", "facing"), _DIMENSIONS))
    each = -(-_positive("n_triples", n_triples) // len(settings))
    rows = []
    for kind, d_in in settings:
        triples = _triples(kind, each, d_in, rng)
        disjoint = sum(
            (~common_points(triples[:, i], triples[:, j])[2]).astype(np.int64)
            for i, j in ((0, 1), (0, 2), (1, 2))
        )
        rows.append((kind, d_in, each, *np.bincount(disjoint, minlength=4).tolist()))
    return pd.DataFrame(rows, columns=["kind", "d_in", "triples", "none", "one", "two", "three"])


def _numbers(kind: str, rng: np.random.Generator) -> Callable[[tuple[int, ...]], npt.NDArray[np.float64]]:
    if kind == "Gaussian":
        return rng.standard_normal
    return lambda size: rng.integers(-2, 3, size).astype(np.float64)


def _triples(kind: str, n: int, d_in: int, rng: np.random.Generator) -> Integers:
    """Rows (w, b) [n, 3, d_in + 1] of whole numbers up to 19, so that `common_points` fits into 64 bits."""
    first = rng.integers(-6, 7, (n, d_in))
    first[~first.any(axis=1), 0] = 1
    if kind == "random":
        w = rng.integers(-6, 7, (n, 3, d_in))
    else:
        signs = np.array([1, -1, 1]) if kind == "facing" else np.array([1, -1, -1])
        w = first[:, None, :] * (signs * rng.integers(1, 4, (n, 3)))[:, :, None]
    if kind == "nearly back to back":
        at = np.arange(n)[:, None], np.arange(1, 3), rng.integers(0, d_in, (n, 2))
        w[at] += rng.choice([-1, 1], (n, 2))
    w[~w.any(axis=2), 0] = 1
    return np.concatenate([w, rng.integers(-9, 4, (n, 3, 1))], axis=2)


def _positive(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise InputError(name, f"is {value!r}", "give a positive integer")
    return int(value)
