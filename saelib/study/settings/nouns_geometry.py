"""Settings: what geometry allows one neuron on the activations of the nouns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NounsGeometry:
    """Of how many concepts it is asked whether one neuron could read them without an error.

    Parameters
    ----------
    layer : int
        Of the network, as in the trainings.
    seed : int
        Whose choosing half is asked about, and which deals labels out anew: the same question on another
        half is hardly another.
    audited : int
        Concepts, spread evenly over their sizes. A question takes about half a second.
    limit : int, optional
        Only so many nouns; all if left out.

    Examples
    --------
    >>> NounsGeometry().audited
    120
    """

    layer: int = 16
    seed: int = 0
    audited: int = 120
    limit: int | None = None


FULL = NounsGeometry()
QUICK = NounsGeometry(audited=6, limit=600)
