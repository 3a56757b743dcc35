"""The study's two sizes: ``full`` is what the book shows, ``quick`` goes the same way in minutes.

A sweep plugs in by one entry in ``SWEEPS`` and one of settings in each profile that runs it. Notebook
defaults are the full study's, so only ``quick`` lists parameters.
"""

from __future__ import annotations

from saelib.study.plan import Profile, Sweep
from saelib.study.settings import digits, one_neuron, size_and_sparsity, tightness, units, whose_fault

SWEEPS = {
    "size_and_sparsity": Sweep(
        "saelib.study.sweeps.size_and_sparsity", tables=("size_and_sparsity", "size_and_sparsity_concepts")
    ),
    "digits": Sweep("saelib.study.sweeps.digits", tables=("digits", "digits_concepts")),
    "tightness": Sweep("saelib.study.sweeps.tightness", tables=("tightness",)),
    "whose_fault": Sweep("saelib.study.sweeps.whose_fault", tables=("whose_fault",)),
    "one_neuron": Sweep(
        "saelib.study.sweeps.one_neuron",
        tables=(
            "one_neuron_adversarial",
            "one_neuron_packing",
            "one_neuron_counts",
            "one_neuron_transition",
            "one_neuron_digits",
            "one_neuron_subsamples",
        ),
    ),
    "units": Sweep(
        "saelib.study.sweeps.units",
        tables=("units_existence", "units_least", "units_around_a_point", "units_digits"),
    ),
}

PROFILES = {
    "full": Profile(
        "full",
        settings={
            "size_and_sparsity": size_and_sparsity.FULL,
            "digits": digits.FULL,
            "tightness": tightness.FULL,
            "one_neuron": one_neuron.FULL,
            "units": units.FULL,
            "whose_fault": whose_fault.FULL,
        },
        published=True,
    ),
    "quick": Profile(
        "quick",
        settings={
            "size_and_sparsity": size_and_sparsity.QUICK,
            "digits": digits.QUICK,
            "tightness": tightness.QUICK,
            "one_neuron": one_neuron.QUICK,
            "units": units.QUICK,
            "whose_fault": whose_fault.QUICK,
        },
        parameters={
            "01_three_notions": {"n_instances": 20_000},
            "13_absolute_and_relative_gating": {
                "n_points": 20_000,
                "n_triples": 20_000,
                "n_middles": 100,
                "n_samples": 10,
                "n_seeds": 2,
                "steps": 100,
            },
            "12_tight_in_the_whole_space": {"n_samples": 50_000},
            "14_capacity": {"n_instances": 10_000},
            "15_noise_and_samples": {"n_instances": 10_000, "n_points": 4_000, "repeats": 100},
        },
    ),
}
