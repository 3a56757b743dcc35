"""How strongly a concept is present where it is present: the amplitude laws of the concept forest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from saelib.errors import InputError


@dataclass(frozen=True)
class Ramp:
    """One value a concept, going in a straight line from the first concept to the last.

    Parameters
    ----------
    start, end : float
        Value of concept 0 and of the last concept.

    Examples
    --------
    >>> Ramp(5.0, 4.0).resolve(3, np.random.default_rng(0))
    array([5. , 4.5, 4. ])
    """

    start: float
    end: float

    def resolve(self, n_concepts: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Give the values, float64 [n_concepts]; ``rng`` is not used."""
        return np.linspace(self.start, self.end, n_concepts)


@dataclass(frozen=True)
class Drawn:
    """One value a concept, drawn once with the world as ``|mean + std · N(0, 1)|``.

    Parameters
    ----------
    mean, std : float
        Of the normal law before folding; ``std >= 0``.

    Examples
    --------
    >>> Drawn(0.5, 0.0).resolve(2, np.random.default_rng(0))
    array([0.5, 0.5])
    """

    mean: float
    std: float

    def __post_init__(self) -> None:
        if not self.std >= 0:
            raise InputError("std", f"is {self.std}", "give a number >= 0")

    def resolve(self, n_concepts: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw the values, float64 [n_concepts], from ``rng``."""
        return np.abs(self.mean + self.std * rng.standard_normal(n_concepts))


def per_concept(
    name: str, value: float | tuple[float, ...] | Ramp | Drawn, n_concepts: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Turn a law's parameter into one number a concept.

    Parameters
    ----------
    name : str
        What the error message calls it.
    value : float, tuple of float, Ramp or Drawn
        One number for all, one a concept, or a rule.
    n_concepts : int
        How many numbers are needed.
    rng : numpy.random.Generator
        Used by ``Drawn`` only.

    Returns
    -------
    numpy.ndarray
        float64 [n_concepts].

    Raises
    ------
    InputError
        A tuple of another length, or a value that is not finite.

    Examples
    --------
    >>> per_concept("mean", 2.0, 3, np.random.default_rng(0))
    array([2., 2., 2.])
    """
    if isinstance(value, Ramp | Drawn):
        values = value.resolve(n_concepts, rng)
    else:
        values = np.asarray(value, dtype=np.float64)
        if values.ndim == 0:
            values = np.full(n_concepts, float(values))
    if values.shape != (n_concepts,):
        raise InputError(
            name, f"has shape {values.shape}", f"give one number, or {n_concepts}: one a concept"
        )
    if not np.isfinite(values).all():
        raise InputError(
            name, f"is not finite at concept {int(np.argmin(np.isfinite(values)))}", "give numbers"
        )
    return values


@runtime_checkable
class AmplitudeLaw(Protocol):
    """What the forest asks of an amplitude law: how to settle its parameters for ``n_concepts`` concepts."""

    def settle(self, n_concepts: int, rng: np.random.Generator) -> SettledLaw:
        """Fix the parameters, one set a concept."""
        ...


@dataclass(frozen=True)
class SettledLaw:
    """An amplitude law with one set of parameters a concept, ready to be sampled.

    Attributes
    ----------
    kind : str
        ``"constant"``, ``"uniform"``, ``"folded"``, ``"rectified"`` or ``"lognormal"``.
    first, second : numpy.ndarray
        The two parameters, float64 [n_concepts].
    centre : numpy.ndarray
        The amplitude by which a parent's own amplitude is divided when it scales its children, float64
        [n_concepts].
    positive : numpy.ndarray
        Probability that the amplitude is positive, float64 [n_concepts]; 1 for all laws but the rectified
        normal.
    """

    kind: str
    first: NDArray[np.float64]
    second: NDArray[np.float64]
    centre: NDArray[np.float64]
    positive: NDArray[np.float64]

    def draw(self, concept: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw one positive amplitude for each entry of ``concept`` (indices of concepts that are on)."""
        a, b = self.first[concept], self.second[concept]
        if self.kind == "constant":
            return a
        if self.kind == "uniform":
            return a + (b - a) * rng.random(len(concept))
        if self.kind == "folded":
            return np.abs(a + b * rng.standard_normal(len(concept)))
        if self.kind == "lognormal":
            return a * np.exp(b * rng.standard_normal(len(concept)))
        # Rectified: whether the amplitude is zero was settled with the firing, so what is left is a normal
        # number given that it is positive, drawn by inverting its distribution function from above.
        upper = (1.0 - rng.random(len(concept))) * self.positive[concept]
        return np.maximum(a - b * ndtri(upper), np.finfo(np.float32).tiny)


def _checked(law: str, values: NDArray[np.float64], name: str, least: float, strict: bool) -> None:
    bad = values <= least if strict else values < least
    if bad.any():
        i = int(np.argmax(bad))
        raise InputError(
            f"{law}.{name}", f"is {values[i]} at concept {i}", f"give {'>' if strict else '>='} {least}"
        )


@dataclass(frozen=True)
class Constant:
    """Every present concept has the same amplitude.

    Parameters
    ----------
    value : float, tuple of float, Ramp or Drawn
        The amplitude, > 0.

    Examples
    --------
    >>> law = Constant(2.0).settle(1, np.random.default_rng(0))
    >>> law.draw(np.array([0, 0]), np.random.default_rng(0))
    array([2., 2.])
    """

    value: float | tuple[float, ...] | Ramp | Drawn = 1.0

    def settle(self, n_concepts: int, rng: np.random.Generator) -> SettledLaw:
        """Fix the parameters, one set a concept."""
        value = per_concept("Constant.value", self.value, n_concepts, rng)
        _checked("Constant", value, "value", 0.0, True)
        return SettledLaw("constant", value, value, value, np.ones(n_concepts))


@dataclass(frozen=True)
class Uniform:
    """Amplitude uniform between two bounds: ``a_min`` and ``a_max`` of the noise bounds of T7.

    Parameters
    ----------
    low, high : float, tuple of float, Ramp or Drawn
        Bounds, ``0 < low <= high``.

    Examples
    --------
    >>> Uniform(1.0, 3.0).settle(1, np.random.default_rng(0)).centre
    array([2.])
    """

    low: float | tuple[float, ...] | Ramp | Drawn = 0.5
    high: float | tuple[float, ...] | Ramp | Drawn = 1.5

    def settle(self, n_concepts: int, rng: np.random.Generator) -> SettledLaw:
        """Fix the parameters, one set a concept."""
        low = per_concept("Uniform.low", self.low, n_concepts, rng)
        high = per_concept("Uniform.high", self.high, n_concepts, rng)
        _checked("Uniform", low, "low", 0.0, True)
        if (high < low).any():
            i = int(np.argmax(high < low))
            raise InputError(
                "Uniform.high", f"is {high[i]} < low {low[i]} at concept {i}", "give high >= low"
            )
        return SettledLaw("uniform", low, high, (low + high) / 2, np.ones(n_concepts))


@dataclass(frozen=True)
class FoldedNormal:
    """Amplitude ``|N(mean, std²)|``, always positive.

    Parameters
    ----------
    mean, std : float, tuple of float, Ramp or Drawn
        Of the normal law before folding; ``std > 0``.

    Examples
    --------
    >>> float(FoldedNormal(0.0, 1.0).settle(1, np.random.default_rng(0)).centre[0].round(6))  # sqrt(2/π)
    0.797885
    """

    mean: float | tuple[float, ...] | Ramp | Drawn = 1.0
    std: float | tuple[float, ...] | Ramp | Drawn = 0.2

    def settle(self, n_concepts: int, rng: np.random.Generator) -> SettledLaw:
        """Fix the parameters, one set a concept."""
        mean = per_concept("FoldedNormal.mean", self.mean, n_concepts, rng)
        std = per_concept("FoldedNormal.std", self.std, n_concepts, rng)
        _checked("FoldedNormal", std, "std", 0.0, True)
        ratio = mean / std
        centre = std * np.sqrt(2 / np.pi) * np.exp(-(ratio**2) / 2) + mean * (1 - 2 * ndtr(-ratio))
        return SettledLaw("folded", mean, std, centre, np.ones(n_concepts))


@dataclass(frozen=True)
class RectifiedNormal:
    """Amplitude ``max(0, N(mean, std²))``: with probability Φ(−mean/std) a firing leaves no trace.

    A concept whose amplitude came out 0 does not contain the point, so firing probabilities are multiplied by
    Φ(mean/std); the sample's ``probabilities`` say the product. This is the law of SynthSAEBench
    (arXiv:2602.14687), which divides by ``mean`` when a parent scales its children.

    Parameters
    ----------
    mean, std : float, tuple of float, Ramp or Drawn
        Of the normal law before rectifying; ``mean > 0``, ``std >= 0``.

    Examples
    --------
    >>> law = RectifiedNormal(1.0, 1.0).settle(1, np.random.default_rng(0))
    >>> float(law.positive[0].round(4))
    0.8413
    """

    mean: float | tuple[float, ...] | Ramp | Drawn = 1.0
    std: float | tuple[float, ...] | Ramp | Drawn = 0.2

    def settle(self, n_concepts: int, rng: np.random.Generator) -> SettledLaw:
        """Fix the parameters, one set a concept."""
        mean = per_concept("RectifiedNormal.mean", self.mean, n_concepts, rng)
        std = per_concept("RectifiedNormal.std", self.std, n_concepts, rng)
        _checked("RectifiedNormal", mean, "mean", 0.0, True)
        _checked("RectifiedNormal", std, "std", 0.0, False)
        with np.errstate(divide="ignore"):
            positive = ndtr(mean / std)
        return SettledLaw("rectified", mean, std, mean, positive)


@dataclass(frozen=True)
class LogNormal:
    """Amplitude ``median · exp(sigma · N(0, 1))``: positive, with a long tail.

    Parameters
    ----------
    median, sigma : float, tuple of float, Ramp or Drawn
        ``median > 0``, ``sigma >= 0``.

    Examples
    --------
    >>> float(LogNormal(1.0, 1.0).settle(1, np.random.default_rng(0)).centre[0].round(6))  # exp(1/2)
    1.648721
    """

    median: float | tuple[float, ...] | Ramp | Drawn = 1.0
    sigma: float | tuple[float, ...] | Ramp | Drawn = 0.25

    def settle(self, n_concepts: int, rng: np.random.Generator) -> SettledLaw:
        """Fix the parameters, one set a concept."""
        median = per_concept("LogNormal.median", self.median, n_concepts, rng)
        sigma = per_concept("LogNormal.sigma", self.sigma, n_concepts, rng)
        _checked("LogNormal", median, "median", 0.0, True)
        _checked("LogNormal", sigma, "sigma", 0.0, False)
        return SettledLaw("lognormal", median, sigma, median * np.exp(sigma**2 / 2), np.ones(n_concepts))
