# %% [markdown]
# # Whose fault is it?
#
# **Question.** A concept has no good neuron in your dictionary. Could any neuron have been good? Is it the geometry of the points, or the
# training?
#
# **Short answer.** Ask the points, not the dictionary. For every concept the fewest errors that any single absolute neuron can make are enclosed
# from both sides: certificates with no point in common from below, an explicit neuron from above. In the world of the central experiment
# {glue:text}`separable-least` of the concepts asked about can be separated by one neuron without a single error on held-out points, and
# what the trained neurons make of them ({glue:text}`errors-relu` errors for every point of the concept with ReLU, {glue:text}`errors-topk`
# with Top-K) is training's doing. Noise closes the room, for the broadest concepts first.
#
# *Decides:* nothing of its own; it puts {ref}`T2 <claim-T2>` and {ref}`T3 <claim-T3>` to use. *Needs:* {doc}`10_one_neuron`, {doc}`11_units`.
# *Reading time:* 8 minutes.

# %% tags=["parameters"]
n_points: int = 1_500  # points of the small audit that runs on this page
seed: int = 0  # of its world and its dictionary

# %% tags=["remove-cell"]
from dataclasses import replace

import matplotlib.pyplot as plt
from myst_nb import glue

from saelib import SAEConfig, TopK, plots, study, train
from saelib.data.synthetic import concept_forest
from saelib.geometry import audit
from saelib.study.seeds import curve_over_seeds
from saelib.study.settings.size_and_sparsity import SizeAndSparsity
from saelib.study.sweeps.size_and_sparsity import world

plots.use_style()
audits = study.table("whose_fault")
levels = {0: "level 0, roots", 1: "level 1", 2: "level 2, leaves"}
audits["concepts"] = audits.level.map(levels)

# %% [markdown]
# ## One picture first
#
# The world is that of {doc}`02_size_and_sparsity`: 96 nested concepts in 64 dimensions. We only turn up its noise, and ask of six concepts of each
# level whether *some* neuron, of any dictionary whatever, fires on exactly the concept's points.

# %% tags=["remove-cell"]
per_run = audits[audits.gate == "ReLU"].assign(can=lambda f: (f.one_neuron == "yes").astype(float))
per_run = per_run.groupby(["noise", "concepts", "seed"], sort=False).can.mean().reset_index()
possible = curve_over_seeds(per_run, "can", ["noise", "concepts"])
possible[["low", "high"]] = possible[["low", "high"]].clip(0, 1)  # a share cannot leave this range

# %% tags=["hide-input"] mystnb={"image": {"alt": "Share of concepts that one neuron can separate, against the standard deviation of the noise, one curve a level of the forest. All start at one; the curve of the roots falls first, that of the leaves last."}, "figure": {"name": "fig-16-possible", "caption": "What any single neuron could do. The dotted line is the noise of the central experiment. As noise grows the broad concepts become impossible first: they have more points, and more neighbours to be kept from. Means over seeds with 95 % intervals, as far as a share can go."}}
ax = plots.curves_with_intervals(possible, "noise", "can", "low", "high", hue="concepts").axes[0]
ax.axvline(SizeAndSparsity().noise, color=plots.palette.neutral, linestyle=":", linewidth=1)
ax.set(xlabel="noise, standard deviation in each coordinate", ylabel="share that one neuron can separate")
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
print(possible.pivot_table(index="noise", columns="concepts", values="can").round(2).to_string())

