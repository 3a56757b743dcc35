# %% [markdown]
# # Capacity: how many concepts fit into a dictionary?
#
# **Question.** A dictionary has $d$ neurons, reads points of $n$ dimensions and lets $K$ of its neurons fire at a time. How many concepts
# can it hold?
#
# **Short answer.** It depends on which of the three numbers you ask. The *names* never run out: {glue:text}`14-pairs` neurons already make a
# million different pairs. Nor do the *patterns*: how many of them 16,384 neurons can have in 768 dimensions is a number of
# {glue:text}`14-digits` digits. What runs out is *attention*: a point lies in several concepts at once, and only so many neurons may fire on it.
# That sets a floor to what must be missed, and a dictionary smaller than the list of concepts has a second one. Where they bite, the median of the
# {glue:text}`14-n-saes` SAEs of our study misses {glue:text}`14-near` times the least it could.
#
# *Decides:* {ref}`T5a <claim-T5a>`, {ref}`T5b <claim-T5b>`. *Needs:* {doc}`02_size_and_sparsity`. *Reading time:* 15 minutes.

# %% tags=["parameters"]
n_instances: int = 100_000  # random arrangements, and random dictionaries with units
seed: int = 0  # every random number below comes from it
confidence: float = 0.95  # level of the intervals over the study's seeds

# %% tags=["remove-cell"]
import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from myst_nb import glue

from saelib import claims, plots, study
from saelib.geometry import bounds
from saelib.geometry.arrangements import activation_patterns
from saelib.study.seeds import curve_over_seeds

plots.use_style()
rng = np.random.default_rng(seed)

# %% tags=["remove-cell"]
saes = study.table("size_and_sparsity")
concepts = study.table("size_and_sparsity_concepts").drop_duplicates(["seed", "concept"])
frequencies = {seed: group.frequency.to_numpy() for seed, group in concepts.groupby("seed")}
per_point = {seed: each.sum() for seed, each in frequencies.items()}  # E[s], memberships a point
saes["mean floor"] = (saes.seed.map(per_point) - saes.l0).clip(lower=0)
saes["size_floor"] = [
    bounds.size_floor(frequencies[s], d) for s, d in zip(saes.seed, saes.d_sae, strict=True)
]
saes["floor"] = saes[["t5d_floor", "size_floor"]].max(axis=1)
sizes = sorted(saes.d_sae.unique())
n_concepts = concepts.concept.nunique()

# %% [markdown]
# ## The picture first

# %% tags=["remove-cell"]
top_k = saes[saes.gate == "TopK"].rename(columns={"sparsity": "K", "t5d_missed": "missed"})
few = [sizes[0], sizes[1], sizes[-1]]
measured = curve_over_seeds(top_k[top_k.d_sae.isin(few)], "missed", ["d_sae", "K"], confidence)
measured["dictionary"] = measured.d_sae.map("{} neurons".format)
sparse = top_k.groupby("K", as_index=False).t5d_floor.mean().rename(columns={"t5d_floor": "missed"})
lines = [sparse.assign(line="least, by sparsity")]
for size in few[:2]:
    flat = sparse.assign(missed=top_k[top_k.d_sae == size].size_floor.mean())
    lines.append(flat.assign(line=f"least, by size: {size}"))
floors = pd.concat(lines)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Memberships missed a point against the number of neurons that may fire, for Top-K SAEs of three sizes. A falling black line is the floor by sparsity, two horizontal dashed lines are the floors by size. The marks of the largest dictionary follow the falling line; those of the smaller ones follow it first and then level off on their own dashed line."}, "figure": {"name": "fig-14-front", "caption": "Two floors, and the SAEs meet them at both ends. Marks: memberships that the best one-to-one assignment of neurons to concepts misses, Top-K SAEs of the study (mean and interval over seeds). Black: what must be missed because only K neurons fire ({prf:ref}`thm-T5d`) and because there are fewer neurons than concepts ({prf:ref}`thm-T5d-size`)."}}
ax = plots.theory_and_measured(
    floors, measured, "K", "missed", low="low", high="high", line="line", hue="dictionary"
)
ax.set_xscale("log", base=2)
ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
ax.set(xlabel="K, neurons that may fire on a point", ylabel="missed, memberships a point")
ax.set_title("What a dictionary must miss, and what it misses")
plt.show()

