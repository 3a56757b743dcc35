# %% [markdown]
# # Which neuron, which concept?
#
# **Question.** You looked for the best neuron for *dog* and found one. Is *dog* also the best name for that neuron?
#
# **Short answer.** Not necessarily. In the central experiment {glue:text}`apart-jaccard` of the concepts have a best neuron whose own best concept is
# another one, both by Jaccard index. Choose neurons by recall and name them by precision, and it is
# {glue:text}`apart-rp`, for a reason that has nothing to do with training: precision never prefers the narrower of two nested names. There is a radius inside which
# the two directions must agree, however the dictionary was trained; {glue:text}`inside` of the concepts are inside (means over seeds, 95 % intervals).
#
# *Decides:* {ref}`T12 <claim-T12>`, {ref}`E6 <claim-E6>`. *Needs:* {doc}`00_framework`, {doc}`02_size_and_sparsity`. *Reading time:* 10 minutes.

# %% tags=["parameters"]
n_instances: int = 200_000  # random families on which the theorems are tried
d_sae: int = 128  # neurons of the dictionary trained on this page
k: int = 4  # how many of them may fire on a point
steps: int = 400  # its training steps
seed: int = 0  # every random number below comes from it

# %% tags=["remove-cell"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from myst_nb import glue

from saelib import ActivationSets, ConceptSet, SAEConfig, TopK, align, claims, plots, study, train
from saelib.alignment import agreement, best_responses, try_directions
from saelib.data.synthetic import concept_forest
from saelib.study.seeds import curve_over_seeds, over_seeds
from saelib.study.settings.size_and_sparsity import SizeAndSparsity
from saelib.study.sweeps.size_and_sparsity import world

# %% tags=["remove-cell"]
plots.use_style()
both_ways = study.table("size_and_sparsity_directions")
both_ways["apart"] = 1 - both_ways.agree / both_ways.learned

# %% [markdown]
# ## One picture first
#
# One dictionary in the world of {doc}`02_size_and_sparsity`. Every concept is followed to the neuron with the best Jaccard index (points of both over points of either) and from
# there back to that neuron's best concept. A dot is a concept: its distance from its neuron, one minus that index, over the radius within which going there and back must
# end where it began.

# %% tags=["remove-cell"]
design = world(SizeAndSparsity(), seed)
sample, held_out = concept_forest(design, 30_000, seed), concept_forest(design, 10_000, seed + 1_000_000)
sae = train(
    sample.points, SAEConfig(d_sae=d_sae, gate=TopK(k), steps=steps, lr=1e-2, seed=seed), progress=False
).sae
alignment = align(ActivationSets.from_sae(sae, held_out.points, progress=False), held_out.concepts)
followed = agreement(alignment)
followed["radius"] = followed[["concept_radius", "neuron_radius"]].min(axis=1)
followed["back at"] = followed.agree.map({True: "the same concept", False: "another concept"})

# %% tags=["hide-input"] mystnb={"image": {"alt": "Scatter of Jaccard distance between concept and its best neuron, over the smaller of the two agreement radii, with the diagonal. Dots below the diagonal must come back to the same concept; dots above it may or may not."}, "figure": {"name": "fig-30-radius", "caption": "Below the line nobody gets lost. A dot is a concept with its best neuron; below the diagonal they are closer than half of what separates either from its nearest rival, and by {prf:ref}`thm-T12b` the way there and back ends where it began. Above it, it may or may not."}}
ax = plots.scatter(followed, "radius", "distance", hue="back at")
ax.axline((0, 0), slope=1, color=plots.palette.theory, linewidth=1)
ax.set(xlim=(0.8 * followed.radius.min(), 0.52), ylim=(0, 1.02))
ax.set(xlabel="radius: half the distance to the nearest rival", ylabel="Jaccard distance to its best neuron")
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
print(pd.crosstab(followed.inside, followed["back at"]).to_string())

