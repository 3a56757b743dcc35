# %% [markdown]
# # Families and hierarchy
#
# **Question.** A dog is an animal; some neurons always fire together. Are these orders and groups among concepts also orders and groups
# among the neurons of a dictionary, and where do they live: in the weights, or on the data?
#
# **Short answer.** On the data. In the whole space one half-space lies inside another only if they are parallel, so a hierarchy that branches is
# never a nesting of neurons that decide alone. On the data it can be one, exactly, wherever every concept can be cut off by a hyperplane, and we build it.
# Training does not ask for it: at a tolerance of 5 % trained dictionaries keep the order of {glue:text}`22-kept` of all edges, and
# {glue:text}`22-kept-chance` with the neurons dealt out at random ({ref}`E12 <claim-E12>`: {glue:text}`22-kept-verdict`). What there is of it is a matter of degree: the child's neuron
# fires inside the parent's {glue:text}`22-on-data` of the time on held-out points, {glue:text}`22-by-chance` by chance, and {glue:text}`22-on-gaussian` on a Gaussian cloud
# of the same mean and covariance (leaving out the sparsest setting). Groups of neurons with a common region are formal concepts and can be listed:
# {glue:text}`22-families` a dictionary on average, {glue:text}`22-times` times as many as firing rates alone would give
# ({ref}`E11 <claim-E11>`: {glue:text}`22-times-verdict`). Their number alone is no sign of training (random dictionaries: {glue:text}`22-families-random` where trained ones have
# {glue:text}`22-families-trained`); what they are may be: {glue:text}`22-explained` look like one human concept or the meet of two.
#
# *Decides:* {ref}`T10 <claim-T10>`, {ref}`T11 <claim-T11>`, {ref}`E11 <claim-E11>`, {ref}`E12 <claim-E12>`. *Needs:* {doc}`02_size_and_sparsity`, {doc}`13_absolute_and_relative_gating`.
# *Reading time:* 15 minutes.

# %% tags=["parameters"]
n_pairs: int = 60  # random pairs of half-spaces of each kind in each dimension
n_dictionaries: int = 60  # small dictionaries of each kind whose families are also found by brute force
n_worlds: int = 3  # worlds in which nested neurons are built
n_points: int = 1_500  # points of each of them
n_train: int = 15_000  # points that the dictionaries trained on this page learn from
n_test: int = 5_000  # points on which their families are listed, beside those of random dictionaries
seed: int = 0  # of everything random on this page

# %% tags=["remove-cell"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from myst_nb import glue

from saelib import ActivationSets, SAEConfig, TopK, align, claims, plots, study, train
from saelib.data.synthetic import Blob, ForestConfig, Uniform, clusters, concept_forest
from saelib.phenomena import (
    dual_neurons,
    families,
    family_trials,
    nested_neurons,
    nesting_on_and_off,
    nesting_trials,
    outside_point,
)
from saelib.sae import ReLU
from saelib.study.comparisons import at_matched_l0
from saelib.study.seeds import curve_over_seeds, over_seeds
from saelib.study.settings.families import Families
from saelib.study.settings.size_and_sparsity import SizeAndSparsity
from saelib.study.sweeps.nulls import random_dictionary
from saelib.study.sweeps.size_and_sparsity import world

plots.use_style()
saes, orders = study.table("families_saes"), study.table("families_orders")
found, clustered = study.table("families_found"), study.table("families_clusters")
design = Families()
run = ["gate", "d_sae", "rank", "seed"]  # the columns that name an SAE

# %% [markdown]
# ## One picture first

# %% tags=["remove-cell"]
blobs = [
    Blob((-2.2, -0.6), 0.3, name="nothing"),
    Blob((0.4, 0.0), 0.3, name="animal"),
    Blob((1.9, 1.5), 0.3, name="dog", inside="animal"),
    Blob((1.7, -1.7), 0.3, name="cat", inside="animal"),
]
drawn = clusters(blobs, 120, seed=seed)
zoo = drawn.concepts.select(["animal", "dog", "cat"])
pair = nested_neurons(drawn.points, zoo, progress=False)
witness = [float(x) for x in outside_point(pair[1], pair[0])]


# %% tags=["remove-cell"]
def half_planes(reach):
    """The neurons of animal and dog on a grid of the plane."""
    ticks = np.linspace(-reach, reach, 301)
    grid = pd.DataFrame([(x, y) for x in ticks for y in ticks], columns=["x", "y"])
    names = {"animal neuron": pair[0], "dog neuron": pair[1]}
    return grid.assign(**{name: neuron.fires(grid[["x", "y"]]) for name, neuron in names.items()})


# %% tags=["hide-input"] mystnb={"image": {"alt": "Two views of the same two half-planes. Near the data the half-plane of the dog neuron holds only points that the animal neuron fires on too. Farther out the two boundaries cross, and beyond the crossing the dog neuron fires where the animal neuron does not; a star marks such a point."}, "figure": {"name": "fig-22-front", "caption": "The same two neurons, near and far. **Left:** on the data the dog neuron fires inside the animal neuron only (filled: animals of all kinds). **Right:** the boundaries are not parallel, so they cross, and beyond the crossing there are dogs that are no animals. The star is the point that the proof of T11a computes."}}
figure, axes = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.9))
points = pd.DataFrame(drawn.points, columns=["x", "y"]).assign(concept=zoo.membership.toarray()[:, 0])
for ax, reach in zip(axes, (3.4, 14.0), strict=True):
    tinted = {"animal neuron": plots.palette.neuron, "dog neuron": plots.palette.cycle[2]}
    plots.plane(half_planes(reach), list(tinted), points=points, colours=tinted, legend=reach < 5, ax=ax)
