"""Which entries of each row are its k largest: the one operation that decides the cost of Top-K.

On a CPU ``torch.topk`` takes several times as long as the matrix product before it; numpy's quickselect
finds the k-th value in a fraction of that, and a comparison does the rest. Ties are rare and are
handed to ``torch.topk``, so that never more than k entries are chosen.
"""

from __future__ import annotations

import numpy as np
import torch


def top_k_mask(values: torch.Tensor, k: int) -> torch.Tensor:
    """Boolean mask [n, d] of the k largest entries of each row of ``values`` [n, d]; exactly k a row.

    Examples
    --------
    >>> top_k_mask(torch.tensor([[3.0, 1.0, 2.0], [5.0, 5.0, 5.0]]), 2).sum(1)
    tensor([2, 2])
    """
    d = values.shape[1]
    if k >= d:
        return torch.ones_like(values, dtype=torch.bool)
    if not _on_numpy(values):
        return _mask_by_topk(values, k)
    mask, tied = _mask_by_quickselect(values, k)
    if len(tied):
        mask[tied] = _mask_by_topk(values[tied], k)
    return mask


def top_k_indices(values: torch.Tensor, k: int) -> torch.Tensor:
    """Column indices [n, k] of the k largest entries of each row, in ascending order of column.

    Examples
    --------
    >>> top_k_indices(torch.tensor([[3.0, 1.0, 2.0]]), 2)
    tensor([[0, 2]])
    """
    n, d = values.shape
    flat = np.flatnonzero(top_k_mask(values, k).cpu().numpy())
    return torch.from_numpy(flat % d).reshape(n, min(k, d)).to(values.device)


def _on_numpy(values: torch.Tensor) -> bool:
    return values.device.type == "cpu" and values.dtype in (torch.float32, torch.float64)


def _mask_by_quickselect(values: torch.Tensor, k: int) -> tuple[torch.Tensor, torch.Tensor]:
    array = values.detach().numpy()
    position = array.shape[1] - k
    kth = np.partition(array, position, axis=1)[:, position : position + 1]
    mask = array >= kth
    # One count over everything is cheaper than a count a row, and almost always the whole answer.
    tied = np.empty(0, np.int64)
    if np.count_nonzero(mask) != k * array.shape[0]:
        tied = np.flatnonzero(mask.sum(axis=1) != k)
    return torch.from_numpy(mask), torch.from_numpy(tied)


def _mask_by_topk(values: torch.Tensor, k: int) -> torch.Tensor:
    chosen = values.topk(k, dim=1).indices
    return torch.zeros_like(values, dtype=torch.bool).scatter_(1, chosen, True)
