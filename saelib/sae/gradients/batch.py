"""What every way of taking gradients starts from and ends with: the encoder's two sides."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from saelib.sae.model import SAE
from saelib.sae.windows import Windows
from saelib.sae.workspace import Workspace


@dataclass(frozen=True)
class Batch:
    """A batch on its way through an SAE.

    Attributes
    ----------
    sae : SAE
        Whose loss.
    x, centred : torch.Tensor
        The points and ``x - b_dec``, [B, d_in].
    pre : torch.Tensor
        Pre-activations, [B, d_sae].
    of : Windows
        Where the gradients are written.
    workspace : Workspace
        Where the intermediates stand.
    """

    sae: SAE
    x: torch.Tensor
    centred: torch.Tensor
    pre: torch.Tensor
    of: Windows
    workspace: Workspace

    def like_pre(self, name: str) -> torch.Tensor:
        """Room [B, d_sae], by name."""
        return self.workspace(name, tuple(self.pre.shape), self.pre)

    def like_x(self, name: str) -> torch.Tensor:
        """Room [B, d_in], by name."""
        return self.workspace(name, tuple(self.x.shape), self.x)

    def write_encoder(self, dpre: torch.Tensor, r: torch.Tensor) -> None:
        """Write the gradients of ``W_enc``, the bias and ``b_dec``.

        ``dpre`` [B, d_sae] is the gradient with respect to the pre-activations, ``r`` [B, d_in] with
        respect to the reconstructions; ``b_dec`` is added to these and taken off the points before they are
        encoded.
        """
        torch.mm(self.centred.T, dpre, out=self.of["W_enc"])
        torch.sum(dpre, 0, out=self.of[self.sae.gate.bias])
        self.write_b_dec(r)

    def write_b_dec(self, r: torch.Tensor) -> None:
        """Write the gradient of ``b_dec``, those of the other parameters standing there already."""
        torch.sum(r, 0, out=self.of["b_dec"])
        self.of["b_dec"].sub_(torch.mv(self.sae.W_enc, self.of[self.sae.gate.bias]))


def mean_square(rows: torch.Tensor) -> float:
    """Mean squared norm of the rows."""
    flat = rows.view(-1)
    return float(torch.dot(flat, flat)) / len(rows)
