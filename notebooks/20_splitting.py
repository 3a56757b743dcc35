# %% [markdown]
# # Splitting: what becomes of a coarse concept when the dictionary grows
#
# **Question.** You train a larger dictionary on the same data. A neuron that stood for a broad concept is gone, and several that each stand
# for a piece of it have come. Is the concept still in the dictionary? What did the data have to look like for this to be possible? And
# how much of it would you have seen had you merely trained again?
#
# **Short answer.** Ask for a union of neurons before you call the concept lost. In the largest Top-K dictionaries the best single neuron of a root concept has Jaccard
# index {glue:text}`20-single-TopK` with it, the best union found {glue:text}`20-unit-TopK`; with ReLU it is {glue:text}`20-single-ReLU` and
# {glue:text}`20-unit-ReLU` (means over seeds, 95 % intervals). A union errs by no more than its parts together. Two parts always lie on two sides of a hyperplane,
# whether neurons decide alone or compete, and half the distance of their hulls bounds the margin of whatever tells them apart. As for growth: merely training again at the
# same size splits {glue:text}`20-twin-split` of the neurons, doubling the size {glue:text}`20-growth-split`.
#
# *Decides:* {ref}`T8 <claim-T8>`; follows on {ref}`E2 <claim-E2>`, decided in {doc}`02_size_and_sparsity`. *Needs:* {doc}`00_framework`,
# {doc}`10_one_neuron`. *Reading time:* 15 minutes.

# %% tags=["parameters"]
n_instances: int = 300  # small dictionaries on which every set of neurons is tried
n_bounds: int = 2_000  # random dictionaries with which T8a is attacked
n_points: int = 20_000  # sampled from the disc and the two discs, at most
gap: float = 0.25  # half the distance between the two discs, in units of their radius
seed: int = 0  # of every random number on this page
confidence: float = 0.95  # level of every interval over seeds

# %% tags=["remove-cell"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from myst_nb import glue

from saelib import claims, phenomena, plots, study
from saelib.data.synthetic import concept_forest
from saelib.study.seeds import curve_over_seeds, over_seeds
from saelib.study.settings.size_and_sparsity import SizeAndSparsity
from saelib.study.sweeps.size_and_sparsity import world

plots.use_style()
saes, concepts = study.table("splitting"), study.table("splitting_concepts")
gaps, flows = study.table("splitting_gaps"), study.table("splitting_flows")
nodes, links = study.table("splitting_nodes"), study.table("splitting_links")
rng = np.random.default_rng(seed)

# %% tags=["remove-cell"]
level_names = {0: "roots", 1: "children", 2: "leaves"}
concepts["level"] = pd.Categorical(
    concepts.level.map(level_names), categories=list(level_names.values()), ordered=True
)
level_colours = dict(zip(level_names.values(), plots.palette.levels, strict=False))
largest, root, first_seed = saes.d_sae.max(), nodes.root.iloc[0], concepts.seed.min()

# %% [markdown]
# ## The picture first
#
# We watch one concept: of the roots of one world, the one with the most held-out points. (The rule was fixed beforehand; nobody looked for a
# pretty one.) The world is that of {doc}`02_size_and_sparsity`: six roots, three children each, four children of each of those. A neuron
# *lies inside* the concept if at least 90 % of its firing is there and it covers at least 2 % of it. An *OR-unit* of neurons fires where at least one of them does: its
# activation set is their union. All neurons are chosen on training points, and units by a greedy search there; the numbers are from held-out points, except the
# splitting numbers further down, which are a property of the points they are searched on.

# %% tags=["remove-cell"]
measures = {
    "single": "best single neuron, J",
    "unit": "best OR-unit, J",
    "inside_share": "covered from inside",
}
watched = concepts[(concepts.concept == root) & (concepts.seed == first_seed)]
tidy = watched.melt(["gate", "d_sae"], list(measures), "measure", "value")
tidy["measure"] = pd.Categorical(tidy.measure.map(measures), categories=list(measures.values()), ordered=True)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Over the size of the dictionary, one panel a gate: the Jaccard index of the best single neuron and of the best OR-unit with one root concept, and the share of the concept that neurons inside it cover together."}, "figure": {"name": "fig-20-root", "caption": "One root concept in dictionaries of growing size. Where the first two curves part, the concept lives in a union rather than in a neuron. **Covered from inside:** the share of its points on which some neuron fires that lies inside it."}}
tones = [plots.palette.neuron, plots.palette.cycle[3], plots.palette.neutral]
figure = plots.curves_with_intervals(
    tidy, "d_sae", "value", hue="measure", col="gate", log_x=True,
    colours=dict(zip(measures.values(), tones, strict=True)),
    label_x="neurons in the dictionary", label_y="Jaccard index or share",
)  # fmt: skip
figure.axes[0].set_ylim(-0.02, 1.02)
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
print(
    f"the concept: {root}, {int(watched.n_points.iloc[0])} held-out points; neurons inside it, and in its OR-unit"
)
print(watched.pivot_table(index="gate", columns="d_sae", values=["inside", "n_unit"]).astype(int).to_string())

