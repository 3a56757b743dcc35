"""The study's two sizes: ``full`` is what the book shows, ``quick`` goes the same way in minutes.

A sweep plugs in by one entry in ``SWEEPS`` and one of settings in each profile that runs it. Notebook
defaults are the full study's, so only ``quick`` lists parameters.
"""

from __future__ import annotations

from dataclasses import replace

from saelib.study.plan import Profile, Sweep
from saelib.study.settings import (
    absorption,
    architectures,
    digits,
    families,
    nouns,
    nouns_geometry,
    one_neuron,
    one_or_several,
    peers_ground,
    running_text,
    sae_lattice,
    size_and_sparsity,
    splitting,
    tightness,
    units,
    whose_fault,
)

SWEEPS = {
    "absorption": Sweep(
        "saelib.study.sweeps.absorption",
        tables=("absorption", "absorption_edges", "absorption_published", "absorption_descents"),
    ),
    "size_and_sparsity": Sweep(
        "saelib.study.sweeps.size_and_sparsity",
        tables=("size_and_sparsity", "size_and_sparsity_concepts", "size_and_sparsity_directions"),
    ),
    "architectures": Sweep(
        "saelib.study.sweeps.architectures",
        tables=("architectures", "architectures_edges", "architectures_concepts"),
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
    "one_or_several": Sweep(
        "saelib.study.sweeps.one_or_several",
        tables=("one_or_several", "one_or_several_few", "one_or_several_gaps"),
    ),
    "peers_ground": Sweep(
        "saelib.study.sweeps.peers_ground",
        tables=("peers_ground", "peers_ground_concepts", "peers_ground_example"),
    ),
    "running_text": Sweep(
        "saelib.study.sweeps.running_text",
        tables=(
            "running_text",
            "running_text_concepts",
            "running_text_readers",
            "running_text_history",
        ),
        needs="saelib.data.language.weights.require_minilm",
    ),
    "sae_lattice": Sweep(
        "saelib.study.sweeps.sae_lattice",
        tables=("sae_lattice", "sae_lattice_levels", "sae_lattice_concepts", "sae_lattice_edges"),
    ),
    "splitting": Sweep(
        "saelib.study.sweeps.splitting",
        tables=(
            "splitting",
            "splitting_concepts",
            "splitting_gaps",
            "splitting_flows",
            "splitting_nodes",
            "splitting_links",
        ),
    ),
    "families": Sweep(
        "saelib.study.sweeps.families",
        tables=("families_saes", "families_orders", "families_found", "families_clusters"),
    ),
    "nouns": Sweep(
        "saelib.study.sweeps.nouns",
        tables=(
            "nouns",
            "nouns_concepts",
            "nouns_history",
            "nouns_readers",
            "nouns_seeds",
            "nouns_names",
            "nouns_edges",
            "nouns_absorption",
            "nouns_published",
            "nouns_units",
            "nouns_agreement",
            "nouns_order",
            "nouns_families",
            "nouns_flow",
            "nouns_flow_examples",
            "nouns_subtree",
        ),
        needs="saelib.data.language.weights.require_smollm2",
    ),
    "nouns_geometry": Sweep(
        "saelib.study.sweeps.nouns_geometry",
        tables=("nouns_geometry",),
        needs="saelib.data.language.weights.require_smollm2",
    ),
    "units": Sweep(
        "saelib.study.sweeps.units",
        tables=("units_existence", "units_least", "units_around_a_point", "units_digits"),
    ),
}

PROFILES = {
    "full": Profile(
        "full",
        settings={  # what takes longest first: cells are started in this order
            "nouns": nouns.FULL,
            "size_and_sparsity": size_and_sparsity.FULL,
            "peers_ground": peers_ground.FULL,
            "one_neuron": one_neuron.FULL,
            "architectures": architectures.FULL,
            "splitting": splitting.FULL,
            "whose_fault": whose_fault.FULL,
            "digits": digits.FULL,
            "absorption": absorption.FULL,
            "one_or_several": one_or_several.FULL,
            "running_text": running_text.FULL,
            "units": units.FULL,
            "tightness": tightness.FULL,
            "families": families.FULL,
            "nouns_geometry": nouns_geometry.FULL,
            "sae_lattice": sae_lattice.FULL,
        },
        published=True,
        together=6,  # Python's start takes four seconds; a run that is broken off loses at most so many cells
        alone=("nouns", "peers_ground"),
    ),
    "quick": Profile(
        "quick",
        together=100,  # all of a sweep's: here they take less time than Python's start
        settings={
            # Short trainings: the whole profile is to stay within five minutes.
            "size_and_sparsity": replace(size_and_sparsity.QUICK, steps=100),
            "absorption": absorption.QUICK,
            "peers_ground": peers_ground.QUICK,
            "running_text": running_text.QUICK,
            "sae_lattice": sae_lattice.QUICK,
            "splitting": splitting.QUICK,
            "architectures": architectures.QUICK,
            "digits": replace(digits.QUICK, steps=200),
            "families": families.QUICK,
            # Chapter 41 asks what doubling does to neurons; in dictionaries this small none is of animals.
            "nouns": replace(
                nouns.QUICK,
                sizes=(16, 32),
                phenomena=replace(nouns.QUICK.phenomena, named=0.02, examples=("object", "abstraction")),
            ),
            "nouns_geometry": nouns_geometry.QUICK,
            "tightness": tightness.QUICK,
            "one_neuron": one_neuron.QUICK,
            "one_or_several": one_or_several.QUICK,
            "units": units.QUICK,
            "whose_fault": whose_fault.QUICK,
        },
        parameters={
            "01_three_notions": {"n_instances": 20_000},
            "02_size_and_sparsity": {"steps": 150},
            "21_absorption": {"n_trials": 60},
            "13_absolute_and_relative_gating": {
                "n_points": 20_000,
                "n_triples": 20_000,
                "n_middles": 100,
                "n_samples": 10,
                "n_seeds": 2,
                "steps": 100,
            },
            "12_tight_in_the_whole_space": {"n_samples": 50_000},
            "24_architectures": {"beyond": 3.0, "n_worlds": 100},
            "14_capacity": {"n_instances": 10_000},
            "22_families_and_hierarchy": {
                "n_pairs": 20,
                "n_dictionaries": 20,
                "n_worlds": 2,
                "n_points": 400,
                "n_train": 6_000,
                "n_test": 2_000,
            },
            "20_splitting": {"n_instances": 60, "n_bounds": 300, "n_points": 3_000},
            "15_noise_and_samples": {"n_instances": 10_000, "n_points": 4_000, "repeats": 100},
            "31_reading_a_lattice": {"n_instances": 300, "d_sae": 64, "steps": 150},
            "32_the_lattice_of_an_sae": {"n_train": 20_000, "steps": 200},
            "30_two_directions": {"n_instances": 20_000, "d_sae": 64, "steps": 100},
        },
    ),
}
