# %% [markdown]
# # What can one neuron do?
#
# **Question.** A neuron has been found that fires on every point of a concept and on no other. Is that remarkable? And where no such
# neuron was found: is there one, and the training missed it, or could there be none?
#
# **Short answer.** Both have answers that can be checked by hand. Either a neuron exists, with a margin that says how much noise it
# bears, or a few of the points, at most $n + 2$ in $n$ dimensions, prove that there is none. And whether success is remarkable depends on
# one ratio: the number of points against twice the number of the neuron's weights, $2(n+1)$. Up to half of it one neuron can cut out *any* set of points (in general position), with or without a
# meaning; well above it practically none of those that chance picks. On 1,797 handwritten digits a single neuron could separate {glue:text}`10-digits-yes` of the ten
# digits from all others, and {glue:text}`10-null-yes` of {glue:text}`10-nulls` random sets of the same sizes.
#
# *Decides:* {ref}`T2 <claim-T2>`, {ref}`T5c <claim-T5c>`. *Needs:* {doc}`00_framework`. *Reading time:* 20 minutes.

# %% tags=["parameters"]
confidence: float = 0.95  # level of every interval
seed: int = 3  # of the two examples in the plane

# %% tags=["remove-cell"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from myst_nb import glue
from scipy.spatial import ConvexHull

from saelib import claims, plots, study
from saelib.alignment import wilson_interval
from saelib.geometry import bounds, separate

plots.use_style()
rng = np.random.default_rng(seed)
blue, orange, grey = plots.palette.concept, plots.palette.neuron, plots.palette.neutral


# %% tags=["remove-cell"]
def draw(inside, outside, neuron=None, margin=0.0, ax=None):
    """Two sets with their hulls; the neuron's half-plane with its margin, if there is one."""
    side = np.linspace(-3.2, 3.2, 257)
    plane = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    grid, drawn = pd.DataFrame({"x": plane[:, 0], "y": plane[:, 1]}), {}
    if neuron is not None:
        p = neuron.pre_acts(plane)
        grid = grid.assign(neuron=p > 0, firm=p - margin, quiet=p + margin)
        drawn = {"regions": ["neuron"], "lines": ["firm", "quiet"]}
    both = np.concatenate([inside, outside])
    points = pd.DataFrame({"x": both[:, 0], "y": both[:, 1], "concept": np.arange(len(both)) < len(inside)})
    for corners, colour in ((inside, blue), (outside, grey)):
        ring = corners[ConvexHull(corners).vertices]
        ax.fill(*ring.T, facecolor=colour + "22", edgecolor=colour, linewidth=1.0, linestyle=":", zorder=1)
    return plots.plane(grid, points=points, legend=False, ax=ax, **drawn)


# %% [markdown]
# ## The picture first

# %% tags=["remove-cell"]
left, right = rng.normal([-1.4, 0.4], 0.6, (12, 2)), rng.normal([1.4, -0.4], 0.6, (14, 2))
moved = np.vstack([right, [[-1.5, 0.5]]])
yes, no = separate(left, right), separate(left, moved)
used = [left[no.inside_rows], moved[no.outside_rows]]
glue("10-margin", f"{yes.margin:.2f}", display=False)
glue("10-n-proof", str(no.n_points), display=False)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two panels with the same filled and hollow points and their convex hulls. Left: the hulls are apart, an orange half-plane covers the filled points, and a strip between two thin lines around its boundary is empty. Right: one more hollow point lies among the filled ones; a few points are ringed and joined by lines that meet in a cross."}, "figure": {"name": "fig-10-two-answers", "caption": "Either a neuron or a proof that there is none. Left: the two hulls are apart, and the neuron halfway between them has the widest margin; the thin lines show it. Right: one hollow point more. The ringed points prove that no neuron will do: the cross is a weighted mean of the ringed filled points and also one of the ringed hollow points, and a half-plane that contains the filled ones contains the cross, hence a hollow one."}}
figure, axes = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.6))
draw(left, right, yes.neuron, yes.margin, axes[0]).set_title(f"one neuron, margin {yes.margin:.2f}")
draw(left, moved, ax=axes[1]).set_title(f"none, by {no.n_points} points")
for points, colour in zip(used, (blue, grey), strict=True):
    axes[1].plot(*np.vstack([points, points[:1]]).T, color=colour, linewidth=2.2, zorder=2)
    axes[1].scatter(*points.T, s=95, facecolor="none", edgecolor="black", linewidth=1.2, zorder=5)
