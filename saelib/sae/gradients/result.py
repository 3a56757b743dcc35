"""What the gradients of one batch are handed on as."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from saelib.sae.windows import Windows


def count_positive(z: torch.Tensor) -> int:
    """How many entries are above 0; numpy counts booleans many times faster than torch on a CPU."""
    return int(np.count_nonzero((z > 0).cpu().numpy()))


@dataclass
class Gradients:
    """Gradients of the loss on one batch, with what the trainer wants to know of the batch.

    All of it stands in the workspace and is overwritten when the next batch's gradients are taken in the
    same.

    Attributes
    ----------
    of : Windows
        The gradients by the names of the parameters, in their shapes.
    loss : float
        What these are the gradients of.
    squared_error : float
        Mean over the batch of ``‖x̂ - x‖²``, x̂ being the reconstruction by the whole dictionary.
    l1 : float
        Mean over the batch of ``‖z‖₁``.
    fired : torch.Tensor
        Boolean [d_sae]: who fired on the batch.
    acts : torch.Tensor
        The activations, [B, d_sae], or only the k chosen ones a point, [B, k].
    pre_acts, residual : torch.Tensor
        ``p`` [B, d_sae] (of a `ReLU` overwritten by the activations) and ``x - x̂`` [B, d_in], for reviving
        the dead.
    threshold : float or None
        The least activation that survived, for gates that compare across the batch.
    """

    of: Windows
    loss: float
    squared_error: float
    l1: float
    fired: torch.Tensor
    acts: torch.Tensor
    pre_acts: torch.Tensor
    residual: torch.Tensor
    threshold: float | None = None

    @property
    def l0(self) -> float:
        """Mean number of active neurons a point; counted only when asked for, as it costs a pass."""
        return count_positive(self.acts) / len(self.acts)