# %% tags=["remove-cell"]
shown_roots = concepts[(concepts.level == "roots") & (concepts.d_sae == largest)]
for gate, group in shown_roots.groupby("gate"):
    for measure in ("single", "unit"):
        e = over_seeds(group.groupby("seed")[measure].mean(), confidence)
        glue(f"20-{measure}-{gate}", f"{e.value:.2f} [{e.low:.2f}, {e.high:.2f}]", display=False)

# %% [markdown]
# ## Which neuron became which
#
# Two dictionaries over the same points can be matched without any label. A fine neuron *flows from* a coarse one if at least half of its
# firing lies inside the coarse one's, at least twice as often as chance has it, and it covers at least 2 % of the coarse one; on the
# training points and again on the held-out ones. That the features of a small dictionary reappear in a larger one as clusters of finer ones was seen early
# {cite:p}`bricken2023monosemanticity`; and that the larger one also has features that come from nowhere is a reason to doubt that
# any size is the right one {cite:p}`leask2025canonical`. In the figure, sizes grow to the right. Bars are the neurons of our root, those with at
# least half of their firing in it and at least 2 % of it covered, as high as they have points; ribbons are flows (drawn in an order with few crossings {cite:p}`li2019sankey`), and colours say which child concept a
# neuron is nearest to.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Alluvial figure of the Top-K neurons of one root concept, sizes from left to right: bars split into ribbons towards finer neurons, coloured by child concept."}, "figure": {"name": "fig-20-flow-topk", "caption": "Top-K: the neurons of one root, from size to size (in brackets: how many). Colour: the child concept whose family the neuron is nearest to, darkest the root itself. A bar past the first column without a ribbon on its left came from no neuron of the root."}}
branches = sorted({root, *nodes.branch})
nodes["branch"] = pd.Categorical(nodes.branch, categories=branches, ordered=True)
nodes["d_sae"] = pd.Categorical(nodes.d_sae, categories=sorted(saes.d_sae.unique()), ordered=True)
colours = dict(zip(branches, [plots.palette.levels[0], *plots.palette.cycle[:3]], strict=False))
columns = {"stage": "d_sae", "node": "neuron", "size": "n_points", "source": "coarse", "target": "fine"}
words = {"label_stage": "neurons in the dictionary (of them in the root)", "unit": "points"}


def family(gate):
    own, flow = nodes[nodes.gate == gate], links[links.gate == gate].rename(columns={"d_coarse": "d_sae"})
    plots.alluvial(own, flow, **columns, width="n_both", hue="branch", colours=colours, **words)
    plt.show()


family("TopK")

# %% tags=["hide-input"] mystnb={"image": {"alt": "The same alluvial figure for the ReLU neurons of the same root concept."}, "figure": {"name": "fig-20-flow-relu", "caption": "ReLU: the same root, the same points, the same rule. A neuron in the darkest colour is nearest to the root itself: where such a bar goes on to the right, the root keeps its neuron beside the parts."}}
family("ReLU")