axes[1].plot(*witness, "*", color=plots.palette.violated, markersize=14, zorder=6)
for name, (x, y) in {"dog": (1.9, 2.4), "cat": (1.7, -2.7), "other animal": (0.5, -1.0)}.items():
    axes[0].text(x, y, name, ha="center", color=plots.palette.concept)
axes[0].set_title("on the data")
axes[1].set_title("in the whole space")
plt.show()

# %% [markdown]
# ## In the whole space: parallel chains
#
# A neuron that decides alone, as ReLU neurons do, fires on an open half-space $H^+ = \{x : p(x) > 0\}$, where $p(x) = \langle w, x\rangle + b$ with $w \ne 0$. Indices
# say whose $w$, $b$ and $p$ are meant. Neurons that compete, as with Top-K, fire on other sets, and nothing here binds them (exercise 4).
#
# :::{prf:theorem} Half-spaces under inclusion [N]
# :label: thm-T11a
# In words: one half-space lies inside another only if it looks the same way and starts later.
#
# In symbols: $H_1^+ \subseteq H_2^+$ if and only if $w_2 = c\,w_1$ for some $c > 0$ and $b_2 \ge c\,b_1$. So the half-spaces that contain a given one
# are pairwise nested: under inclusion half-spaces form parallel chains and nothing else.
# :::
#
# :::{dropdown} Proof
# *If.* On $H_1^+$, $\langle w_2, x\rangle + b_2 \ge c\,(\langle w_1, x\rangle + b_1) > 0$.
#
# *Only if.* Suppose $w_2$ is not a positive multiple of $w_1$, and put $g = \langle w_1, w_2\rangle$. We give a direction $u$ along which $p_1$
# rises and $p_2$ falls. If $g \le 0$, take $u = w_1 - w_2$: $\langle w_1, u\rangle = \|w_1\|^2 - g > 0$ and $\langle w_2, u\rangle = g - \|w_2\|^2 < 0$. If
# $g > 0$, the vectors are not parallel, so $g^2 < \|w_1\|^2\|w_2\|^2$ (Cauchy and Schwarz), and there is an $s$ with
# $g/\|w_2\|^2 < s < \|w_1\|^2/g$; take $u = w_1 - s\,w_2$: $\langle w_1, u\rangle = \|w_1\|^2 - s g > 0$ and $\langle w_2, u\rangle = g - s\|w_2\|^2 < 0$. Either way
# $x = t\,u$ has $p_1(x) > 0 \ge p_2(x)$ as soon as $t$ is large, and $x$ lies in $H_1^+$ but not in $H_2^+$.
#
# If $w_2 = c\,w_1$ but $b_2 < c\,b_1$, the point on the line of $w_1$ with $p_1(x) = (b_1 - b_2/c)/2 > 0$ has
# $p_2(x) = c\,p_1(x) + b_2 - c\,b_1 = (b_2 - c\,b_1)/2 < 0$.
#
# If $H_2^+$ and $H_3^+$ both contain $H_1^+$, then $w_2$ and $w_3$ are positive multiples of $w_1$ and of each other, and one of the two offsets, divided
# by its factor, is the larger: one contains the other. $\square$
# :::
#
# :::{prf:corollary} No branching off the data [N]
# :label: thm-T11-branching
# Let neurons that decide alone stand for a concept $C$ and two children $D_1, D_2 \subset C$, and let neither child's half-space contain the other's. Then
# not both lie inside the parent's.
# :::
#
# :::{dropdown} Proof
# If $H_{D_1}^+, H_{D_2}^+ \subseteq H_C^+$, then by {prf:ref}`thm-T11a` $w_{D_1}$ and $w_{D_2}$ are both positive multiples of $w_C$, hence of each
# other, and the half-space of one contains that of the other. $\square$
# :::
#
# The proof is an algorithm: `outside_point` returns the point, in fractions, without rounding. We try to refute it with pairs made for the
# purpose, among them directions that differ by an angle of $10^{-15}$, and substitute every point it returns.

# %% tags=["hide-input", "nbval-check-output"]
trials = nesting_trials([2, 3, 8, 64, 512], n_pairs, np.random.default_rng(seed))
print(trials.groupby(["kind", "parallel"]).holds.agg(pairs="size", right="sum").to_string())
oblique, parallel = trials[~trials.parallel], trials[trials.parallel]
print(claims.record("T11", "nonparallel_nestings", value=int((~oblique.found).sum()), n=len(oblique)))
print(claims.record("T11", "parallel_mistakes", value=int((~parallel.holds).sum()), n=len(parallel)))

# %% [markdown]
# ## On the data: any forest of separable concepts
#
# :::{prf:theorem} Nested neurons on the data [N]
# :label: thm-T11b
# In words: on the points at hand a hierarchy may branch as it likes, provided that each of its concepts has a neuron.
#
# In symbols: let $X$ be finite and $\mathcal{C}$ a forest of concepts on it. There are neurons with $\theta_C \cap X = C$ for every $C \in \mathcal{C}$,
# hence nested as the concepts are, if and only if $\mathrm{conv}(C) \cap \mathrm{conv}(X \setminus C) = \emptyset$ for every $C$. If
# $x = \sum_i a_i(x)\,v_i$ with linearly independent $v_i$, where $a_i \ge a > 0$ on $C_i$ and $a_i = 0$ elsewhere, they are explicit:
# $w_i$ the dual vectors, $\langle w_i, v_j\rangle = 1$ if $i = j$ and $0$ otherwise, and $b_i = -a/2$.
# :::
#
# :::{dropdown} Proof
# Concept by concept the first statement is {prf:ref}`thm-T2a`: nothing asks the neurons of different concepts to agree. If
# $\theta_C \cap X = C$ for all, then $D \subset C$ gives $\theta_D \cap X = D \subset C = \theta_C \cap X$. For the second,
# $\langle w_i, x\rangle - a/2 = a_i(x) - a/2$, which is at least $a/2 > 0$ on $C_i$ and $-a/2 < 0$ elsewhere. Dual vectors exist because the $v_i$ are
# independent: they are the columns of the pseudo-inverse of the matrix with rows $v_i$. $\square$
# :::
#
# Two constructions, two kinds of worlds. With 14 concepts of a branching forest in 16 dimensions the dual vectors do it. In the world
# of the {doc}`central experiment <02_size_and_sparsity>`, 96 concepts in 64 dimensions, there are no dual vectors; there each neuron is the one
# of widest margin ({prf:ref}`thm-T2b`). Every point is then counted, with exact signs, and every edge is
# put before `outside_point`.