# %% [markdown]
# The data of the study have {glue:text}`14-n-concepts` concepts, {glue:text}`14-per-point` of them on an average point. Every mark lies on or above
# the lines that concern it, because every SAE must. But look how close the marks come where few or many neurons fire. To see which lines there are, and why they and not the
# famous exponential counts decide, let us ask three times how many concepts fit.

# %% [markdown]
# ## How many names? (T5b)
#
# Suppose every concept gets its own *unit*, a set of $k$ neurons that speak for it together. How many neurons does that take?
#
# :::{prf:theorem} T5b: a unit for every concept [P]
# :label: thm-T5b
# In words: neurons can be shared, units cannot; with small units a short list of neurons names a long list of concepts.
#
# In symbols: if the concepts of a family $\mathcal{C}$ are given different sets of exactly $k$ of $d$ neurons, then
#
# $$ \binom{d}{k} \ge |\mathcal{C}|, \qquad\text{hence}\qquad d \;\ge\; (k!\,|\mathcal{C}|)^{1/k}. $$
#
# For $k = 1$ that is $d \ge |\mathcal{C}|$. The first inequality is also enough. *Sharpened* [N]: with $f = (k!\,|\mathcal{C}|)^{1/k}$ the least such
# $d$ satisfies $f + \frac{k-1}{2} \le d < f + k$.
# :::
#
# :::{dropdown} Proof
# There are $\binom{d}{k}$ sets of $k$ neurons, and different concepts have different ones. If there are enough sets, deal them out: so the first
# inequality is all there is to it. Now $k!\binom{d}{k} = d(d-1)\cdots(d-k+1)$ is a product of $k$ factors. Each is at most $d$, so it is at most
# $d^k$: the second inequality.
#
# *Sharpened.* The geometric mean of the factors is at most their arithmetic mean $d - \frac{k-1}{2}$, so
# $k!\,|\mathcal{C}| \le (d - \frac{k-1}{2})^k$. For the other side: each factor is at least $d - k + 1$, so any $d$ with $d - k + 1 \ge f$ is enough,
# and the least integer of that kind is below $f + k$.
# :::

# %% tags=["hide-input", "nbval-check-output"]
print("neurons needed, if units have 2, 3, 4 neurons, or only 1")
for exponent in (3, 4, 5, 6, 9):
    needed = [bounds.least_dictionary(10**exponent, k) for k in (1, 2, 3, 4)]
    print(f"10^{exponent} concepts", "".join(f"{d:>8,}" for d in needed[1:]), f"{needed[0]:>14,}")
low, high = bounds.dictionary_bracket(10**6, 3)
print(f"closed forms, 10^6 concepts, k = 3: {bounds.dictionary_floor(10**6, 3):.1f}; {low:.1f} to {high:.1f}")

# %% [markdown]
# A name is not yet a meaning. Whether the points on which these $k$ neurons fire *are* the concept is a question of geometry, and
# {doc}`11_units` answers it. But names are cheap. If a dictionary fails to represent a concept, it is not because it ran out of
# combinations.

# %% [markdown]
# ## How many patterns? (T5a)
#
# The *activation pattern* of a point is the set of neurons that fire on it. Whoever reads a dictionary, however cleverly, sees the pattern
# and no more: two points with the same pattern are the same to the reader. (The activations themselves say more; here we ask who fires.) So
# the number of patterns is the number of things the reader can tell apart.

