"""Whether another seed finds the same neurons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from saelib.sae import SAE
    from saelib.study.sweeps.nouns_training import Points


def found_again(first: SAE, second: SAE, points: Points) -> pd.DataFrame:
    """For every neuron the nearest neuron of another SAE: by where it fires, and by its direction.

    Parameters
    ----------
    first, second : SAE
        Over the same points.
    points : ndarray [n_points, d_in]
        Where they fire.

    Returns
    -------
    DataFrame
        One row a neuron of the first that fires somewhere: ``neuron``; ``jaccard``, the largest Jaccard
        index of its activation set with one of the second; ``cosine``, the largest between decoder rows; the
        same between the second SAE with every neuron's firing dealt out anew (``jaccard_by_chance``), and
        between the first and random directions (``cosine_by_chance``).

    Examples
    --------
    >>> from saelib.sae import SAE, TopK
    >>> x = np.random.default_rng(0).normal(size=(50, 3)).astype("float32")
    >>> sae = SAE(3, 8, TopK(2), seed=0)
    >>> found = found_again(sae, sae, x)
    >>> float(found.jaccard.min()), bool(found.cosine.min() > 0.999)
    (1.0, True)
    """
    from scipy import sparse

    from saelib.study.sweeps.nouns_training import sparse_activations

    a, b = (sparse_activations(sae, points) > 0 for sae in (first, second))
    rng = np.random.default_rng(0)
    dealt = [rng.choice(len(points), size, replace=False) for size in b.sum(axis=0)]
    columns = np.repeat(np.arange(b.shape[1]), [len(each) for each in dealt])
    chance = sparse.csr_array(
        (np.ones(len(columns), dtype=bool), (np.concatenate(dealt), columns)), shape=b.shape
    )
    mine, other = (sae.W_dec.detach().double().numpy() for sae in (first, second))
    random = rng.normal(size=other.shape)
    random /= np.linalg.norm(random, axis=1, keepdims=True)
    frame = pd.DataFrame(
        {
            "neuron": np.arange(a.shape[1]),
            "jaccard": _nearest(a, b),
            "cosine": (mine @ other.T).max(axis=1),
            "jaccard_by_chance": _nearest(a, chance),
            "cosine_by_chance": (mine @ random.T).max(axis=1),
        }
    )
    return frame[np.asarray(a.sum(axis=0)) > 0].reset_index(drop=True)


def _nearest(a: object, b: object) -> np.ndarray:
    """The largest Jaccard index of each column of a with a column of b; boolean sparse matrices."""
    one, other = a.astype(np.int64), b.astype(np.int64)  # type: ignore[attr-defined]
    both = (one.T @ other).toarray()
    union = np.asarray(one.sum(axis=0))[:, None] + np.asarray(other.sum(axis=0))[None, :] - both
    found: np.ndarray = np.where(union > 0, both / np.maximum(union, 1), 0.0).max(axis=1)
    return found
