# %% [markdown]
# # Units: when one neuron is not enough
#
# **Question.** No single neuron fires on exactly the points of a concept. Can several do it together, how many are needed, and when is
# it hopeless?
#
# **Short answer.** Neurons that are read together, "all of them fire", can carve out a concept exactly when no other data point lies in its
# convex hull. How many are needed lies between two numbers that can be computed, and is often two. That is less good news than it sounds:
# in many dimensions two neurons back to back separate almost anything by a slab as thin as the sample allows.
#
# *Decides:* {ref}`T3 <claim-T3>`. *Needs:* {doc}`01_three_notions`. *Reading time:* 18 minutes.

# %% tags=["parameters"]
seed: int = 0  # of the points drawn in the picture

# %% tags=["remove-cell"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from myst_nb import glue

from saelib import claims, plots, study
from saelib.geometry import bounds, conflict_bound, cut, minimum_cut, separate

plots.use_style()
rng = np.random.default_rng(seed)
existence, least = study.table("units_existence"), study.table("units_least")
around, digits = study.table("units_around_a_point"), study.table("units_digits")

# %% [markdown]
# ## Two pictures first
#
# A ReLU neuron fires on one side of a hyperplane. A concept that is surrounded by other points is on no side of anything. But three neurons
# that each keep the whole concept and cut off a part of the others leave, where all three fire, the concept alone. Such a set of neurons,
# read as "all fire", is an *AND-unit*, for short a unit.

# %% tags=["remove-cell"]
angle = rng.uniform(0, 2 * np.pi, 60)
concept = np.column_stack([np.cos(angle[:22]), np.sin(angle[:22])]) * rng.uniform(0.2, 1, (22, 1)) ** 0.5
others = np.column_stack([np.cos(angle[22:]), np.sin(angle[22:])]) * rng.uniform(1.5, 2.6, (38, 1))
in_hull = np.vstack([others, [[0.1, -0.05]]])
unit, refusal = cut(concept, others), cut(concept, in_hull)
side = np.linspace(-2.8, 2.8, 261)
box = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
grid = pd.DataFrame({"x": box[:, 0], "y": box[:, 1], "unit": unit.fires(box)})
for k, neuron in enumerate(unit):
    grid[f"neuron {k + 1}"] = neuron.pre_acts(box)
proof = refusal.certificates[0]
glue("n-unit", f"{len(unit)}", display=False)
glue("n-support", f"{len(proof.inside_rows)}", display=False)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two square panels with the same blue concept points in the middle and hollow other points around them. Left: three grey lines enclose an orange triangular region around the concept with no other point in it. Right: one other point, marked by a cross, lies among the concept points, inside a triangle drawn between three of them whose corners carry numbers that sum to one."}, "figure": {"name": "fig-11-unit", "caption": "Every other point outside the concept's hull: a unit separates. One inside: nothing does. Left: the hyperplanes of the unit's neurons (grey) and the region where all fire (orange). Right: the offending point (cross) is a weighted mean of concept points; the numbers are the weights, which anyone can check. Every neuron that fires on the corners fires on it."}}
figure, axes = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.5))
lines = [name for name in grid if str(name).startswith("neuron")]
colours = {"unit": plots.palette.neuron}
for ax, outside, title in zip(axes, (others, in_hull), ("a unit", "no unit"), strict=True):
    both = np.vstack([concept, outside])
    points = pd.DataFrame({"x": both[:, 0], "y": both[:, 1], "concept": np.arange(len(both)) < len(concept)})
    left = ax is axes[0]
    plots.plane(grid, ["unit"] if left else [], lines=lines if left else [], points=points, colours=colours, legend=False, ax=ax)  # fmt: skip
    ax.set_title(title)
corners = concept[proof.inside_rows]
axes[1].fill(*corners.T, facecolor="none", edgecolor=plots.palette.concept)
axes[1].scatter(*in_hull[-1], marker="x", s=60, color=plots.palette.violated, zorder=5)
for (x, y), weight in zip(corners, proof.alpha, strict=True):
    axes[1].annotate(f"{weight:.2f}", (1.45 * x, 1.45 * y), ha="center", va="center")
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
print(f"left: one neuron separates: {separate(concept, others).separable}")
print(f"   unit: {len(unit)} neurons, errors {(~unit.fires(concept)).sum() + unit.fires(others).sum()}")
print(f"right: offending rows {refusal.offending_rows.tolist()}")
print(f"   weights verified: {proof.verify(concept, in_hull)}")