# %% tags=["remove-cell"]
arrangements = {
    "general position": [[2, 1, -1], [-1, 2, 1], [1, -1, 2], [1, 3, 3]],
    "two parallel pairs": [[1, 0, -1], [1, 0, 1], [0, 1, -1], [0, 1, 1]],
    "through one point": [[1, 0, 0], [0, 1, 0], [1, 1, 0], [1, -1, 0]],
}
side = np.linspace(-4, 4, 401)
plane = np.stack(np.meshgrid(side, side), axis=-1)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Three square panels, each with four lines and the plane shaded by how many of four neurons fire: four lines in general position make eleven parts, two parallel pairs nine, four lines through one point eight."}, "figure": {"name": "fig-14-plane", "caption": "Four neurons in the plane: how their lines lie decides how many patterns there are. Shade: number of neurons that fire. General position makes as many parts as {prf:ref}`thm-T5a` allows; parallel or concurrent lines waste some."}}
figure, axes = plt.subplots(1, 3, figsize=(plots.COLUMN, 2.8), sharey=True)
for ax, (name, forms) in zip(axes, arrangements.items(), strict=True):
    w, b = np.array(forms)[:, :2], np.array(forms)[:, 2]
    firing = ((plane @ w.T + b) > 0).sum(axis=2)
    image = ax.pcolormesh(side, side, firing, cmap=plots.palette.sequential, vmin=0, vmax=6, rasterized=True)
    for (w1, w2), offset in zip(w, b, strict=True):
        foot = -offset * np.array([w1, w2]) / (w1**2 + w2**2)
        ax.axline(foot, foot + np.array([w2, -w1]), color="white", linewidth=1.6)
    ax.set(aspect="equal", xlim=(-4, 4), ylim=(-4, 4), xlabel="$x_1$")
    ax.set_title(f"{name}:\n{bounds.count_cells(forms)} parts", fontsize="small")
axes[0].set_ylabel("$x_2$")
plt.show()

# %% [markdown]
# :::{prf:theorem} T5a: activation patterns [P]
# :label: thm-T5a
# In words: $d$ neurons in $n$ dimensions have fewer than $2^d$ patterns once $d$ exceeds $n$, and soon far fewer.
#
# In symbols: let $d$ neurons fire on the open half-spaces $H_j^+ = \{x \in \mathbb{R}^n : \langle w_j, x\rangle + b_j > 0\}$. At most
#
# $$ \Phi(d, n) \;=\; \sum_{i=0}^{n} \binom{d}{i} $$
#
# different sets $\{j : x \in H_j^+\}$ occur among all points $x$. Equality holds if the hyperplanes are in general position: every $n$ (or fewer) of
# the $w_j$ are linearly independent, and no $n + 1$ of the hyperplanes have a point in common.
# :::
#
# :::{dropdown} Proof
# *At most.* By induction on $d$; write $P$ for the number of patterns. Without neurons, or in dimension 0, there is one pattern. Take away
# neuron $d$. The points that share a pattern of the others form a convex set $Q$, an intersection of open and closed half-spaces. The neuron's
# return splits that pattern in two only if $Q$ has points on which it fires and points on which it does not; then the segment between
# two such points crosses the hyperplane $H_d$ inside $Q$. Hence the number of split patterns is at most the number of patterns that the others
# have on $H_d$, which is a space of dimension $n - 1$: $P \le \Phi(d-1, n) + \Phi(d-1, n-1) = \Phi(d, n)$ by Pascal's rule
# $\binom{d-1}{i} + \binom{d-1}{i-1} = \binom{d}{i}$. (If $w_d = 0$ the neuron splits nothing.)
#
# *Equality.* In general position all this is tight when one counts open cells: each cell of the others on $H_d$ splits exactly one cell, since
# near a point of $H_d$ on none of the other hyperplanes the neuron does both, and the others' restrictions to $H_d$ are again in
# general position. Different cells have different patterns. {cite:p}`zaslavsky1975` has the count for arrangements of every kind.
# :::
#
# The theorem counts the patterns of *all* points, those on a hyperplane as well. That is more than counting cells: two opposite neurons
# on a line, $p_1 = x$ and $p_2 = -x$, make two cells and three patterns, since at $0$ nobody fires. And $\Phi(2, 1) = 3$.
#
# A proof should be tried. Small arrangements with whole coefficients can be counted exactly: put the hyperplanes in one after the other; each
# new one adds as many cells as the earlier ones cut it into. So we count {glue:text}`14-tried` of them, up to 8 hyperplanes in up to
# 3 dimensions, many of them special: parallel, concurrent, repeated, with tiny coefficients. A few larger ones with random normal coefficients
# are listed by another method, every pattern with a point that has it.

