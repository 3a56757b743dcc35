"""The two units that need no search (T13c): what all neurons of a concept share, and what lies within it."""

from __future__ import annotations

from typing import Any

import numpy as np

from saelib.sets import ActivationSets
from saelib.units.checks import checked_activations, membership
from saelib.units.target import Target
from saelib.units.unit import Unit, counted


def closure_unit(activations: ActivationSets, extent: Any) -> Unit:
    """Return the best AND-unit that misses nothing: all neurons that fire on every point of the concept.

    Parameters
    ----------
    activations : ActivationSets
        θ_j over ``n_points`` points.
    extent : array_like or (ConceptSet, name)
        The concept: numbers of its points, a boolean vector over all points, or a family and a name.

    Returns
    -------
    Unit
        Neurons C'. It fires on the closure C'' ⊇ C, so its errors are ``|C''∖C|``. Without any such neuron
        C' is empty and the unit fires everywhere.

    Raises
    ------
    InputError
        If there are no points or neurons, or the extent does not fit the points.

    Notes
    -----
    T13c: C'' is the smallest set containing C that AND-units of this dictionary can carve out; C is separable
    by one of them iff C'' = C. Adding neurons to the dictionary never increases the error.

    Examples
    --------
    >>> from saelib import ActivationSets
    >>> activations = ActivationSets([[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 1, 0]])
    >>> unit = closure_unit(activations, [0, 1])
    >>> unit.neurons, unit.points(activations), unit.errors
    ((0, 1), array([0, 1]), 0)
    """
    target = Target.of(checked_activations(activations), membership(extent, activations.n_points))
    return counted(activations, target.inside, "and", np.flatnonzero(target.covering))


def interior_unit(activations: ActivationSets, extent: Any) -> Unit:
    """Return the best OR-unit that leaks nothing: all neurons that fire within the concept only.

    Parameters
    ----------
    activations : ActivationSets
        θ_j over ``n_points`` points.
    extent : array_like or (ConceptSet, name)
        The concept: numbers of its points, a boolean vector over all points, or a family and a name.

    Returns
    -------
    Unit
        Living neurons with θ_j ⊆ C. It fires on the interior int(C) ⊆ C, so its errors are ``|C∖int(C)|``.
        Without any such neuron the unit is empty and fires nowhere.

    Raises
    ------
    InputError
        If there are no points or neurons, or the extent does not fit the points.

    Notes
    -----
    T13c, dual to :func:`closure_unit`: C is sandwiched int(C) ⊆ C ⊆ C'', as in rough-set theory. Dead neurons
    lie within every concept and add nothing; they are left out.

    Examples
    --------
    >>> from saelib import ActivationSets
    >>> activations = ActivationSets([[1, 0, 1], [0, 1, 1], [0, 0, 1]])
    >>> unit = interior_unit(activations, [0, 1])
    >>> unit.neurons, unit.points(activations)
    ((0, 1), array([0, 1]))
    """
    target = Target.of(checked_activations(activations), membership(extent, activations.n_points))
    return counted(activations, target.inside, "or", np.flatnonzero(target.within))