# %% [markdown]
# ## Two directions
#
# *Learning* asks for a concept $C$ which neuron holds it best: $f(C)$. *Interpretation* asks for a neuron which concept describes it best:
# $g(\theta)$. What is best depends on the score: recall $|\theta \cap C| / |C|$, precision $|\theta \cap C| / |\theta|$, or the Jaccard index $J$, which weighs
# both. The two directions *agree* on $C$ if $g(f(C)) = C$; then $C$ and $f(C)$ are a *mutual best pair*.
#
# They need not agree [P] even with one symmetric score: two concepts can have the same best neuron, and the neuron can name only one of them. A parent and a
# child are the likeliest such pair.
#
# ## Inside the radius
#
# :::{prf:theorem} T12b: the agreement radius [N]
# :label: thm-T12b
# In words: a neuron that is closer to a concept than half of the way to the concept's nearest rival has no better concept; a concept that is closer to a
# neuron than half of the way to the neuron's nearest rival has no better neuron.
#
# In symbols: let $d(A, B) = 1 - J(A, B)$ for finite sets, with $d = 0$ for two empty ones. If $d(\theta_j, C) < \tfrac12 \min_{C' \ne C} d(C, C')$ then $C$ is the only best concept of $\theta_j$ by Jaccard
# index. If $d(\theta_j, C) < \tfrac12 \min_{i \ne j} d(\theta_i, \theta_j)$ then $\theta_j$ is the only best neuron of $C$. If both hold,
# $f(C) = \theta_j$ and $g(\theta_j) = C$.
# :::
#
# :::{dropdown} Proof
# *The Jaccard distance obeys the triangle inequality.* Write $|A \mathbin{\triangle} B| = t_{AB}$; then $d(A, B) = 2 t_{AB} / (t_{AB} + |A| + |B|)$.
# Since $t_{AC} \le t_{AB} + t_{BC}$ and $t \mapsto t/(t + s)$ increases,
#
# $$ d(A, C) \;\le\; \frac{2 t_{AB} + 2 t_{BC}}{t_{AB} + t_{BC} + |A| + |C|} \;\le\; d(A, B) + d(B, C), $$
#
# the last because $|B| \le |C| + t_{BC}$ and $|B| \le |A| + t_{AB}$ make the denominators on the right no larger. (Where a denominator is 0 the sets in it are equal, and there is nothing to show.) So for every other concept $C'$
#
# $$ d(\theta_j, C') \;\ge\; d(C, C') - d(\theta_j, C) \;>\; 2\,d(\theta_j, C) - d(\theta_j, C) \;=\; d(\theta_j, C), $$
#
# so $J(\theta_j, C') < J(\theta_j, C)$. The second part is the same with the roles exchanged, and the last puts the two together. $\square$
# :::
#
# The half cannot be enlarged, and at the radius itself nothing is certain any more. The concepts $\{0, 1\}$ and $\{1, 2\}$ are $2/3$ apart, so the radius is $1/3$. The neuron $\{0, 1, 2\}$ is
# at distance $1/3$ from both, exactly on it, and can name only one.
#
# ## There is always a mutual pair, with one score
#
# :::{prf:theorem} T12c: mutual best pairs [N]
# :label: thm-T12c
# In words: if concepts and neurons choose by one and the same score, some pair choose each other, and going back and forth finds one. Any choice among
# recall and precision, the same or different for the two sides, is as good as one score.
#
# In symbols: let the families be finite and $s(\theta, C)$ a score that is positive where $\theta \cap C \ne \emptyset$ and 0 elsewhere, no two positive values being equal. If $f$ and $g$ both maximise $s$, then the walk
# $C \to f(C) \to g(f(C)) \to \dots$ from any concept that some neuron meets ends in a mutual best pair. If $f$ maximises $|\theta \cap C|\, a(\theta)\, x(C)$
# and $g$ maximises $|\theta \cap C|\, y(\theta)\, b(C)$ with positive weights $a, b, x, y$, both maximise $s = |\theta \cap C|\, a(\theta)\, b(C)$.
# :::
#
# :::{dropdown} Proof
# Along the walk $s$ never falls: $f(C)$ is at least as good for $C$ as the neuron we came from, $g(\theta)$ at least as good for $\theta$ as the concept we
# came from. There are finitely many pairs, so at some point $s$ stays. Without ties an unchanged score means an unchanged pair: each is the other's best. (It never meets 0, for it starts with a positive score.)
#
# For the second part, $C$ is fixed while $f$ chooses, so the factor $x(C)$ may be replaced by $b(C)$ without changing the choice, and $y(\theta)$ by
# $a(\theta)$ while $g$ chooses. Recall has $a = 1$, $x = 1/|C|$ for learning and $y = 1$, $b = 1/|C|$ for interpretation; precision has $a = 1/|\theta|$ and
# $b = 1$. So the common score is $|\theta \cap C|$ for learning by recall and interpreting by precision, and
# $|\theta \cap C|/(|\theta||C|)$, which is lift up to a constant, the other way round. $\square$
# :::
#
# The Jaccard index is not of that form, and mixing it with recall can leave nobody with a partner. Thirteen points suffice:

# %% tags=["hide-input", "nbval-check-output"]
patterns = {(0, 1, 1, 0): 2, (0, 1, 1, 1): 1}  # fires: 0, 1; belongs to: C, D
patterns |= {(1, 0, 0, 0): 3, (1, 0, 0, 1): 2, (1, 0, 1, 0): 5}
rows = np.array([row for row, times in patterns.items() for _ in range(times)])
circle = align(ActivationSets(rows[:, :2]), ConceptSet(rows[:, 2:], names=["C", "D"]))
for score in ("jaccard", "recall"):
    print(f"{score:8}", {f"neuron {j}": getattr(circle, score)[j].round(3).tolist() for j in (0, 1)})
print("best neuron of C and D by Jaccard index:", circle.learn("jaccard").tolist())
names = [circle.concepts.names[i] for i in circle.interpret("recall")]
print("best concept of neurons 0 and 1 by recall:", names)
print("mutual pairs:", circle.mutual("jaccard", "recall").tolist())
print("the walk from C:", best_responses(circle, "C", "jaccard", "recall"))

# %% [markdown]
# ## Try to refute them
#
# Random families, with neurons made from concepts by exchanging some of their points so that pairs fall on both sides of the radius. The last line asks how often a mixture of two scores leaves nobody with a partner.

# %% tags=["hide-input", "nbval-check-output"]
tried = try_directions(n_instances, np.random.default_rng(seed))
free = tried[~tried.tied & tried.meeting]
print(f"families {len(tried):,}   pairs inside both radii {tried.inside.sum():,}")
print(f"   of which not each other's only best {tried.inside_apart.sum()}")
print(f"families without ties {len(free):,}   without a mutual pair, one score {(free.mutual == 0).sum()}")
alone = (free.mutual_two_scores == 0).sum()
print(f"   without a mutual pair, Jaccard index and recall {alone}")

# %% tags=["remove-cell"]
plain = both_ways[~both_ways.shuffled]
one_score = plain[(plain.score == "jaccard") & (plain.interpret_score == "jaccard")]
recall_precision = plain[(plain.score == "recall") & (plain.interpret_score == "precision")]
broken = int(tried.inside_apart.sum()) + int(one_score.inside_apart.sum())
n_inside = int(tried.inside.sum()) + int(one_score.inside.sum())
print(claims.record("T12", "radius_violations", value=broken, n=n_inside))
print(claims.record("T12", "no_mutual_pair", value=int((free.mutual == 0).sum()), n=len(free)))
glue("trained-inside", f"{int(one_score.inside.sum()):,}", display=False)
glue("trained-apart", f"{int(one_score.inside_apart.sum())}", display=False)

