"""The gates: how a pre-activation becomes an activation.

Absolute gating (ReLU) lets every neuron decide alone, so its activation set is a half-space. Relative
gating (Top-K) lets neurons compete, so an activation set is a union of cells of the hyperplane
arrangement (theory section 0).
"""

from __future__ import annotations

import numbers
from dataclasses import dataclass
from typing import ClassVar

import torch

from saelib.errors import InputError
from saelib.sae.selection import top_k_mask


@dataclass(frozen=True)
class Gate:
    """What all gates have in common; use one of its subclasses.

    Examples
    --------
    >>> isinstance(TopK(2), Gate), TopK.architecture
    (True, 'topk')
    """

    architecture: ClassVar[str]

    def check(self, d_sae: int) -> None:
        """Raise `InputError` if this gate cannot serve a dictionary of ``d_sae`` neurons."""

    def acts(self, pre_acts: torch.Tensor) -> torch.Tensor:
        """Activations [n, d_sae] of pre-activations [n, d_sae]."""
        raise TypeError(f"{type(self).__name__} does not say how it gates")


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

    def acts(self, pre_acts: torch.Tensor) -> torch.Tensor:
        """Activations [n, d_sae] of pre-activations [n, d_sae]."""
        return torch.relu(pre_acts)


@dataclass(frozen=True)
class TopK(Gate):
    """Relative gating: of each point's pre-activations only the ``k`` largest survive, if positive.

    Exactly ``k`` neurons at most fire on a point, ties included (broken as `torch.topk` does).

    Parameters
    ----------
    k : int
        How many neurons may fire on one point, 1 ≤ k ≤ d_sae.

    Raises
    ------
    InputError
        If ``k`` is not a positive integer, or exceeds ``d_sae`` of the SAE it is put into.

    References
    ----------
    Makhzani & Frey 2014; Gao et al. 2024, arXiv:2406.04093.

    Examples
    --------
    >>> TopK(1).acts(torch.tensor([[1.0, 3.0, 2.0], [-1.0, -2.0, -3.0]]))
    tensor([[0., 3., 0.],
            [0., 0., 0.]])
    """

    k: int
    architecture: ClassVar[str] = "topk"

    def __post_init__(self) -> None:
        if isinstance(self.k, bool) or not isinstance(self.k, numbers.Integral):
            raise InputError("k", f"is {self.k!r}, not an integer", "give a positive integer")
        if self.k < 1:
            raise InputError("k", f"is {self.k}", "give a positive integer")

    def check(self, d_sae: int) -> None:
        """Raise `InputError` if ``k`` exceeds ``d_sae``."""
        if self.k > d_sae:
            raise InputError("k", f"is {self.k} but d_sae is {d_sae}", "give k ≤ d_sae")

    def acts(self, pre_acts: torch.Tensor) -> torch.Tensor:
        """Activations [n, d_sae] of pre-activations [n, d_sae]."""
        return torch.relu(pre_acts) * top_k_mask(pre_acts, self.k)