axes[1].plot(*no.point, "x", color="black", markersize=9, markeredgewidth=2.2, zorder=6)
plt.show()

# %% [markdown]
# Now do it yourself. Move a hollow point towards the filled ones and watch the margin shrink; once the hulls touch, the answer turns into a
# proof.
#
# ```{move-a-point}
# :name: fig-10-move
#
# Move a point and the answer changes. Filled: the concept; hollow: the other points. While the two hulls are apart the neuron halfway
# between them is drawn with its margin. Once they meet, the fewest points that prove it are ringed, with the
# weights that make one and the same point of them (the cross). Points move in steps of a tenth, so that touching is touching: try *The
# middle cluster*, where points of the concept lie exactly on segments between the others.
# ```

# %% [markdown]
# ## The theorem
#
# Throughout, $C$ is the set of the concept's points and $R$ that of the others: both finite and not empty. A *convex combination* of points is a
# mean of them with weights that are not negative and have the sum 1; the *convex hull* $\operatorname{conv}(C)$ is the set of all convex combinations of
# points of $C$. A neuron is a pair $(w, b)$; it fires where $p(x) = \inner{w, x} + b > 0$. It *separates* $C$ from $R$ ({prf:ref}`def-separation`) if it fires
# on all of $C$ and on none of $R$.
#
# :::{prf:theorem} T2a: when one neuron can [P]
# :label: thm-T2a
# In words: one neuron separates a concept exactly if the concept's hull and the hull of the other points have no point in common.
#
# In symbols: there is $(w, b)$ with $p > 0$ on $C$ and $p \le 0$ on $R$ if and only if $\operatorname{conv}(C) \cap \operatorname{conv}(R) = \emptyset$.
# :::
#
# :::{dropdown} Proof
# *Only if.* Let $z$ lie in both hulls: $z = \sum_i \alpha_i x_i = \sum_j \beta_j y_j$ with $x_i \in C$, $y_j \in R$ and convex weights. $p$ is affine and the weights
# have the sum 1, so $p(z) = \sum_i \alpha_i p(x_i)$ and $p(z) = \sum_j \beta_j p(y_j)$. A neuron that separates would make the first positive and the second not.
#
# *If.* The hulls of finite sets are compact, so there are $u \in \operatorname{conv}(C)$ and $v \in \operatorname{conv}(R)$ whose distance is the least. They differ, because
# the hulls are disjoint. Put $w = u - v$. For every $x \in \operatorname{conv}(C)$ and $0 < t \le 1$ the point $u + t(x - u)$ lies in the hull, so it is not closer to $v$ than $u$ is:
# $0 \le \norm{w + t(x-u)}^2 - \norm{w}^2$ $= 2t\inner{w, x - u} + t^2\norm{x - u}^2$. Divide by $t$ and let $t \to 0$: $\inner{w, x} \ge \inner{w, u}$. In the same way
# $\inner{w, y} \le \inner{w, v}$ for every $y \in \operatorname{conv}(R)$. With $b = -\inner{w, u + v}/2$ we get
# $p(x) \ge \inner{w, u - v}/2$ $= \norm{w}^2/2 > 0$ on $C$ and $p(y) \le -\norm{w}^2/2 < 0$ on $R$.
# :::
#
# The proof builds a neuron. It is the best one in a definite sense. Let $\norm{w} = 1$; then $|p(x)|$ is the distance of $x$ from the neuron's boundary. The *margin* of
# a neuron that separates is the least of these distances over all points of $C \cup R$.
#
# :::{prf:theorem} T2b: the margin, and what it is good for [N]
# :label: thm-T2b
# In words: the widest margin is half the distance of the hulls, and a neuron forgives every disturbance that is smaller than its margin.
#
# In symbols: the largest margin of a neuron that separates is $m = \tfrac12 \operatorname{dist}(\operatorname{conv}(C), \operatorname{conv}(R))$. If every point is moved by less than a neuron's margin, the same
# neuron separates the moved points. If points may move by $m$, there is a movement after which no neuron separates them.
# :::
#
# :::{dropdown} Proof
# *Attained.* Divide the $w$ and $b$ of the last proof by $\norm{u - v}$: $p \ge \norm{u-v}/2$ on $C$ and $p \le -\norm{u-v}/2$ on $R$.
#
# *No more.* Let a neuron with $\norm{w} = 1$ have the margin $m'$, so $p \ge m'$ on $C$ and $p \le -m'$ on $R$. Then the same holds on the hulls, and
# $2m' \le p(u) - p(v) = \inner{w, u - v} \le \norm{u - v}$ by Cauchy and Schwarz.
#
# *Forgiven.* If $\norm{x' - x} < m'$ then $|p(x') - p(x)| = |\inner{w, x' - x}| < m'$, so $p(x')$ has the sign of $p(x)$.
#
# *Not more than that.* Move every point of $C$ by $-m\,w$ and every point of $R$ by $+m\,w$ with $w = (u-v)/\norm{u-v}$. The hulls move along, and $u$ and $v$ arrive at the
# same point. By {prf:ref}`thm-T2a` no neuron separates.
#
# All this is classical; a support vector machine without slack computes the same neuron.
# :::
#
# :::{prf:theorem} T2c: a proof on a few points [N]
# :label: thm-T2c
# In words: if no neuron separates, then $n + 2$ of the points, or fewer, already show it, however many points there are.
#
# In symbols: for $C, R \subset \R^n$ exactly one of the following exists. (i) A neuron that separates. (ii) A *certificate*: points $x_1, \dots, x_k \in C$ and
# $y_1, \dots, y_l \in R$, $k + l \le n + 2$, with positive weights, $\sum_i \alpha_i = \sum_j \beta_j = 1$, such that
#
# $$ \sum_i \alpha_i x_i = \sum_j \beta_j y_j. $$ (eq-certificate)
# :::
#
# :::{dropdown} Proof
# That exactly one exists, without the bound on $k + l$, is {prf:ref}`thm-T2a`: a certificate is a common point of the hulls. It remains to count.
#
# Take a certificate with the fewest points and suppose it has more than $n + 2$. There are more vectors $(x_i, 1, 0)$ and $(-y_j, 0, 1)$ than $\R^{n+2}$ has dimensions, so they are linearly dependent: there are
# numbers $\gamma_i, \delta_j$, not all 0, with $\sum_i \gamma_i x_i = \sum_j \delta_j y_j$, $\sum_i \gamma_i = 0$ and $\sum_j \delta_j = 0$. Since the sums are 0 and not all numbers are, one of them is positive.
# For every $t$ the weights $\alpha_i - t\gamma_i$ and $\beta_j - t\delta_j$ satisfy {eq}`eq-certificate` and have the sums 1. Let $t$ grow from 0 until the first of them becomes 0. Then none is
# negative, and leaving out the points with weight 0 we have a certificate with fewer points: a contradiction.
#
# The statement is due to Kirchberger {cite:p}`kirchberger1903`; the common point is named after Radon {cite:p}`radon1921`.
# :::
#
# A certificate needs no trust in a solver: one adds up two weighted means and sees that they are equal. `saelib.geometry.separate` returns one of the two objects, and it checks
# each by substitution before it does so. Where rounding could decide, it computes with whole numbers of any length. Should it find no proof either way, it says *undecided* rather than guess.

