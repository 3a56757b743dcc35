"""Data whose concepts, directions and volumes are known exactly.

``concept_forest`` has concepts in a hierarchy, as directions that add up; ``clusters`` concepts as Gaussian
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
from saelib.data.synthetic.bodies import (
    Annulus,
    Ball,
    Body,
    BodySample,
    Box,
    HalfMoon,
    LShape,
    Polytope,
    TwoBalls,
    TwoMoons,
    ball_volume,
    body_concepts,
)
from saelib.data.synthetic.cluster import (
    Blob,
    ClusterSample,
    Shell,
    clusters,
    collinear,
    core_and_shell,
    nested,
    scattered,
)
from saelib.data.synthetic.config import ForestConfig
from saelib.data.synthetic.copula import Copula
from saelib.data.synthetic.directions import Directions, coherence, welch_bound
from saelib.data.synthetic.firing import ExplicitFiring, LevelFiring, UniformFiring, ZipfFiring
from saelib.data.synthetic.forest import ForestSample, concept_forest, forest_chunks
from saelib.data.synthetic.stream import forest_stream
from saelib.data.synthetic.tree import Tree, branching_parents

__all__ = [
    "Annulus",
    "Ball",
    "Blob",
    "Body",
    "BodySample",
    "Box",
    "ClusterSample",
    "Constant",
    "Copula",
    "Directions",
    "Drawn",
    "ExplicitFiring",
    "FoldedNormal",
    "ForestConfig",
    "ForestSample",
    "HalfMoon",
    "LShape",
    "LevelFiring",
    "LogNormal",
    "Polytope",
    "Ramp",
    "RectifiedNormal",
    "Shell",
    "Tree",
    "TwoBalls",
    "TwoMoons",
    "Uniform",
    "UniformFiring",
    "ZipfFiring",
    "ball_volume",
    "body_concepts",
    "branching_parents",
    "clusters",
    "coherence",
    "collinear",
    "concept_forest",
    "core_and_shell",
    "forest_chunks",
    "forest_stream",
    "nested",
    "scattered",
    "synth_sae_bench",
    "welch_bound",
]
