"""JumpReLU: exact where the gate is open, a straight-through estimate at the threshold."""

from __future__ import annotations

import torch

from saelib.sae.gradients.batch import Batch, mean_square
from saelib.sae.gradients.result import Gradients, count_positive


def jump_relu(batch: Batch, l0: float, bandwidth: float) -> Gradients:
    """Gradients of ``mean ‖x̂ - x‖² + l0 · mean ‖z‖₀`` (Rajamanoharan et al. 2024, arXiv:2407.14435).

    With the rectangle K(u) = 1[|u| < 1/2] and bandwidth ε, ``∂z/∂θ = -(θ/ε) K((p - θ)/ε)`` and ``∂‖z‖₀/∂θ =
    -(1/ε) K((p - θ)/ε)``; what reaches the encoder is the true derivative, which knows nothing of L0.
    """
    sae, n, of = batch.sae, len(batch.x), batch.of
    over = torch.sub(batch.pre, sae.threshold, out=batch.like_pre("over"))
    z = sae.gate.acts(batch.pre, {"threshold": sae.threshold})
    residual = torch.addmm(batch.centred, z, sae.W_dec, alpha=-1, out=batch.like_x("residual.0"))
    r = torch.mul(residual, -2.0 / n, out=batch.like_x("r"))
    dz = torch.mm(r, sae.W_dec.T, out=batch.like_pre("dz"))
    torch.mm(z.T, r, out=of["W_dec"])
    near = over.abs_().lt(bandwidth / 2)
    crossings = torch.sum(near, 0, dtype=z.dtype)
    pull = torch.mul(dz, near, out=over).sum(0)
    torch.add(pull * sae.threshold, crossings, alpha=l0 / n, out=of["threshold"]).mul_(-1.0 / bandwidth)
    torch.ops.aten.threshold_backward.grad_input(dz, z, 0, grad_input=dz)
    batch.write_encoder(dz, r)
    squared_error, by_neuron = mean_square(residual), z.sum(0)
    mean_l0 = count_positive(z) / n
    return Gradients(
        of=of,
        loss=squared_error + l0 * mean_l0,
        squared_error=squared_error,
        l1=float(by_neuron.sum()) / n,
        fired=by_neuron > 0,
        acts=z,
        pre_acts=batch.pre,
        residual=residual,
    )