# %% [markdown]
# ## Try to catch it in a wrong answer
#
# The instances are built from whole numbers so that the answer is known: hulls that touch in a corner, an edge or a face; needles that just reach into the other hull; margins down to $10^{-12}$ of the
# data's diameter; repeated and collinear points; fewer points than dimensions; columns stretched by powers of two from $2^{-40}$ to $2^{40}$. Every answer is then substituted once more, by other code and in
# fractions: is every $p(x)$ on the right side, do the weights meet exactly, is the margin the known one?

# %% tags=["remove-cell"]
hard = study.table("one_neuron_adversarial")
order = ["from 1e-3", "from 1e-6", "from 1e-9", "below 1e-9", "positive, unknown", "none: hulls meet"]
faults = ["wrong_verdict", "not_proven", "wrong_margin"]
wrong = int(hard[faults].to_numpy().sum())
easy = hard[hard.margin.isin(order[:2])]
claims.record("T2", "wrong_answers", value=wrong, n=int(hard.instances.sum()))
claims.record(
    "T2", "undecided", value=easy.undecided.sum() / easy.instances.sum(), n=int(easy.instances.sum())
)

# %% tags=["hide-input", "nbval-check-output"]
tally = hard.assign(wrong=hard[faults].sum(axis=1)).rename(columns={"instances": "tried"})
tally = tally.rename(columns={"undecided": "open"}).replace({"margin": {order[-1]: "hulls meet"}})
tally["margin"] = tally.margin.replace({order[-2]: "above 0"})
shown = tally.groupby("margin")[["tried", "open", "wrong"]].sum()
rows = [name for name in [*order[:-2], "above 0", "hulls meet"] if name in shown.index]
print(shown.loc[rows].rename_axis("margin/diameter").to_string(), end="\n\n")
print(tally.groupby("kind")[["tried", "open", "wrong"]].sum().to_string())