# %% tags=["remove-cell"]
attack = bounds.try_to_refute("T5a", n_instances, rng)
general = bounds.extremal_instances("T5a", n_instances // 10, rng)
units = bounds.try_to_refute("T5b", n_instances, rng)
every_unit = bounds.extremal_instances("T5b", n_instances // 10, rng)
cover = bounds.try_to_refute("T5c", n_instances, rng)
names = {"moment curve": "general position", "few directions": "few directions", "one point": "one point"}
shown = attack[(attack.d_in > 1) & attack.kind.isin(names)].assign(kind=attack.kind.map(names))
means = shown.groupby(["d_in", "neurons", "kind"], as_index=False)[["measured", "bound"]].mean()

# %% tags=["hide-input"] mystnb={"image": {"alt": "Number of activation patterns against the number of neurons, in two and three dimensions. Marks in general position lie exactly on the ceiling; marks of arrangements with few directions or through one point lie below it, the farther the more neurons there are."}, "figure": {"name": "fig-14-patterns", "caption": "Arrangements in general position sit on the ceiling of {prf:ref}`thm-T5a` exactly, special ones below. Marks: mean number over random arrangements of a kind, of the patterns of points on no hyperplane (the cells), counted exactly; in general position there are no others to count."}}
figure, axes = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.5))
for ax, (dimension, part) in zip(axes, means.groupby("d_in"), strict=True):
    plots.bound_and_truth(part, x="neurons", hue="kind", ax=ax)
    ax.set(xlabel="d, neurons", ylabel="activation patterns")
    ax.set_title(f"n = {dimension} dimensions")
axes[1].get_legend().remove()
axes[0].legend(loc="upper left", fontsize="small")
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
rows = []
for d, n in ((6, 2), (12, 2), (20, 2), (8, 3), (12, 3), (9, 4), (10, 5)):
    w, b = rng.standard_normal((n, d)), rng.standard_normal(d)  # in general position with probability 1
    listed = len(activation_patterns(w, b))
    rows.append({"n": n, "d": d, "patterns": listed, "ceiling": bounds.pattern_ceiling(d, n)})
larger = pd.DataFrame(rows)
print(larger.to_string(index=False))

# %% tags=["hide-input", "nbval-check-output"]
gap = int(max(general.slack.abs().max(), (larger.ceiling - larger.patterns).abs().max()))
print(claims.record("T5a", "violations", value=int(attack.violated.sum()), n=len(attack)))
print(claims.record("T5a", "general_position_gap", value=gap, n=len(general) + len(larger)))
print(claims.record("T5b", "violations", value=int(units.violated.sum()), n=len(units)))
print(f"T5b  every unit used: neurons beyond the least {every_unit.slack.max()}, of {len(every_unit):,}")
print(f"T5c  samples {len(cover):,}   with more separable subsets than Cover's count {cover.violated.sum()}")

# %% tags=["remove-cell"]
digits = int(math.log10(bounds.pattern_ceiling(16_384, 768))) + 1
glue("14-digits", f"{digits}", display=False)
glue("14-all-digits", f"{int(math.log10(2**16_384)) + 1:,}", display=False)
glue("14-tried", f"{len(attack):,}", display=False)
glue("14-pairs", f"{bounds.least_dictionary(10**6, 2):,}", display=False)
glue("14-general", f"{len(general):,}", display=False)
glue("14-n-saes", len(saes), display=False)
glue("14-n-concepts", n_concepts, display=False)
glue("14-per-point", f"{np.mean(list(per_point.values())):.2f}", display=False)

# %% [markdown]
# For a dictionary of 16,384 neurons on the 768-dimensional activations of a small language model the ceiling has
# {glue:text}`14-digits` digits. That is a negligible share of the $2^{16384}$ sets of neurons, a number of {glue:text}`14-all-digits` digits, so geometry does forbid nearly all combinations. But
# it is still more than anyone could ask for. The patterns do not run out either.
#
# ### Which patterns can one neuron read? (T5c)
#
# There is a third count, of a single neuron: of the $2^N$ subsets of $N$ points it can cut out only those that a half-space cuts out. It is the same
# theorem in the dual space, where a neuron is a point and a data point is a hyperplane. {doc}`10_one_neuron` has it, with Cover's transition at
# $N = 2(n+1)$ {cite:p}`cover1965`. That one *does* bind: past the transition almost no concept is one neuron's by chance, so a neuron that
# separates a concept on many points has found something.

