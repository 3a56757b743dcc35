"""Gates under which an activation is the pre-activation or 0: ReLU, Top-K in any form, nested or not."""

from __future__ import annotations

import itertools

import torch

from saelib.sae.gradients.batch import Batch, mean_square
from saelib.sae.gradients.result import Gradients


def dense(
    batch: Batch, z: torch.Tensor, l1: float, prefixes: tuple[int, ...] = (), threshold: float | None = None
) -> Gradients:
    """Five matrix products, or those of each block of neurons between two prefixes.

    A neuron of block j takes part in the reconstructions by the prefixes that end at or after its block, so
    what comes back to it is the sum of their r = 2(x̂ - x)/(B · prefixes).
    """
    sae, n, of = batch.sae, len(batch.x), batch.of
    ends = prefixes or (sae.d_sae,)
    blocks = [slice(start, end) for start, end in itertools.pairwise((0, *ends))]
    left, residuals = batch.centred, []
    for j, block in enumerate(blocks):
        left = torch.addmm(left, z[:, block], sae.W_dec[block], alpha=-1, out=batch.like_x(f"residual.{j}"))
        residuals.append(left)
    errors = [mean_square(residual) for residual in residuals]
    dz, r = batch.like_pre("dz"), batch.like_x("r").zero_()
    for residual, block in zip(reversed(residuals), reversed(blocks), strict=True):
        r.add_(residual, alpha=-2.0 / (n * len(blocks)))
        torch.mm(r, sae.W_dec[block].T, out=dz[:, block])
        torch.mm(z[:, block].T, r, out=of["W_dec"][block])
    if l1:
        dz.add_(l1 / n)
    # relu's own backward: dz where z > 0, else 0; several times faster than a boolean mask on a CPU.
    torch.ops.aten.threshold_backward.grad_input(dz, z, 0, grad_input=dz)
    batch.write_encoder(dz, r)
    by_neuron = torch.sum(z, 0, out=batch.workspace("by_neuron", (sae.d_sae,), z))
    mean_l1 = float(by_neuron.sum()) / n
    return Gradients(
        of=of,
        loss=sum(errors) / len(errors) + l1 * mean_l1,
        squared_error=errors[-1],
        l1=mean_l1,
        fired=by_neuron > 0,
        acts=z,
        pre_acts=batch.pre,
        residual=residuals[-1],
        threshold=threshold,
    )
