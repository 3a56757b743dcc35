"""Data whose concepts, directions and volumes are known exactly.
 ``forest`` has concepts in a hierarchy, as directions that add up; ``clusters`` concepts as Gaussian
clouds; ``bodies`` concepts as regions with exact volumes. The settings of a forest are one small file each.
"""

from saelib.data.synthetic.amplitudes import (
    Constant,
    Drawn,
    FoldedNormal,
    LogNormal,
    Ramp,
    RectifiedNormal,
    Uniform,
)
from saelib.data.synthetic.bench import synth_sae_bench
from saelib.data.synthetic.config import ForestConfig
from saelib.data.synthetic.copula import Copula
from saelib.data.synthetic.directions import Directions, coherence, welch_bound
from saelib.data.synthetic.firing import ExplicitFiring, LevelFiring, UniformFiring, ZipfFiring
from saelib.data.synthetic.forest import ForestSample, concept_forest, forest_chunks
from saelib.data.synthetic.tree import Tree, branching_parents

__all__ = [
    "Constant",
    "Copula",
    "Directions",
    "Drawn",
    "ExplicitFiring",
    "FoldedNormal",
    "ForestConfig",
    "ForestSample",
    "LevelFiring",
    "LogNormal",
    "Ramp",
    "RectifiedNormal",
    "Tree",
    "Uniform",
    "UniformFiring",
    "ZipfFiring",
    "branching_parents",
    "coherence",
    "concept_forest",
    "forest_chunks",
    "synth_sae_bench",
    "welch_bound",
]