# %% [markdown]
# ## How much attention? (T5d)
#
# {prf:ref}`thm-T5d` says what a one-to-one assignment must miss: $\mathbb{E}[(s - L_0)_+]$ memberships a point, where $s(x)$ concepts contain the point and
# $L_0(x)$ neurons fire on it. Two companions make it easier to use and close its blind spot.
#
# :::{prf:theorem} The budget from two averages [N]
# :label: thm-T5d-mean
# In words: it is enough to know how many concepts a point has on average and how many neurons fire on average.
#
# In symbols: for every one-to-one assignment $\;\sum_i \mu(C_i \setminus \theta_{j(i)}) \;\ge\; \bigl(\mathbb{E}[s] - \mathbb{E}[L_0]\bigr)_+$.
# :::
#
# :::{dropdown} Proof
# $t \mapsto t_+$ is convex, so by Jensen's inequality $\mathbb{E}[(s - L_0)_+] \ge (\mathbb{E}[s - L_0])_+$. Equality holds if and only if $s - L_0$ does not change
# its sign: if the dictionary fires more where there is more to say, which is what adaptive gates are meant to do, the two floors agree.
# :::
#
# :::{prf:theorem} The budget of a small dictionary [N]
# :label: thm-T5d-size
# In words: with fewer neurons than concepts somebody goes without.
#
# In symbols: if $d < |\mathcal{C}|$, then $\sum_i \mu(C_i \setminus \theta_{j(i)})$ is at least the sum of the $|\mathcal{C}| - d$ smallest $\mu(C_i)$.
# :::
#
# :::{dropdown} Proof
# A one-to-one assignment gives neurons to at most $d$ concepts. Each of the others, at least $|\mathcal{C}| - d$ of them, is missed entirely. Their masses
# add up to no less than the same number of smallest ones.
# :::
#
# Both floors hold at once, so the larger one counts. {numref}`fig-14-front` shows it for Top-K: the sparsity floor falls with $K$ until the
# size floor takes over. With ReLU the number of active neurons is not set but found, and differs from point to point.

# %% tags=["remove-cell"]
relu = saes[saes.gate == "ReLU"].assign(dictionary=saes.d_sae.map("{} neurons".format))
relu = relu[relu.d_sae.isin(few)]
average = float(np.mean(list(per_point.values())))
law = pd.DataFrame({"l0": np.geomspace(relu.l0.min() * 0.9, relu.l0.max() * 1.1, 300)})
law = pd.concat(
    [law.assign(t5d_missed=(average - law.l0).clip(lower=0), line="least, by two averages")]
    + [
        law.assign(t5d_missed=saes[saes.d_sae == size].size_floor.mean(), line=f"least, by size: {size}")
        for size in few[:2]
    ]
)
forced = saes[saes.floor > 0.1]
near = forced.t5d_missed / forced.floor

# %% tags=["hide-input"] mystnb={"image": {"alt": "Memberships missed against the mean number of active neurons, one mark for every ReLU SAE of three sizes. A black line falls from left and reaches zero where as many neurons fire as a point has concepts; two dashed lines are the floors by size. All marks lie above, and the large dictionary's marks fall on towards zero."}, "figure": {"name": "fig-14-relu", "caption": "The same with ReLU, where the number of active neurons is not set but found. Marks: one SAE each. Black: {prf:ref}`thm-T5d-mean` and {prf:ref}`thm-T5d-size`. To the right of the solid line's foot, where as many neurons fire as a point has concepts, the two averages forbid nothing: what is missed there has other reasons."}}
ax = plots.theory_and_measured(law, relu, "l0", "t5d_missed", line="line", hue="dictionary")
ax.set_xscale("log", base=2)
ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
ax.set(xlabel="L0, mean number of active neurons", ylabel="missed, memberships a point")
ax.set_title("ReLU: a floor from two averages")
ax.legend(loc="upper right", ncols=2)
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
print(f"SAEs below the sparsity floor        {int(saes.t5d_violations.sum())} of {len(saes)}")
print(f"SAEs below the size floor            {int((saes.t5d_missed < saes.size_floor - 1e-9).sum())}")
print(f"mean floors above the sparsity floor {int((saes['mean floor'] > saes.t5d_floor + 1e-9).sum())}")
kept = saes[saes.t5d_floor > 0.1]
share = (kept["mean floor"] / kept.t5d_floor).groupby(kept.gate).median()
print("of the sparsity floor the mean floor keeps, median:", share.round(2).to_dict())
print("missed over the larger floor, where that is above 0.1, median by size:")
table = forced.assign(ratio=near).pivot_table(index="gate", columns="d_sae", values="ratio", aggfunc="median")
print(table.round(2).to_string())