# %% [markdown]
# ## When does a unit exist?
#
# Let $C$ be the concept's points in the data, $R = X \setminus C$ the others (the *negatives*), both finite and not empty, in $\mathbb R^n$. A
# unit $M$ is a finite set of neurons; it fires on $\theta_M = \bigcap_{j \in M} \theta_j$, where $\theta_j = \{x : \langle w_j, x\rangle + b_j > 0\}$
# is an open half-space. It separates $C$ if $C \subseteq \theta_M$ and $\theta_M \cap R = \emptyset$.
#
# :::{prf:theorem} T3a: existence [P]
# :label: thm-T3a
# In words: neurons can carve out a concept together if and only if no other data point is a mixture of the concept's points.
#
# In symbols: some unit separates $C$ if and only if $\operatorname{conv}(C) \cap R = \emptyset$. If so, $|R|$ neurons suffice.
# :::
#
# :::{dropdown} Proof
# *Only if.* Each $\theta_j$ with $j \in M$ is convex and contains $C$, so it contains $\operatorname{conv}(C)$, and so does the intersection
# $\theta_M$. A negative $y \in \operatorname{conv}(C)$ would lie in $\theta_M$.
#
# *If.* $C$ is finite, so $\operatorname{conv}(C)$ is compact and convex. A point $y \in R$ outside of it has a nearest point $p$ in it, and with
# $w = p - y \ne 0$ every $x \in \operatorname{conv}(C)$ has $\langle w, x - p\rangle \ge 0$ (otherwise a step from $p$ towards $x$ would lead nearer to $y$).
# So $\langle w, x \rangle \ge \langle w, p\rangle > \langle w, y\rangle$. A threshold midway makes a neuron that fires on $C$ and is silent on $y$. One such
# neuron for each of the finitely many $y$ makes a unit.
#
# *Where finiteness is used.* For infinite $C$ the hull need not be closed, and for infinite $R$ no finite number of neurons may do: a disk and the
# points around it. That is the next chapter's subject.
# :::
#
# Which negatives are to blame is part of the answer: `cut` returns all those in the hull, each with its weights.
#
# ## How many neurons?
#
# Say that a neuron *cuts off* a set $S \subseteq R$ if it fires on all of $C$ and on no point of $S$.
#
# :::{prf:theorem} T3b: the number of neurons [N]
# :label: thm-T3b
# In words: deal the negatives out to the neurons so that no hand reaches around into the concept; the fewest hands are the fewest neurons.
# Negatives that pairwise cannot be in one hand bound the number from below.
#
# In symbols: a neuron cuts off $S$ if and only if $\operatorname{conv}(C) \cap \operatorname{conv}(S) = \emptyset$. The least size of a separating unit is
# the least $k$ for which $R$ is a union $S_1 \cup \dots \cup S_k$ of such sets. If $y_1, \dots, y_q \in R$ are such that each segment
# $[y_a, y_b]$, $a \ne b$, meets $\operatorname{conv}(C)$, then $k \ge q$.
# :::
#
# :::{dropdown} Proof
# The first sentence is the theorem of one neuron (T2) for $C$ and $S$. If a unit of $k$ neurons separates, let $S_j$ be the negatives on which
# neuron $j$ is silent: it cuts $S_j$ off, and every negative is in some $S_j$. Conversely, one neuron for each $S_j$ makes a unit: all fire on $C$,
# and on each negative at least one is silent. Last, a neuron that cut off both $y_a$ and $y_b$ would cut off $S = \{y_a, y_b\}$, whose hull is the
# segment; so the $q$ negatives are cut off by $q$ different neurons.
# :::
#
# Cutting greedily gives an upper bound, the largest set of pairwise conflicts a lower one. Neither need be the truth. Three points around the
# origin, two of which always fit on one side, are no conflict in pairs and yet need two neurons:

# %% tags=["hide-input", "nbval-check-output"]
three = [[2.0, 0.0], [-1.0, 2.0], [-1.0, -2.0]]
solved = minimum_cut([[0.0, 0.0]], three)
print(f"conflict bound {conflict_bound([[0.0, 0.0]], three).value}, least number {len(solved.unit)}")
print(f"never in one hand: {sorted(solved.certificates[0].outside_rows.tolist())}")

