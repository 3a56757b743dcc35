"""What an attempt to build an AND-unit can end in: the unit, a proof that there is none, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

import numpy as np
import numpy.typing as npt

from saelib.errors import InputError
from saelib.geometry.neuron import Neuron

if TYPE_CHECKING:
    from saelib.geometry.separation import Certificate

__all__ = ["Cut", "Refusal", "UnsettledCut"]


@dataclass(frozen=True, eq=False)
class Cut(Sequence[Neuron]):
    """An AND-unit: it fires where all of its neurons fire (theorem T3).

    As a sequence it is its neurons: ``len(unit)``, ``unit[0]``, ``for neuron in unit``.

    Parameters
    ----------
    neurons : tuple of Neuron
        At least one, all of the same ``d_in``.

    Raises
    ------
    InputError
        Without neurons, or if they read points of different dimensions.

    Examples
    --------
    The strip between 0 and 1:

    >>> strip = Cut((Neuron([1.0], 0.0), Neuron([-1.0], 1.0)))
    >>> len(strip), strip.fires([[-0.5], [0.5], [1.5]]).tolist()
    (2, [False, True, False])
    """

    neurons: tuple[Neuron, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "neurons", tuple(self.neurons))
        if not self.neurons or not all(isinstance(neuron, Neuron) for neuron in self.neurons):
            raise InputError("neurons", "are no Neurons", "give at least one saelib.geometry.Neuron")
        if len({neuron.d_in for neuron in self.neurons}) > 1:
            raise InputError("neurons", "read points of different dimensions", "give neurons of one d_in")

    @property
    def separable(self) -> bool:
        """True: the unit separates what it was made for."""
        return True

    @property
    def d_in(self) -> int:
        """Dimension of the points it reads."""
        return self.neurons[0].d_in

    def fires(self, points: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Where all neurons fire: boolean [n_points] of points [n_points, d_in]."""
        return np.logical_and.reduce([neuron.fires(points) for neuron in self.neurons])

    def active(self, points: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Which neuron fires where: boolean [n_points, n_neurons] of points [n_points, d_in]."""
        return np.stack([neuron.fires(points) for neuron in self.neurons], axis=1)

    def __len__(self) -> int:
        return len(self.neurons)

    @overload
    def __getitem__(self, index: int) -> Neuron: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Neuron, ...]: ...

    def __getitem__(self, index: int | slice) -> Neuron | tuple[Neuron, ...]:
        return self.neurons[index]


@dataclass(frozen=True, eq=False)
class Refusal:
    """No AND-unit separates: these negatives lie in the convex hull of the concept (theorem T3a).

    Every unit that fires on the whole concept fires on each of them.

    Attributes
    ----------
    offending_rows : ndarray [n_offending]
        Rows of ``outside``, rising: all negatives in the hull, but for those in ``undecided_rows``.
    certificates : tuple of Certificate
        For each of them the convex weights on concept points whose combination it is.
    undecided_rows : ndarray [n_undecided]
        Rows of ``outside`` that are too close to the border of the hull for float64 to tell.

    Examples
    --------
    >>> from saelib.geometry import cut
    >>> refusal = cut([[0.0], [2.0]], [[1.0], [3.0], [0.5]])
    >>> refusal.separable, refusal.offending_rows.tolist(), refusal.undecided_rows.tolist()
    (False, [0, 2], [])
    >>> refusal.certificates[0].inside_rows.tolist(), refusal.certificates[0].alpha.tolist()
    ([0, 1], [0.5, 0.5])
    """

    offending_rows: npt.NDArray[np.int64]
    certificates: tuple[Certificate, ...]
    undecided_rows: npt.NDArray[np.int64]

    @property
    def separable(self) -> bool:
        """False: it is proved that no unit separates."""
        return False


@dataclass(frozen=True, eq=False)
class UnsettledCut:
    """Neither a unit nor a refusal: some negatives are too close to the concept's hull for float64 to tell.

    Attributes
    ----------
    undecided_rows : ndarray [n_undecided]
        Rows of ``outside``, rising.
    unit : Cut or None
        Fires on the whole concept and is silent on every other negative; None if there is no other.

    Examples
    --------
    >>> unsettled = UnsettledCut(np.array([3]), Cut((Neuron([1.0], 0.0),)))
    >>> unsettled.separable is None, unsettled.undecided_rows.tolist()
    (True, [3])
    """

    undecided_rows: npt.NDArray[np.int64]
    unit: Cut | None

    @property
    def separable(self) -> None:
        """None: not known."""
        return None