# %% tags=["hide-input"]
small = ForestConfig(
    d_in=16, branching=(2, 2, 2), firing=0.5, children="exclusive", amplitude=Uniform(0.5, 1.5)
)
judged = []
for number in range(n_worlds):
    free = concept_forest(small, n_points, seed + number)
    built = dual_neurons(free.directions, 0.25)
    judged.append(nesting_on_and_off(built, free.points, free.concepts).assign(world="independent"))
    tight = concept_forest(world(SizeAndSparsity(), seed + number), n_points, seed + number)
    some = tight.concepts.select([int(i) for i in np.flatnonzero(tight.concepts.sizes)])
    built = nested_neurons(tight.points, some, progress=False)
    judged.append(nesting_on_and_off(built, tight.points, some).assign(world="superposition"))
judged = pd.concat(judged)

# %% tags=["hide-input", "nbval-check-output"]
# A concept without a neuron counts as missed altogether.
errors = judged.errors.fillna(judged.n_concept).astype(int)
edges = judged[judged.outside_on_data.notna()].astype({"nested_off_data": int})
counts = edges.groupby("world")[["outside_on_data", "nested_off_data"]].sum()
counts.insert(0, "edges", edges.groupby("world").size())
print(counts.assign(concepts=judged.groupby("world").size(), errors=errors.groupby(judged.world).sum()))
print(claims.record("T11", "construction_errors", value=int(errors.sum()), n=len(judged) * n_points))

# %% tags=["remove-cell"]
glue("22-built-edges", f"{len(edges):,}", display=False)
glue("22-built-on", f"{int((edges.outside_on_data == 0).sum()):,}", display=False)
glue("22-built-errors", f"{int(errors.sum())}", display=False)
glue("22-oblique", f"{len(oblique):,}", display=False)
glue("22-oblique-nested", f"{int((~oblique.found).sum())}", display=False)
glue("22-built-off", f"{int(edges.nested_off_data.sum())}", display=False)

# %% [markdown]
# The constructed neurons err on {glue:text}`22-built-errors` points. Of {glue:text}`22-built-edges` edges {glue:text}`22-built-on` are nested on the data, point by point, and
# {glue:text}`22-built-off` off it.
#
# ## What training does with a hierarchy
#
# What can be need not come about. The dictionaries here are trained in the world of the central experiment, with both gates at several sparsities;
# for every concept the neuron of the best Jaccard index is chosen on training points, and for each of the forest's 90 edges $D \subset C$
# we count on held-out points how much of $\theta_D$ lies inside $\theta_C$. Two comparisons: the same neurons dealt out anew among the
# concepts of each level, and the same pairs on a Gaussian cloud with the mean and covariance of the data.

# %% tags=["remove-cell"]
tints = plots.palette.neuron, plots.palette.measured, plots.palette.neutral
where = {"on_data": "held-out data", "on_gaussian": "Gaussian cloud", "by_chance": "neurons dealt out"}
at = saes.groupby(["gate", "rank"]).l0.mean().rename("mean_l0").reset_index()
inside = saes.astype(dict.fromkeys(where, float)).merge(at)
inside = inside.melt([*run, "mean_l0"], list(where), "measured", "inside")
inside["measured"] = pd.Categorical(inside.measured.map(where), categories=list(where.values()), ordered=True)
inclusion = curve_over_seeds(inside, "inside", ["gate", "measured", "mean_l0"])
inclusion[["low", "high"]] = inclusion[["low", "high"]].clip(0, 1)  # a share cannot leave this range

# %% tags=["hide-input"] mystnb={"image": {"alt": "Share of the child's activation set inside the parent's over mean number of active neurons, ReLU and Top-K panels: on held-out data, on a Gaussian cloud, and with the neurons dealt out anew."}, "figure": {"name": "fig-22-inclusion", "caption": "From the second sparsity on {glue:text}`22-on-data` of the child's activation set lies inside the parent's on held-out points, {glue:text}`22-by-chance` by chance (neurons dealt out anew within each level), and {glue:text}`22-on-gaussian` on a Gaussian cloud of the same mean and covariance. Edges with two living neurons of their own; means over edges, bands over seeds (95 %)."}}
figure = plots.curves_with_intervals(
    inclusion, "mean_l0", "inside", "low", "high", hue="measured", col="gate", log_x=False,
    label_x="L0, active neurons a point", label_y="share of child's set inside parent's",
    colours=dict(zip(where.values(), tints, strict=True)),
)  # fmt: skip
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
half_spaces = saes[saes.gate == "ReLU"]
print(f"edges with two living ReLU neurons: {half_spaces.n_pairs.sum():,}")
print(f"of these nested in the whole space: {int(half_spaces.n_nested_everywhere.sum())}")
closest = saes.groupby("gate")[[c for c in saes if c.startswith("parallel")]].sum()
print("pairs of neurons with parallel directions, all SAEs together, and untrained ones of the same size:")
print(closest.T.to_string())
glue("22-edge-cosine", f"{saes.edge_cosine.astype(float)[saes['rank'] > 0].mean():.2f}", display=False)
glue("22-parallel", f"{saes[f'parallel_{min(design.cosines)}'].sum()}", display=False)
glue("22-cosine", f"{min(design.cosines):g}", display=False)
glue("22-saes", f"{len(saes)}", display=False)