# %% [markdown]
# The exact number comes from an integer programme with certificates as its constraints. It deals the negatives to $k$ neurons; `separate`
# tries each hand; if one cannot be cut off, the certificate says which at most $n + 1$ negatives of it are to blame, and they are never dealt
# together again. When no deal is left, $k$ neurons are proved too few.
#
# How bad can it get? In the plane, as bad as can be: around a polygon with $m$ corners put one negative just beyond the middle of each
# side. Any two conflict, and $m$ neurons are needed. In many dimensions, the opposite happens:
#
# :::{prf:theorem} T3c: two neurons are enough for small concepts [N]
# :label: thm-T3c
# In words: a concept that lies in a hyperplane needs at most two neurons, however many negatives there are, if none of them lies in the flat
# that the concept spans.
#
# In symbols: if the affine hull $L$ of $C$ has dimension below $n$ and $L \cap R = \emptyset$, some unit of two neurons separates $C$. In
# particular this holds for at most $n$ concept points when all points are in general position ({prf:ref}`thm-T5c`).
# :::
#
# :::{dropdown} Proof
# Let $c \in L$ and let $N$ be the subspace of all vectors orthogonal to $L$; its dimension is at least 1. A negative $y \notin L$ has a component of
# $y - c$ in $N$ that is not 0, so the $w \in N$ with $\langle w, y - c\rangle = 0$ form a proper subspace of $N$. Finitely many proper subspaces do not fill
# $N$: choose $w \in N$ outside of all of them and let $\delta = \min_{y \in R} |\langle w, y - c\rangle| > 0$. The neurons
# $\delta/2 + \langle w, x - c\rangle$ and $\delta/2 - \langle w, x - c\rangle$ are $\delta/2 > 0$ on $L$, hence fire on $C$, and at each negative one of
# them is at most $-\delta/2$.
#
# At most $n$ points span a flat of dimension at most $n - 1$, and in general position no further point lies in it.
# :::
#
# The proof is also a warning. It separates by a slab of width $\delta$ (for a unit vector $w$) that has nothing to do with the concept: the
# unit exists because the *sample* is finite. Existence on data costs next to nothing in high dimension; ask for a margin, and for held-out data.
#
# :::{prf:theorem} T3d: OR-units are the mirror image [N]
# :label: thm-T3d
# In words: neurons that are read as "any of them fires" can cover a concept without leak if and only if no concept point is a mixture of
# negatives.
#
# In symbols: some finite union $\bigcup_{j \in M}\theta_j$ contains $C$ and avoids $R$ if and only if $C \cap \operatorname{conv}(R) = \emptyset$. The least
# $|M|$ is the least number of sets with union $C$ whose hulls avoid $\operatorname{conv}(R)$.
# :::
#
# :::{dropdown} Proof
# Each neuron must be silent on all of $R$, and each concept point needs one neuron that fires on it. For $S_j = C \cap \theta_j$ that says: neuron $j$
# fires on $S_j$ and not on $R$, so by T2 $\operatorname{conv}(S_j) \cap \operatorname{conv}(R) = \emptyset$. The two statements are {prf:ref}`thm-T3a` and
# {prf:ref}`thm-T3b` with $C$ and $R$ exchanged and every neuron turned round; "silent" allows 0 where "fires" does not, but hulls of finite sets that
# are disjoint are a positive distance apart, so the threshold can be moved off both.
# :::
#
# So `cut(outside, inside)` with the signs of its neurons turned is an OR-unit. A concept that sits between two groups of negatives wants an
# AND-unit; one that has negatives between its own parts, as after feature splitting, wants an OR-unit; a checkerboard of $3 \times 3$ points has neither.

# %% [markdown]
# ## Try to refute it
#
# Small sets with whole coordinates in two to eight dimensions: random ones, duplicates, everything in a hyperplane, negatives exactly on the
# border of the hull or a hair off it, and negatives close around a ball. For each, existence and the full list of offending negatives are
# compared with another test of the hull: integer arithmetic in the plane, another linear programme in more dimensions. A returned unit is
# evaluated on every point, a returned proof is added up. The table counts where a unit exists, and where a single neuron does.

# %% tags=["hide-input", "nbval-check-output"]
total = existence.groupby("kind", sort=False)[["instances", "exists", "one", "wrong"]].sum()
print(total.rename(columns={"instances": "tried", "exists": "unit", "one": "single"}).to_string())
print(f"\n{existence.instances.sum():,} instances, {existence.wrong.sum()} wrong answers")

