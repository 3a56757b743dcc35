"""The sparse autoencoder."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch

from saelib.errors import InputError
from saelib.sae.check import positive_integer
from saelib.sae.gates import Gate

Points = torch.Tensor | npt.NDArray[np.floating]


class SAE(torch.nn.Module):
    """A one-hidden-layer autoencoder whose hidden neurons are gated to be sparse.

    ``p = (x - b_dec) W_enc + b_enc``, ``z = gate(p)``, ``x̂ = z W_dec + b_dec``. What a gate needs besides
    (thresholds, say) the SAE holds under the names that `Gate.learned` and `Gate.measured` list.

    Parameters
    ----------
    d_in : int
        Dimension of a point.
    d_sae : int
        Number of neurons (latents).
    gate : Gate
        `ReLU`, `TopK`, `BatchTopK`, `JumpReLU`, `Gated` or `Matryoshka`.
    seed : int, default 0
        Draws the initial decoder: directions uniform on the sphere, ``W_enc = W_decᵀ``, zero biases.
    dtype : torch.dtype, default torch.float32
        Of the parameters and of everything computed.
    device : torch.device or str, default "cpu"
        Where the parameters live.

    Attributes
    ----------
    W_enc : torch.nn.Parameter
        Encoder, [d_in, d_sae].
    b_enc : torch.nn.Parameter
        Encoder bias, [d_sae]; with `Gated` there are ``b_gate``, ``b_mag`` and ``r_mag`` in its place.
    threshold : torch.nn.Parameter or torch.Tensor
        With `JumpReLU`, [d_sae]; with `BatchTopK`, one number, []. Other SAEs have none.
    W_dec : torch.nn.Parameter
        Decoder, [d_sae, d_in], unit rows.
    b_dec : torch.nn.Parameter
        Decoder bias, [d_in].
    metadata : dict of str to str, int, float or bool
        What is known of where the points come from, such as ``model_name`` and ``hook_name``; empty until
        `load_sae` or the caller fills it, and kept by `save_sae`.

    Raises
    ------
    InputError
        For sizes that are not positive integers, or a gate that does not fit ``d_sae``.

    Examples
    --------
    >>> from saelib.sae import ReLU
    >>> sae = SAE(2, 2, ReLU())
    >>> _ = sae.W_enc.data.copy_(torch.eye(2)); _ = sae.W_dec.data.copy_(torch.eye(2))
    >>> sae.encode(np.array([[3.0, -4.0]])).tolist()
    [[3.0, 0.0]]
    >>> sae.active(np.array([[3.0, -4.0]])).tolist()
    [[True, False]]
    """

    b_enc: torch.nn.Parameter
    threshold: torch.Tensor

    def __init__(
        self,
        d_in: int,
        d_sae: int,
        gate: Gate,
        *,
        seed: int = 0,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> None:
        super().__init__()
        self.d_in = positive_integer("d_in", d_in)
        self.d_sae = positive_integer("d_sae", d_sae)
        if not isinstance(gate, Gate):
            raise InputError("gate", f"is {gate!r}", "give a gate such as ReLU() or TopK(8)")
        gate.check(self.d_sae)
        self.gate = gate
        self.metadata: dict[str, str | int | float | bool] = {}
        generator = torch.Generator().manual_seed(seed)
        directions = torch.randn(self.d_sae, self.d_in, generator=generator, dtype=torch.float64)
        directions /= directions.norm(dim=1, keepdim=True)
        directions = directions.to(dtype=dtype, device=device)
        self.W_enc = torch.nn.Parameter(directions.T.clone(memory_format=torch.contiguous_format))
        for name in gate.learned:
            zeros = torch.zeros(self.d_sae, dtype=dtype, device=device)
            self.register_parameter(name, torch.nn.Parameter(zeros))
        for name in gate.measured:
            self.register_buffer(name, torch.zeros((), dtype=dtype, device=device))
        self.W_dec = torch.nn.Parameter(directions.clone())
        self.b_dec = torch.nn.Parameter(torch.zeros(self.d_in, dtype=dtype, device=device))

    def __repr__(self) -> str:
        return f"SAE(d_in={self.d_in}, d_sae={self.d_sae}, gate={self.gate})"

    @property
    def bias(self) -> torch.Tensor:
        """What is added in the pre-activation, [d_sae]: ``b_enc``, or ``b_gate`` of a `Gated` SAE."""
        found: torch.Tensor = getattr(self, self.gate.bias)
        return found

    @property
    def gate_parameters(self) -> dict[str, torch.Tensor]:
        """What the gate learned or measured, by name."""
        return {name: getattr(self, name) for name in (*self.gate.learned, *self.gate.measured)}

    def learned(self) -> dict[str, torch.nn.Parameter]:
        """Every parameter that training moves, by name."""
        return {name: getattr(self, name) for name in ("W_enc", *self.gate.learned, "W_dec", "b_dec")}

    def pre_acts(self, x: Points) -> torch.Tensor:
        """Pre-activations [n, d_sae] of points [n, d_in]: what the gate decides by."""
        x = self._as_points(x)
        return torch.addmm(self.bias, x - self.b_dec, self.W_enc)

    def encode(self, x: Points) -> torch.Tensor:
        """Activations [n, d_sae] of points [n, d_in]."""
        return self.gate.acts(self.pre_acts(x), self.gate_parameters)

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        """Reconstructions [n, d_in] of activations [n, d_sae]."""
        if z.ndim != 2 or z.shape[1] != self.d_sae:
            raise InputError("z", f"has shape {tuple(z.shape)}", f"give activations [n, {self.d_sae}]")
        return torch.addmm(self.b_dec, z, self.W_dec)

    def active(self, x: Points, threshold: float = 0.0) -> torch.Tensor:
        """Who fires: boolean [n, d_sae], ``encode(x) > threshold``."""
        with torch.no_grad():
            return self.encode(x) > threshold

    def forward(self, x: Points) -> torch.Tensor:
        """Reconstruct points [n, d_in]."""
        return self.decode(self.encode(x))

    __call__: Callable[..., torch.Tensor]

    def _as_points(self, x: Points) -> torch.Tensor:
        tensor = torch.as_tensor(x, dtype=self.W_enc.dtype, device=self.W_enc.device)
        if tensor.ndim != 2 or tensor.shape[1] != self.d_in:
            raise InputError("x", f"has shape {tuple(tensor.shape)}", f"give points [n, {self.d_in}]")
        return tensor
