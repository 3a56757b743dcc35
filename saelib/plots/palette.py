"""The one palette: a colour has one meaning in the whole book.

Every group that shares a picture stays apart for readers with protanopia, deuteranopia and tritanopia (a test
simulates them), and every line colour stands out from white by a contrast of at least 2.8 : 1. Marks also
differ by marker, so that no finding hangs on colour alone.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["MARKERS", "Palette", "palette"]

MARKERS: tuple[str, ...] = ("o", "s", "^", "D", "v", "P", "X", "*")
"""Markers in the order in which hues take them."""


def _gates() -> dict[str, str]:
    return {"ReLU": "#C98500", "TopK": "#5B3A8C"}


def _notions() -> dict[str, str]:
    # One ramp, light to dark, since the notions are ordered by strength.
    return {"detection": "#56A36C", "separation": "#2A6F77", "approximation": "#2D2A5E"}


def _levels() -> tuple[str, ...]:
    # Roots darkest, and ordered, as depth is.
    return ("#3B0F70", "#8C2981", "#D6456B", "#E8833A")


def _cycle() -> tuple[str, ...]:
    # Okabe & Ito (2008) without the yellow, which does not show on white.
    return ("#0072B2", "#D55E00", "#009E73", "#B5568F", "#3D9FD6", "#C98500", "#4D4D4D")


@dataclass(frozen=True)
class Palette:
    """Colours by what they stand for.

    Attributes
    ----------
    concept, neuron : str
        A human concept and an activation set.
    theory, measured, violated : str
        A bound or formula, what was measured, and a measurement on the forbidden side of a bound.
    neutral, muted, forbidden : str
        Points that belong to nothing, grids in the background, and the side of a bound where nothing may lie.
    gates, notions : dict of str
        ``"ReLU"``, ``"TopK"``; ``"detection"``, ``"separation"``, ``"approximation"`` (light to dark =
        weak to strong).
    levels : tuple of str
        Depth in the concept forest, roots first.
    cycle : tuple of str
        For categories without a meaning of their own.
    sequential, diverging : str
        Colour maps of heat maps.

    Examples
    --------
    >>> from saelib.plots import palette
    >>> palette.concept
    '#0072B2'
    >>> palette.gates["TopK"]
    '#5B3A8C'
    """

    concept: str = "#0072B2"
    neuron: str = "#D55E00"
    theory: str = "#1A1A1A"
    measured: str = "#009E73"
    violated: str = "#C1121F"
    neutral: str = "#7F7F7F"
    muted: str = "#E6E6E6"
    forbidden: str = "#F1F1F1"
    gates: dict[str, str] = field(default_factory=_gates)
    notions: dict[str, str] = field(default_factory=_notions)
    levels: tuple[str, ...] = field(default_factory=_levels)
    cycle: tuple[str, ...] = field(default_factory=_cycle)
    sequential: str = "mako_r"
    diverging: str = "vlag"

    def named(self, value: Hashable) -> str | None:
        """Colour that already stands for ``value``, or None.

        Gates and notions are found by name, whatever the case, and notions also by their participle.

        Parameters
        ----------
        value : hashable
            A category of a frame's column, for instance ``"TopK"`` or ``"separated"``.

        Returns
        -------
        str or None
            The colour as ``#RRGGBB``.

        Examples
        --------
        >>> from saelib.plots import palette
        >>> palette.named("topk") == palette.gates["TopK"]
        True
        >>> palette.named("separated") == palette.notions["separation"]
        True
        >>> palette.named("apples") is None
        True
        """
        key = str(value).lower()
        known = {name.lower(): colour for name, colour in {**self.gates, **self.notions}.items()}
        participle = {"detected": "detection", "separated": "separation", "approximated": "approximation"}
        known |= {
            "concept": self.concept, "neuron": self.neuron, "theory": self.theory, "bound": self.theory,
            "measured": self.measured,
        }  # fmt: skip
        return known.get(participle.get(key, key))

    def of(self, values: Iterable[Hashable]) -> dict[Any, str]:
        """Colour of every category of a column, in the order given.

        Categories with a meaning (gates, notions, …) keep their colour; whole numbers 0, 1, 2, … up to the
        deepest level take the ramp of the levels; the rest follow the cycle.

        Parameters
        ----------
        values : iterable of hashable
            Distinct categories, in the order in which the legend lists them.

        Returns
        -------
        dict
            Category to ``#RRGGBB``.

        Examples
        --------
        >>> from saelib.plots import palette
        >>> palette.of(["TopK", "apples", "pears"])
        {'TopK': '#5B3A8C', 'apples': '#0072B2', 'pears': '#D55E00'}
        >>> palette.of([0, 2]) == {0: palette.levels[0], 2: palette.levels[2]}
        True
        """
        values = list(values)
        if values and all(_is_level(value, len(self.levels)) for value in values):
            return {value: self.levels[int(str(value))] for value in values}
        colours: dict[Any, str] = {}
        spare = 0
        for value in values:
            meant = self.named(value)
            colours[value] = meant if meant is not None else self.cycle[spare % len(self.cycle)]
            spare += meant is None
        return colours


def _is_level(value: Hashable, n_levels: int) -> bool:
    return str(value).isdecimal() and int(str(value)) < n_levels


palette = Palette()
"""The palette of the book."""