# %% tags=["remove-cell"]
solved_exactly = least[least.exact]
print(
    claims.record("T3", "wrong_answers", value=int(existence.wrong.sum()), n=int(existence.instances.sum()))
)
violated = int(solved_exactly.violated.sum())
print(claims.record("T3", "bound_violations", value=violated, n=len(solved_exactly)))
glue("n-existence", f"{existence.instances.sum():,}", display=False)
glue("n-wrong", f"{existence.wrong.sum()}", display=False)
glue("n-exact", f"{len(solved_exactly):,}", display=False)
glue("n-violated", f"{violated}", display=False)
glue("greedy-right", f"{(solved_exactly.greedy == solved_exactly.least).mean():.0%}", display=False)
glue("clique-right", f"{(solved_exactly.conflicts == solved_exactly.least).mean():.0%}", display=False)

# %% [markdown]
# ## The least number lies between its bounds
#
# The hardest of these instances: 14 concept points on a sphere and up to 14 negatives a little outside of it.

# %% tags=["remove-cell"]
hard = solved_exactly[solved_exactly.kind == "around"]
means = hard.groupby("d_in")[["conflicts", "greedy", "least"]].mean().reset_index()
lines = {"greedy": "greedy unit (upper bound)", "conflicts": "conflict bound (lower)"}
law = means.melt("d_in", list(lines), "bound", "neurons").replace({"bound": lines})
spread = hard.groupby("d_in").least.sem().to_numpy()
exact = means.assign(neurons=means.least, low=means.least - 1.96 * spread, high=means.least + 1.96 * spread)
exact["what"] = "least number, exact"
glue("least-plane", f"{means.least.iloc[0]:.1f}", display=False)
glue("least-last", f"{means.least.iloc[-1]:.1f}", display=False)
glue("d-last", f"{means.d_in.iloc[-1]}", display=False)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Mean number of neurons against the dimension from 2 to 8. The exact least number falls from about four to two; it lies on or just below the solid line of the greedy unit and in most dimensions clearly above the dashed line of the conflict bound."}, "figure": {"name": "fig-11-least", "caption": "The greedy unit is nearly always best, and fewer neurons are needed in more dimensions. Marks: the exact least number of neurons, mean over instances with 95 % interval. Lines: the two bounds of {prf:ref}`thm-T3b`. In many dimensions two negatives seldom conflict, so the lower bound loses its grip."}}
green = {"least number, exact": plots.palette.measured}
ax = plots.theory_and_measured(
    law, exact, "d_in", "neurons", low="low", high="high", line="bound", hue="what", colours=green
)
ax.set(xlabel="dimension of the space", ylabel="neurons of the unit, mean", xticks=means.d_in)
ax.set_ylim(bottom=0)
ax.set_title("14 concept points, up to 14 negatives around them")
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
table = solved_exactly.groupby(["conflicts", "least", "greedy"]).size()
print("conflict ≤ least ≤ greedy: number")
for (low, exact_number, high), count in table.items():
    print(f"{low:8d} ≤ {exact_number:5d} ≤ {high:6d}: {count:6d}")

# %% [markdown]
# ## A single point among many
#
# The smallest concept is one point, and {prf:ref}`thm-T3c` says that two neurons always do. How often will one? If the negatives are drawn independently from a law that
# is symmetric about the point and has a density, Cover's count gives the answer exactly {cite:p}`cover1965`: the probability is
#
# $$ W(n, N) = 2^{1-N} \sum_{k=0}^{n-1} \binom{N-1}{k}, $$ (eq-wendel)
#
# one half at $N = 2n$ negatives.
#
# :::{dropdown} Proof
# Put the point at the origin. A neuron that fires on it and is silent on $y_1, \dots, y_N$ exists iff the origin is not in $\operatorname{conv}\{y_i\}$
# (T2), that is, iff some $u$ has $\langle u, y_i\rangle > 0$ for all $i$. By symmetry the law does not change when each $y_i$ is multiplied by a random
# sign. Given the points, which are in general position with probability 1, the number of sign patterns that some $u$ makes all positive is
# the number of ways to split them by a hyperplane through the origin: $2\sum_{k<n}\binom{N-1}{k}$ of $2^N$ {cite:p}`cover1965`.
# :::

