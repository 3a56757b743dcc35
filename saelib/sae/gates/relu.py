"""Absolute gating."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch

from saelib.sae.gates.gate import NOTHING, Gate


@dataclass(frozen=True)
class ReLU(Gate):
    """Absolute gating: ``z = max(p, 0)``, each neuron on its own.

    The activation set of a neuron is the open half-space where its pre-activation is positive. Sparsity
    is paid for by the L1 penalty of `SAEConfig`.

    References
    ----------
    Bricken et al. 2023, *Towards Monosemanticity*.

    Examples
    --------
    >>> ReLU().acts(torch.tensor([[-1.0, 0.0, 2.0]]))
    tensor([[0., 0., 2.]])
    """

    architecture: ClassVar[str] = "standard"

    def acts(self, pre_acts: torch.Tensor, parameters: Mapping[str, torch.Tensor] = NOTHING) -> torch.Tensor:
        """Activations [n, d_sae] of pre-activations [n, d_sae]."""
        return torch.relu(pre_acts)