# %% [markdown]
# ## How often do trained dictionaries disagree? (E6)
#
# Every SAE of the central experiment, on held-out points. As a null the points of the activation sets change places: all neurons fire as often as
# before and with the same company, but no longer on anything in particular.


# %% tags=["remove-cell"]
def per_seed(frame, value):
    """One number a seed: the mean over all SAEs."""
    return over_seeds(frame.groupby("seed")[value].mean())


one_score = one_score.assign(
    agree_share=one_score.agree / one_score.learned,
    inside_share=(one_score.inside / one_score.learned).astype(float),
)
recall_precision = recall_precision.assign(
    beyond=1 - (recall_precision.agree + recall_precision.kin) / recall_precision.learned
)
shuffled = both_ways[both_ways.shuffled & (both_ways.score == "jaccard")]
shuffled = shuffled[shuffled.interpret_score == "jaccard"]
found = {
    "disagreement": per_seed(recall_precision, "apart"),
    "disagreement_jaccard": per_seed(one_score, "apart"),
    "disagreement_beyond_kin": per_seed(recall_precision, "beyond"),
}

# %% tags=["remove-cell"]
lines = {
    "agree": one_score.assign(share=one_score.agree_share),
    "inside the radius: must agree": one_score.assign(share=one_score.inside_share),
    "agree, points changed places": shuffled.assign(share=shuffled.agree / shuffled.learned),
}
tidy = pd.concat(frame.assign(what=what) for what, frame in lines.items())
curves = curve_over_seeds(tidy, "share", ["gate", "what", "d_sae"])
curves[["low", "high"]] = curves[["low", "high"]].clip(0, 1)  # a share cannot leave this range

# %% tags=["hide-input"] mystnb={"image": {"alt": "Share of concepts that come back to themselves by Jaccard index against dictionary size, one panel a gate, with the share inside the agreement radius and the null in which points have changed places."}, "figure": {"name": "fig-30-size", "caption": "What is certain and what happens. Of all concepts: the share inside the agreement radius, for which agreement is proven; the share that do agree, by Jaccard index both ways; and the same after the points have changed places. Means over all sparsities; 95 % intervals over seeds."}}
figure, axes = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.6), sharey=True)
for ax, gate in zip(axes, ("ReLU", "TopK"), strict=True):
    shown = curves[curves.gate == gate]
    plots.curves_with_intervals(shown, "d_sae", "share", "low", "high", hue="what", log_x=True, ax=ax)
    ax.set(title=gate, xlabel="neurons", ylabel="share of concepts", ylim=(0, 1))
axes[0].get_legend().set_title(None)
axes[1].set_ylabel("")
axes[1].get_legend().remove()
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
table = plain.groupby(["score", "interpret_score"])[["learned", "agree", "kin", "circles"]].sum()
table["come back"] = (table.agree / table.learned).round(3)
table["come back to kin"] = (table.kin / table.learned).round(3)
print(table[["come back", "come back to kin", "circles"]].to_string())

# %% [markdown]
# The first two columns say by what neurons are chosen and by what they are named. Choosing by recall and naming by precision, {glue:text}`rp-back` of the concepts come back to themselves and {glue:text}`rp-kin` to
# an ancestor or a descendant. What precision does to nested names is the same whatever was trained:
#
# :::{prf:proposition} Precision never prefers the narrower name [N]
# :label: prop-broadest
# If $D \subset C$ then $|\theta \cap D|/|\theta| \le |\theta \cap C|/|\theta|$ for every neuron: by precision no neuron prefers a child to its parent,
# and the two tie exactly when the neuron fires nowhere on $C \setminus D$.
# :::
#
# (For $\theta \cap D \subseteq \theta \cap C$, with equality exactly then.)
#
# So under precision even a neuron that fires on exactly the poodles is no better a *poodle* neuron than an *animal* neuron, and the declared quantity of {ref}`E6 <claim-E6>` for recall and precision is
# close to its largest value by construction. That is why a third quantity was added before the sweep ran: how often the name that comes back is
# not even related to the concept.

