"""The gradients of a sparse autoencoder, written down instead of traced.

With r = 2(x̂ - x)/B and one hidden layer they are five matrix products; autograd would rebuild a graph
for them at every step. For Top-K only k of d_sae neurons a point carry gradient, so that all but the
encoding product become sums of k rows (``embedding_bag``): that is the cheaper way once the dictionary
is several times wider than k.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import embedding_bag

from saelib.errors import InputError
from saelib.sae.gates import Gate, ReLU, TopK
from saelib.sae.model import SAE
from saelib.sae.selection import top_k_indices

SPARSE_FROM = 8  # d_sae / k from which sums of k rows beat dense products (benchmarks/training.py)
GATHER_FROM = 64  # d_sae / k from which gathering k rows a point beats one dense product


@dataclass
class Gradients:
    """Gradients of the loss on one batch, with what the trainer wants to know of the batch.

    Attributes
    ----------
    W_enc, b_enc, W_dec, b_dec : torch.Tensor
        In the shapes of the parameters.
    squared_error : float
        Mean over the batch of ``‖x̂ - x‖²``.
    l1 : float
        Mean over the batch of ``‖z‖₁``.
    fired : torch.Tensor
        Boolean [d_sae]: who fired on the batch.
    acts : torch.Tensor
        The activations, [B, d_sae], or only the k chosen ones a point, [B, k].
    pre_acts, residual : torch.Tensor
        ``p`` [B, d_sae] and ``x - x̂`` [B, d_in], for reviving the dead.
    """

    W_enc: torch.Tensor
    b_enc: torch.Tensor
    W_dec: torch.Tensor
    b_dec: torch.Tensor
    squared_error: float
    l1: float
    fired: torch.Tensor
    acts: torch.Tensor
    pre_acts: torch.Tensor
    residual: torch.Tensor

    @property
    def l0(self) -> float:
        """Mean number of active neurons a point; counted only when asked for, as it costs a pass."""
        return float((self.acts > 0).sum()) / len(self.acts)


def gradients(sae: SAE, x: torch.Tensor, l1_coefficient: float = 0.0) -> Gradients:
    """Gradients of ``mean ‖x̂ - x‖² + l1_coefficient · mean ‖z‖₁`` on a batch x [B, d_in].

    The gradient of a Top-K selection is taken with the chosen set held fixed, as autograd does.

    Raises
    ------
    InputError
        For a gate whose gradients are not known here.

    Examples
    --------
    >>> from saelib.sae import ReLU
    >>> sae = SAE(1, 1, ReLU())
    >>> for p in (sae.W_enc, sae.W_dec): _ = p.data.fill_(1.0)
    >>> g = gradients(sae, torch.tensor([[2.0]]), l1_coefficient=0.5)
    >>> (g.squared_error, g.l1, g.W_enc.item())       # exact reconstruction: only the L1 term pulls
    (0.0, 2.0, 1.0)
    """
    with torch.no_grad():
        centred = x - sae.b_dec
        pre = torch.addmm(sae.b_enc, centred, sae.W_enc)
        if isinstance(sae.gate, TopK) and sae.d_sae >= SPARSE_FROM * sae.gate.k:
            return _sparse(sae, x, centred, pre, sae.gate.k, l1_coefficient)
        return _dense(sae, x, centred, pre, _acts(sae.gate, pre), l1_coefficient)


def _acts(gate: Gate, pre: torch.Tensor) -> torch.Tensor:
    if isinstance(gate, ReLU | TopK):
        return gate.acts(pre)
    raise InputError("gate", f"is {gate!r}", "give ReLU() or TopK(k)")


def _dense(
    sae: SAE, x: torch.Tensor, centred: torch.Tensor, pre: torch.Tensor, z: torch.Tensor, l1: float
) -> Gradients:
    batch = x.shape[0]
    residual = x - torch.addmm(sae.b_dec, z, sae.W_dec)
    r = residual * (-2.0 / batch)
    dz = torch.mm(r, sae.W_dec.T)
    if l1:
        dz += l1 / batch
    # relu's own backward: dz where z > 0, else 0; several times faster than a boolean mask on a CPU.
    dz = torch.ops.aten.threshold_backward(dz, z, 0)
    db_enc = dz.sum(0)
    return Gradients(
        W_enc=torch.mm(centred.T, dz),
        b_enc=db_enc,
        W_dec=torch.mm(z.T, r),
        b_dec=r.sum(0) - torch.mv(sae.W_enc, db_enc),
        squared_error=float(residual.square().sum()) / batch,
        l1=float(z.sum()) / batch,
        fired=z.amax(0) > 0,
        acts=z,
        pre_acts=pre,
        residual=residual,
    )


def _sparse(
    sae: SAE, x: torch.Tensor, centred: torch.Tensor, pre: torch.Tensor, k: int, l1: float
) -> Gradients:
    batch = x.shape[0]
    chosen = top_k_indices(pre, k)
    z = torch.relu(pre.gather(1, chosen))
    on = z > 0
    residual = x - sae.b_dec - embedding_bag(chosen, sae.W_dec, per_sample_weights=z, mode="sum")
    r = residual * (-2.0 / batch)
    dz = _along_chosen(r, sae.W_dec, chosen)
    if l1:
        dz += l1 / batch
    dz *= on
    by_neuron = _ByNeuron(chosen, sae.d_sae)
    db_enc = by_neuron.sum_scalars(dz)
    return Gradients(
        W_enc=by_neuron.sum_rows(centred, dz).T,
        b_enc=db_enc,
        W_dec=by_neuron.sum_rows(r, z),
        b_dec=r.sum(0) - torch.mv(sae.W_enc, db_enc),
        squared_error=float(residual.square().sum()) / batch,
        l1=float(z.sum()) / batch,
        fired=by_neuron.sum_scalars(on.to(z.dtype)) > 0,
        acts=z,
        pre_acts=pre,
        residual=residual,
    )


def _along_chosen(r: torch.Tensor, W_dec: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
    """``<r_b, W_dec_j>`` for each chosen j of each row b, [B, k]."""
    batch, k = chosen.shape
    if len(W_dec) <= GATHER_FROM * k:
        return torch.mm(r, W_dec.T).gather(1, chosen)
    rows = W_dec.index_select(0, chosen.reshape(-1)).reshape(batch, k, W_dec.shape[1])
    return torch.bmm(rows, r.unsqueeze(2)).squeeze(2)


class _ByNeuron:
    """The entries of a [B, k] index matrix regrouped neuron by neuron, in a fixed order of summation."""

    def __init__(self, chosen: torch.Tensor, d_sae: int) -> None:
        flat = chosen.reshape(-1)
        narrow = flat.to(torch.int16) if d_sae <= 2**15 else flat  # numpy sorts 16 bits by radix
        order = torch.from_numpy(np.argsort(narrow.cpu().numpy(), kind="stable")).to(flat.device)
        self._order = order
        self._rows = torch.div(order, chosen.shape[1], rounding_mode="floor")
        self._flat = flat
        counts = torch.bincount(flat, minlength=d_sae)
        self._offsets = counts.cumsum(0) - counts
        self._d_sae = d_sae

    def sum_rows(self, rows: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """[d_sae, d_in]: for each neuron the sum of ``rows[b]`` weighted by its entries of ``weights``."""
        ordered = weights.reshape(-1).index_select(0, self._order)
        return embedding_bag(self._rows, rows, self._offsets, per_sample_weights=ordered, mode="sum")

    def sum_scalars(self, weights: torch.Tensor) -> torch.Tensor:
        """[d_sae]: for each neuron the sum of its entries of ``weights``."""
        return torch.bincount(self._flat, weights=weights.reshape(-1), minlength=self._d_sae).to(
            weights.dtype
        )