# %% [markdown]
# ## Learned by the unit, by no part (T8a)
#
# :::{prf:theorem} Splitting, with constants [P, constants N]
# :label: thm-T8a
# In words: neurons that each learn a part have together learned the whole, with no more error than their parts' together; alone, none catches more of it than its own part and its own error.
#
# In symbols: let $C = C_1 \sqcup \dots \sqcup C_m$ be a partition with $\mu(C_k) > 0$, and let the activation sets satisfy
# $\mu(\theta_k \mathbin{\triangle} C_k) \le \eta_k\,\mu(C_k)$. Then
#
# $$\mu\Big(\bigcup_k \theta_k \mathbin{\triangle} C\Big) \le \sum_k \eta_k\,\mu(C_k), \qquad
# \frac{\mu(\theta_k \cap C)}{\mu(C)} \le (1 + \eta_k)\,\frac{\mu(C_k)}{\mu(C)}\ \text{ for every } k .$$
#
# Let $m(x)$ be the number of parts that fire at $x$. If every point of $C$ on which some part fires belongs to a $C_k$ whose own part does, then what the parts' summed
# error gives away is exactly the overlap:
#
# $$\sum_k \mu(\theta_k \mathbin{\triangle} C_k) - \mu\Big(\bigcup_k \theta_k \mathbin{\triangle} C\Big) = \int (m - 1)_+\,d\mu .$$
# :::
#
# :::{dropdown} Proof
# Count at one point $x$ in how many of the $\theta_k \mathbin{\triangle} C_k$ it lies, and whether the union errs there.
#
# - $x \notin C$: it lies in $m(x)$ of them, and the union errs iff $m(x) \ge 1$. The difference is $(m(x) - 1)_+$.
# - $x \in C_k$ and $\theta_k$ fires: it lies in those of the $m(x) - 1$ other parts that fire, and the union does not err. The difference is $m(x) - 1$.
# - $x \in C_k$ and no part fires: it lies in one of them, and the union errs. The difference is 0.
# - $x \in C_k$, and others fire but $\theta_k$ does not: it lies in $m(x) + 1$ of them, and the union does not err. The hypothesis of the last sentence excludes this case.
#
# The difference is never negative, which is the first inequality after integration, and without the last case it is $(m(x) - 1)_+$ throughout. The second inequality:
# $\mu(\theta_k \cap C) \le \mu(\theta_k) \le \mu(C_k) + \mu(\theta_k \mathbin{\triangle} C_k)$. $\square$
# :::
#
# For a trained unit we make the partition ourselves: a point of the concept goes to the part that fires on it, and of several to the one that catches most of the concept (so does a point on which
# none fires). Then the last sentence applies, and the slack must be the overlap to the point.
#
# The theorem speaks of the *parts*. It does not say that no neuron whatever holds the concept: a larger dictionary may keep the old neuron beside the new ones, and
# {numref}`fig-20-root` shows where it does. Nor does it say much when parts overlap: then the sum is large and the union may still be good.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Errors of every OR-unit of the study over the sum of its parts' errors, both as shares of the concept, by gate; no dot above the diagonal."}, "figure": {"name": "fig-20-union", "caption": "The error of every OR-unit with several parts, held out, against the summed error of its parts (T8a), both relative to the concept's size. None lies above the line. How far below it lies is the overlap of its parts, point for point."}}
split = concepts[concepts.n_unit > 1]
shares = split.assign(measured=split.errors / split.n_points, bound=split.bound / split.n_points)
ax = plots.bound_and_truth(shares, x="bound", hue="gate")
ax.set(xlabel="summed error of the parts, relative to the concept", ylabel="error of their OR-unit, likewise")
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
tried = phenomena.try_splitting_bound(n_bounds, rng)
print(
    f"random dictionaries {len(tried):,}: violations {tried.violated.sum()}, bound attained {(tried.overlap == 0).sum()}"
)
print(
    f"OR-units of the study {len(split):,}: violations {split.violated.sum()}; median share of the concept in its largest part"
)
shares["part"] = split.largest / split.n_points
share = shares.pivot_table(index="gate", columns="d_sae", values="part", aggfunc="median")
print(share.round(2).to_string(na_rep="-"))

