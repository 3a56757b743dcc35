"""Top-K when k is a small part of d_sae: all but the encoding product become sums of k rows.

``embedding_bag`` is what sums chosen rows; regrouped neuron by neuron it makes the weights' gradients too.
"""

from __future__ import annotations

import numpy as np
import torch
from torch.nn.functional import embedding_bag

from saelib.sae.gradients.batch import Batch, mean_square
from saelib.sae.gradients.result import Gradients
from saelib.sae.selection import top_k_indices
from saelib.sae.workspace import Workspace


def sparse(batch: Batch, k: int, l1: float) -> Gradients:
    """Gradients with only the chosen neurons of each point touched."""
    sae, n, of, workspace = batch.sae, len(batch.x), batch.of, batch.workspace
    chosen = top_k_indices(batch.pre, k, workspace)
    z = torch.gather(batch.pre, 1, chosen, out=workspace("chosen.z", (n, k), batch.x)).relu_()
    W_dec = sae.W_dec.detach()  # with a parameter embedding_bag keeps what a backward pass would need
    reconstructed = embedding_bag(chosen, W_dec, per_sample_weights=z, mode="sum")
    residual = torch.sub(batch.centred, reconstructed, out=batch.like_x("residual.0"))
    r = torch.mul(residual, -2.0 / n, out=batch.like_x("r"))
    neurons = chosen.reshape(-1)
    points, starts = _places(n, k, workspace, neurons.device)
    # <r_b, W_dec_j> for each chosen j of each point b: the backward pass of embedding_bag's weights.
    dz = torch.ops.aten._embedding_bag_per_sample_weights_backward(r, W_dec, neurons, starts, points, 0)
    if l1:
        dz.add_(l1 / n)
    flat = z.view(-1)
    torch.ops.aten.threshold_backward.grad_input(dz, flat, 0, grad_input=dz)
    by_neuron = _ByNeuron(neurons, points, sae.d_sae)
    of["W_enc"].copy_(by_neuron.sum_rows(batch.centred, dz).T)
    of["W_dec"].copy_(by_neuron.sum_rows(r, flat))
    of["b_enc"].zero_().index_add_(0, neurons, dz)
    batch.write_b_dec(r)
    squared_error, mean_l1 = mean_square(residual), float(z.sum()) / n
    total = workspace("by_neuron", (sae.d_sae,), z).zero_().index_add_(0, neurons, flat)
    return Gradients(
        of=of,
        loss=squared_error + l1 * mean_l1,
        squared_error=squared_error,
        l1=mean_l1,
        fired=total > 0,
        acts=z,
        pre_acts=batch.pre,
        residual=residual,
    )


def _places(n: int, k: int, workspace: Workspace, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Of n points with k entries each, in order: the point of each entry, the first entry of each."""
    points = workspace.once(
        ("points", n, k, device), lambda: torch.arange(n, device=device).repeat_interleave(k)
    )
    starts = workspace.once(("starts", n, k, device), lambda: torch.arange(0, n * k, k, device=device))
    return points, starts


class _ByNeuron:
    """The entries of a [B, k] index matrix regrouped neuron by neuron, in a fixed order of summation."""

    def __init__(self, neurons: torch.Tensor, points: torch.Tensor, d_sae: int) -> None:
        narrow = neurons.to(torch.int16) if d_sae <= 2**15 else neurons  # numpy sorts 16 bits by radix
        order = np.argsort(narrow.cpu().numpy(), kind="stable")
        self._order = torch.from_numpy(order).to(neurons.device)
        self._points = points.index_select(0, self._order)
        counts = torch.bincount(neurons, minlength=d_sae)
        self._offsets = counts.cumsum(0) - counts

    def sum_rows(self, rows: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """[d_sae, d_in]: for each neuron the sum of ``rows[b]`` weighted by its entries of ``weights``."""
        ordered = weights.index_select(0, self._order)
        return embedding_bag(self._points, rows, self._offsets, per_sample_weights=ordered, mode="sum")
