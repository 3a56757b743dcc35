"""Seven gates at the same L0: what each is told so that as many neurons fire, and what is left over.

Top-K gates are told L0 itself. ReLU, Gated and JumpReLU pay for it, and `SAEConfig.target_l0` steers the
price while they train; they end within about a tenth of the target. What is left is taken out afterwards
by reading every gate's curve at the target, see :func:`along_curve`.
"""

from __future__ import annotations

import math
import numbers
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from saelib.errors import InputError

if TYPE_CHECKING:
    from saelib.sae import SAEConfig

GATES = ("ReLU", "Gated", "JumpReLU", "TopK", "BatchTopK", "MatryoshkaTopK", "MatryoshkaBatchTopK")

# For concepts of amplitude 1. Where the price starts hardly matters: it is steered by factors.
_L1_START = 0.1
_L0_START = 0.01
_BANDWIDTH = 0.03


def prefixes(d_sae: int) -> tuple[int, ...]:
    """Nested sizes of a Matryoshka dictionary: a sixteenth of its neurons, then doubled four times.

    Parameters
    ----------
    d_sae : int
        Number of neurons.

    Returns
    -------
    tuple of int
        Rising, the last one ``d_sae``; fewer than five below 16 neurons.

    Examples
    --------
    >>> prefixes(192), prefixes(6)
    ((12, 24, 48, 96, 192), (1, 3, 6))
    """
    return tuple(sorted({d_sae // part for part in (16, 8, 4, 2, 1) if d_sae >= part}))


def matched_config(name: str, d_sae: int, l0: float, shared: SAEConfig, *, unit: float = 1.0) -> SAEConfig:
    """The training run of one gate, so that about ``l0`` neurons fire on a point.

    Parameters
    ----------
    name : str
        One of ``GATES``.
    d_sae : int
        Number of neurons.
    l0 : float
        Wanted mean number of active neurons; a whole number for the gates that choose ``k``.
    shared : SAEConfig
        What all gates have in common: steps, batches, seed, learning rate, reviving. Its gate, size, penalty
        and bandwidth are replaced.
    unit : float, default 1.0
        Size of a typical concept's part in a point. JumpReLU's window is 0.03 of it, and the prices
        start in proportion to it (to its square for JumpReLU).

    Returns
    -------
    SAEConfig
        For :func:`saelib.sae.train`.

    Raises
    ------
    InputError
        For an unknown name, ``l0`` outside its range, or a ``unit`` that is not positive.

    Examples
    --------
    >>> from saelib.sae import ReLU, SAEConfig
    >>> shared = SAEConfig(d_sae=1, gate=ReLU(), steps=100)
    >>> matched_config("MatryoshkaTopK", 32, 4, shared).gate
    Matryoshka(inner_gate=TopK(k=4), prefixes=(2, 4, 8, 16, 32))
    >>> matched_config("JumpReLU", 32, 2.5, shared).target_l0
    2.5
    """
    from saelib.sae import BatchTopK, Gated, JumpReLU, Matryoshka, ReLU, TopK

    if name not in GATES:
        raise InputError("name", f"is {name!r}", f"give one of {', '.join(GATES)}")
    if not isinstance(unit, numbers.Real) or not 0 < unit < math.inf:
        raise InputError("unit", f"is {unit!r}", "give a positive number")
    plain = replace(shared, d_sae=d_sae, gate=ReLU(), l1_coefficient=0.0, l0_coefficient=0.0, target_l0=None)
    if name in ("ReLU", "Gated"):
        gate = ReLU() if name == "ReLU" else Gated()
        return replace(plain, gate=gate, l1_coefficient=_L1_START * unit, target_l0=float(l0))
    if name == "JumpReLU":
        price, bandwidth = _L0_START * unit**2, _BANDWIDTH * unit
        return replace(plain, gate=JumpReLU(), l0_coefficient=price, bandwidth=bandwidth, target_l0=float(l0))
    if not float(l0).is_integer():
        raise InputError("l0", f"is {l0!r} but {name} takes a number of neurons", "give a whole number")
    inner = TopK(int(l0)) if name in ("TopK", "MatryoshkaTopK") else BatchTopK(int(l0))
    return replace(plain, gate=Matryoshka(inner, prefixes(d_sae)) if name.startswith("Matryoshka") else inner)


def along_curve(
    frame: pd.DataFrame, value: str, over: str, at: list[float], *, by: list[str], beyond: float = 0.0
) -> pd.DataFrame:
    """Read curves of ``value`` over another measured column at given places.

    Every group's points, sorted by ``over``, make a broken line. It is read inside its range and, along its
    first or last piece, at most ``beyond`` outside. For L0 use its logarithm as ``over``: sparsity settings
    are factors apart.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an SAE: ``by``, ``over`` and ``value``. Rows where one of the two is unavailable are left
        out.
    value, over : str
        Columns: what is read, and along what.
    at : list of float
        Places to read at, in the unit of ``over``.
    by : list of str
        The columns that name a curve, such as gate and seed.
    beyond : float, default 0.0
        How far outside its range a curve is prolonged, in the unit of ``over``; at least 0.

    Returns
    -------
    pandas.DataFrame
        One row a curve and place: ``by``, ``over`` (the place) and ``value`` (nullable ``Float64``,
        unavailable where the curve does not reach, or has fewer than two different places).

    Raises
    ------
    InputError
        If a column is missing, a place is not finite, or ``beyond`` is negative or not finite.

    Examples
    --------
    >>> frame = pd.DataFrame({"gate": "TopK", "l": [1.0, 2.0], "rate": [0.75, 0.25]})
    >>> along_curve(frame, "rate", "l", [1.5, 2.25, 3.0], by=["gate"], beyond=0.5).rate.tolist()
    [0.5, 0.125, <NA>]
    """
    missing = [column for column in (*by, over, value) if column not in frame.columns]
    if missing:
        raise InputError("frame", f"has no column {missing[0]!r}", "give the columns by, over and value")
    places = np.asarray(at, dtype=np.float64)
    if places.ndim != 1 or not np.isfinite(places).all():
        raise InputError("at", f"is {at!r}", "give a list of finite numbers")
    if not 0 <= beyond < math.inf:
        raise InputError("beyond", f"is {beyond!r}", "give a finite number, at least 0")
    rows = []
    for key, group in frame.dropna(subset=[over, value]).groupby(by, sort=True, observed=True):
        points = group.groupby(over, sort=True)[value].mean()  # two SAEs at one place count half each
        x, y = points.index.to_numpy(dtype=np.float64), points.to_numpy(dtype=np.float64)
        for place in places:
            reached = len(x) > 1 and x[0] - beyond <= place <= x[-1] + beyond
            found = _on_line(x, y, place) if reached else pd.NA
            rows.append(dict(zip(by, key, strict=True)) | {over: place, value: found})
    return pd.DataFrame(rows, columns=[*by, over, value]).astype({value: "Float64"})


def contrast(
    frame: pd.DataFrame,
    value: str,
    one: str,
    other: str,
    *,
    over: str,
    at: list[float] | None = None,
    beyond: float = 0.0,
) -> pd.DataFrame:
    """How much more of ``value`` one gate has than another, seed by seed, where their curves are comparable.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an SAE: gate, seed, ``over`` and ``value``.
    value, over : str
        Columns: what is compared, and at equal what.
    one, other : str
        Gates: the first minus the second.
    at : list of float, optional
        Places to compare at. By default those of all SAEs of the two gates and the seed that lie on both
        curves.
    beyond : float, default 0.0
        As in :func:`along_curve`.

    Returns
    -------
    pandas.DataFrame
        One row a seed: ``seed``, ``difference`` (mean over the places that both curves reach, nullable
        ``Float64``, unavailable if there is none), and ``places``, how many these are.

    Raises
    ------
    InputError
        If a gate has no row, or for what :func:`along_curve` refuses.

    Examples
    --------
    >>> frame = pd.DataFrame({"gate": ["a", "a", "b", "b"], "seed": 0, "l": [1.0, 3.0, 2.0, 4.0],
    ...                       "rate": [0.5, 0.25, 0.25, 0.25]})
    >>> contrast(frame, "rate", "a", "b", over="l").to_numpy().tolist()      # compared at 2 and 3
    [[0, 0.0625, 2]]
    """
    two = frame[frame.gate.isin([one, other])]
    for gate in (one, other):
        if not (two.gate == gate).any():
            raise InputError("frame", f"has no row of gate {gate!r}", "give SAEs of both gates")
    rows = []
    for seed, group in two.groupby("seed", sort=True):
        places = sorted(set(group[over].dropna())) if at is None else at
        read = along_curve(group, value, over, list(places), by=["gate"], beyond=beyond)
        by_place = read.pivot_table(index=over, columns="gate", values=value, dropna=False)
        apart = (by_place[one] - by_place[other]).dropna() if {one, other} <= set(by_place) else by_place[:0]
        mean = apart.mean() if len(apart) else pd.NA
        rows.append({"seed": seed, "difference": mean, "places": len(apart)})
    return pd.DataFrame(rows).astype({"difference": "Float64"})


def contrast_on_common_edges(edges: pd.DataFrame, value: str, one: str, other: str) -> pd.DataFrame:
    """The same difference over the edges for which ``value`` is available under both gates.

    Of the same seed and wanted L0, without interpolation: what a gate loses by making edges unavailable
    does not count for it here.

    Parameters
    ----------
    edges : pandas.DataFrame
        One row an SAE and edge: gate, target, seed, child and ``value``.
    value : str
        The column to compare.
    one, other : str
        Gates: the first minus the second.

    Returns
    -------
    pandas.DataFrame
        One row a seed: ``seed``, ``difference`` (mean over targets of the mean over common edges, nullable
        ``Float64``), ``edges``, their number over all targets, and ``left_out``, those available under one
        gate only or under none.

    Raises
    ------
    InputError
        If a gate has no row.

    Examples
    --------
    >>> edges = pd.DataFrame({"gate": ["a", "a", "b", "b"], "target": 2, "seed": 0,
    ...                       "child": ["x", "y"] * 2, "rate": [0.5, 0.5, 0.25, None]})
    >>> contrast_on_common_edges(edges, "rate", "a", "b").to_numpy().tolist()
    [[0.0, 0.25, 1.0, 1.0]]
    """
    for gate in (one, other):
        if not (edges.gate == gate).any():
            raise InputError("edges", f"has no row of gate {gate!r}", "give edges of both gates")
    key = ["seed", "target", "child"]
    a, b = (edges[edges.gate == gate].set_index(key)[value].astype("Float64") for gate in (one, other))
    apart = (a - b).reset_index()
    per_target = apart.groupby(["seed", "target"])[value].mean()
    found = apart.groupby("seed")[value].agg(edges="count", size="size")
    return pd.DataFrame(
        {
            "seed": found.index,
            "difference": per_target.groupby("seed").mean().astype("Float64").to_numpy(),
            "edges": found["edges"].to_numpy(),
            "left_out": (found["size"] - found["edges"]).to_numpy(),
        }
    )


def _on_line(x: np.ndarray, y: np.ndarray, place: float) -> float:
    """A broken line at a place, its first and last piece prolonged."""
    right = int(np.clip(np.searchsorted(x, place), 1, len(x) - 1))
    slope = (y[right] - y[right - 1]) / (x[right] - x[right - 1])
    return float(y[right - 1] + slope * (place - x[right - 1]))