# %% [markdown]
# ## A split needs a gap (T8b)
#
# A tempting sentence says: a concept without a gap cannot be split. It is false as it stands. The neurons $x_1 > 0$ and $-x_1 > 0$ split a disc into halves and miss nothing but a line;
# what they lack is a *margin*. And for Top-K it is not the neuron's own half-space that counts: a neuron may be silent on its positive side because it lost. The
# sentence that holds speaks of two neurons at once.
#
# :::{prf:theorem} The gap of a split [P, sharpened N]
# :label: thm-T8b
# In words: two parts of a concept always lie on two sides of a hyperplane, under every gate that lets the larger pre-activation fire first; the
# margin is at most half their distance; and where a convex concept has no gap, a margin is paid for in points that neither part catches.
#
# In symbols: neurons have pre-activations $p_j(x) = \langle w_j, x\rangle + b_j$, lengths are Euclidean. For neurons $k, l$ let
# $C_k = C \cap \theta_k \setminus \theta_l$ and $C_l = C \cap \theta_l \setminus \theta_k$ be the points of $C$ on which one fires and the other does not, both non-empty.
#
# 1. *Any gate that respects order* (where $k$ fires and $l$ does not, $p_k > p_l$: ReLU; Top-K and BatchTopK without ties; JumpReLU and Gated if each $p_j$ is counted from its own threshold): the **difference neuron** $(w_k - w_l,\, b_k - b_l)$ fires on all of $C_k$ and on none
#    of $C_l$, with margin $\gamma = \min_{C_k \cup C_l} |p_k - p_l| \,/\, \lVert w_k - w_l\rVert > 0$ on a finite sample. With *absolute* gating neuron $k$ does it alone, and so does $l$.
# 2. Every neuron that tells $C_k$ from $C_l$ with margin $\gamma$ has $\;2\gamma \le \operatorname{dist}(\operatorname{conv} C_k, \operatorname{conv} C_l)$. If the hulls meet, no such gate splits $C$ so.
# 3. *The price of a margin.* If $C$ is a convex body of diameter $D$ and $\mu$ uniform on it, a neuron that tells $C_k$ from $C_l$ with margin $\gamma$
#    leaves out $\;\mu\big(C \setminus (C_k \cup C_l)\big) \ge \frac{2\gamma}{D}\,\min(\mu(C_k), \mu(C_l))$.
# :::
#
# :::{dropdown} Proof
# **1.** ReLU: $p_k > 0 \ge p_l$ on $C_k$; JumpReLU and Gated likewise, with each neuron's own threshold moved into its $p_j$. Top-K: there $p_k > 0$ is among the $K$ largest, and $p_l$ is not positive or not among them; in both cases $p_k > p_l$. BatchTopK with its threshold is
# the same with the threshold in place of 0. Exchange $k$ and $l$ for $C_l$. So $p_k - p_l$ has both signs, hence $w_k \ne w_l$, and the distance of $x$ from the hyperplane $p_k = p_l$ is $|p_k - p_l|/\lVert w_k - w_l\rVert$, positive at each of finitely many points. With absolute gating
# $\theta_k$ is a half-space that contains $C_k$ and no point of $C_l$.
#
# **2.** With unit $w$, $\langle w, x\rangle + b \ge \gamma$ on $C_k$ and $\le -\gamma$ on $C_l$, so on their hulls too, because half-spaces are convex. For $x$ and $y$ in the two hulls $\lVert x - y\rVert \ge \langle w, x - y\rangle \ge 2\gamma$.
# (This is {prf:ref}`thm-T2b` for two parts instead of inside and outside.) If the hulls have a common point, $p_k - p_l$ would have to be positive and negative there.
#
# **3.** If $\mu(C_k)$ or $\mu(C_l)$ is 0, nothing is claimed. Otherwise let $\lVert w\rVert = 1$ and $f$ be the density of $\langle w, x\rangle + b$ under $\mu$. It is positive on an open interval of length at most $D$, which
# contains both ends of the slab $[-\gamma, \gamma]$, as there is mass beyond either. On it $f^{1/(n-1)}$ is concave by Brunn's theorem (for $n = 1$ the density is constant), so $f$ is nowhere in the slab below the smaller of its
# values $f(-\gamma)$ and $f(\gamma)$. Let that be $f(-\gamma)$; otherwise exchange the parts. Then $f \le f(-\gamma)$ below the slab: a concave function that has been higher there cannot be as high again at
# $\gamma$. So the slab has mass at least $2\gamma f(-\gamma)$, and none of it in $C_k$ or $C_l$, while $\mu(C_l) \le D f(-\gamma)$. $\square$
# :::
#
# (Sharper constants are known, and for cuts of any shape {cite:p}`kannan1995isoperimetric`; ours needs only the lines above.) The third part is what remains of the tempting sentence: *a concept without a gap cannot be split with a
# margin for free.* We cut two concepts in halves, a disc and two discs {glue:text}`20-gap` radii apart. On the left, the gap between the halves of a sample: the disc's closes
# as points come in, because it belongs to the sample and not to the concept. On the right, what a margin costs.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Left: half the distance of the hulls of the two halves over the number of sampled points, falling to zero for one disc and settling at the true gap for two discs. Right: share of the concept left out over the margin; dots on the exact curves, the disc above its bound."}, "figure": {"name": "fig-20-body", "caption": "**Left:** a gap that is one stays (dotted: the true half-distance), a gap of the sample closes. **Right:** share of the concept that a margin leaves to neither half: measured (dots), exact (lines), and the least a convex concept must lose (dashed). Two discs pay nothing up to half their distance."}}
sizes = [size for size in (10, 30, 100, 300, 1_000, 3_000, 10_000) if size <= n_points]
halves = pd.concat([phenomena.gap_of_halves(size, gap, rng) for size in sizes], ignore_index=True)
price = phenomena.price_of_margin(np.linspace(0, 0.8, 17), gap, n_points, rng)
figure, (left, right) = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.4))
figure.get_layout_engine().set(wspace=0.06)
plots.scatter(halves, "n_points", "half_distance", hue="concept", ax=left)
left.axhline(gap, color=plots.palette.theory, linestyle=":", linewidth=1)
left.set(xscale="log", xlabel="points sampled", ylabel="half the distance of the hulls, radii")
plots.scatter(price, "margin", "left_out", hue="concept", ax=right)
for _, line in price.groupby("concept"):
    right.plot(line.margin, line.exact, color=plots.palette.theory, linewidth=1)
right.plot(price.margin, price.bound.astype(float), "--", color=plots.palette.theory, linewidth=1)
right.set(xlabel="margin γ, radii", ylabel="share left to neither half")
plt.show()

# %% tags=["remove-cell"]
glue("20-gap", f"{2 * gap:g}", display=False)

