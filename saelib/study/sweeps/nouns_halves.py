"""One dictionary on nouns: where it fires and how it lines up with the concepts, on either half."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    import numpy.typing as npt

    from saelib.alignment import Alignment
    from saelib.sae import SAE
    from saelib.sets import ActivationSets, ConceptSet

_ROWS = 4096


@dataclass(frozen=True, eq=False)
class TwoHalves:
    """A dictionary aligned with concepts on the choosing and on the judging half.

    Attributes
    ----------
    acts : tuple of csr_array [n_half, d_sae]
        Activations on the two halves.
    chosen, judged : Alignment
        On the choosing and on the judging half.
    """

    acts: tuple[sparse.csr_array, sparse.csr_array]
    chosen: Alignment
    judged: Alignment

    def relabelled(self, concepts: tuple[ConceptSet, ConceptSet]) -> TwoHalves:
        """The same dictionary with other concepts over the same nouns."""
        from saelib import align

        fit, test = (
            align(a.activations, c) for a, c in zip((self.chosen, self.judged), concepts, strict=True)
        )
        return TwoHalves(self.acts, fit, test)

    def judged_on(self, points: npt.NDArray[np.intp]) -> TwoHalves:
        """The same choice, judged on some points of the judging half alone."""
        from saelib import align

        fewer = align(self.judged.activations.take_points(points), self.judged.concepts.take_points(points))
        return TwoHalves((self.acts[0], self.acts[1][points]), self.chosen, fewer)


def two_halves(
    sae: SAE, points: npt.NDArray[np.float32], halves: npt.NDArray[np.bool_], concepts: ConceptSet
) -> TwoHalves:
    """Encode all points once and align both halves.

    Parameters
    ----------
    sae : SAE
        Trained or not.
    points : ndarray [n, d_in]
        Normalised activations.
    halves : ndarray of bool [n]
        The half to choose on.
    concepts : ConceptSet
        Over the points.

    Returns
    -------
    TwoHalves
        Of the dictionary.

    Examples
    --------
    >>> from saelib import ConceptSet
    >>> from saelib.sae import SAE, TopK
    >>> x = np.random.default_rng(0).normal(size=(6, 2)).astype(np.float32)
    >>> both = two_halves(SAE(2, 4, TopK(1), seed=0), x, np.arange(6) < 3, ConceptSet(np.ones((6, 1))))
    >>> both.acts[0].shape, both.judged.total
    ((3, 4), 3)
    """
    from saelib import ActivationSets, align

    acts = activations(sae, points)
    parts = tuple(acts[np.flatnonzero(half)] for half in (halves, ~halves))
    fit, test = (
        align(ActivationSets(part > 0), concepts.take_points(np.flatnonzero(half)))
        for part, half in zip(parts, (halves, ~halves), strict=True)
    )
    return TwoHalves((parts[0], parts[1]), fit, test)


def activations(sae: SAE, points: npt.NDArray[np.float32]) -> sparse.csr_array:
    """Activations of an SAE, sparse, without ever holding them dense.

    Parameters
    ----------
    sae : SAE
        Any.
    points : ndarray [n, d_in]
        Points.

    Returns
    -------
    csr_array [n, d_sae]
        float32.

    Examples
    --------
    >>> from saelib.sae import SAE, TopK
    >>> activations(SAE(2, 4, TopK(1), seed=0), np.ones((3, 2), dtype=np.float32)).shape
    (3, 4)
    """
    import torch

    with torch.no_grad():
        blocks = [
            sparse.csr_array(sae.encode(points[start : start + _ROWS]).numpy())
            for start in range(0, len(points), _ROWS)
        ]
    return sparse.csr_array(sparse.vstack(blocks))


def levelled(
    acts: tuple[sparse.csr_array, sparse.csr_array], levels: tuple[float, ...]
) -> tuple[ActivationSets, ActivationSets]:
    """Every neuron at several thresholds: quantiles of its positive activations on the choosing half.

    Parameters
    ----------
    acts : tuple of csr_array [n_half, d_sae]
        Activations on the choosing and on the judging half.
    levels : tuple of float
        Quantiles in [0, 1); at 0 any activation counts.

    Returns
    -------
    tuple of ActivationSets
        On the two halves; neuron j at level l has number ``j * len(levels) + l``. A neuron that is silent on
        the choosing half fires at no level above 0 on the other.

    Examples
    --------
    >>> one = sparse.csr_array(np.array([[1.0], [2.0], [3.0], [0.0]]))
    >>> fit, test = levelled((one, one), (0.0, 0.5))
    >>> fit.sizes.tolist()
    [3, 1]
    """
    from saelib import ActivationSets

    d_sae, n = acts[0].shape[1], len(levels)
    thresholds = np.full((d_sae, n), np.inf)
    by_neuron = sparse.csc_array(acts[0])
    for j in range(d_sae):
        values = by_neuron.data[by_neuron.indptr[j] : by_neuron.indptr[j + 1]]
        values = values[values > 0]
        if values.size:
            thresholds[j] = np.quantile(values, levels)
    thresholds[:, [i for i, level in enumerate(levels) if level == 0]] = 0.0
    found = []
    for part in acts:
        at = sparse.coo_array(part)
        point, neuron = np.asarray(at.row), np.asarray(at.col)
        fires = (at.data[:, None] > thresholds[neuron]) & (at.data[:, None] > 0)
        which, level = np.nonzero(fires)
        pairs = point[which], neuron[which].astype(np.int64) * n + level
        ones = np.ones(len(which), dtype=np.bool_)
        found.append(ActivationSets(sparse.csr_array((ones, pairs), shape=(part.shape[0], d_sae * n))))
    return found[0], found[1]
