"""Activation sets: where each neuron of a sparse autoencoder fires."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from scipy import sparse
from tqdm import tqdm

from saelib.errors import InputError
from saelib.sets._family import SetFamily
from saelib.sets._membership import from_columns, true_columns


class ActivationSets(SetFamily):
    """The activation sets θ_j of the neurons of a sparse autoencoder over a sample of points.

    Parameters
    ----------
    active : scipy sparse or array_like, shape [n_points, d_sae]
        True (or 1) where the neuron fires on the point. For activations that are numbers, see
        :meth:`from_array`.
    names : sequence of str, optional
        One unique name a neuron; ``"neuron 0"``, ``"neuron 1"``, … if left out.

    Attributes
    ----------
    active, membership : scipy.sparse.csr_array
        Boolean [n_points, d_sae], canonical (sorted, no duplicates, no explicit zeros).
    names : tuple of str
        Names of the neurons.

    Raises
    ------
    InputError
        If ``active`` is not a matrix of zeros and ones or names are not unique strings.

    Notes
    -----
    θ_j = {x : z_j(x) > t_j} (theory §0), with t_j = 0 unless said.

    Examples
    --------
    >>> activations = ActivationSets([[1, 0], [1, 1], [0, 0]])
    >>> activations
    ActivationSets(2 neurons over 3 points: 'neuron 0', 'neuron 1')
    >>> activations.sizes, activations.l0
    (array([2, 1]), array([1, 2, 0]))
    """

    _kind: ClassVar[str] = "neuron"
    _argument: ClassVar[str] = "active"

    def __init__(self, active: Any, names: Sequence[str] | None = None) -> None:
        super().__init__(active, names)

    @property
    def active(self) -> sparse.csr_array:
        """Who fires where, boolean [n_points, d_sae]."""
        return self.membership

    @property
    def d_sae(self) -> int:
        """Number of neurons."""
        return self.n_sets

    @cached_property
    def l0(self) -> np.ndarray:
        """Number of neurons that fire on each point, int64 [n_points]."""
        return np.diff(self.membership.indptr).astype(np.int64)

    @classmethod
    def from_array(cls, acts: Any, threshold: float = 0.0, names: Sequence[str] | None = None) -> Self:
        """Make activation sets from activations: a neuron fires where its activation exceeds the threshold.

        Parameters
        ----------
        acts : array_like, scipy sparse or torch tensor, shape [n_points, d_sae]
            Activations after gating.
        threshold : float, default 0.0
            t_j, the same for all neurons; not negative for sparse activations, whose zeros would fire.
        names : sequence of str, optional
            Names of the neurons.

        Raises
        ------
        InputError
            If the activations are not a matrix of real numbers or hold NaN; the first is named.

        Examples
        --------
        >>> ActivationSets.from_array([[0.0, 2.0], [0.5, 0.1]], threshold=0.2).l0
        array([1, 1])
        """
        threshold = _checked_threshold(threshold)
        if sparse.issparse(acts):
            return cls(_fires_in_sparse(acts, threshold), names)
        array = _on_host(acts, "acts")
        _check_real_matrix(array, "acts", "neuron")
        bad = np.isnan(array)
        if bad.any():
            point, neuron = divmod(int(bad.argmax()), array.shape[1])
            raise _nan_activation(point, neuron)
        return cls(array > threshold, names)

    @classmethod
    def from_sae(
        cls,
        sae: Any,
        points: Any,
        threshold: float = 0.0,
        batch_size: int = 4096,
        progress: bool = True,
        names: Sequence[str] | None = None,
    ) -> Self:
        """Make the activation sets of a sparse autoencoder, a batch of points at a time.

        Only the indices of the neurons that fire are kept, so memory is a batch plus the result: no dense
        [n_points, d_sae] array ever exists.

        Parameters
        ----------
        sae : object
            Anything with ``d_in``, ``d_sae`` and ``active(batch, threshold=...)`` that returns a boolean
            [batch, d_sae] array or tensor, such as ``saelib.SAE``.
        points : ndarray or torch tensor, shape [n_points, d_in]
            Data points; batches are handed to ``sae`` as they are.
        threshold : float, default 0.0
            t_j, the same for all neurons.
        batch_size : int, default 4096
            Points a batch. The result does not depend on it.
        progress : bool, default True
            Show a progress bar if the output is a terminal.
        names : sequence of str, optional
            Names of the neurons.

        Raises
        ------
        InputError
            If the points do not fit the autoencoder or hold NaN or infinity (the first bad row is named).

        Examples
        --------
        >>> class Signs:
        ...     "Two neurons on the line: one fires right of 0, one left of it."
        ...
        ...     d_in, d_sae = 1, 2
        ...
        ...     def active(self, batch, threshold=0.0):
        ...         return np.hstack([batch, -batch]) > threshold
        >>> ActivationSets.from_sae(Signs(), np.array([[3.0], [-1.0], [0.0]])).l0
        array([1, 1, 0])
        """
        d_in, d_sae = _checked_sae(sae)
        if not hasattr(points, "detach"):
            points = _on_host(points, "points")
        _check_points(points, d_in)
        threshold = _checked_threshold(threshold)
        if isinstance(batch_size, bool) or not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
            raise InputError("batch_size", f"is {batch_size!r}", "give a positive integer")
        n_points = int(points.shape[0])
        l0: list[np.ndarray] = [np.zeros(0, dtype=np.int64)]
        neurons: list[np.ndarray] = [np.zeros(0, dtype=np.int32)]
        with tqdm(total=n_points, unit="point", unit_scale=True, disable=None if progress else True) as bar:
            for start in range(0, n_points, int(batch_size)):
                batch = points[start : start + int(batch_size)]
                _check_finite(batch, start)
                fired = _on_host(sae.active(batch, threshold=threshold), "sae")
                _check_fired(fired, (len(batch), d_sae))
                for whole, part in zip((l0, neurons), true_columns(fired), strict=True):
                    whole.append(part)
                bar.update(len(batch))
        return cls(from_columns(np.concatenate(l0), np.concatenate(neurons), d_sae), names)


def _fires_in_sparse(acts: Any, threshold: float) -> sparse.csr_array:
    if threshold < 0:
        raise InputError(
            "threshold", f"is {threshold}, below the zeros that are not stored", "give dense activations"
        )
    csr = sparse.csr_array(acts)
    _check_real_matrix(csr, "acts", "neuron")
    bad = np.flatnonzero(np.isnan(csr.data))
    if bad.size:
        point = int(np.searchsorted(csr.indptr, bad[0], side="right")) - 1
        raise _nan_activation(point, int(csr.indices[bad[0]]))
    return csr > threshold


def _nan_activation(point: int, neuron: int) -> InputError:
    return InputError("acts", f"is NaN at point {point}, neuron {neuron}", "drop the point or mend the model")


def _on_host(array: Any, argument: str) -> np.ndarray:
    # Duck-typed so that this module never imports torch: a tensor can be detached and moved, an array cannot.
    if hasattr(array, "detach"):
        array = array.detach().cpu()
        if "bfloat16" in str(array.dtype):
            array = array.float()  # numpy has no bfloat16
        return array.numpy()
    try:
        return np.asarray(array)
    except ValueError as ragged:
        raise InputError(argument, "has rows of different lengths", "give a matrix") from ragged


def _checked_sae(sae: Any) -> tuple[int, int]:
    for attribute in ("d_in", "d_sae", "active"):
        if not hasattr(sae, attribute):
            raise InputError(
                "sae",
                f"is a {type(sae).__name__} without {attribute}",
                "give an SAE with d_in, d_sae and active()",
            )
    return int(sae.d_in), int(sae.d_sae)


def _checked_threshold(threshold: Any) -> float:
    if not isinstance(threshold, (int, float, np.integer, np.floating)) or not np.isfinite(threshold):
        raise InputError("threshold", f"is {threshold!r}", "give a finite number")
    return float(threshold)


def _check_real_matrix(array: Any, argument: str, column: str) -> None:
    if array.ndim != 2:
        raise InputError(
            argument,
            f"has shape {array.shape}",
            f"give a matrix with one row a point and one column a {column}",
        )
    if array.dtype.kind not in "biuf":
        raise InputError(argument, f"has dtype {array.dtype}", "give real numbers")


def _check_points(points: Any, d_in: int) -> None:
    if points.ndim != 2:
        raise InputError("points", f"has shape {tuple(points.shape)}", "give a matrix with one row a point")
    if isinstance(points, np.ndarray):
        _check_real_matrix(points, "points", "dimension")
    if points.shape[1] != d_in:
        raise InputError("points", f"has {points.shape[1]} columns", f"give {d_in}, the autoencoder's d_in")


def _check_finite(batch: Any, start: int) -> None:
    finite = np.isfinite(batch) if isinstance(batch, np.ndarray) else batch.isfinite()
    if not finite.all():
        row, column = divmod(int(np.flatnonzero(~_on_host(finite, "points"))[0]), batch.shape[1])
        raise InputError(
            "points",
            f"holds {float(batch[row, column])} in row {start + row}, column {column}",
            "drop or mend that row",
        )


def _check_fired(fired: np.ndarray, shape: tuple[int, int]) -> None:
    if fired.shape != shape or fired.dtype != np.bool_:
        raise InputError(
            "sae", f"answered active() with {fired.dtype} {fired.shape}", f"return booleans of shape {shape}"
        )