# %% [markdown]
# Now the trained dictionaries. For every root and child whose OR-unit has several neurons we take its two largest parts, make them disjoint as the theorem does (points on which both fire belong to
# neither), and measure on held-out points the margin that the two neurons really attain, against half the distance of the hulls, which `saelib.geometry.separate` finds with a proof.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Left: margin of the difference neuron over half the hull distance, one dot a pair of parts, none above the diagonal. Right: half the hull distance of the trained parts over that of a random cut of the same points."}, "figure": {"name": "fig-20-gaps", "caption": "Every pair of parts of the study, held out. **Left:** the margin that the two neurons attain against the most that anyone could (T8b). **Right:** the gap between the parts against that of a random cut through the same points (some of the roots): above the dashed line the neurons' gap is the wider one."}}
apart = gaps[gaps.verdict == "apart"].copy()
apart[["half_distance", "margin"]] = apart[["half_distance", "margin"]].astype(float)
figure, (left, right) = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.6))
figure.get_layout_engine().set(wspace=0.06)
plots.bound_and_truth(apart, x="half_distance", bound="half_distance", measured="margin", hue="gate", ax=left)
left.set(xlabel="half the distance of the hulls", ylabel="margin of the difference neuron")
against = apart.dropna(subset=["cut_half_distance"]).astype({"cut_half_distance": float})
plots.scatter(against, "cut_half_distance", "half_distance", hue="gate", ax=right)
top = float(against.cut_half_distance.max())
right.plot([0, top], [0, top], "--", color=plots.palette.theory, linewidth=1)
right.set(xlabel="the same for a random cut", ylabel="half the distance of the parts' hulls")
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
print("hulls of two parts:\n" + pd.crosstab(gaps.gate, gaps.verdict).to_string())
dealt = gaps.dropna(subset=["shuffled"])
print("the same points dealt at random:\n" + pd.crosstab(dealt.gate, dealt.shuffled).to_string())
used = (apart.margin / apart.half_distance).groupby(apart.gate).median()
wider = (against.half_distance / against.cut_half_distance).groupby(against.gate).median()
errs = gaps.dropna(subset=["alone_1"]).groupby("gate")["alone_1"].agg(lambda a: float((a < -1e-5).mean()))
summary = {"margin / half distance": used, "gap / random cut's": wider, "neuron alone errs": errs}
print(pd.DataFrame(summary).astype(float).round(3).to_string())

# %% tags=["remove-cell"]
glue("20-used-ReLU", f"{used.get('ReLU', float('nan')):.0%}", display=False)
glue("20-used-TopK", f"{used.get('TopK', float('nan')):.0%}", display=False)
glue("20-wider-ReLU", f"{wider.get('ReLU', float('nan')):.1f}", display=False)
glue("20-wider-TopK", f"{wider.get('TopK', float('nan')):.1f}", display=False)
glue("20-errs-TopK", f"{errs.get('TopK', float('nan')):.0%}", display=False)
glue("20-errs-ReLU", f"{errs.get('ReLU', float('nan')):.0%}", display=False)
glue("20-meet", f"{int((gaps.verdict == 'meet').sum())}", display=False)
glue("20-empty", f"{int((gaps.verdict == 'empty').sum())}", display=False)
glue("20-undecided", f"{int((gaps.verdict == 'undecided').sum())}", display=False)
glue("20-pairs", f"{len(gaps):,}", display=False)
glue("20-dealt-meet", f"{(gaps.shuffled.dropna() == 'meet').mean():.0%}", display=False)