# %% [markdown]
# For neurons that decide alone, pairs of parallel directions are the only chains that {prf:ref}`thm-T11a` allows in the weights. The child's direction and
# its parent's have a mean cosine of {glue:text}`22-edge-cosine`, where parallel would be 1. For orientation: of two half-spaces through the centre of a
# round cloud whose directions make an angle $\varphi$, a share $\varphi/\pi$ of the one lies outside the other (exercise 1), one half for
# orthogonal directions. Nor does exactness on the data ask for more: the dual vectors of {prf:ref}`thm-T11b` may make any angle between
# 0 and $\pi$. Whatever order a trained ReLU dictionary has beyond such pairs, it has on the data.
#
# ### Edge by edge
#
# An edge is *kept* if at most 5 % of the child's set lies outside the parent's, and not conversely. That tolerance was fixed before anything was run;
# the curve over other tolerances shows how much hangs on it.

# %% tags=["remove-cell"]
kept = orders[orders.order == "kept"].groupby([*run, "l0", "pairs", "tolerance"]).share.sum().reset_index()
named = pd.Categorical(kept.pairs, categories=["forest", "dealt out"], ordered=True)
curves = curve_over_seeds(kept.assign(pairs=named), "share", ["gate", "pairs", "tolerance"])
curves[["low", "high"]] = curves[["low", "high"]].clip(0, 1)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Share of edges kept over tolerance, for the forest and for neurons dealt out anew, ReLU and Top-K panels."}, "figure": {"name": "fig-22-kept", "caption": "At 5 % tolerance {glue:text}`22-kept` of the forest's edges are kept ({glue:text}`22-kept-chance` with neurons dealt out anew), at {glue:text}`22-lax` tolerance {glue:text}`22-kept-lax`. The tolerance is the share of the child's set that may lie outside the parent's. Means over sparsities, bands over seeds (95 %)."}}
plots.curves_with_intervals(
    curves, "tolerance", "share", "low", "high", hue="pairs", col="gate",
    label_x="tolerance, share of the set", label_y="share of edges kept",
    colours={"forest": plots.palette.neuron, "dealt out": plots.palette.neutral},
)  # fmt: skip
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
strict = kept[kept.tolerance == kept.tolerance.min()]
strict = strict.pivot_table(index=[*run, "l0"], columns="pairs", values="share").reset_index()
gain = over_seeds((strict.forest - strict["dealt out"]).groupby(strict.seed).mean())
matched = at_matched_l0(strict, "forest")
gates = over_seeds((matched.ReLU - matched.TopK).groupby(matched.seed).mean())
of_order = [
    claims.record("E12", "kept_minus_null", value=gain.value, interval=gain.interval, n=gain.n),
    claims.record("E12", "kept_relu_minus_topk", value=gates.value, interval=gates.interval, n=gates.n),
]
print(*of_order, sep="\n")
wide = orders[(orders.tolerance == orders.tolerance.min()) & (orders.pairs == "forest")]
print(wide.pivot_table(index="order", columns="gate", values="share").round(3).to_string())

# %% tags=["remove-cell"]
glue("22-kept", f"{strict.forest.mean():.1%}", display=False)
glue("22-kept-chance", f"{strict['dealt out'].mean():.1%}", display=False)
word = {True: "held", False: "did not hold"}
glue("22-kept-verdict", word[of_order[0].holds], display=False)
glue("22-gates-verdict", word[of_order[1].holds], display=False)
glue("22-gain", f"{gain.value:+.1%} ({gain.low:+.1%} to {gain.high:+.1%})", display=False)
glue("22-gates", f"{gates.value:+.1%} ({gates.low:+.1%} to {gates.high:+.1%})", display=False)

# %% tags=["remove-cell"]
several = saes[(saes["rank"] > 0)].astype(dict.fromkeys(where, float))
glue("22-on-data", f"{several.on_data.mean():.0%}", display=False)
glue("22-on-gaussian", f"{several.on_gaussian.mean():.0%}", display=False)
glue("22-by-chance", f"{several.by_chance.mean():.0%}", display=False)
glue("22-outside", f"{1 - several.on_data.mean():.0%}", display=False)
glue("22-outside-chance", f"{1 - several.by_chance.mean():.0%}", display=False)
lax = kept[(kept.tolerance == kept.tolerance.max()) & (kept.pairs == "forest")]
glue("22-kept-lax", f"{lax.share.mean():.0%}", display=False)
glue("22-lax", f"{kept.tolerance.max():.0%}", display=False)

# %% [markdown]
# *Crossing* means that each fires where the other does not; *one neuron* that parent and child share their best one, which is no order.
# {ref}`E12 <claim-E12>` says that trained dictionaries keep the order edge by edge, ReLU better than Top-K. Of its two quantities the share of edges kept beyond
# chance is {glue:text}`22-gain` and {glue:text}`22-kept-verdict`; ReLU minus Top-K at equal L0 is {glue:text}`22-gates` and {glue:text}`22-gates-verdict` (95 % intervals). Where hardly an edge is
# kept at all, the difference between the gates is a difference between small numbers. With a tolerance of {glue:text}`22-lax` {glue:text}`22-kept-lax` of the edges are kept.
#
# ### Where the parent's recall goes
#
# With Top-K a point has $k$ places. If every concept is given a neuron of its own, a point of a leaf needs three, for the leaf, its parent and its root, and more if
# it belongs to other trees. What cannot be seated is missed ({prf:ref}`thm-T5d`), and with $k = 1$ parent and child never fire together ({prf:ref}`thm-T6f`).