# %% tags=["remove-cell"]
glue("10-n-hard", f"{hard.instances.sum():,}", display=False)
glue("10-n-wrong", str(wrong), display=False)
glue("10-n-undecided", str(int(hard.undecided.sum())), display=False)
glue("10-easy-undecided", str(int(easy.undecided.sum())), display=False)
glue("10-n-easy", f"{easy.instances.sum():,}", display=False)

# %% [markdown]
# *Open* counts the undecided; *above 0* are instances that are separable by construction, with a margin we do not know. Of {glue:text}`10-n-hard` hard instances {glue:text}`10-n-wrong` got a wrong answer, and {glue:text}`10-n-undecided` got none. Where the margin is at
# least a millionth of the diameter, {glue:text}`10-easy-undecided` of {glue:text}`10-n-easy` stayed undecided.

# %% [markdown]
# ## If no neuron can, how wrong must every one be?
#
# A single bad label makes a concept inseparable. So the useful question is how many errors the *best* neuron makes. To find it is hard in general (the problem is NP-hard), but it can be enclosed.
#
# :::{prf:theorem} T2d: certificates without a common point [N]
# :label: thm-T2d
# In words: every neuron errs on at least one point of each certificate, so certificates that share no point add up.
#
# In symbols: if there are $k$ certificates with pairwise disjoint sets of points, then every neuron has $|\theta \mathbin{\triangle} C| \ge k$, counted on the points of $C \cup R$.
# :::
#
# :::{dropdown} Proof
# Suppose a neuron errs on no point of a certificate: it fires on its $x_i$ and not on its $y_j$. Then it separates these points, whose hulls meet by {eq}`eq-certificate`, against {prf:ref}`thm-T2a`. So it errs on one
# point of each certificate, and these points are different ones because the certificates share none.
# :::
#
# From above, any neuron at hand bounds the best one: `hinge_neuron` looks for a good one. Together the two make a sandwich. To see whether it is sound, we need the best neuron itself: for up to twelve
# points in up to three dimensions we list every subset that any neuron cuts out. For larger sets we let thousands of neurons try to beat the lower bound.

