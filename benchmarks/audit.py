"""How long an audit takes: 200 concepts over 20,000 points in 64 dimensions, calm and noisy.

``python -m benchmarks.audit`` prints seconds by the clock on all processors, and what was found. There is no
peer to compare with; the ratio is that of the noisy world to the calm one.
"""

from __future__ import annotations

import time

from saelib import ActivationSets, SAEConfig, TopK, train
from saelib.data.synthetic import ForestConfig, LevelFiring, Uniform, concept_forest
from saelib.geometry import audit

N_POINTS, D_IN = 20_000, 64


def world(noise: float) -> ForestConfig:
    """200 concepts: 8 roots, 4 children each, 5 children of each of these."""
    return ForestConfig(
        d_in=D_IN,
        branching=(8, 4, 5),
        firing=LevelFiring((0.15, 0.2, 0.18)),
        children="exclusive",
        amplitude=Uniform(0.5, 1.5),
        noise=noise,
    )


def main() -> None:
    for noise in (0.02, 0.2, 0.3):
        sample = concept_forest(world(noise), N_POINTS, 0)
        sae = train(sample.points, SAEConfig(d_sae=256, gate=TopK(4), steps=300), progress=False).sae
        activations = ActivationSets.from_sae(sae, sample.points, progress=False)
        for units in (False, True):
            start = time.perf_counter()
            frame = audit(activations, sample.points, sample.concepts, units=units, progress=False)
            spent = time.perf_counter() - start
            answers = frame.one_neuron.value_counts().to_dict()
            print(f"noise {noise:<5} units {units!s:<5} {spent:7.1f} s  one neuron: {answers}", flush=True)


if __name__ == "__main__":
    main()