# %% tags=["hide-input", "nbval-check-output"]
for part in ("T5d", "T5e"):
    tried = bounds.try_to_refute(part, n_instances, rng)
    print(f"{part}: violations {tried.violated.sum()} of {len(tried):,} random dictionaries")
tight = bounds.extremal_instances("T5d", 2_000, rng)
print(f"made to attain T5d: {len(tight):,}, largest slack {tight.slack.max():.0f}")

# %% tags=["remove-cell"]
glue("14-near", f"{near.median():.2f}", display=False)
glue("14-mean-relu", f"{share['ReLU']:.0%}", display=False)
glue("14-mean-topk", f"{share['TopK']:.0%}", display=False)
room = top_k[top_k.d_sae == sizes[-1]].groupby("K").agg(missed=("missed", "mean"), floor=("floor", "mean"))
glue("14-most-room", f"{(room.missed - room.floor).idxmax():.0f}", display=False)
dense = saes[
    (saes.gate == "TopK")
    & (saes.d_sae == sizes[0])
    & (saes.sparsity == saes.sparsity[saes.gate == "TopK"].max())
]
glue("14-dense-ratio", f"{(dense.t5d_missed / dense.floor).mean():.3f}", display=False)

# %% [markdown]
# Where a floor is above 0.1 memberships a point ({prf:ref}`thm-T5d` or {prf:ref}`thm-T5d-size`), the median SAE misses {glue:text}`14-near` times that floor.
# The floors are attainable: a dictionary that copies the concepts and goes silent here and there, so that no firing is wasted, sits on
# {prf:ref}`thm-T5d` exactly.
#
# The floor from two averages keeps {glue:text}`14-mean-relu` of the sparsity floor for ReLU and {glue:text}`14-mean-topk` for Top-K (medians). The reason
# is in its proof: Top-K fires $K$ neurons on points with nothing to say as well, so that $s - L_0$ changes its sign all the time.
#
# One warning. A floor on *misses* says nothing about false alarms. The smallest dictionary at the largest $K$ of the study misses
# {glue:text}`14-dense-ratio` times its floor, and does so by letting every neuron fire nearly everywhere: full recall, and full leak.

# %% [markdown]
# ## How much likeness? (T5e)
#
# {prf:ref}`thm-T5e` gives every neuron a budget of Jaccard index to divide among the concepts, the mean number of concepts on the points where it
# fires; and every concept one to divide among neurons, the mean number of neurons that fire on its points. The proof shows when a budget is used
# up: a neuron's, when every concept it meets lies inside it; a concept's, when every neuron that meets it lies inside it.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two panels over K, for Top-K SAEs of three sizes, with bands over seeds. Left: the largest share of its Jaccard budget that a concept uses falls from nearly one at K equal to one. Right: the largest share that a neuron uses rises towards one. The means stay at or below one."}, "figure": {"name": "fig-14-jaccard", "caption": "Jaccard budgets are nearly used up at both ends. Left: at K = 1 some concept uses almost all of its budget: the neurons that fire on it lie almost wholly inside it. Several of them are a split; a single one is an exact match. Right: with many active neurons some neuron uses almost all of its own: the concepts it meets lie almost wholly inside it. Largest share in an SAE, Top-K, mean and band over seeds."}}
figure, axes = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.4), sharey=True)
shown = top_k[top_k.d_sae.isin(few)].assign(neurons=top_k.d_sae.astype(str))
shown["neurons"] = pd.Categorical(shown.neurons, [str(size) for size in few], ordered=True)
for ax, side in zip(axes, ("concept", "neuron"), strict=True):
    curves = curve_over_seeds(shown, f"t5e_{side}_use", ["neurons", "K"], confidence)
    plots.curves_with_intervals(
        curves, "K", f"t5e_{side}_use", "low", "high", hue="neurons", log_x=True, ax=ax,
        colours=dict(zip(curves.neurons.cat.categories, plots.palette.cycle, strict=False)),
        label_x="K, neurons that may fire", label_y="largest share of the budget used",
    )  # fmt: skip
    ax.axhline(1.0, color=plots.palette.theory)
    ax.set_title(f"of one {side}")