# %% [markdown]
# Of {glue:text}`20-pairs` pairs, {glue:text}`20-meet` have hulls that meet, {glue:text}`20-undecided` are too close to tell and in {glue:text}`20-empty` a part is empty. How much that asks for in 64
# dimensions is seen when the same points are dealt to two parts at random: then the hulls meet in {glue:text}`20-dealt-meet` of the cases. In the median the neurons use {glue:text}`20-used-ReLU` (ReLU) and
# {glue:text}`20-used-TopK` (Top-K) of the margin that the points would allow; nothing in the training loss asks for more. The median gap is {glue:text}`20-wider-ReLU` (ReLU) and
# {glue:text}`20-wider-TopK` (Top-K) times that of a random cut. And the last column is about the first part of the theorem: with its own half-space, the larger part's
# neuron alone errs on {glue:text}`20-errs-TopK` of the pairs under Top-K and on {glue:text}`20-errs-ReLU` under ReLU, while the difference of the two must not err under either.
#
# ## Into how many? (T8c)
#
# :::{prf:definition} Splitting number [N]
# :label: def-splitting-number
# Let $C$ be a non-empty finite set of points and $0 \le \eta < 1$. The *splitting number* $s_\eta(C)$ is the least number of neurons of the dictionary whose OR-unit is *near*: at Jaccard distance
# at most $\eta$ from $C$. It is infinite if there is none.
# :::
#
# :::{prf:proposition} A sandwich for it [N]
# :label: thm-T8c
# In words: finding it is as hard as set cover, bounding it is not.
#
# In symbols: any near union that a greedy search finds bounds $s_\eta(C)$ from above. Two bounds hold from below: (i) the smallest $s$ for which the $s$ largest $|\theta_j \cap C|$ add up to
# $(1 - \eta)|C|$; (ii) the value of the linear relaxation of the integer programme $\min \sum_j y_j$, subject to $\sum_{x \in C} u_x - (1 - \eta) \sum_{x \notin C} u_x \ge (1 - \eta)|C|$, where
# $u_x \le \sum_{j:\, x \in \theta_j} y_j$ for $x \in C$ and $u_x \ge y_j$ whenever $x \in \theta_j$, $x \notin C$.
# :::
#
# :::{dropdown} Proof
# Above: it is a minimum over all unions. With $\theta = \bigcup \theta_j$, $1 - J \le \eta$ says $|\theta \cap C| \ge (1 - \eta)(|C| + |\theta \setminus C|)$: this is the programme's constraint with $u$ the indicator of
# $\theta$ and $y$ that of its neurons. Conversely, for whole $y, u$ the union of the chosen neurons contains every $x \in C$ with $u_x = 1$, and outside $C$ only points with $u_x = 1$, so it is near too. Hence the
# programme's value over $y, u \in \{0, 1\}$ is $s_\eta(C)$, and over $[0, 1]$ it is no larger. (i) The constraint needs $|\theta \cap C| \ge (1 - \eta)|C|$, and $|\theta \cap C|$ is at most the sum of the
# $|\theta_j \cap C|$. Set cover is the case $\eta = 0$ with neurons inside $C$. $\square$
# :::
#
# The three searches are held against trying every set of neurons, on dictionaries small enough for that:

# %% tags=["hide-input", "nbval-check-output"]
trials = phenomena.try_splitting_number(n_instances, rng)
near = trials.dropna(subset=["brute"])
print(f"instances {len(trials)}, with a near unit {len(near)}, wrong {int(trials.wrong.sum())}")
greedy, relaxed = (near.above == near.brute).sum(), (near.below == near.brute).sum()
print(
    f"greedy is exact on {greedy} and finds none on {near.above.isna().sum()}, the bound below is exact on {relaxed}"
)
print(claims.record("T8", "splitting_number_errors", value=int(trials.wrong.sum()), n=len(trials)))