# %% tags=["remove-cell"]
for quantity, e in found.items():
    print(claims.record("E6", quantity, value=e.value, interval=e.interval, n=e.n))
percent = "{0.value:.0%} [{0.low:.0%}, {0.high:.0%}]".format
glue("apart-jaccard", percent(found["disagreement_jaccard"]), display=False)
glue("apart-rp", percent(found["disagreement"]), display=False)
glue("beyond-kin", percent(found["disagreement_beyond_kin"]), display=False)
glue("inside", percent(per_seed(one_score, "inside_share")), display=False)
glue("agree", percent(per_seed(one_score, "agree_share")), display=False)
glue("null-agree", percent(per_seed(shuffled.assign(s=1 - shuffled.apart), "s")), display=False)

# %% tags=["remove-cell"]
together = recall_precision[["agree", "kin"]].sum() / recall_precision.learned.sum()
glue("rp-back", f"{together.agree:.0%}", display=False)
glue("rp-kin", f"{together.kin:.0%}", display=False)
glue("circles", f"{int(plain.circles.sum()):,} of {int(plain.learned.sum()):,}", display=False)

# %% [markdown]
# ## What we found
#
# By Jaccard index both ways {glue:text}`agree` of the concepts come back to themselves (against {glue:text}`null-agree` when the points have changed
# places), {glue:text}`apart-jaccard` do not. For {glue:text}`inside` agreement was certain beforehand, and of the {glue:text}`trained-inside` such pairs
# in all SAEs {glue:text}`trained-apart` failed. With recall there and precision back {glue:text}`apart-rp` do not come back, and for
# {glue:text}`beyond-kin` of all concepts the name that comes back is not even related. Walks that end in a circle, which only a mixture with the Jaccard
# index allows, are {glue:text}`circles`, all pairs of scores together.

# %% [markdown]
# ## What it means for your SAE
#
# - Say which direction a number is about. "Nine concepts in ten have a neuron" and "nine neurons in ten have a name" are different claims about
#   different pairs.
# - Do not name neurons by precision when your concepts are nested: a root is always among the best names. Use the Jaccard index, or precision among concepts
#   of one level.
# - `agreement(alignment)` tells for every concept whether the way back leads home and whether it had to. Pairs inside the radius need no second look,
#   whatever concepts you did not think of, as long as these are not closer than the rivals you have.
# - To find pairs that both sides choose, call `alignment.mutual()`. With one score at least one exists wherever a neuron meets a concept.

# %% [markdown]
# ## Exercises
#
# 1. A neuron is at distance $0.2$ from *dog*, and the nearest other concept to *dog* is *wolf*, at distance $0.5$. Can *wolf* be a better name for
#    the neuron? Now somebody adds the concept *poodle*, at distance $0.35$ from *dog*. What is certain then?
#
#    :::{dropdown} Solution
#    The radius is $0.25 > 0.2$, so *dog* is the only best name; indeed *wolf* is at least $0.5 - 0.2 = 0.3$ away from the neuron. With *poodle* the
#    radius is $0.175 < 0.2$: *poodle* is at least $0.15$ away, which may be less than $0.2$. Nothing is certain.
#    :::
#
# 2. Show that with learning by recall and interpretation by precision the pair with the most points in common is mutual.
#
#    :::{dropdown} Solution
#    By {prf:ref}`thm-T12c` both sides maximise $|\theta \cap C|$. The pair with the largest value (if it is the only one) is best for both.
#    :::
#
# 3. Give two concepts and one neuron on which the directions disagree although there are no ties.
#
#    :::{dropdown} Solution
#    $C = \{0, 1, 2\}$, $D = \{0, 1\}$, $\theta = \{0, 1, 2\}$. The only neuron is the best neuron of both, and its best concept is $C$. So $D$ does not come back.
#    :::