# %% [markdown]
# ## Two bounds and what lies between
#
# :::{prf:theorem} The audit's enclosure [N]
# :label: thm-audit
# In words: no neuron can do better than the certificates allow, and need not do worse than one that somebody found.
#
# In symbols: let $k$ certificates for a concept $C$ on the points $X$ have pairwise disjoint supports, let $c$ errors be forced by identical points
# on both sides (the smaller count at each place, at places no certificate uses), and let some half-space make $u$ errors. Then the least number
# $e^*$ of points of $\theta \mathbin{\triangle} C$, over all open half-spaces $\theta$, satisfies
#
# $$ c + k \;\le\; e^* \;\le\; \min\bigl(u,\ |C|,\ |X \setminus C|\bigr). $$
#
# A dictionary's neuron that makes $e$ errors therefore owes $\min(e, c + k)$ of them to the geometry, those beyond the right side (if any)
# to its training, and the rest is open.
# :::
#
# :::{dropdown} Proof
# By {prf:ref}`thm-T2d` every half-space errs on a point of each certificate, and these points differ. At a place with $a$ points inside and $b$ outside
# a half-space fires on all or on none, so it errs on $a$ or $b$ of them, at least $\min(a, b)$, and these are points of no certificate. The sum is the left side. On
# the right, $u$ is attained by assumption, the neuron that never fires makes $|C|$ errors and the one that always fires $|X \setminus C|$. For ReLU
# neurons $e \ge e^*$; the attribution follows by subtraction. A neuron that competes need not be a half-space ({doc}`13_absolute_and_relative_gating`), and
# then $e < c + k$ is possible: all its errors are counted as geometry's, though even fewer were needed.
# :::
#
# Finding $e^*$ itself is NP-hard {cite:p}`johnson1978densest`, and the enclosure can be wide: each certificate in 64 dimensions uses up to 66 points, so a thousand points
# hold few of them. What is open stays open and is shown as such.

# %% [markdown]
# ## An audit, from the reader's side
#
# One call. Here on a small sample and a small dictionary, so that the page runs in seconds:

# %% tags=["remove-output"]
settings = replace(SizeAndSparsity(), noise=0.3)
sample = concept_forest(world(settings, seed), n_points, seed)
few = sample.concepts.select([0, 1, 6, 7, 24, 25])
sae = train(sample.points, SAEConfig(d_sae=64, gate=TopK(4), steps=300, seed=seed), progress=False).sae
result = audit(sae, sample.points, few, jobs=1, progress=False)

# %% tags=["hide-input", "nbval-check-output"]
shown = ["concept", "n_inside", "one_neuron", "at_least", "at_most", "unit_size", "errors", "fault"]
print(result[shown].to_string(index=False))

# %% [markdown]
# `one_neuron` is a proven answer, `at_least` and `at_most` enclose the errors of the best neuron there can be, `unit_size` says how many neurons an AND-unit
# took where one is not enough, and `errors` is what the dictionary's best neuron does instead, the one with
# the fewest errors. That can be more than the concept has points: silence would then be better, and no neuron of this dictionary is silent enough.

# %% [markdown]
# ## Where the errors of trained dictionaries come from
#
# For every level of noise a Top-K dictionary and a ReLU dictionary of about the same sparsity were trained, and the same concepts audited on held-out
# points. Errors are per point of the concept: 1 is what silence would cost.

# %% tags=["remove-cell"]
parts = audits.assign(
    **{
        "geometry, proven": audits.unavoidable / audits.n_inside,
        "open": audits.open / audits.n_inside,
        "training, proven": audits.avoidable / audits.n_inside,
    }
).astype({"geometry, proven": float, "open": float, "training, proven": float})
whose = ["geometry, proven", "open", "training, proven"]
per_seed = parts.groupby(["gate", "noise", "seed"])[whose].mean().reset_index()
mean = per_seed.melt(["gate", "noise", "seed"], var_name="part", value_name="errors")
shares = curve_over_seeds(mean, "errors", ["gate", "noise", "part"])
shares["low"] = shares["low"].clip(lower=0)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two panels, ReLU and Top-K: errors per point of the concept against noise, split in three curves. The errors proven to be training's are far above those that are open and those that geometry forces, at every noise."}, "figure": {"name": "fig-16-parts", "caption": "Who is to blame, as errors per point of the concept (1 is the price of silence). The part that geometry forces grows with the noise and stays small; nearly everything the trained neurons do wrong, some explicit neuron does right. Means over the audited concepts; 95 % intervals over seeds."}}
figure, axes = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.4), sharey=True)
for ax, gate in zip(axes, ("ReLU", "TopK"), strict=True):
    plots.curves_with_intervals(
        shares[shares.gate == gate], "noise", "errors", "low", "high", hue="part", ax=ax
    )
    ax.set(title=gate, xlabel="noise, standard deviation", ylabel="errors per point of the concept")