# %% tags=["hide-input"] mystnb={"image": {"alt": "Share of concepts that one neuron, or an OR of several, comes near to, over dictionary size, by level of the forest and gate."}, "figure": {"name": "fig-20-shares", "caption": "The share of concepts within Jaccard distance 0.2 of one neuron (solid) and only of an OR-unit of several (dashed), by level and size. What is missing to 1 has no near unit that was found. On training points; means over seeds, the intervals at the largest size are below."}}
how = concepts.assign(one=(concepts.at_most == 1).fillna(False), several=(concepts.at_most > 1).fillna(False))
tidy = how.melt(["gate", "level", "d_sae", "seed"], ["one", "several"], "neurons", "share")
tidy["neurons"] = pd.Categorical(tidy.neurons, ["one", "several"], ordered=True)
tidy["share"] = tidy.share.astype(float)
near = curve_over_seeds(tidy, "share", ["gate", "level", "neurons", "d_sae"], confidence)
plots.curves_with_intervals(
    near, "d_sae", "share", hue="level", style="neurons", col="gate", log_x=True,
    colours=level_colours, label_x="neurons in the dictionary", label_y="share of concepts",
)  # fmt: skip
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
ends = near[near.d_sae == largest]
ends = ends.assign(
    text=[f"{row.share:.2f} [{max(row.low, 0):.2f}, {min(row.high, 1):.2f}]" for row in ends.itertuples()]
)
print(f"share at {largest} neurons, mean over seeds [95 % interval]")
print(
    ends.pivot_table(
        index=["gate", "neurons"], columns="level", values="text", aggfunc="first", observed=True
    ).to_string()
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Mean splitting number over dictionary size by level and gate, with intervals over seeds."}, "figure": {"name": "fig-20-number", "caption": "Neurons of the smallest near OR-unit found, an upper bound on $s_{0.2}$ (for roots the lower one is below), mean over those concepts that have one, by level. On training points; means over seeds with 95 % intervals; sizes at which some seed has no such concept are left out."}}
found = concepts.dropna(subset=["at_most"]).astype({"at_most": float})
every = found.groupby(["gate", "level", "d_sae"], observed=True).seed.transform("nunique")
found = found[every == concepts.seed.nunique()]
number = curve_over_seeds(found, "at_most", ["gate", "level", "d_sae"], confidence)
number["low"] = number.low.clip(lower=1)  # no concept needs less than one neuron
plots.curves_with_intervals(
    number, "d_sae", "at_most", "low", "high", hue="level", col="gate", log_x=True, colours=level_colours,
    label_x="neurons in the dictionary", label_y="neurons of the smallest near OR-unit",
)  # fmt: skip
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
of_roots = concepts[concepts.level == "roots"]
print("roots:", pd.crosstab(of_roots.gate, of_roots.status).to_string(), sep="\n")
both = of_roots.dropna(subset=["at_most", "at_least"])
both = both.astype({"at_least": float, "at_most": float})
bounds = both.pivot_table(index="d_sae", columns="gate", values=["at_least", "at_most"]).round(1)
print("means of the bounds, where there is a unit:", bounds.to_string(na_rep="-"), sep="\n")

# %% [markdown]
# ## Does every measure find what was put in?
#
# A faithful dictionary has one neuron for every concept; a planted one has the neuron of one root cut into a known number of parts. Every measure must return that number, the union must have no error,
# and nothing else may count as split. Here the world is reduced to its six roots.

# %% tags=["hide-input", "nbval-check-output"]
sample = concept_forest(world(SizeAndSparsity(), seed), 4_000, seed)
few = sample.concepts.select(np.flatnonzero(sample.concepts.levels == 0))
planted = phenomena.try_planted_splits(few, few.names[0], [1, 2, 3, 5, 8, 13], rng)
print(planted.to_string(index=False))
misfits = (planted.needed != planted.planted) | (planted.flows != planted.planted)
misfits |= (planted[["errors", "bound", "others"]] > 0).any(axis=1)
print(f"planted numbers that some measure misses: {int(misfits.sum())}")

# %% tags=["hide-input", "nbval-check-output"]
wrong_way = int((gaps.margin < -1e-5).sum())  # the gate compares in float32
found_violations = {
    "random, T8a": (int(tried.violated.sum()), len(tried)),
    "planted, T8a": (int(misfits.sum()), len(planted)),
    "trained, T8a": (int(split.violated.sum()), len(split)),
    "bodies, T8b": (int(halves.violated.sum()), len(halves)),
    "trained, T8b": (int(gaps.violated.sum()) + wrong_way, len(gaps)),
}
print("\n".join(f"{what}: {bad} of {n:,}" for what, (bad, n) in found_violations.items()))
violations, n_splits = (sum(pair) for pair in zip(*found_violations.values(), strict=True))
print(claims.record("T8", "violations", value=violations, n=n_splits))

# %% [markdown]
# ## How much of it is growth?
#
# Neurons also change when nothing grows. A second training at the *same* size, from another start and with other batches, gives a dictionary into which the first one flows too, and a neuron may have
# two parts there. Only what comes on top is splitting by growth. (The table has a second null: the larger dictionary with its points dealt anew, which tells how much flow is chance.)

# %% tags=["remove-cell"]
real = flows[flows.kind != "shuffled"].assign(
    split=lambda f: f.n_split / f.n_coarse, new=lambda f: f.n_new / f.n_fine
)
real["to"] = pd.Categorical(real.kind.map({"growth": "next size", "twin": "again"}), ["next size", "again"])
tidy = real.melt(["gate", "to", "seed", "d_coarse"], ["split", "new"], "what", "share")
tidy["what"] = pd.Categorical(
    tidy.what.map({"split": "split in two or more", "new": "from no neuron"}),
    ["split in two or more", "from no neuron"],
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Left: share of neurons with two parts or more in the next size and in a second training at the same size, over the size. Right: share of the other dictionary's neurons that flow from none."}, "figure": {"name": "fig-20-growth", "caption": "**Left:** the share of neurons that fall into two parts or more in a dictionary of the next size (solid), and in one of their own size trained again (dashed), of all that ever fire. **Right:** the share of that other dictionary's neurons that come from none. Means over seeds with 95 % intervals."}}
curves = curve_over_seeds(tidy, "share", ["gate", "to", "what", "d_coarse"], confidence)
curves[["low", "high"]] = curves[["low", "high"]].clip(0, 1)
plots.curves_with_intervals(
    curves, "d_coarse", "share", "low", "high", hue="gate", style="to", col="what", log_x=True,
    label_x="neurons in the coarse dictionary", label_y="share of neurons",
)  # fmt: skip
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
by_kind = real.pivot_table(index=["seed", "gate", "d_coarse"], columns="kind", values="split").dropna()
added = over_seeds((by_kind.growth - by_kind.twin).groupby("seed").mean(), confidence)
dealt = flows[flows.kind == "shuffled"]
print(f"points dealt anew: {dealt.n_split.sum()} of {dealt.n_coarse.sum():,} neurons have two parts or more")
by_kind["added"] = by_kind.growth - by_kind.twin
print(by_kind.pivot_table(index="gate", columns="d_coarse", values="added").round(2).to_string())
print(claims.record("T8", "growth_splits", value=added.value, interval=added.interval, n=added.n))

# %% tags=["remove-cell"]
for kind in ("growth", "twin"):
    e = over_seeds(by_kind[kind].groupby("seed").mean(), confidence)
    glue(f"20-{kind}-split", f"{e.value:.0%} [{e.low:.0%}, {e.high:.0%}]", display=False)
points = [f"{100 * value:+.0f}" for value in (added.value, added.low, added.high)]
glue("20-added", "{} [{}, {}] percentage points".format(*points), display=False)
grown = real[real.kind == "growth"]
glue("20-new", f"{(grown.n_new.sum() / grown.n_fine.sum()):.0%}", display=False)
glue("20-violations", f"{violations} in {n_splits:,}", display=False)
glue("20-number-errors", f"{int(trials.wrong.sum())} of {len(trials)}", display=False)

# %% [markdown]
# ## What we found
#
# - **Where the concept went.** In the largest dictionary the best single neuron and the best OR-unit of a root stand at {glue:text}`20-single-TopK` and
#   {glue:text}`20-unit-TopK` with Top-K, at {glue:text}`20-single-ReLU` and {glue:text}`20-unit-ReLU` with ReLU: the wider the two are apart, the more of the concept lives in the union alone.
#   The union's error never exceeds the parts' sum, and what it saves is the overlap of the parts, exactly.
# - **A split runs along a gap.** T8a and T8b were broken in {glue:text}`20-violations` splits. The sentence "no gap, no split" needed mending twice: it is the *margin* that needs a gap, and under Top-K it is the
#   *difference* of two neurons that has the margin. A gap in a sample is cheap; one that stays when points come in is a property of the concept.
# - **The splitting number was tried.** It differed from brute force, or left its bounds, on {glue:text}`20-number-errors` small dictionaries; on large ones it comes as a sandwich.
# - **Growth, beside mere retraining.** Over what a second training does at the same size, doubling changes the share of neurons that fall in two by {glue:text}`20-added`. Of the fine neurons
#   {glue:text}`20-new` come from no coarse one.
#
# ## What it means for your SAE
#
# - **Before you mourn a lost feature, ask for its union.** Score the best OR of a few neurons (`saelib.units.or_unit`), chosen on one half of your data and judged on the other, beside the best neuron.
# - **Report the gap of a split, not only its pieces.** Two pieces of a concept with a gap no wider than that of a random cut are slices, not kinds. `saelib.phenomena.splitting_gap` gives the gap with a proof and the margin that the neurons attain; `saelib.geometry.separate` gives the gap of any other cut.
# - **Train twice before you speak of splitting.** A flow between two sizes means little without the flow between two seeds of one size.
# - **To edit a split concept, edit all of its parts.** No single part has recall much above its share (T8a), so ablating one leaves the rest of the concept in place.
#
# ## Exercises
#
# 1. A concept is the union of two parts of equal size, $\eta_1 = \eta_2 = 0.1$. Bound the Jaccard index of the union from below, the recall of each part from above.
#    :::{dropdown} Solution
#    The error is at most $0.1\,\mu(C)$ and $\mu(\theta \cup C) \ge \mu(C)$, so $1 - J \le 0.1$. Recall of a part: at most $1.1 \cdot \tfrac12 = 0.55$.
#    :::
# 2. A concept has three points, at $-1$, $0$ and $1$ on a line. Can two neurons split it into the middle and the two ends under any gate that respects order?
#    :::{dropdown} Solution
#    No. The hull of the ends contains the middle, so by {prf:ref}`thm-T8b`, part 2, no difference neuron tells them apart. Three neurons can do it under Top-1, a neuron a point: then the ends are an OR-unit, and
#    each of its two members is at distance 1 from the middle.
#    :::
# 3. A uniform interval of length 1 is split in halves with margin $\gamma$. How much is left out, and what does part 3 say?
#    :::{dropdown} Solution
#    Exactly $2\gamma$, while the bound is $2\gamma \cdot \min(\mu(C_k), \mu(C_l)) = 2\gamma(\tfrac12 - \gamma)$. It gives away a factor of $2/(1 - 2\gamma)$.
#    :::
# 4. The planted table has the six roots alone. Put the children's neurons into the dictionary as well: may $s_0$ of the split root be smaller than the number of its parts?
#    :::{dropdown} Solution
#    Yes. A child's neuron lies wholly inside the root and may cover several small parts at once, so fewer neurons may do. The splitting number is a property of the whole dictionary, not of its history; it
#    is the flow that knows the history.
#    :::
