"""Memory that a training step finds where the step before left it.

Fresh memory for every [batch, d_sae] intermediate costs more than the arithmetic done in it: the operating
system hands it out page by page, zeroed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

import torch


class Workspace:
    """Tensors kept by name, made when first asked for and remade when another shape or dtype is asked for.

    What it hands out holds whatever was written there last.

    Examples
    --------
    >>> workspace, like = Workspace(), torch.zeros(1)
    >>> first = workspace("z", (2, 3), like)
    >>> workspace("z", (2, 3), like) is first, workspace("z", (4, 3), like).shape
    (True, torch.Size([4, 3]))
    """

    def __init__(self) -> None:
        self._kept: dict[str, torch.Tensor] = {}
        self._made: dict[Hashable, torch.Tensor] = {}

    def __call__(
        self, name: str, shape: tuple[int, ...], like: torch.Tensor, dtype: torch.dtype | None = None
    ) -> torch.Tensor:
        """The tensor of that name, on the device of ``like`` and in its dtype unless another is given."""
        kept = self._kept.get(name)
        dtype = dtype or like.dtype
        if kept is None or kept.shape != shape or kept.dtype != dtype or kept.device != like.device:
            kept = self._kept[name] = torch.empty(shape, dtype=dtype, device=like.device)
        return kept

    def once(self, key: Hashable, make: Callable[[], torch.Tensor]) -> torch.Tensor:
        """What ``make`` made when this key was first asked for; never to be written to."""
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = make()
        return found