# %% tags=["remove-cell"]
top = saes[saes.gate == "TopK"]
levels = sorted(column for column in saes if column.startswith("missed_"))
top = top.assign(**{"all levels": top[levels].sum(axis=1), "leaves": top[levels[-1]]})
top["roots and children"] = top["all levels"] - top.leaves
who = ["all levels", "roots and children", "leaves"]
tidy = top.rename(columns={"sparsity": "k"}).melt(["k", "seed"], who, "concepts", "missed")
tidy["concepts"] = pd.Categorical(tidy.concepts, categories=who, ordered=True)
missed = curve_over_seeds(tidy, "missed", ["k", "concepts"])
floor = top.groupby("sparsity").floor.mean().rename_axis("k").rename("missed").reset_index()

# %% tags=["hide-input"] mystnb={"image": {"alt": "Memberships missed per point over k, in all and by level, with a black line for the least that must be missed."}, "figure": {"name": "fig-22-budget", "caption": "Of what is missed at the largest k, {glue:text}`22-upper` is missed at roots and children, which have {glue:text}`22-upper-there` of all memberships. Black: what Top-K must miss (the floor of T5d); marks: what it misses, by the best one-to-one assignment of neurons. Bars: 95 % over seeds."}}
ax = plots.theory_and_measured(
    floor.assign(law="floor (T5d)"), missed, "k", "missed", low="low", high="high", line="law", hue="concepts"
)
ax.set(xlabel="k, neurons that may fire on a point", ylabel="memberships missed, a point", xticks=floor.k)
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
upper = (top["roots and children"] / top["all levels"]).groupby(top.sparsity).mean()
there = top[[column for column in top if column.startswith("held_")]].mean()
print(f"violations of the floor {int(saes.t5d_violations.sum())} in {len(saes)} SAEs")
print("share of what is missed that falls on roots and children, by k:")
print(upper.round(2).rename_axis("k").to_string())
print(f"share of all memberships that are of roots and children: {1 - there.iloc[-1] / there.sum():.2f}")

# %% tags=["remove-cell"]
glue("22-floor", f"{int(saes.t5d_violations.sum())}", display=False)
glue("22-upper", f"{upper.iloc[-1]:.0%}", display=False)
glue("22-upper-there", f"{1 - there.iloc[-1] / there.sum():.0%}", display=False)

# %% [markdown]
# ## Families: neurons with a common region
#
# Neurons that fire together form a *family* {cite:p}`oneill2024disentangling`. The field finds such groups by clustering
# pairwise co-occurrence {cite:p}`li2024geometry`. We ask for more, a region on which *all* of them fire, and get it from formal concept
# analysis {cite:p}`ganter1999fca`: of the table of points by neurons, *active* or not.
#
# :::{prf:theorem} Families are formal concepts [P, N]
# :label: thm-T10
# In words: every group of neurons with a common region belongs to exactly one largest group with that region, and these largest groups are the
# formal concepts.
#
# In symbols: for a set of neurons $M$ let $\theta_M = \bigcap_{j \in M} \theta_j$ be its region on $X$, and $M'' = \{j : \theta_M \subseteq \theta_j\}$. Call $M$
# *closed* if $M'' = M$. Then
#
# 1. $M''$ is closed, contains $M$ and has the same region; it is the only closed set with that region and the largest set with it.
# 2. The regions $\theta_M$, over all $M$, are exactly the extents of the formal concepts $(\theta_M, M'')$: what AND-units can carve out.
# 3. If $\theta_M$ has at least $s$ points, so has $\theta_N$ for every $N \subseteq M$: the families of support at least $s$ can be listed from the top.
# :::
#
# :::{dropdown} Proof
# *1.* Every $j \in M$ has $\theta_M \subseteq \theta_j$, so $M \subseteq M''$ and $\theta_{M''} \subseteq \theta_M$. Every $j \in M''$ has $\theta_M \subseteq \theta_j$ by
# definition, so $\theta_M \subseteq \theta_{M''}$. The regions agree; hence $(M'')'' = \{j : \theta_{M''} \subseteq \theta_j\} = M''$. If $N$ has
# the region $\theta_M$, then $N \subseteq N'' = \{j : \theta_M \subseteq \theta_j\} = M''$, so $M''$ is largest, and if $N$ is closed, $N = N'' = M''$.
#
# *2.* A formal concept is a pair $(A, B)$ with $B$ the neurons active on all of $A$ and $A$ the points on which all of $B$ are active, that is $A = \theta_B$ and
# $B = \{j : A \subseteq \theta_j\} = B''$. By 1 each $(\theta_M, M'')$ is one, and each formal concept is of this form with $M = B$.
#
# *3.* $\theta_M \subseteq \theta_N$. $\square$
# :::
#
# A *family* is a closed set of at least two neurons with enough points in its region. Its *support* is that number of points, its *lift*
# $\mu(\theta_M)/\prod_{j \in M}\mu(\theta_j)$ says how many times as often its neurons fire together as independent ones would, and its
# *stability* {cite:p}`kuznetsov2007stability` is the share of the subsets of its region on which no further neuron always fires: a family that hangs on a few
# points is unstable.
#
# The theorem is checked on small dictionaries: families as the search returns them, against all sets of neurons tried one by
# one, and against families planted by hand at known rates.

# %% tags=["hide-input", "nbval-check-output"]
tried = family_trials(n_dictionaries, np.random.default_rng(seed))
columns = ["found", "wrong", "planted", "missed", "holds"]
print(tried.groupby("kind")[columns].sum().to_string())
print(claims.record("T10", "mismatches", value=int((~tried.holds).sum()), n=len(tried)))

