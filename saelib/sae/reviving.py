"""Bringing dead neurons back: an auxiliary loss for gates that choose, resampling for those that do not."""

from __future__ import annotations

import torch

from saelib.sae.adam import Adam
from saelib.sae.gradients.result import Gradients
from saelib.sae.model import SAE
from saelib.sae.selection import top_k_mask


def add_auxiliary_gradients(
    sae: SAE, x: torch.Tensor, g: Gradients, dead: torch.Tensor, weight: float
) -> None:
    """Add to ``g``, in place, the gradients of ``weight · mean ‖e - ê‖²`` (Gao et al. 2024).

    e = x - x̂ is what the living neurons leave over, taken as constant; ê is its reconstruction by the
    (at most d_in/2) dead neurons with the largest pre-activations, taken as they are: through a ReLU a
    neuron that is negative everywhere would never see a gradient. ``dead`` is boolean [d_sae].
    """
    with torch.no_grad():
        index = dead.nonzero().squeeze(1)
        if not len(index):
            return
        batch = x.shape[0]
        z = g.pre_acts.index_select(1, index)
        most = max(1, sae.d_in // 2)
        mask = top_k_mask(z, most) if len(index) > most else None  # otherwise all take part
        if mask is not None:
            z.mul_(mask)
        W_dec = sae.W_dec.index_select(0, index)
        r = torch.mm(z, W_dec).sub_(g.residual).mul_(2.0 * weight / batch)
        dz = torch.mm(r, W_dec.T)
        if mask is not None:
            dz.mul_(mask)
        db_enc = dz.sum(0)
        g.of["W_dec"].index_add_(0, index, torch.mm(z.T, r))
        g.of["W_enc"].index_add_(1, index, torch.mm((x - sae.b_dec).T, dz))
        g.of["b_enc"].index_add_(0, index, db_enc)
        g.of["b_dec"].sub_(torch.mv(sae.W_enc.index_select(1, index), db_enc))


def resample(
    sae: SAE,
    residual: torch.Tensor,
    dead: torch.Tensor,
    optimiser: Adam,
    generator: torch.Generator,
    threshold: float = 0.0,
) -> None:
    """Point every dead neuron at a badly reconstructed point of the batch (Bricken et al. 2023).

    Points are drawn with probability proportional to their squared error; the decoder row becomes the
    unit direction of the drawn residual, the encoder column that direction at a fifth of the mean norm
    of the living, what else is learned a neuron zero (a threshold ``threshold``); Adam forgets what it knew
    of these neurons.
    """
    with torch.no_grad():
        index = dead.nonzero().squeeze(1)
        error = residual.square().sum(1)
        if not len(index) or not bool((error > 0).any()):
            return
        drawn = torch.multinomial(error.cpu().double(), len(index), replacement=True, generator=generator)
        direction = residual.index_select(0, drawn.to(residual.device))
        direction = direction / direction.norm(dim=1, keepdim=True)
        living = sae.W_enc[:, ~dead].norm(dim=0)
        scale = 0.2 * float(living.mean()) if len(living) else 0.2
        optimiser.restart("W_dec", index, direction)
        optimiser.restart("W_enc", index, direction.T * scale)
        for name in sae.gate.learned:
            optimiser.restart(name, index, threshold if name == "threshold" else 0.0)
