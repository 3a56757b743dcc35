"""T6c: Top-1 dictionaries are power diagrams, and every power diagram is a Top-1 dictionary."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from saelib.errors import InputError
from saelib.sae import SAE, TopK

__all__ = ["checked_array", "power_sites", "voronoi_sae"]

Floats = npt.NDArray[np.float64]


def voronoi_sae(
    centres: npt.ArrayLike, weights: npt.ArrayLike | None = None, *, least: float | None = None
) -> SAE:
    """Build the Top-1 SAE whose j-th neuron fires exactly where the j-th centre is the nearest (T6c).

    With the decoder bias a at the mean of the centres, w_j = c_j - a and
    b_j = (ω_j - ‖c_j - a‖²)/2 + β, the pre-activation is p_j(x) = (‖x - a‖² - ‖x - c_j‖² + ω_j)/2 + β: the
    largest belongs to the nearest centre. The w_j add up to 0, so the mean of the p_j is the same number
    ``least`` everywhere, and the winner's is at least that: one neuron fires at every point of the space.
    (With b_dec = 0, as the formula is often given, no β achieves this unless 0 lies in the convex hull of the
    centres.)

    Parameters
    ----------
    centres : array_like [m, d_in]
        One a neuron.
    weights : array_like [m], optional
        ω of a power diagram: nearness is ‖x - c_j‖² - ω_j. Zeros, for a Voronoi diagram, if left out.
    least : float, optional
        Positive lower bound on the winner's pre-activation. By default half the mean squared distance of
        the centres from their mean, or 1 if that is 0.

    Returns
    -------
    SAE
        In float64, with `TopK` (1). Decoder rows are the directions of the centres from the mean.

    Raises
    ------
    InputError
        If arrays do not fit or are not finite, or ``least`` is not positive.

    Examples
    --------
    Three collinear centres; the middle one has a neuron of its own:

    >>> sae = voronoi_sae([[-2.0], [0.0], [2.0]])
    >>> sae.active(np.array([[-9.0], [-0.9], [0.3], [1.1]])).int().tolist()
    [[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]]
    """
    sites = checked_array("centres", centres, 2, "[m, d_in]")
    extra = np.zeros(len(sites)) if weights is None else checked_array("weights", weights, 1, "[m]")
    if len(extra) != len(sites):
        raise InputError("weights", f"has {len(extra)} entries", f"give one for each of {len(sites)} centres")
    origin = sites.mean(axis=0)
    arms = sites - origin
    squares = (arms**2).sum(axis=1)
    if least is None:
        least = float(squares.mean()) / 2 or 1.0
    if isinstance(least, bool) or not isinstance(least, (int, float)) or not 0 < least < np.inf:
        raise InputError("least", f"is {least!r}", "give a positive number")
    offsets = (extra - squares) / 2
    sae = SAE(sites.shape[1], len(sites), TopK(1), dtype=torch.float64)
    norms = np.sqrt(squares)
    rows = np.where(
        norms[:, None] > 0, arms / np.where(norms > 0, norms, 1.0)[:, None], np.eye(1, len(origin))
    )
    for parameter, value in (
        (sae.W_enc, arms.T),
        (sae.b_enc, offsets - offsets.mean() + least),
        (sae.W_dec, rows),
        (sae.b_dec, origin),
    ):
        parameter.data.copy_(torch.from_numpy(np.ascontiguousarray(value)))
    return sae


def power_sites(sae: SAE) -> tuple[Floats, Floats]:
    """Read a Top-1 SAE as the power diagram that it is (T6c, the converse).

    Neuron j has the site b_dec + w_j with weight ‖w_j‖² + 2 b_j. Silence is a site too: b_dec, with weight 0.
    The neuron with the nearest site fires, or none if silence is nearest.

    Parameters
    ----------
    sae : SAE
        With `TopK` (1).

    Returns
    -------
    sites : ndarray [d_sae + 1, d_in]
        The last is that of silence.
    weights : ndarray [d_sae + 1]
        ω in the nearness ‖x - c_j‖² - ω_j.

    Raises
    ------
    InputError
        If the gate is not `TopK` (1).

    Examples
    --------
    >>> sites, weights = power_sites(voronoi_sae([[0.0], [2.0]], least=1.0))
    >>> sites.ravel().tolist(), weights.tolist()
    ([0.0, 2.0, 1.0], [3.0, 3.0, 0.0])
    """
    if not isinstance(sae, SAE) or not isinstance(sae.gate, TopK) or sae.gate.k != 1:
        raise InputError("sae", "is not Top-1", "give an SAE with TopK(1)")
    W, b, origin = (
        parameter.detach().cpu().numpy().astype(np.float64) for parameter in (sae.W_enc, sae.b_enc, sae.b_dec)
    )
    sites = np.concatenate([origin + W.T, origin[None]])
    return sites, np.append((W**2).sum(axis=0) + 2 * b, 0.0)


def checked_array(name: str, value: npt.ArrayLike, dimensions: int, shape: str) -> Floats:
    """Return finite float64 of a number of dimensions, none empty, or raise `InputError`."""
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(name, "is no array of numbers", "give real numbers") from None
    if array.ndim != dimensions or 0 in array.shape:
        raise InputError(name, f"has shape {array.shape}", f"give {shape}, not empty")
    if not np.isfinite(array).all():
        raise InputError(name, "has NaN or infinity", "give finite numbers")
    return array
