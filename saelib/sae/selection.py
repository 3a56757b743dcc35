"""Which entries of each row are its k largest: the one operation that decides the cost of Top-K.

On a CPU ``torch.topk`` takes ten times as long as the matrix product before it. Two facts make it cheap.
A float32 widened to float64 has 29 zero bits at its end: room for its column, so that numpy's quickselect on
the widened numbers yields values and columns at once, exactly. And the k largest entries of a row lie in the
k groups of columns with the largest maxima, whatever the groups, so that most columns are looked at only
once, by a maximum.
"""

from __future__ import annotations

import numpy as np
import torch

from saelib.sae.workspace import Workspace

_GROUPS_FROM = 8  # groups kept per chosen entry: with fewer, the second look costs more than the first saves


def top_k_mask(values: torch.Tensor, k: int) -> torch.Tensor:
    """Boolean mask [n, d] of the k largest entries of each row of ``values`` [n, d]; exactly k a row.

    Examples
    --------
    >>> top_k_mask(torch.tensor([[3.0, 1.0, 2.0], [5.0, 5.0, 5.0]]), 2).sum(1)
    tensor([2, 2])
    """
    chosen = top_k_indices(values, k)
    return torch.zeros_like(values, dtype=torch.bool).scatter_(1, chosen, True)


def top_k_indices(values: torch.Tensor, k: int, workspace: Workspace | None = None) -> torch.Tensor:
    """Column indices [n, k] of the k largest entries of each row, in no particular order.

    Ties are broken by position, always in the same way on the same kind of device and dtype. NaN counts as
    largest, as in `torch.topk`. With a workspace the result is overwritten by the next call.

    Examples
    --------
    >>> top_k_indices(torch.tensor([[3.0, 1.0, 2.0]]), 2).sort().values
    tensor([[0, 2]])
    """
    n, d = values.shape
    if k >= d:
        return torch.arange(d, device=values.device).repeat(n, 1)
    values = values.detach()
    if values.device.type != "cpu" or values.dtype == torch.float64 or not n:
        return values.topk(k, dim=1, sorted=False).indices
    workspace = workspace or Workspace()
    values = values.to(torch.float32)
    groups = d
    while groups % 2 == 0 and groups >= 2 * _GROUPS_FROM * k:
        groups //= 2
    if groups == d:
        return _quickselect(values, None, k, workspace)
    maxima = _group_maxima(values, groups, workspace)
    chosen = _quickselect(maxima, None, k, workspace)
    members = workspace.once(("selection.members", d, groups), lambda: torch.arange(0, d, groups))
    columns = workspace("selection.columns", (n, k, len(members)), values, torch.int64)
    torch.add(chosen.unsqueeze(2), members, out=columns)
    flat = columns.view(n, -1)
    candidates = torch.gather(
        values, 1, flat, out=workspace("selection.candidates", tuple(flat.shape), values)
    )
    return _quickselect(candidates, flat, k, workspace)


def _group_maxima(values: torch.Tensor, groups: int, workspace: Workspace) -> torch.Tensor:
    """Largest entry [n, groups] of each group; a group is the columns equal modulo ``groups``."""
    n, d = values.shape
    maxima = workspace("selection.maxima", (n, groups), values)
    torch.maximum(values[:, :groups], values[:, groups : 2 * groups], out=maxima)
    for start in range(2 * groups, d, groups):
        torch.maximum(maxima, values[:, start : start + groups], out=maxima)
    return maxima


def _quickselect(
    values: torch.Tensor, columns: torch.Tensor | None, k: int, workspace: Workspace
) -> torch.Tensor:
    """The ``columns`` (by default the positions) of the k largest float32 entries of each row."""
    n, d = values.shape
    # One kept tensor a stage and a width of it: the first stage has no columns of its own.
    stage = "selection.positions" if columns is None else "selection.columns"
    keys = workspace(f"{stage}.keys", (n, d), values, torch.float64)
    bits = keys.view(torch.int64)
    keys.copy_(values).clamp_min_(torch.finfo(torch.float32).min)  # -inf with bits at its end would be NaN
    if columns is None:
        columns = workspace.once(("selection.positions", d), lambda: torch.arange(d))
    bits.bitwise_or_(columns)
    keys.numpy().partition(d - k, axis=1)
    chosen = workspace(f"{stage}.chosen", (n, k), values, torch.int64)
    return torch.bitwise_and(bits[:, d - k :], (1 << 29) - 1, out=chosen)


def batch_top_k_threshold(values: torch.Tensor, count: int) -> float:
    """The ``count``-th largest of all entries of ``values`` [n, d]; everything below it is not chosen.

    Examples
    --------
    >>> batch_top_k_threshold(torch.tensor([[3.0, 1.0], [2.0, 0.0]]), 2)
    2.0
    """
    flat = values.detach().reshape(-1)
    position = len(flat) - count
    if flat.device.type != "cpu" or flat.dtype not in (torch.float32, torch.float64):
        return float(flat.kthvalue(position + 1).values)
    return float(np.partition(flat.numpy(), position)[position])