axes[1].get_legend().remove()
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
print(f"SAEs in which a neuron or concept exceeds its budget {int((saes.t5e_violations > 0).sum())}")
print(
    f"largest share used by a concept {saes.t5e_concept_use.max():.3f}, by a neuron {saes.t5e_neuron_use.max():.3f}"
)

# %% [markdown]
# ## What we found
#
# - No arrangement has more patterns than {prf:ref}`thm-T5a` allows, and {glue:text}`14-general` arrangements in general position have exactly as many. No
#   dictionary with fewer neurons than {prf:ref}`thm-T5b` demands could give the concepts units of their own.
# - Neither count is what limits an SAE. At realistic sizes both allow more than there is to represent.
# - The budgets of attention do limit it. Two floors that know nothing about training account for most of what small or sparse dictionaries miss;
#   the most room for better training is in between, in the largest dictionary at $K =$ {glue:text}`14-most-room`.
#   We had expected the sparsity floor alone to do that; for dictionaries smaller than the list of concepts it is silent, and the size floor
#   takes its place.

# %% [markdown]
# ## What it means for your SAE
#
# - **Before you train**, estimate $\mathbb{E}[s]$, the number of concepts you care about that hold on an average point: add up their frequencies. With
#   $K < \mathbb{E}[s]$ you will miss at least $\mathbb{E}[s] - K$ memberships a point, whatever you do. No sweep over learning rates will find them.
# - **After you have trained**, divide what is missed by the larger floor. Near 1: no training could miss much less, so change $K$ or $d$ (and look at the
#   leak, of which the floors say nothing). Far above 1: the
#   budget is there and is not used; look at the training, or at the geometry ({doc}`10_one_neuron`, {doc}`11_units`).
# - **Do not argue from exponential counts.** "There are $\binom{d}{K}$ patterns, so there is room" is true and irrelevant for reading single neurons.
#   It matters only if you are prepared to read units.
# - **A concept that uses up its Jaccard budget on several neurons has been split.** Look for it as a union.

# %% [markdown]
# ## Exercises
#
# 1. How many patterns can 5 ReLU neurons have in the plane? How many if two of them have parallel lines?
#
#    :::{dropdown} Solution
#    $1 + 5 + 10 = 16$. A pair of parallel lines has one crossing fewer, and with it one cell: 15.
#    `bounds.count_cells([[1,0,0],[1,0,1],[0,1,0],[1,1,3],[1,-1,7]])` agrees.
#    :::
#
# 2. Every concept gets a unit of *at most* $k$ neurons. What replaces {prf:ref}`thm-T5b`?
#
#    :::{dropdown} Solution
#    $\sum_{i=1}^{k} \binom{d}{i} \ge |\mathcal{C}|$. The largest term dominates as long as $d$ is large against $k$, so little is gained.
#    :::
#
# 3. In $\mathbb{R}^n$ take neurons in general position and a unit of $k \le n$ of them. Can the unit be empty?
#
#    :::{dropdown} Solution
#    No. The $k$ normals are linearly independent, so the equations $\langle w_j, x\rangle + b_j = 1$ have a common solution, and there all $k$ neurons
#    fire. With $k > n$ it can: three half-planes that look away from a triangle have no point in common.
#    :::
#
# 4. Find a dictionary and data on which {prf:ref}`thm-T5d-mean` gives 0 although {prf:ref}`thm-T5d` gives $\frac{1}{2}\mathbb{E}[s]$.
#
#    :::{dropdown} Solution
#    Half of the points lie in $2m$ concepts and half in none, so $\mathbb{E}[s] = m$. Let $m$ neurons fire on every point. Then $\mathbb{E}[L_0] = m$ and the mean
#    floor is 0, while $\mathbb{E}[(s - L_0)_+] = \frac{1}{2}m = \frac{1}{2}\mathbb{E}[s]$. A fixed $K$ wastes its firings on points with nothing to say; BatchTopK lets
#    them move.
#    :::