# %% tags=["remove-cell"]
ratio = np.linspace(1, 4, 61)
law = pd.concat(
    pd.DataFrame({"load": np.round(ratio * n) / n, "d_in": f"theory, n = {n}"}).assign(
        neurons=lambda f, n=n: 2 - bounds.separable_fraction(np.round(f.load * n).astype(int), n - 1)
    )
    for n in sorted(around.d_in.unique())
).drop_duplicates()
measured = around.assign(load=around.negatives / around.d_in, one_share=around.one / around.instances)
measured["neurons"] = (measured.one + 2 * measured.two) / measured.instances
half = 1.96 * np.sqrt(measured.one_share * (1 - measured.one_share) / measured.instances)
measured = measured.assign(low=measured.neurons - half, high=measured.neurons + half)
measured["dimension"] = [f"measured, n = {n}" for n in measured.d_in]
glue("n-point", f"{around.instances.sum():,}", display=False)
glue("n-more", f"{around.more.sum()}", display=False)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Mean number of neurons, between one and two, against the number of negatives per dimension from 1 to 4. Four black curves rise from one to two, steeper in more dimensions, and cross at two negatives per dimension and one and a half neurons. Measured marks with intervals lie on the curves."}, "figure": {"name": "fig-11-point", "caption": "Mostly one neuron up to two negatives a dimension, mostly two from there on, and never a third. Lines: {eq}`eq-wendel`, as the mean number $2 - W$. Marks: units found around a single point, with 95 % intervals."}}
ax = plots.theory_and_measured(
    law, measured, "load", "neurons", low="low", high="high", line="d_in", hue="dimension"
)
ax.set(xlabel="negatives per dimension, N/n", ylabel="neurons of the unit, mean", ylim=(0.95, 2.05))
ax.set_title("A single point among N random negatives")
ax.legend(ncols=2, fontsize="small", loc="lower right")
plt.show()

# %% [markdown]
# Of {glue:text}`n-point` units, {glue:text}`n-more` had more than two neurons. In 64 dimensions, a typical width of small SAEs, a point would have to have
# more than 128 random negatives before one neuron is less likely than not to reject them all, and no number of them needs a third neuron.

# %% [markdown]
# ## Handwritten digits
#
# Real concepts: ten digits and nine coarser classes, over all 1,797 images of $8 \times 8$ pixels. Nothing is trained here; the neurons are those
# that geometry allows, in pixel space.

# %% tags=["remove-cell"]
several = digits[digits.found > 1].sort_values(["found", "lower"], kind="stable")
unit_name = "unit found, down to the neurons proved necessary"
shown = several.assign(low=several.lower, high=several.found, what=unit_name)
glue("n-concepts", f"{len(digits)}", display=False)
glue("n-single", f"{(digits.found == 1).sum()}", display=False)
glue("n-two", f"{((digits.found == 2) & (digits.lower == 2)).sum()}", display=False)
glue("n-none", f"{(digits.found == 0).sum()}", display=False)
glue("most-digits", f"{digits.found.max()}", display=False)
glue("recall-mean", f"{digits.recall.mean():.0%}", display=False)
glue("leak-mean", f"{digits.leak.mean():.1%}", display=False)
eight = digits.set_index("concept").loc["digit 8"]
glue("eight-neurons", f"{eight.trained:.0f}", display=False)
glue("eight-recall", f"{eight.recall:.0%}", display=False)
glue("recall-worst", f"{digits.recall.min():.0%}", display=False)

# %% tags=["hide-input"] mystnb={"image": {"alt": "One line for each concept of the handwritten digits that one neuron cannot separate. A dot marks the number of neurons of the unit that was found; a bar reaches down to the number proved necessary, and has no length where the two agree."}, "figure": {"name": "fig-11-digits", "caption": "What one neuron cannot separate takes two or little more, in raw pixels. Dots: the size of the unit found, exact on all images; the bar reaches down to the number that is proved necessary, so a dot without a bar is the exact answer. The other concepts take one neuron."}}
ax = plots.dots_with_intervals(shown, "found", "low", "high", y="concept", hue="what", label_x="neurons")
ax.set(xlim=(0.8, max(4.2, digits.found.max() + 0.2)), xticks=range(1, int(digits.found.max()) + 1))
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
columns = ["concept", "inside", "found", "trained", "recall", "leak"]
names = {"inside": "size", "found": "unit", "trained": "of ¾"}
print(digits[columns].rename(columns=names).round(2).to_string(index=False))

