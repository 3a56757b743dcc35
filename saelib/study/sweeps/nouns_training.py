"""From activations to trained dictionaries: centred and scaled points, training runs, sparse activations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from saelib.errors import InputError

if TYPE_CHECKING:
    from saelib.sae import SAE, SAEConfig, TrainResult
    from saelib.study.settings.nouns import Nouns as Settings

Points = npt.NDArray[np.float32]

# The prices of ReLU start in proportion to it: a point has length √d_in, shared by a few neurons.
_UNIT = 5.0


def normalised(points: npt.ArrayLike) -> Points:
    """Activations with mean 0 and mean squared length d_in, whatever network and layer they are from.

    The mean of a residual stream is its largest part: a few dimensions are as large for every word, and say
    nothing of any. One factor for all dimensions then makes learning rates and penalties mean the same at
    every layer; the shape of the cloud stays. No label has a part in this.

    Parameters
    ----------
    points : array_like [n_points, d_in]
        Finite and not all equal.

    Returns
    -------
    ndarray of float32 [n_points, d_in]

    Raises
    ------
    InputError
        If the points are no finite matrix, or all equal.

    Examples
    --------
    >>> normalised([[1.0, 10.0], [3.0, 10.0]]).round(4)
    array([[-1.4142,  0.    ],
           [ 1.4142,  0.    ]], dtype=float32)
    """
    x = np.asarray(points)
    if x.ndim != 2 or not x.size or x.dtype.kind not in "fiu" or not np.isfinite(x).all():
        raise InputError("points", f"is no finite matrix ({x.shape})", "give activations [n_points, d_in]")
    x = x.astype(np.float32) - x.mean(axis=0, dtype=np.float64).astype(np.float32)
    spread = float(np.einsum("ij,ij->", x, x, dtype=np.float64)) / len(x)
    if spread == 0:
        raise InputError("points", "are all equal", "give different points")
    return x * np.float32(np.sqrt(x.shape[1] / spread))


def training_run(settings: Settings, gate: str, d_sae: int, l0: int, seed: int) -> SAEConfig:
    """One training run of the sweep.

    Parameters
    ----------
    settings : Nouns
        Training length and learning rate.
    gate : str
        A name that `saelib.study.sweeps.matching.matched_config` knows.
    d_sae : int
        Number of neurons.
    l0 : int
        ``k``, or the number of active neurons that the penalty is steered to.
    seed : int
        Of weights and batches, ≥ 0.

    Returns
    -------
    SAEConfig

    Raises
    ------
    InputError
        For an unknown gate or a value out of range.

    Examples
    --------
    >>> from saelib.study.settings.nouns import Nouns
    >>> training_run(Nouns(), "TopK", 512, 8, seed=0).gate
    TopK(k=8)
    """
    from saelib.sae import ReLU, SAEConfig
    from saelib.study.sweeps.matching import matched_config

    shared = SAEConfig(
        d_sae=d_sae, gate=ReLU(), steps=settings.steps, batch_size=settings.batch_size, seed=seed,
        lr=settings.lr, lr_decay=settings.lr_decay,
    )  # fmt: skip
    return matched_config(gate, d_sae, l0, shared, unit=_UNIT)


def trained(settings: Settings, points: Points, gate: str, d_sae: int, l0: int, seed: int) -> TrainResult:
    """Train one SAE of the sweep on all points: labels have no part in it.

    Parameters
    ----------
    settings, gate, d_sae, l0, seed
        As for :func:`training_run`.
    points : ndarray [n_points, d_in]
        As :func:`normalised` returns them.

    Returns
    -------
    TrainResult

    Raises
    ------
    InputError
        As :func:`training_run` and `saelib.sae.train`.

    Examples
    --------
    >>> from saelib.study.settings.nouns import Nouns
    >>> x = normalised(np.random.default_rng(0).normal(size=(64, 4)))
    >>> trained(Nouns(steps=2, batch_size=8), x, "TopK", 16, 2, seed=0).sae
    SAE(d_in=4, d_sae=16, gate=TopK(k=2))
    """
    from saelib.sae import train

    return train(points, training_run(settings, gate, d_sae, l0, seed), progress=False)


def sparse_activations(sae: SAE, points: Points, batch_size: int = 2048) -> sparse.csr_array:
    """Activations of an SAE, of which only those above 0 are stored.

    Parameters
    ----------
    sae : SAE
        Any.
    points : ndarray [n_points, d_in]
        What it reads.
    batch_size : int, default 2048
        Points at a time; bounds the memory, changes nothing else.

    Returns
    -------
    csr_array of float32 [n_points, d_sae]

    Examples
    --------
    >>> from saelib.sae import SAE, TopK
    >>> sparse_activations(SAE(2, 4, TopK(1)), np.ones((3, 2), dtype=np.float32)).nnz
    3
    """
    import torch

    with torch.no_grad():
        parts = [
            sparse.csr_array(sae.encode(points[start : start + batch_size]).numpy())
            for start in range(0, len(points), batch_size)
        ]
    return sparse.csr_array(sparse.vstack(parts, format="csr"))


def explained_over_time(history: pd.DataFrame, points: Points, rows: int = 20) -> pd.DataFrame:
    """How much of the variance batches had explained, over the steps of a training.

    Parameters
    ----------
    history : DataFrame
        As from `saelib.sae.train`.
    points : ndarray [n_points, d_in]
        What was trained on.
    rows : int, default 20
        Stretches of steps to average over.

    Returns
    -------
    DataFrame
        One row a stretch: ``part`` (its end, as a share of the steps), ``step`` (its last one logged),
        ``explained`` (mean share of variance explained).

    Examples
    --------
    >>> log = pd.DataFrame({"step": [0, 1, 2, 3], "squared_error": [2.0, 2.0, 1.0, 1.0]})
    >>> explained_over_time(log, np.array([[2**0.5], [-(2**0.5)]]), rows=2).explained.round(6).tolist()
    [0.0, 0.5]
    """
    total = float(np.square(points - points.mean(axis=0, dtype=np.float64)).sum()) / len(points)
    pieces = np.array_split(np.arange(len(history)), min(rows, len(history)))
    error, step = history.squared_error.to_numpy(), history.step.to_numpy()
    found: list[dict[str, Any]] = [
        {
            "part": (i + 1) / len(pieces),
            "step": int(step[piece[-1]]),
            "explained": 1.0 - error[piece].mean() / total,
        }
        for i, piece in enumerate(pieces)
    ]
    return pd.DataFrame(found)
