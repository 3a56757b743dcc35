"""The gradients of a sparse autoencoder, written down instead of traced.

With r = 2(x̂ - x)/B and one hidden layer they are five matrix products; autograd would rebuild a graph
for them at every step. One way of taking them a file.
"""

from __future__ import annotations

import numpy as np
import torch

from saelib.errors import InputError
from saelib.sae.gates import BatchTopK, Gated, JumpReLU, Matryoshka, ReLU, TopK
from saelib.sae.gradients.batch import Batch
from saelib.sae.gradients.dense import dense
from saelib.sae.gradients.gated import gated
from saelib.sae.gradients.jump_relu import jump_relu
from saelib.sae.gradients.result import Gradients, count_positive
from saelib.sae.gradients.sparse import sparse
from saelib.sae.model import SAE
from saelib.sae.selection import batch_top_k_threshold
from saelib.sae.windows import Windows
from saelib.sae.workspace import Workspace

__all__ = ["gradients"]

SPARSE_FROM = 8  # d_sae / k from which sums of k rows beat dense products (benchmarks/training.py)


def gradients(
    sae: SAE,
    x: torch.Tensor,
    coefficient: float = 0.0,
    *,
    bandwidth: float = 0.1,
    into: Windows | None = None,
    workspace: Workspace | None = None,
) -> Gradients:
    """Gradients of ``mean ‖x̂ - x‖² + coefficient · mean ‖z‖`` on a batch x [B, d_in].

    The norm is the gate's `Gate.penalty`; `Gated` adds its auxiliary loss, `Matryoshka` takes the mean over
    its prefixes. The gradient of a Top-K selection is taken with the chosen set held fixed, as autograd
    does.

    Parameters
    ----------
    sae : SAE
        Whose loss.
    x : torch.Tensor
        The batch, [B, d_in].
    coefficient : float, default 0.0
        Weight of the norm.
    bandwidth : float, default 0.1
        Width of the window of `JumpReLU`'s straight-through estimator.
    into : Windows, optional
        Where to write the gradients.
    workspace : Workspace, optional
        Where to keep intermediates; a loop that passes the same one need not ask for fresh memory.

    Raises
    ------
    InputError
        For a gate whose gradients are not known here.

    Examples
    --------
    >>> from saelib.sae import ReLU
    >>> sae = SAE(1, 1, ReLU())
    >>> for p in (sae.W_enc, sae.W_dec): _ = p.data.fill_(1.0)
    >>> g = gradients(sae, torch.tensor([[2.0]]), 0.5)
    >>> g.squared_error, g.l1, g.loss, g.of["W_enc"].item()   # exact: only the L1 term pulls
    (0.0, 2.0, 1.0, 1.0)
    """
    workspace = workspace or Workspace()
    with torch.no_grad():
        centred = torch.sub(x, sae.b_dec, out=workspace("centred", tuple(x.shape), x))
        pre = workspace("pre", (len(x), sae.d_sae), x)
        torch.addmm(sae.bias, centred, sae.W_enc, out=pre)
        batch = Batch(sae, x, centred, pre, into or Windows(sae), workspace)
        return _by_gate(batch, coefficient, bandwidth)


def _by_gate(batch: Batch, coefficient: float, bandwidth: float) -> Gradients:
    gate, pre = batch.sae.gate, batch.pre
    prefixes: tuple[int, ...] = ()
    if isinstance(gate, Matryoshka):
        prefixes, gate = gate.prefixes, gate.inner_gate
    if isinstance(gate, ReLU):
        return dense(batch, pre.relu_(), coefficient)  # in place: nobody asks for its pre-activations
    if isinstance(gate, TopK) and not prefixes and pre.shape[1] >= SPARSE_FROM * gate.k:
        return sparse(batch, gate.k, coefficient)
    if isinstance(gate, TopK):
        return dense(batch, gate.acts(pre), coefficient, prefixes)
    if isinstance(gate, BatchTopK):
        z, least = _across_the_batch(batch, gate.k)
        return dense(batch, z, coefficient, prefixes, least)
    if isinstance(gate, JumpReLU):
        return jump_relu(batch, coefficient, bandwidth)
    if isinstance(gate, Gated):
        return gated(batch, coefficient)
    raise InputError("gate", f"is {gate!r}", "give one of saelib.sae's gates")


def _across_the_batch(batch: Batch, k: int) -> tuple[torch.Tensor, float | None]:
    """Activations when the k · B largest of the batch survive, and the least of them."""
    pre = batch.pre
    count = k * len(pre)
    least = batch_top_k_threshold(pre, count)
    z = batch.like_pre("z")
    if least <= 0:
        torch.clamp_min(pre, 0, out=z)
        positive = z[z > 0]
        return z, float(positive.min()) if len(positive) else None
    kind = np.float64 if pre.dtype == torch.float64 else np.float32
    below = float(np.nextafter(kind(least), kind(-np.inf)))
    # What relu's backward does at another threshold: pre where pre > below, that is pre >= least, else 0.
    torch.ops.aten.threshold_backward.grad_input(pre, pre, below, grad_input=z)
    _drop_ties(z, least, count)
    return z, least


def _drop_ties(z: torch.Tensor, least: float, count: int) -> None:
    """Set the last entries equal to ``least`` to 0 where more than ``count`` are left."""
    surplus = count_positive(z) - count
    if surplus > 0:
        tied = (z.view(-1) == least).nonzero().squeeze(1)
        z.view(-1)[tied[-surplus:]] = 0.0
