"""Families of sets over the same points: human concepts and the activation sets of neurons.

Both are sparse boolean matrices ``[n_points, n_sets]`` with names; nothing here knows what a sparse
autoencoder is beyond "who fired", and torch is never imported.
"""

from saelib.sets._activations import ActivationSets
from saelib.sets._concepts import ConceptSet

__all__ = ["ActivationSets", "ConceptSet"]
