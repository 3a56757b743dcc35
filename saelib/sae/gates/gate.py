"""What all gates have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Literal

import torch

NOTHING: Mapping[str, torch.Tensor] = MappingProxyType({})


@dataclass(frozen=True)
class Gate:
    """What all gates have in common; use one of its subclasses.

    Attributes
    ----------
    architecture : str
        What SAELens calls an SAE with this gate when it is saved for inference.
    learned : tuple of str
        Names of the vectors [d_sae] that are learned beside ``W_enc``, ``W_dec`` and ``b_dec``.
    bias : str
        Which of them is added in the pre-activation.
    measured : tuple of str
        Names of the numbers that training measures and inference needs; they get no gradient.
    penalty : {"l1", "l0"}
        Which norm of the activations sparsity is paid in.
    chooses : bool
        Whether the gate itself says how many neurons fire, so that a neuron that loses gets no gradient.

    Examples
    --------
    >>> from saelib.sae import TopK
    >>> isinstance(TopK(2), Gate), TopK.architecture, TopK.learned
    (True, 'topk', ('b_enc',))
    """

    architecture: ClassVar[str]
    learned: ClassVar[tuple[str, ...]] = ("b_enc",)
    bias: ClassVar[str] = "b_enc"
    measured: ClassVar[tuple[str, ...]] = ()
    penalty: ClassVar[Literal["l1", "l0"]] = "l1"
    chooses: ClassVar[bool] = False

    def check(self, d_sae: int) -> None:
        """Raise `InputError` if this gate cannot serve a dictionary of ``d_sae`` neurons."""

    def acts(self, pre_acts: torch.Tensor, parameters: Mapping[str, torch.Tensor] = NOTHING) -> torch.Tensor:
        """Activations [n, d_sae] of pre-activations [n, d_sae], each point on its own.

        ``parameters`` holds what ``learned`` and ``measured`` name, as `saelib.sae.SAE.gate_parameters` does.
        """
        raise TypeError(f"{type(self).__name__} does not say how it gates")
