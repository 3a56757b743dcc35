"""Gated: two paths through one encoder, and a frozen decoder that teaches the gate."""

from __future__ import annotations

import torch

from saelib.sae.gradients.batch import Batch, mean_square
from saelib.sae.gradients.result import Gradients


def gated(batch: Batch, l1: float) -> Gradients:
    """Gradients of ``mean ‖x̂ - x‖² + l1 · mean ‖g‖₁ + mean ‖g W_dec + b_dec - x‖²``, g = max(p, 0).

    In the last term, the auxiliary loss, the decoder's ``W_dec`` and ``b_dec`` are held fixed
    (Rajamanoharan et al. 2024, arXiv:2404.16014); the ``b_dec`` that the encoder takes off is not.
    """
    sae, n, of = batch.sae, len(batch.x), batch.of
    parameters = sae.gate_parameters
    scale = torch.exp(parameters["r_mag"])
    u = torch.sub(batch.pre, parameters["b_gate"], out=batch.like_pre("u"))
    z = torch.mul(u, scale, out=batch.like_pre("z")).add_(parameters["b_mag"]).relu_()
    torch.ops.aten.threshold_backward.grad_input(z, batch.pre, 0, grad_input=z)  # z where the gate is open
    gate = torch.clamp_min(batch.pre, 0, out=batch.like_pre("gate"))
    residual = torch.addmm(batch.centred, z, sae.W_dec, alpha=-1, out=batch.like_x("residual.0"))
    by_gate = torch.addmm(batch.centred, gate, sae.W_dec, alpha=-1, out=batch.like_x("residual.gate"))
    aux = mean_square(by_gate)
    r = torch.mul(residual, -2.0 / n, out=batch.like_x("r"))
    torch.mm(z.T, r, out=of["W_dec"])
    dz = torch.mm(r, sae.W_dec.T, out=batch.like_pre("dz"))
    torch.ops.aten.threshold_backward.grad_input(dz, z, 0, grad_input=dz)
    torch.sum(dz, 0, out=of["b_mag"])
    torch.sum(u.mul_(dz), 0, out=of["r_mag"]).mul_(scale)
    dgate = torch.mm(by_gate.mul_(-2.0 / n), sae.W_dec.T, out=u).add_(l1 / n)
    torch.ops.aten.threshold_backward.grad_input(dgate, gate, 0, grad_input=dgate)
    torch.sum(dgate, 0, out=of["b_gate"])
    du = dz.mul_(scale).add_(dgate)
    torch.mm(batch.centred.T, du, out=of["W_enc"])
    torch.sum(r, 0, out=of["b_dec"]).sub_(torch.mv(sae.W_enc, du.sum(0)))
    squared_error, by_neuron = mean_square(residual), z.sum(0)
    return Gradients(
        of=of,
        loss=squared_error + l1 * float(gate.sum()) / n + aux,
        squared_error=squared_error,
        l1=float(by_neuron.sum()) / n,
        fired=by_neuron > 0,
        acts=z,
        pre_acts=batch.pre,
        residual=residual,
    )