# %% [markdown]
# ### A family is not a hierarchy
#
# Inclusion is one way to fire together, and not the only one:

# %% tags=["hide-input", "nbval-check-output"]
nested = ActivationSets([[1, 1], [1, 1], [1, 0], [1, 0], [0, 0], [0, 0], [0, 0], [0, 0]])
crossed = ActivationSets([[1, 1], [1, 1], [1, 0], [0, 1], [0, 0], [0, 0], [0, 0], [0, 0]])
both = pd.concat([families(each, min_support=1) for each in (nested, crossed)], keys=["nested", "crossed"])
print(both[["neurons", "support", "lift", "overlap"]].round(2).to_string())

# %% [markdown]
# Both pairs fire together on two points of eight. In the first pair one neuron fires only where the other does: `overlap`, the share
# of the rarest neuron's set that lies in the region, is 1. In the second each also fires alone.
#
# ## Families of trained dictionaries
#
# All families with at least {glue:text}`22-min-share` of the held-out points in their region and a lift of at least 1 are listed, for every SAE ({glue:text}`22-complete` of the searches
# were complete); the same for its activation sets dealt out to the points independently of one another, which keeps how often each neuron fires. {ref}`E11 <claim-E11>`
# says that trained dictionaries have more families than that, and that families have a meaning.

# %% tags=["remove-cell"]
what = {"families": "trained", "families_chance": "sets dealt out", "clear": "trained, lift ≥ 2"}
tidy = saes.merge(at).melt([*run, "mean_l0"], list(what), "which", "count")
tidy["which"] = pd.Categorical(tidy.which.map(what), categories=list(what.values()), ordered=True)
tidy["count"] = np.log10(1 + tidy["count"])
numbers = curve_over_seeds(tidy, "count", ["gate", "which", "mean_l0"])
numbers["low"] = numbers.low.clip(lower=0)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Number of families on a logarithmic scale over mean number of active neurons, ReLU and Top-K panels: trained dictionaries, the same with activation sets dealt out independently, and those with lift at least two."}, "figure": {"name": "fig-22-chance", "caption": "A trained dictionary has {glue:text}`22-times` times as many families as its firing rates alone would give (geometric mean). The scale is that of log10(1 + number); means and 95 % bands over seeds."}}
figure = plots.curves_with_intervals(
    numbers, "mean_l0", "count", "low", "high", hue="which", col="gate",
    label_x="L0, active neurons a point", label_y="number of families",
    colours=dict(zip(what.values(), (tints[0], tints[2], tints[1]), strict=True)),
)  # fmt: skip
ticks = [0, 9, 99, 999, 9_999]
figure.axes[0].set_yticks(np.log10(1 + np.array(ticks)), [f"{tick + (tick > 0):,}" for tick in ticks])
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
share = {end: saes["explained" + end] / saes["families" + end].clip(lower=1) for end in ("", "_chance")}
ratio = np.log2((1 + saes.families) / (1 + saes.families_chance))
times = over_seeds(ratio.groupby(saes.seed).mean())
explained = over_seeds((share[""] - share["_chance"]).groupby(saes.seed).mean())
of_families = [
    claims.record("E11", name, value=each.value, interval=each.interval, n=each.n)
    for name, each in {"times_null": times, "explained_minus_null": explained}.items()
]
print(*of_families, sep="\n")
columns = ["families", "clear", "explained", "families_chance", "clear_chance", "explained_chance"]
print(saes.groupby(["gate", "rank"])[columns].mean().round(1).to_string())

# %% tags=["remove-cell"]
glue("22-times-verdict", word[of_families[0].holds], display=False)
glue("22-explained-verdict", word[of_families[1].holds], display=False)
searches = saes[["complete", "complete_chance"]].to_numpy()
glue("22-complete", f"{searches.sum()} of {searches.size}", display=False)
glue("22-more", f"{explained.value:.0%} ({explained.low:.0%} to {explained.high:.0%})", display=False)
glue("22-min-share", f"{design.min_share:.1%}", display=False)
glue("22-families", f"{saes.families.mean():,.0f}", display=False)
glue("22-explained", f"{share[''][saes.families > 0].mean():.0%}", display=False)
glue("22-clear", f"{saes.clear.sum():,}", display=False)
glue("22-clear-chance", f"{saes.clear_chance.sum():,}", display=False)
glue("22-times", f"{2**times.value:.1f}", display=False)
by_gate = ratio.groupby(saes.gate).mean()
glue("22-times-relu", f"{2 ** by_gate['ReLU']:.1f}", display=False)
glue("22-times-topk", f"{2 ** by_gate['TopK']:.1f}", display=False)

# %% [markdown]
# A trained dictionary has {glue:text}`22-times` times as many families as its firing rates alone would give, geometric mean over all
# settings: {glue:text}`22-times-relu` times with ReLU and {glue:text}`22-times-topk` times with Top-K, where the competition hands
# every point about the same number of neurons, which by itself makes joint firing rarer than independence would; with $k = 1$ no two neurons ever fire together. The declared criterion is twice as many
# ({glue:text}`22-times-verdict`). Counted by lift: {glue:text}`22-clear` families of all dictionaries together have lift 2 or more, and {glue:text}`22-clear-chance` of those dealt out.
#
# ### What they are
#
# A family is *explained* here if its region has Jaccard index at least ½ with a concept of the forest or with the meet of two. On average over dictionaries that
# is {glue:text}`22-more` (95 % interval) of the families more than of those dealt out ({glue:text}`22-explained-verdict`).
#
# ### Is it training?
#
# Both nulls of E11 are mild. Sets dealt out at random have nothing to do with the data, whereas neurons that look at the same data overlap more than independent sets do, trained or not. So here
# are two dictionaries beside *random* ones, the same before their training, that fire as often; one seed, for orientation and for no claim.

