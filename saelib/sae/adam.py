"""Adam on all parameters of an SAE as one vector.

``torch.optim.Adam`` is the reference (a test compares the two), but an SAE of a few hundred neurons spends
more time in its bookkeeping than in its arithmetic, and its first use imports torch's compiler, which takes
longer than training a small SAE.
"""

from __future__ import annotations

import math

import torch

from saelib.sae.model import SAE
from saelib.sae.windows import Windows

LOGARITHMIC = ("threshold",)  # parameters that must stay positive: Adam moves their logarithm


class Adam:
    """Moments and steps for one SAE (Kingma & Ba 2015), betas 0.9 and 0.999, epsilon 1e-8.

    While it is at work the parameters are windows into one vector; `release` gives each its own storage.
    Thresholds are moved by their logarithm, so that they stay positive.

    Parameters
    ----------
    sae : SAE
        Whose parameters to move; its thresholds, if it has any, must be positive.

    Attributes
    ----------
    gradient : Windows
        Room for the gradients; `step` overwrites it.

    Examples
    --------
    >>> from saelib.sae.gates import ReLU
    >>> from saelib.sae.gradients import gradients
    >>> sae = SAE(1, 1, ReLU())
    >>> optimiser = Adam(sae)
    >>> _ = gradients(sae, torch.tensor([[2.0], [-2.0]]), into=optimiser.gradient)
    >>> optimiser.step(lr=0.1)      # the first step is lr times the gradient's sign
    >>> round(abs(sae.b_dec.item()), 4)
    0.1
    """

    def __init__(self, sae: SAE) -> None:
        self._parameters = sae.learned()
        self._values, self.gradient = Windows(sae), Windows(sae)
        self._first, self._second, self._scale = Windows(sae), Windows(sae), Windows(sae)
        self._logarithmic = [name for name in LOGARITHMIC if name in self._parameters]
        self._steps = 0
        for name, parameter in self._parameters.items():
            value = parameter.detach()
            self._values[name].copy_(value.log() if name in LOGARITHMIC else value)
            if name not in LOGARITHMIC:
                parameter.data = self._values[name]

    def step(self, lr: float) -> None:
        """Move the parameters by one step of size ``lr`` against `gradient`."""
        with torch.no_grad():
            for name in self._logarithmic:
                self.gradient[name].mul_(self._parameters[name])  # dL/d log θ = θ dL/dθ
            gradient, scale = self.gradient.vector, self._scale.vector
            self._steps += 1
            self._first.vector.lerp_(gradient, 1 - 0.9)
            self._second.vector.mul_(0.999).addcmul_(gradient, gradient, value=1 - 0.999)
            # The second moment's correction is taken out of the square root, to save a pass.
            correction = math.sqrt(1 - 0.999**self._steps)
            torch.sqrt(self._second.vector, out=scale).add_(1e-8 * correction)
            size = -lr * correction / (1 - 0.9**self._steps)
            self._values.vector.addcdiv_(self._first.vector, scale, value=size)
            for name in self._logarithmic:
                torch.exp(self._values[name], out=self._parameters[name].data)

    def restart(self, name: str, neurons: torch.Tensor, value: torch.Tensor | float) -> None:
        """Set a per-neuron parameter of some neurons, given by index, and forget their moments."""
        with torch.no_grad():
            axis = 1 if name == "W_enc" else 0
            parameter = self._parameters[name].data
            filled = torch.as_tensor(value, dtype=parameter.dtype, device=parameter.device)
            shape = list(parameter.shape)
            shape[axis] = len(neurons)
            parameter.index_copy_(axis, neurons, filled.expand(shape))
            if name in LOGARITHMIC:
                self._values[name].index_copy_(axis, neurons, filled.expand(shape).log())
            for moment in (self._first, self._second):
                moment[name].index_fill_(axis, neurons, 0.0)

    def moments(self, name: str) -> tuple[torch.Tensor, torch.Tensor]:
        """First and second moment of a parameter, in its shape."""
        return self._first[name], self._second[name]

    def release(self) -> None:
        """Give every parameter its own storage again."""
        for parameter in self._parameters.values():
            parameter.data = parameter.data.clone()
