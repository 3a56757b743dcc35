"""All parameters of an SAE as one vector, each a window into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch

from saelib.sae.model import SAE


class Windows(Mapping[str, torch.Tensor]):
    """A vector with room for every learned parameter of an SAE, seen through windows in their shapes.

    Parameters
    ----------
    sae : SAE
        Whose parameters to make room for; the vector starts at zero.

    Examples
    --------
    >>> from saelib.sae.gates import ReLU
    >>> windows = Windows(SAE(2, 3, ReLU()))
    >>> {name: tuple(window.shape) for name, window in windows.items()}
    {'W_enc': (2, 3), 'b_enc': (3,), 'W_dec': (3, 2), 'b_dec': (2,)}
    >>> _ = windows["b_enc"].fill_(1.0)
    >>> len(windows.vector), windows.vector.sum().item()
    (17, 3.0)
    """

    def __init__(self, sae: SAE) -> None:
        parameters = sae.learned()
        self.vector = torch.zeros(
            sum(p.numel() for p in parameters.values()), dtype=sae.W_enc.dtype, device=sae.W_enc.device
        )
        pieces = self.vector.split([p.numel() for p in parameters.values()])
        self._windows = {
            name: piece.view(p.shape) for (name, p), piece in zip(parameters.items(), pieces, strict=True)
        }

    def __getitem__(self, name: str) -> torch.Tensor:
        return self._windows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._windows)

    def __len__(self) -> int:
        return len(self._windows)
