"""What luck achieves: a random dictionary that fires as often, and concepts dealt out at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from saelib.sae import SAE
    from saelib.sets import ConceptSet


def random_dictionary(trained: SAE, points: np.ndarray, seed: int) -> SAE:
    """The SAE before its training, made to fire as sparsely as the trained one.

    The directions are those that `saelib.sae.train` starts from under the same seed, and b_dec is the mean of
    the points. ReLU neurons get the bias with which each fires on exactly as many of the points as its
    trained counterpart (ties apart), so that sparsity and every firing rate are matched; a dead neuron stays
    dead. Top-K gets no bias: k fixes its sparsity.

    Parameters
    ----------
    trained : SAE
        Whose size, gate and firing rates to copy.
    points : ndarray [n_points, d_in]
        What it was trained on.
    seed : int
        What it was trained with, ≥ 0.

    Returns
    -------
    SAE
        Untrained.

    Examples
    --------
    >>> import torch
    >>> from saelib.sae import SAE, ReLU
    >>> trained = SAE(2, 3, ReLU(), seed=0)
    >>> _ = trained.b_enc.data.copy_(torch.tensor([-9.0, 0.5, 9.0]))        # never, often, always
    >>> x = np.random.default_rng(0).normal(size=(50, 2)).astype("float32")
    >>> null = random_dictionary(trained, x, seed=1)
    >>> bool((null.active(x).sum(0) == trained.active(x).sum(0)).all())
    True
    """
    import torch

    from saelib.sae import SAE, ReLU

    sae = SAE(trained.d_in, trained.d_sae, trained.gate, seed=seed, dtype=trained.W_enc.dtype)
    with torch.no_grad():
        sae.b_dec.copy_(torch.as_tensor(points, dtype=sae.b_dec.dtype).mean(dim=0))
        if isinstance(trained.gate, ReLU):
            _fire_as_often(sae, trained, points)
    return sae


def random_relu(trained: SAE, points: np.ndarray, seed: int) -> SAE:
    """Random directions with ReLU neurons that fire exactly as often as those of any trained SAE.

    The dictionary of `random_dictionary` for a ReLU SAE, whatever the gate of the trained one: so that every
    gate is held against luck of the same kind and of its own firing rates.

    Parameters
    ----------
    trained : SAE
        Whose size and firing rates to copy.
    points : ndarray [n_points, d_in]
        Of the kind that it was trained on.
    seed : int
        Draws the directions, ≥ 0.

    Returns
    -------
    SAE
        Untrained, with ReLU as its gate.

    Examples
    --------
    >>> from saelib.sae import SAE, TopK
    >>> x = np.random.default_rng(0).normal(size=(50, 2)).astype("float32")
    >>> trained = SAE(2, 4, TopK(2), seed=0)
    >>> null = random_relu(trained, x, seed=1)
    >>> bool((null.active(x).sum(0) == trained.active(x).sum(0)).all())
    True
    """
    import torch

    from saelib.sae import SAE, ReLU

    sae = SAE(trained.d_in, trained.d_sae, ReLU(), seed=seed, dtype=trained.W_enc.dtype)
    with torch.no_grad():
        sae.b_dec.copy_(torch.as_tensor(points, dtype=sae.b_dec.dtype).mean(dim=0))
        _fire_as_often(sae, trained, points)
    return sae


def _fire_as_often(sae: SAE, trained: SAE, points: np.ndarray) -> None:
    """Give each ReLU neuron the bias with which it fires on as many points as its trained counterpart."""
    import torch

    wanted = trained.active(points).sum(dim=0).numpy()
    # Half way between the last point to fire on and the first not to, counted from the largest. numpy sorts
    # the rows of a matrix several times faster than torch its columns.
    rising = np.sort(np.ascontiguousarray(sae.pre_acts(points).numpy().T), axis=1)
    padded = np.concatenate([rising[:, :1] - 1, rising, rising[:, -1:] + 1], axis=1)
    neuron, at = np.arange(sae.d_sae), padded.shape[1] - 1 - wanted
    sae.b_enc.copy_(torch.from_numpy(-(padded[neuron, at] + padded[neuron, at - 1]) / 2))


def shuffled(concepts: ConceptSet, seed: int) -> ConceptSet:
    """The same concepts dealt out to the points at random, a point's memberships kept together.

    Frequencies and the hierarchy survive; any relation to the points is gone.

    Parameters
    ----------
    concepts : ConceptSet
        Over some points.
    seed : int
        Of the shuffle, ≥ 0.

    Returns
    -------
    ConceptSet
        Over as many points.

    Examples
    --------
    >>> from saelib import ConceptSet
    >>> human = ConceptSet([[1, 1], [1, 0], [0, 0], [0, 0]], names=["animal", "dog"], parents=[-1, 0])
    >>> mixed = shuffled(human, seed=0)
    >>> mixed.sizes.tolist(), mixed.parents.tolist()
    ([2, 1], [-1, 0])
    """
    return concepts.take_points(np.random.default_rng(seed).permutation(concepts.n_points))