# %% tags=["remove-cell"]
packed = study.table("one_neuron_packing")
violations, tried = int(packed.violations.sum()), int(packed.neurons.sum())
claims.record("T2", "packing_violations", value=violations, n=tried)
small, large = packed[packed.kind == "all neurons"], packed[packed.kind == "random neurons"]
glue("10-n-tried", f"{tried:,}", display=False)
glue("10-n-beaten", str(violations), display=False)
glue("10-n-small", f"{len(small):,}", display=False)
glue("10-closed", f"{(small.lower == small.upper).mean():.0%}", display=False)
glue("10-low-tight", f"{(small.lower == small.best).mean():.0%}", display=False)
glue("10-up-tight", f"{(small.upper == small.best).mean():.0%}", display=False)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two panels with one upright bar for each instance, from the packing's lower bound to the hinge neuron's errors. Left: small instances, the best neuron's errors as dots lie within the bars or where the bar has shrunk to a point. Right: larger instances with longer bars; crosses mark the best of the random neurons, never below the lower end."}, "figure": {"name": "fig-10-sandwich", "caption": "The best neuron lies between the two bounds, always. Left: a sample of small instances, sorted, where the best of all neurons is known (dots): the bounds meet there or nearly. Right: larger instances. The best of thousands of random neurons (crosses) is never better than the lower end and seldom as good as the upper one; the gap between the bounds grows with the number of errors."}}
figure, axes = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.5), layout="constrained")
for ax, part, mark in ((axes[0], small[:: max(1, len(small) // 60)], "o"), (axes[1], large, "x")):
    part = part.sort_values(["best", "lower", "upper"], ignore_index=True)
    ax.vlines(
        part.index, part.lower, part.upper, color=orange, linewidth=2.4, label="packing to hinge neuron"
    )
    ax.plot(part.index, part.lower, "_", color="black", markersize=5, label="lower bound")
    ax.plot(part.index, part.best, mark, color=blue, markersize=4, label="best of those tried")
    ax.set(xticks=[], ylabel="errors, points")
    ax.yaxis.get_major_locator().set_params(integer=True)
axes[0].set(title="all neurons tried", xlabel="instances of 6 to 12 points")
axes[1].set(title="random neurons tried", xlabel="instances of 100 to 400 points")
axes[1].legend(loc="upper left")
plt.show()

# %% [markdown]
# No neuron of {glue:text}`10-n-tried` beat the lower bound ({glue:text}`10-n-beaten` violations). On the {glue:text}`10-n-small` small instances the lower bound was the truth in
# {glue:text}`10-low-tight` of the cases, the upper bound in {glue:text}`10-up-tight`, and both together in {glue:text}`10-closed`. The two ends do not have the same job: the lower end is what geometry forces on every
# dictionary, the upper end is what some neuron is known to do.

# %% [markdown]
# ## How remarkable is success?
#
# Take $N$ points and forget what they mean. There are $2^N$ subsets that somebody might call a concept. How many of them can a neuron cut out?
#
# :::{prf:theorem} T5c: what one neuron can cut out [N]
# :label: thm-T5c
# In words: of all labellings of $N$ points, one neuron can realise all up to $N = n + 1$, half at $N = 2(n+1)$, and soon after almost none.
#
# In symbols: let $X$ be a set of $N \ge 1$ points of $\R^n$ in *general position*: no $n + 1$ of them in one hyperplane (and, if $N \le n$, affinely independent). The number of subsets $\theta \cap X$, where
# $\theta$ is the activation set of a neuron, is
#
# $$ 2 \sum_{i=0}^{n} \binom{N-1}{i}, $$
#
# the empty set and $X$ included. Divided by $2^N$ this is the probability that $N - 1$ throws of a fair coin show heads at most $n$ times.
# :::
#
# :::{dropdown} Proof
# After Cover {cite:p}`cover1965`. Write $\hat x = (x, 1) \in \R^{m}$ with $m = n + 1$, and $v = (w, b)$, so that $p(x) = \inner{v, \hat x}$. A neuron that fires on a subset and is silent on the rest can be given a slightly lower
# offset, so that no $p(x)$ is 0; so we count the *sign patterns* of $(\inner{v, \hat x_1}, \dots, \inner{v, \hat x_N})$ without zeros. General position says that any $m$ (or fewer) of the vectors $\hat x_i$ are linearly
# independent. Let $D(N, m)$ be the number of sign patterns of $N$ such vectors in $\R^m$; we show that it depends on $N$ and $m$ only, and find it.
#
# *One more vector.* Add $\hat x_{N+1}$. Each pattern of the first $N$ vectors continues in one or two ways. It continues in both ways exactly if some $v$ with $\inner{v, \hat x_{N+1}} = 0$ has it: such a $v$ can be moved a
# little to either side; and of two $v$ that continue it differently, the segment between them has the pattern throughout and contains such a $v$. For $v$ orthogonal to $\hat x_{N+1}$ we have
# $\inner{v, \hat x_i} = \inner{v, \hat x_i'}$, where $\hat x_i'$ is the projection of $\hat x_i$ onto the hyperplane orthogonal to $\hat x_{N+1}$, a space of dimension $m - 1$. Any $m - 1$ of the projections are linearly
# independent, because those $\hat x_i$ together with $\hat x_{N+1}$ are. Hence
#
# $$ D(N+1, m) = D(N, m) + D(N, m-1). $$
#
# *The start.* One vector has the two patterns $+$ and $-$, so $D(1, m) = 2$. In $\R^1$ the vectors are numbers other than 0 and only the sign of $v$ counts, so $D(N, 1) = 2$.
#
# *The solution.* Let $S(N, m) = 2\sum_{i=0}^{m-1} \binom{N-1}{i}$. It has $S(1, m) = 2$ and $S(N, 1) = 2$, and by Pascal's rule $\binom{N}{i} = \binom{N-1}{i} + \binom{N-1}{i-1}$ it satisfies the same recursion. So $D = S$, and $m = n + 1$.
#
# *The half.* At $N = 2(n+1)$ the sum runs over the lower half of the $2n + 2$ binomial coefficients of $2n + 1$, and is $2^{2n}$. Twice that is half of $2^{2n+2}$.
# :::
#
# **The count.** For up to ten points in one to four dimensions we list the subsets in three ways that know nothing of the formula: by the hyperplanes through $n$ points each; as the cells into which the points, seen as
# hyperplanes, cut the space of all neurons; and by asking `separate` about every single subset. The table shows the largest sets beside the number of *all* subsets.

# %% tags=["remove-cell"]
counted = study.table("one_neuron_counts")
ways = ["hyperplanes", "cells", "programmes"]
mistakes = int((counted[ways].ne(counted.formula, axis=0)).any(axis=1).sum())
claims.record("T5c", "count_errors", value=mistakes, n=len(counted))
glue("10-n-sets", f"{len(counted):,}", display=False)
glue("10-n-miscounts", str(mistakes), display=False)

# %% tags=["hide-input", "nbval-check-output"]
largest = counted[counted.points == counted.points.max()].drop_duplicates("d_in")
largest = largest.assign(all=2**largest.points)[["d_in", "points", "all", *ways, "formula"]]
short = {"d_in": "n", "points": "N", "hyperplanes": "planes", "programmes": "ask", "formula": "T5c"}
print(largest.rename(columns=short).to_string(index=False))
print(f"\npoint sets {len(counted)}, miscounted {mistakes}")

# %% [markdown]
# **The transition.** With more points there are too many subsets to list. So we draw random points, label them by fair coins and ask `separate`.

# %% tags=["remove-cell"]
random_labels = study.table("one_neuron_transition")
low, high = wilson_interval(random_labels.separable, random_labels.labels, confidence)
random_labels = random_labels.assign(low=low, high=high, dimension=random_labels.d_in.map("n = {}".format))
at_half = random_labels[random_labels.points == 2 * (random_labels.d_in + 1)]
errors = (at_half.fraction - at_half.formula).abs()
worst = at_half.loc[errors.idxmax()]
ends = sorted(abs(end - worst.formula) for end in (worst.low, worst.high))
nearest = 0.0 if worst.low <= worst.formula <= worst.high else ends[0]
claims.record(
    "T5c", "transition_error", value=float(errors.max()), interval=(nearest, ends[1]), n=int(worst.labels)
)
glue("10-transition", f"{errors.max():.3f}", display=False)
glue("10-overall", f"{(random_labels.fraction - random_labels.formula).abs().max():.3f}", display=False)
glue("10-n-labels", f"{random_labels.labels.sum():,}", display=False)
glue("10-n-half", f"{int(worst.labels):,}", display=False)
glue(
    "10-covered", f"{((low <= random_labels.formula) & (random_labels.formula <= high)).sum()}", display=False
)
glue("10-n-cells", str(len(random_labels)), display=False)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Share of separable random labellings against the number of points divided by n plus 1, from 1 to 4. Six falling curves for n from 2 to 64, the larger n the steeper, all cross one half at 2. Measured marks with intervals lie on the curves."}, "figure": {"name": "fig-10-transition", "caption": "From anything goes to nothing goes, at two points a weight. Share of random labellings that one neuron realises, against the number of points over $n + 1$. Lines: {prf:ref}`thm-T5c`; all of them pass one half at 2, and the more dimensions the sharper the fall. Marks: fair-coin labels of random points, with 95 % Wilson intervals."}}
figure, ax = plt.subplots(figsize=(plots.COLUMN, 4.0))
shades = plt.get_cmap("viridis")(np.linspace(0.0, 0.85, random_labels.d_in.nunique()))
for (d, part), shade, mark in zip(random_labels.groupby("d_in"), shades, plots.MARKERS, strict=False):
    n = np.arange(d + 1, 4 * (d + 1) + 1)
    ax.plot(n / (d + 1), bounds.separable_fraction(n, d), color=shade, linewidth=1.4)
    reach = [part.fraction - part.low, part.high - part.fraction]
    ax.errorbar(
        part.load, part.fraction, reach, fmt=mark, color=shade, markersize=5, capsize=2, label=f"n = {d}"
    )
ax.axhline(0.5, color=grey, linewidth=0.8, linestyle=":")
ax.axvline(2.0, color=grey, linewidth=0.8, linestyle=":")
ax.set(xlabel="number of points / (n + 1)", ylabel="share of separable labellings")
ax.set_title("Two points a weight: that is what a neuron holds")
ax.legend(ncols=2)
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
short = {"d_in": "n", "points": "N", "labels": "tried", "fraction": "share"}
shown = at_half[[*short, "low", "high"]].rename(columns=short)
print(shown.round(3).to_string(index=False))

# %% [markdown]
# At $N = 2(n+1)$ the largest distance from one half is {glue:text}`10-transition`, with {glue:text}`10-n-half` labellings for each dimension. Of all {glue:text}`10-n-cells` measured shares {glue:text}`10-covered` have the
# formula within their 95 % interval.

# %% [markdown]
# ## Digits: what could a neuron do there?
#
# The 1,797 handwritten digits {cite:p}`alpaydin1998digits` lie in 64 dimensions. No SAE is trained here; we ask what *any* neuron could do: its margin if it separates the concept, otherwise the errors of the best
# neuron, between the two bounds; and, under *luck*, how many random sets of as many images are separable.

# %% tags=["remove-cell"]
digits = study.table("one_neuron_digits")
tens = digits[digits.concept.str.startswith("digit")]
glue("10-digits-yes", f"{tens.separable.sum()}", display=False)
glue("10-nulls", f"{digits.nulls.sum()}", display=False)
glue("10-null-yes", f"{digits.null_separable.sum()}", display=False)
coarse = digits[~digits.concept.str.startswith("digit")]
glue("10-coarse", f"{coarse.lower.min()} to {coarse.lower.max()}", display=False)
for row in digits[digits.concept.isin(["digit 8", "digit 9"])].itertuples():
    cost = str(row.lower) if row.lower == row.upper else f"{row.lower} to {row.upper}"
    glue(f"10-{row.concept.replace(' ', '-')}", cost, display=False)

# %% tags=["hide-input", "nbval-check-output"]
columns = {"margin": digits.margin.map("{:.3f}".format).where(digits.separable, "-")}
columns["errors"] = [
    f"{low}" if low == high else f"{low}–{high}" for low, high in zip(digits.lower, digits.upper, strict=True)
]
columns["luck"] = digits.null_separable.astype(str) + "/" + digits.nulls.astype(str)
shown = digits[["concept", "images"]].rename(columns={"images": "size"})
print(shown.assign(**columns).to_string(index=False))

# %% [markdown]
# {glue:text}`10-digits-yes` of the ten digits could each be one neuron's without a single error among all 1,797 images. The 8 and the 9 are not among them. The least number of errors of any neuron is {glue:text}`10-digit-8` for the 8 and
# {glue:text}`10-digit-9` for the 9. The coarse concepts are no neuron's: the lower bound says how many images every neuron must get wrong there at least: {glue:text}`10-coarse`, depending on the concept. And of the random sets of images, of the same sizes,
# {glue:text}`10-null-yes` of {glue:text}`10-nulls` were separable. So that a digit can be separated does say something about digits.
#
# It would not if we had fewer images. Take parity, which no neuron separates, and ask the same with a part of the images.

# %% tags=["remove-cell"]
few = study.table("one_neuron_subsamples")
few_low, few_high = wilson_interval(few.separable, few.draws, confidence)
few = few.assign(share=few.separable / few.draws, low=few_low, high=few_high)
sizes = few.drop_duplicates("points")
steps = np.arange(sizes.points.min(), sizes.points.max() + 1)
span = (
    np.interp(steps, sizes.points, sizes.span).round().astype(int)
)  # of a sample; it grows a little with it
cover = pd.DataFrame({"points": steps, "share": bounds.separable_fraction(steps, span)})
half = int(steps[cover.share < 0.5][0])
glue("10-span", str(span[steps == half][0]), display=False)
glue("10-twice", str(half), display=False)
parity = few[few.labels == "even or odd"]
still = parity[parity.share >= 0.5].points.max()
glue("10-parity-half", str(still), display=False)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Share of samples in which even and odd digits are separable by one neuron, against the number of images on a logarithmic axis, for true labels and for fair coins. Coins follow Cover's curve and fall from 1 to 0 between 80 and 140 images; true labels stay separable up to several hundred."}, "figure": {"name": "fig-10-subsample", "caption": "With few images everything is separable, meaning or not. Samples of the digits, labelled even or odd, and labelled by fair coins. Line: {prf:ref}`thm-T5c` with the dimension that the sampled images really span. Where both marks are at 1, separability is no evidence; the distance between the two is what parity really has of its own. 95 % Wilson intervals."}}
names = {"fair coins": grey, "even or odd": blue}
ax = plots.theory_and_measured(
    cover, few, "points", "share", low="low", high="high", hue="labels", colours=names
)
ax.set_xscale("log")
ax.set_xticks(ticks := [30, 60, 100, 200, 300, 600], [str(tick) for tick in ticks])
ax.minorticks_off()
ax.set(xlabel="images in the sample", ylabel="share of separable samples")
ax.set_title("Separable: by meaning, or by lack of points?")
plt.show()

# %% [markdown]
# Some pixels are hardly ever used, so a hundred images span only about {glue:text}`10-span` of the 64 dimensions, and it is those that count: with labels by coins half of the samples are separable near {glue:text}`10-twice` images. The true labels stay
# separable in at least half of the samples up to {glue:text}`10-parity-half` images. Between the two numbers separability is evidence of structure; at 1,797 images it is gone, and the certificate says why.

# %% [markdown]
# ## What we found
#
# Every answer that we could check was right: {glue:text}`10-n-hard` hard instances, {glue:text}`10-n-wrong` wrong answers, {glue:text}`10-n-undecided` undecided. The packing bound was beaten by {glue:text}`10-n-beaten` of {glue:text}`10-n-tried` neurons.
# Cover's formula was compared with all three counts on {glue:text}`10-n-sets` point sets (disagreements: {glue:text}`10-n-miscounts`), and at $N = 2(n+1)$ the measured shares are within {glue:text}`10-transition` of one half.
#
# What surprised us is how much a single direction could do on real images. Of the ten digits {glue:text}`10-digits-yes` are one half-space each, exactly. Where a trained dictionary has no neuron for such a digit, the geometry is not to blame.

# %% [markdown]
# ## What it means for your SAE
#
# - **Compare your number of points with $2(n + 1)$ before you are impressed.** With $n = 4{,}096$ and 5,000 labelled points a linear probe, or the best imaginable neuron, separates practically *every* labelling, also one made with coins. The
#   table shows up to how many points all labellings are separable, at how many half of them are, and from how many on fewer than 1 in 1,000 and 1 in 1,000,000: from there on a separation of
#   balanced labels means something.
# - **Make the comparison on your own data**: shuffle the labels and ask again, `separate(points[shuffled], points[~shuffled])`. Cover's curve is for labels by fair coins. For a rare concept chance does better, since few
#   points are more easily cut off.
# - **When no neuron matches a concept, ask whose fault it is.** If `separate` returns a neuron, the training missed it. If it returns a certificate, look at its points: they are the ones to relabel, to
#   explain, or to give up on; `packing_bound` and `hinge_neuron` say how many errors are forced and how many suffice.
# - **Report the margin with the separation.** By {prf:ref}`thm-T2b` it is the disturbance that the neuron survives. A separation with a margin below your noise is not one.


# %% tags=["hide-input", "nbval-check-output"]
def first_below(share, d):
    """Number of points from which on fewer than this share of the labellings are separable."""
    n = np.arange(d + 1, 4 * (d + 1) + 200)
    return int(n[bounds.separable_fraction(n, d) < share][0])


print("    n  all to half at  < 1e-3  < 1e-6")
for d in (64, 512, 768, 2304, 4096):
    print(f"{d:5,}{d + 1:8,}{2 * (d + 1):8,}{first_below(1e-3, d):8,}{first_below(1e-6, d):8,}")

# %% [markdown]
# ## Exercises
#
# 1. Four points of the plane, one inside the triangle of the other three. Which labellings does no neuron realise? Count them with {prf:ref}`thm-T5c`.
#
#    :::{dropdown} Solution
#    The formula gives $2(1 + 3 + 3) = 14$ of 16. The two that are missing set the inner point apart from the three others: {eq}`eq-certificate` holds with the inner point on one side and the triangle on the other. For four points in
#    convex position it is the two diagonals. The number does not depend on the position, only the sets do.
#    :::
#
# 2. In {numref}`fig-10-move`, choose *The middle cluster* and take one point out of the concept so that a neuron exists. How many such points are there?
#
#    :::{dropdown} Solution
#    None: each of A, B, C, D lies in the hull of the hollow points, so each of them alone makes a certificate together with some hollow points. All four would have to leave.
#    :::
#
# 3. A concept has one wrongly labelled point, in the hull of the others. Show that the packing bound is exactly 1 if the rest is separable.
#
#    :::{dropdown} Solution
#    It is at least 1, because there is a certificate. It is at most 1, because every certificate contains the wrong point (without it the points are separable), so no two are disjoint. The neuron that separates the rest errs once: the
#    sandwich closes.
#    :::
#
# 4. Your probe has 768 weights and an offset, and separates 1,200 tokens of which half are verbs. What do you conclude?
#
#    :::{dropdown} Solution
#    Nothing yet: $N/(n+1) = 1200/769 \approx 1.56$, where practically every labelling is separable (if the tokens are in general position). You need well over $2 \cdot 769 = 1{,}538$ tokens, or held-out ones.
#    :::