# %% tags=["remove-cell"]
here = world(SizeAndSparsity(), seed)
sample, test = concept_forest(here, n_train, seed), concept_forest(here, n_test, seed + 1_000_000)
beside = []
for gate, more in ((ReLU(), {"l1_coefficient": 0.3}), (TopK(4), {})):
    config = SAEConfig(d_sae=design.d_sae, gate=gate, steps=300, lr=1e-2, seed=seed, **more)
    sae = train(sample.points, config, progress=False).sae
    for name, each in {"trained": sae, "random": random_dictionary(sae, sample.points, seed)}.items():
        active = ActivationSets.from_sae(each, test.points, progress=False)
        own = families(active, min_support=round(design.min_share * n_test))
        fires = active.membership.toarray()
        regions = np.column_stack([fires[:, list(neurons)].all(axis=1) for neurons in own.neurons])
        nearest = align(ActivationSets(regions), test.concepts).jaccard.max(axis=1)
        clear, alike = (own.lift >= design.clear_lift).sum(), (nearest >= design.least_jaccard).sum()
        beside.append((type(gate).__name__, name, active.l0.mean(), len(own), clear, alike))

# %% tags=["hide-input", "nbval-check-output"]
columns = ["gate", "dictionary", "L0", "families", "lift at least 2", "like one concept"]
beside = pd.DataFrame(beside, columns=columns)
print(beside.round(1).to_string(index=False))

# %% tags=["remove-cell"]
sums = beside.groupby("dictionary")[["families", "like one concept"]].sum()
for name, (count, alike) in sums.iterrows():
    glue(f"22-families-{name}", f"{count:,}", display=False)
    glue(f"22-alike-{name}", f"{alike / max(count, 1):.0%}", display=False)

# %% [markdown]
# The trained ones have {glue:text}`22-families-trained` families together, the random ones {glue:text}`22-families-random`; like one concept are {glue:text}`22-alike-trained` and
# {glue:text}`22-alike-random` of them. So the number of families beyond that of independent sets says nothing about training: neurons that look at one body of data overlap anyway. What the
# families are is another matter, and that is the number to report.
#
# ### One dictionary
#
# Top-K, the first seed.

# %% tags=["remove-cell"]
middle = found[(found.gate == "TopK") & (found.sparsity <= 4)].sparsity.max()
shown = found[(found.gate == "TopK") & (found.sparsity == middle)].copy()
meet = shown.concept.str.contains(" and ")
label = np.where(shown.jaccard < design.least_jaccard, "none", np.where(meet, "meet of two", "one concept"))
shown["explained by"] = pd.Categorical(label, categories=["one concept", "meet of two", "none"], ordered=True)

# %% tags=["hide-input"] mystnb={"image": {"alt": "One mark a family. Left: lift over the share of points in its region. Right: lower bound of its stability over the same share; regions with more points are more stable."}, "figure": {"name": "fig-22-found", "caption": "{glue:text}`22-shown` of the {glue:text}`22-of` families of one Top-K dictionary are a concept or a meet of two. **Left:** lift; at 1 the neurons fire together as often as independent ones. **Right:** a proven lower bound of the stability. Colour: what explains the region."}}
figure, (left, right) = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.8), layout="constrained")
for ax, column, name in ((left, "lift", "lift"), (right, "stability_low", "stability, at least")):
    plots.scatter(
        shown, "share", column, hue="explained by", log_x=True, ax=ax, label_y=name,
        label_x="share of points in the region",
    )  # fmt: skip
    ax.set_xticks([0.005, 0.01, 0.02, 0.05, 0.1])
    ax.tick_params(axis="x", labelsize=9)
left.set_yscale("log")
right.get_legend().remove()
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
glue("22-shown", f"{(shown.jaccard >= design.least_jaccard).sum():,}", display=False)
glue("22-of", f"{len(shown):,}", display=False)
best = shown.sort_values("jaccard", ascending=False).head(8)
print(best[["neurons", "support", "lift", "overlap", "concept", "jaccard"]].round(2).to_string(index=False))
pairs = found[(found["size"] == 2) & (found.lift >= design.clear_lift)]
inclusions = (pairs.overlap >= 0.95).groupby(pairs.gate).agg(["sum", "size"])
print("families of two, lift at least 2: one neuron inside the other up to 5 %")
print(inclusions.rename(columns={"sum": "inside", "size": "families"}).to_string())

# %% [markdown]
# ### What clustering loses
#
# Co-occurrence clustering joins two neurons whose activation sets have a Jaccard index above a threshold, and takes connected components. Its clusters
# are disjoint and held together by pairs. What that costs, by counting:

# %% tags=["hide-input", "nbval-check-output"]
total = clustered.groupby(["gate", "threshold"])[["clusters", "without_region", "clear", "families_inside"]]
print(total.sum().to_string())
print(
    f"neurons in families of lift at least 2: {saes.in_families.sum():,}, of these in several {saes.in_several.sum():,}"
)

# %% tags=["remove-cell"]
glue("22-several", f"{saes.in_several.sum() / max(saes.in_families.sum(), 1):.0%}", display=False)
without = clustered.without_region.sum() / max(clustered.clusters.sum(), 1)
glue("22-without", f"{without:.0%}", display=False)
tightest = clustered[clustered.threshold == clustered.threshold.max()]
glue("22-inside", f"{tightest.families_inside.sum() / max(tightest.clear.sum(), 1):.0%}", display=False)
glue("22-threshold", f"{clustered.threshold.max():g}", display=False)