axes[1].get_legend().remove()
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
print(shares.pivot_table(index=["gate", "noise"], columns="part", values="errors").round(3).to_string())
print(audits.pivot_table(index="gate", columns="fault", values="errors", aggfunc="size").to_string())

# %% tags=["remove-cell"]
calm = audits[audits.noise == audits.noise.min()]
per_point = (calm.errors / calm.n_inside).groupby(calm.gate).mean()
glue("separable-least", f"{(calm.one_neuron == 'yes').mean():.0%}", display=False)
glue("errors-relu", f"{per_point['ReLU']:.2f}", display=False)
glue("errors-topk", f"{per_point['TopK']:.2f}", display=False)
wrong = audits[audits.errors > 0]
glue("blamed", f"{(wrong.fault == 'training').sum()} of {len(wrong)}", display=False)
glue("forced-most", f"{parts['geometry, proven'].max():.1%}", display=False)

# %% [markdown]
# ## What we found
#
# In {glue:text}`blamed` audits the larger part of the errors is training's: a neuron is known that does not make them. Geometry never forces more
# errors than {glue:text}`forced-most` of a concept's points.
#
# That deserves a caveat and a thought. The caveat: an explicit neuron that is right on *these* points was fitted to them with their labels; a
# dictionary has no labels, serves all concepts at once and is judged on held-out points. The audit says what is possible, not what is
# learnable without supervision. The thought: where a linear readout of the very same points is almost perfect, a dictionary that lacks a
# concept has not been stopped by half-spaces. It was stopped by what it was asked to do: reconstruct with few active neurons
# ({prf:ref}`thm-T5d`), from noise it cannot tell from signal.

# %% [markdown]
# ## What it means for your SAE
#
# - Before tuning a dictionary for a concept, run `audit` on it. *Impossible* means: look for a unit of several neurons, another layer, or another
#   concept. *Possible* means: the training can be improved.
# - In high dimension with few points everything is possible ({prf:ref}`thm-T5c`): use at least several times $2(n+1)$ points, or the answer is
#   about your sample.
# - `found = limits(points, concepts)` is the expensive part and does not depend on the dictionary. Compute it once and compare all your dictionaries
#   by `audit(sae, points, concepts, found=found)`.

# %% [markdown]
# ## Exercises
#
# 1. A concept has 40 points, 25 disjoint certificates were found, an explicit neuron makes 31 errors, and the dictionary's best neuron makes 36. How
#    many errors are geometry's, training's, open?
#
#    :::{dropdown} Solution
#    $\min(36, 25) = 25$ are geometry's, $36 - 31 = 5$ training's, $6$ are open. The verdict is *geometry*.
#    :::
#
# 2. Can the audit call a dictionary faultless that has no neuron for the concept at all?
#
#    :::{dropdown} Solution
#    Only if silence is as good as anything: the best neuron then makes $|C|$ errors, and these are geometry's exactly if $c + k = |C|$. That is
#    the case for a concept in which every point has an identical twin outside.
#    :::
#
# 3. Raise `n_points` to 6,000 and re-run. Why can the least number of errors not fall, if all points of the smaller sample are
#    among those of the larger?
#
#    :::{dropdown} Solution
#    Both enclose $e^*$, and a neuron errs on every point of the smaller sample again in the larger one, so $e^*$ cannot fall. The computed bounds
#    follow it as well as the searches succeed: certificates among the first points remain certificates, but a search may find others.
#    :::
