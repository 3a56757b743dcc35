"""Adam on all parameters of an SAE as one vector.

``torch.optim.Adam`` is the reference (a test compares the two), but an SAE of a few hundred neurons spends
more time in its bookkeeping than in its arithmetic, and its first use imports torch's compiler, which takes
longer than training a small SAE.
"""

from __future__ import annotations

import math

import torch

from saelib.sae.gradients import Gradients
from saelib.sae.model import SAE

NAMES = ("W_enc", "b_enc", "W_dec", "b_dec")


class Adam:
    """Moments and steps for one SAE (Kingma & Ba 2015), betas 0.9 and 0.999, epsilon 1e-8.

    While it is at work the parameters are windows into one vector; `release` gives each its own storage.

    Parameters
    ----------
    sae : SAE
        Whose parameters to move.

    Examples
    --------
    >>> from saelib.sae.gates import ReLU
    >>> from saelib.sae.gradients import gradients
    >>> sae = SAE(1, 1, ReLU())
    >>> points = torch.tensor([[2.0], [-2.0]])
    >>> Adam(sae).step(gradients(sae, points), lr=0.1)      # the first step is lr times the gradient's sign
    >>> round(abs(sae.b_dec.item()), 4)
    0.1
    """

    def __init__(self, sae: SAE) -> None:
        self._parameters = [getattr(sae, name) for name in NAMES]
        self._vector = torch.cat([parameter.detach().reshape(-1) for parameter in self._parameters])
        self._first, self._second = torch.zeros_like(self._vector), torch.zeros_like(self._vector)
        self._steps = 0
        for parameter, window in zip(self._parameters, self._windows(self._vector), strict=True):
            parameter.data = window

    def step(self, g: Gradients, lr: float) -> None:
        """Move the parameters by one step of size ``lr`` against the gradients."""
        with torch.no_grad():
            gradient = torch.cat([getattr(g, name).reshape(-1) for name in NAMES])
            self._steps += 1
            self._first.lerp_(gradient, 1 - 0.9)
            self._second.mul_(0.999).addcmul_(gradient, gradient, value=1 - 0.999)
            scale = self._second.sqrt().div_(math.sqrt(1 - 0.999**self._steps)).add_(1e-8)
            self._vector.addcdiv_(self._first, scale, value=-lr / (1 - 0.9**self._steps))

    def forget(self, neurons: torch.Tensor) -> None:
        """Set the moments of some neurons, given by index, to zero."""
        for moment in (self._first, self._second):
            W_enc, b_enc, W_dec, _ = self._windows(moment)
            W_enc[:, neurons] = 0.0
            b_enc[neurons] = 0.0
            W_dec[neurons] = 0.0

    def moments(self, name: str) -> tuple[torch.Tensor, torch.Tensor]:
        """First and second moment of a parameter, in its shape."""
        at = NAMES.index(name)
        return self._windows(self._first)[at], self._windows(self._second)[at]

    def release(self) -> None:
        """Give every parameter its own storage again."""
        for parameter in self._parameters:
            parameter.data = parameter.data.clone()

    def _windows(self, vector: torch.Tensor) -> list[torch.Tensor]:
        pieces = vector.split([parameter.numel() for parameter in self._parameters])
        return [piece.view(p.shape) for piece, p in zip(pieces, self._parameters, strict=True)]