# %% [markdown]
# `without_region` counts clusters whose neurons have too few points in common to be a family; `families_inside` the families of lift at least 2
# whose neurons all lie in one cluster. Of the neurons in such families, {glue:text}`22-several` are in more than one, which no disjoint clustering
# can show.
#
# ## What we found
#
# - **Off the data half-spaces do not branch.** Of {glue:text}`22-oblique` pairs that are not parallel {glue:text}`22-oblique-nested` were nested, and the construction that errs on
#   {glue:text}`22-built-errors` points of the data has {glue:text}`22-built-off` of its {glue:text}`22-built-edges` edges nested off it.
# - **On the data there can be order, and training is not asked for it** ({ref}`E12 <claim-E12>`). At a tolerance of 5 % trained dictionaries keep {glue:text}`22-kept` of the edges, beyond chance
#   {glue:text}`22-gain`: {glue:text}`22-kept-verdict`. On average {glue:text}`22-outside` of the child's activation set lies outside the parent's, {glue:text}`22-outside-chance` by
#   chance. An SAE is asked to reconstruct, not to be ordered.
# - **What Top-K cannot seat it misses:** the floor of T5d was undercut {glue:text}`22-floor` times, and at the largest $k$ {glue:text}`22-upper` of what is missed is missed at roots and
#   children, which have {glue:text}`22-upper-there` of the memberships.
# - **Families can be listed,** {glue:text}`22-complete` searches to the end ({ref}`E11 <claim-E11>`). There are {glue:text}`22-times` times as many as by firing rates
#   ({glue:text}`22-times-verdict`), which a random dictionary may have too ({glue:text}`22-families-trained` trained, {glue:text}`22-families-random` random, in one comparison).
#   {glue:text}`22-explained` of them are like concepts we know or meets of two ({glue:text}`22-explained-verdict`); the others are combinations that no label
#   names, or parts of what one label covers.
# - **Clusters of pairs are another thing:** the neurons of {glue:text}`22-without` of them have too few points in common to be a family, and at threshold {glue:text}`22-threshold`
#   {glue:text}`22-inside` of the families of lift 2 fit into one cluster.
#
# ## What it means for your SAE
#
# - **Do not read a hierarchy off encoder weights.** For neurons that decide alone parallel directions are the only nesting there is, and in the {glue:text}`22-saes` dictionaries
#   here {glue:text}`22-parallel` pairs of neurons have a cosine of {glue:text}`22-cosine` or more. Test inclusion where it can hold: on points, with a tolerance you state.
# - **Do not expect it to survive a shift of the data.** An inclusion of two half-spaces that are not parallel has a counterexample somewhere, and
#   `outside_point` tells you where; whether your next inputs go there is the question.
# - **If the parent's recall matters, count the places:** with one neuron a concept, a leaf of depth three needs $k \ge 3$ before anything else is represented.
# - **Report groups of neurons with their region.** A cluster without a point on which all its neurons fire is not a group of neurons that fire
#   together. Give support and lift, and compare with shuffled columns and with a random dictionary.
#
# ## Exercises
#
# 1. Two centred half-spaces in $\mathbb{R}^n$ have an angle $\varphi$ between their directions. Points come from a Gaussian with
#    covariance $I$. Which share of the inner half-space lies outside the outer one?
#    :::{dropdown} Solution
#    Only the plane of the two directions matters, where the Gaussian is round. The half-planes are two half-circles of directions, one turned
#    by $\varphi$ against the other, and a sector of angle $\varphi$ out of $\pi$ lies outside: the share is $\varphi/\pi$, zero only for
#    $\varphi = 0$, and one half for orthogonal directions: no better than chance.
#    :::
# 2. A forest has one root, two disjoint children, and a single point in the root that belongs to no child. Show that in one dimension there need not be
#    neurons with exactly these sets, even on the data.
#    :::{dropdown} Solution
#    On the line a neuron's set is a ray. If the root's lone point lies at 2, a child at 1 and the other at 3, and a point outside at 0, then the
#    first child, $\{1\}$, lies between 0 and 2: $\mathrm{conv}\{1\}$ meets $\mathrm{conv}\{0, 2, 3\}$, and by {prf:ref}`thm-T11b` no neuron has
#    exactly this point. The root, $\{1, 2, 3\}$, and the second child, $\{3\}$, have one each.
#    :::
# 3. How many families can $d$ neurons have on $n$ points, at most?
#    :::{dropdown} Solution
#    A family is determined by its neurons and by its region, so there are at most $2^d - d - 1$ and at most $2^n - 1$. With $n = d + 1$ points the
#    first is attained: let point $i \le d$ silence neuron $i$ alone, and the last point none. The region of $M$ consists of the last point and the
#    points $i \notin M$; each neuron outside $M$ is silent on one of them, so every $M$ is closed.
#    :::
# 4. Neurons that compete are not bound by {prf:ref}`thm-T11-branching`. In the plane, with Top-2 and seven neurons without offsets, let $C$ have the direction $(0, 1)$, $D_1$ and $D_2$ the
#    directions $(1, 0)$ and $(-1, 0)$, two further neurons the direction $(2, -1)$ and two the direction $(-2, -1)$. Show that, up to the lines where pre-activations tie, $D_1$ and $D_2$ fire on two
#    regions without a common point, and only where $C$ fires: a branching nesting in the whole space.
#    :::{dropdown} Solution
#    By symmetry take a point $(x, y)$ with $x > 0$. There $D_2$ is silent, since $-x < 0$. If $y < x$, the pair $(2, -1)$ has $2x - y > x$: two rivals are above $D_1$, and it
#    is silent too. If $y > x$, the pair $(2, -1)$ has $2x - y < x$, the other pair $-2x - y < 0$, and $C$ has $y > x$: the two places go to $C$ and $D_1$. So
#    $D_1$ fires on $\{y > x > 0\}$, likewise $D_2$ on $\{y > -x > 0\}$, and $C$ fires on both.
#    :::
