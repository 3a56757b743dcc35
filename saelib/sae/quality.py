"""How well an SAE reconstructs, how sparsely, and how many of its neurons never fire."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from saelib.errors import checked_type
from saelib.sae.check import positive_integer
from saelib.sae.model import SAE, Points


@dataclass(frozen=True)
class Quality:
    """Reconstruction and sparsity of an SAE over a set of points.

    Attributes
    ----------
    explained_variance : float
        1 - Σ‖x - x̂‖² / Σ‖x - mean‖².
    l0 : float
        Mean number of active neurons a point.
    l1 : float
        Mean L1 norm of the activations.
    n_dead : int
        Neurons that fired on no point.

    Examples
    --------
    >>> Quality(explained_variance=0.9, l0=4.0, l1=5.5, n_dead=0).l0
    4.0
    """

    explained_variance: float
    l0: float
    l1: float
    n_dead: int


def quality(sae: SAE, points: Points, batch_size: int = 4096) -> Quality:
    """Measure an SAE over points, batch by batch.

    Parameters
    ----------
    sae : SAE
        Any.
    points : array or tensor [n, d_in]
        What to reconstruct.
    batch_size : int, default 4096
        Points at a time; bounds the memory, changes nothing else.

    Returns
    -------
    Quality

    Raises
    ------
    InputError
        If ``points`` is not [n, d_in] or ``batch_size`` not a positive integer.

    Examples
    --------
    >>> from saelib.sae import ReLU
    >>> sae = SAE(1, 2, ReLU())
    >>> _ = sae.W_enc.data.copy_(torch.tensor([[1.0, -1.0]]))
    >>> _ = sae.W_dec.data.copy_(torch.tensor([[1.0], [-1.0]]))
    >>> quality(sae, torch.tensor([[-1.0], [1.0]]))
    Quality(explained_variance=1.0, l0=1.0, l1=1.0, n_dead=0)
    """
    checked_type("sae", sae, SAE, "give an SAE; load_sae reads one from a folder")
    positive_integer("batch_size", batch_size)
    x = sae._as_points(points)
    mean = x.mean(0, dtype=torch.float64)
    error = total = l1 = 0.0
    fired = torch.zeros(sae.d_sae, dtype=torch.int64, device=x.device)
    with torch.no_grad():
        for batch in x.split(batch_size):
            z = sae.encode(batch)
            error += float((batch - sae.decode(z)).double().square().sum())
            total += float((batch.double() - mean).square().sum())
            l1 += float(z.sum(dtype=torch.float64))
            fired += (z > 0).to(torch.float32).sum(0).to(torch.int64)  # exact below 2²⁴, and the quickest
    n = len(x)
    explained = 1.0 - error / total if total > 0 else 0.0
    return Quality(explained, int(fired.sum()) / n, l1 / n, int((fired == 0).sum()))