# %% [markdown]
# The last three columns are the sobering part: a unit made for three quarters of the images and tried on the others. It separates what it
# was made for without an error, and on new images has a mean recall of {glue:text}`recall-mean` (worst {glue:text}`recall-worst`) with
# a leak of {glue:text}`leak-mean`.

# %% [markdown]
# ## What we found
#
# No wrong answer (count: {glue:text}`n-wrong`) in {glue:text}`n-existence` instances, on borders, in flats, with duplicates; none of
# {glue:text}`n-exact` instances solved exactly left its bounds (count: {glue:text}`n-violated`). The greedy unit had the least possible size in
# {glue:text}`greedy-right` of these, the conflict bound in {glue:text}`clique-right`. Around a ball the mean least number fell from
# {glue:text}`least-plane` in the plane to {glue:text}`least-last` in {glue:text}`d-last` dimensions.
#
# Of the {glue:text}`n-concepts` concepts over handwritten digits, {glue:text}`n-single` can be separated by one neuron and {glue:text}`n-two` by exactly
# two; no concept needs more than {glue:text}`most-digits`, and for {glue:text}`n-none` no unit exists. The even digits are among those with two neurons: by
# {prf:ref}`thm-T3d` the same two, turned round, are an OR-unit for the odd ones.
#
# What surprised us is {prf:ref}`thm-T3c`. We expected the number of neurons to grow with the dimension, since a point has more sides there. It does
# not: on a finite sample two sides are enough.

# %% [markdown]
# ## What it means for your SAE
#
# - A concept that no neuron of your SAE separates may still be separated by a few together. Before you train a larger dictionary, ask
#   `cut(inside, outside)` whether geometry forbids it; a refusal names the data points to look at; see first whether
#   they are mislabelled.
# - `cut` may choose its neurons freely. A unit of *your dictionary* must make do with the neurons that are there: it can be no better, and the best
#   one is the set of all neurons that fire on the whole concept. Whether that unit separates can be read off the data: evaluate it.
# - Existence says little in many dimensions. Judge a unit by its margin and by data it was not made for, above all when the concept has fewer
#   sampled points than the space has dimensions.
# - If the concept encloses negatives, no AND-unit helps. Try the mirror image: an OR-unit exists if the negatives do not enclose the concept.

# %% [markdown]
# ## Exercises
#
# 1. How many neurons does an interval of the line need among points on both sides of it? And can the answer on the line ever be three?
#
#    :::{dropdown} Solution
#    Two: one for the negatives on each side, and by {prf:ref}`thm-T3b` not fewer, as a left and a right negative conflict. Never three, since all negatives on one side
#    are cut off together.
#    :::
#
# 2. Exclusive or: $C = \{(0,0), (1,1)\}$, $R = \{(0,1), (1,0)\}$. Is there an AND-unit, an OR-unit? With how many neurons?
#
#    :::{dropdown} Solution
#    Neither negative lies on the segment from $(0,0)$ to $(1,1)$, so by {prf:ref}`thm-T3a` an AND-unit exists. One neuron does not do since the diagonals
#    cross, two do: a slab around the diagonal $x = y$ ({prf:ref}`thm-T3c` with $n = 2$). By {prf:ref}`thm-T3d` two neurons also make an OR-unit.
#    :::
#
# 3. In {prf:ref}`thm-T3c`, where does the proof fail if a negative lies in $L$? Is the theorem then false?
#
#    :::{dropdown} Solution
#    For such a $y$ every $w \in N$ has $\langle w, y - c\rangle = 0$, so $\delta = 0$. The theorem is false then: put the polygon with a negative beyond each side
#    into a plane of $\mathbb R^3$. Each neuron of a unit, restricted to the plane, is a neuron of the plane (or constant there), so $m$ are still needed.
#    :::
#
# 4. What is the largest number of neurons that a certificate of `minimum_cut` can blame on $n + 1$ negatives, and why are $n + 1$ enough?
#
#    :::{dropdown} Solution
#    A certificate says that a point lies in both hulls; by Kirchberger's theorem {cite:p}`kirchberger1903` it can be chosen on at most $n + 2$ points in all, at least one of which is in
#    $C$. It proves that these negatives need at least two neurons, never more by itself: dropping one of a minimal set leaves a set that can be cut off, and
#    the one dropped is cut off by a second.
#    :::
