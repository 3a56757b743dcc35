# %% [markdown]
# # Noise and samples: how far can you trust a matched neuron?
#
# **Question.** Give every concept the best neuron that theory knows, the one that points in the concept's own direction. How often does it
# err, when other concepts interfere and there is noise? And when you have measured its errors on a sample: how much of what you see is luck?
#
# **Short answer.** Interference is bounded by coherence times the number of active concepts, and that is the truth in the worst case only: at a
# coherence of 0.05 it certifies nothing beyond {glue:text}`15-worst-s` concepts at a time, while with cosines of mixed sign the error at 16 is still
# {glue:text}`15-mixed-16`. Luck is cheap to exclude: to trust the recalls and leaks of a million neurons for a thousand concepts to within 0.05 takes
# {glue:text}`15-million` points of each concept, only {glue:text}`15-ratio` times what a thousand neurons take. But the band has to be the one for
# all of them at once. Intervals that are each right at 95 % were wrong somewhere in {glue:text}`15-uncorrected` of our samples.
#
# *Decides:* {ref}`T7 <claim-T7>`. *Needs:* {doc}`01_three_notions`. *Reading time:* 20 minutes.

# %% tags=["parameters"]
n_instances: int = 100_000  # random worlds, laws and shares to try to refute the bounds with
n_points: int = 40_000  # points with the concept, and as many without, for each setting
repeats: int = 500  # samples drawn from one population
sample_size: int = 2_000  # points in each of them
seed: int = 0  # every random number below comes from it

# %% tags=["remove-cell"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from myst_nb import glue

from saelib import ActivationSets, ReLU, SAEConfig, align, claims, plots, train
from saelib.data.synthetic import Directions, ForestConfig, LevelFiring, coherence, concept_forest
from saelib.geometry import bounds

plots.use_style()
rng = np.random.default_rng(seed)

# %% [markdown]
# ## The picture first
#
# A concept is a direction $v$, and its neuron looks along $v$. Other concepts are active on the same point; their directions are not quite
# orthogonal to $v$, so a little of each gets in. Let every cosine between two directions be 0.05 or −0.05, let more and more concepts be active at
# once, and leave the threshold halfway between "absent" and "present".

# %% tags=["remove-cell"]
kappa, sigma = 0.05, 0.2
world = {"coherence": kappa, "a_min": 1.0, "a_max": 1.0, "tau": (1 + kappa) / 2, "sigma": sigma}
crowds = [{"n_active": s, "world": w, **world} for w in ("worst case", "mixed signs") for s in range(1, 17)]
crowded = bounds.noise_trials(pd.DataFrame(crowds), n_points, rng)
misses = crowded[(crowded.error == "miss") & (crowded.law == "T7a")]
s = np.arange(1, 17)
worst = bounds.noise_miss_ceiling(kappa, s, 1.0, 1.0, world["tau"], sigma)
mixed = bounds.mixed_signs_ceiling(kappa, s - 1, 1.0, 1 - world["tau"], sigma)
law = pd.DataFrame({"n_active": np.tile(s, 2), "measured": np.concatenate([worst, mixed])})
law["law"] = np.repeat(["bound, worst case", "bound, mixed signs"], len(s))

# %% tags=["hide-input"] mystnb={"image": {"alt": "Miss of a matched neuron against the number of active concepts, from one to sixteen. A solid line, the worst-case bound, rises to above one half; measured points of the worst case lie on it. A dashed line, the bound for mixed signs, rises slowly; measured points with mixed signs stay below both, far below where several concepts are active."}, "figure": {"name": "fig-15-front", "caption": "The worst case is real, and it is not the usual case. Lines: {prf:ref}`thm-T7a` and its companion for cosines of mixed sign, {prf:ref}`thm-T7a-mixed`. Marks: a matched neuron run on generated points, with exact 99.9 % intervals. Worst case: everything interferes with the same sign and full strength. Mixed signs: who is active is drawn at random. Cosines ±0.05, noise 0.2."}}
ax = plots.theory_and_measured(
    law, misses, "n_active", "measured", low="low", high="high", line="law", hue="world"
)
ax.set(
    xlabel="s, concepts active on a point", ylabel="miss, share of the concept's points", ylim=(-0.02, 1.0)
)
ax.set_title("One neuron in a growing crowd")
ax.legend(loc="upper left")
plt.show()

# %% [markdown]
# ## Interference and noise (T7a)
#
# **The model.** A point is $x = \sum_i a_i v_i + \sigma\xi$. The $v_i$ are unit vectors; $\kappa = \max_{i \ne j} |\langle v_i, v_j\rangle|$ is their *coherence*. At most $s$ of
# the $a_i$ are not 0, and those lie in $[a_{\min}, a_{\max}]$ with $a_{\min} > 0$. $\xi$ is a standard normal vector, independent of the $a_i$. The concept $C_i$
# is the set of points with $a_i > 0$. The *matched neuron* of $C_i$ fires where $\langle v_i, x\rangle > \tau$. $Q(t)$ is the probability that a standard normal
# number exceeds $t$.
#
# :::{prf:theorem} T7a: the matched neuron [P]
# :label: thm-T7a
# In words: what gets in from the others is at most their number times the coherence; the rest is a Gaussian tail.
#
# In symbols: whatever the law of the $a_i$,
#
# $$ \text{miss} \;\le\; Q\Bigl(\frac{a_{\min} - (s-1)\kappa a_{\max} - \tau}{\sigma}\Bigr), \qquad \text{leak} \;\le\; Q\Bigl(\frac{\tau - s\kappa a_{\max}}{\sigma}\Bigr). $$
#
# Without noise some threshold separates $C_i$ as soon as $\kappa < \kappa^* = \dfrac{a_{\min}}{(2s-1)\,a_{\max}}$. Both bounds are attained, and $\kappa^*$ cannot be
# improved: there are directions of every coherence $\kappa \ge \kappa^*$ on which every threshold errs.
# :::
#
# :::{dropdown} Proof
# Fix the $a_i$. Since $v_i$ is a unit vector, $\langle v_i, \xi\rangle$ is a standard normal number, and $\langle v_i, x\rangle$ is normal with standard deviation $\sigma$ around
# $m = a_i + \sum_{j \ne i} a_j \langle v_i, v_j\rangle$.
#
# *Present.* $a_i \ge a_{\min}$, and at most $s - 1$ others are active, each contributing at least $-\kappa a_{\max}$. So $m \ge a_{\min} - (s-1)\kappa a_{\max}$, and the neuron
# is silent with probability $P(\langle v_i, x\rangle \le \tau) = Q((m - \tau)/\sigma)$, which falls with $m$. *Absent.* $a_i = 0$ and up to $s$ others are active:
# $m \le s\kappa a_{\max}$, and the neuron fires with probability $Q((\tau - m)/\sigma)$. Both hold for every choice of the $a_i$, hence on average.
#
# *Without noise* the neuron fires on all of $C_i$ if $\tau < a_{\min} - (s-1)\kappa a_{\max}$ and nowhere else if $\tau \ge s\kappa a_{\max}$ (at its threshold it is silent). Such a
# $\tau$ exists if and only if $s\kappa a_{\max} < a_{\min} - (s-1)\kappa a_{\max}$, that is $\kappa < \kappa^*$.
#
# *Attained.* Take $v = e_0$ and $v_j = c_j e_0 + \sqrt{1 - c_j^2}\,e_j$ with $c_j = -\kappa$ for $j = 1, \dots, s-1$ and $c_j = \kappa$ for $j = s, \dots, 2s-1$. Two of the $v_j$ have the cosine
# $c_j c_k = \pm\kappa^2$, so the coherence is $\kappa$. Let points of $C$ have $a = a_{\min}$ and the first $s-1$ others at $a_{\max}$, other points the last $s$ at $a_{\max}$. Then both
# inequalities for $m$ are equalities. If $\kappa \ge \kappa^*$, the former points lie at or below the latter along $v$, and no threshold tells them apart.
# :::
#
# *Which threshold?* Halfway between the two signals, $\tau = (a_{\min} + \kappa a_{\max})/2$, makes both bounds equal. It depends neither on $s$ nor on $\sigma$. If the concept
# is rare, leaks cost more than misses, and the total $\pi\,\text{miss} + (1-\pi)\,\text{leak}$ has its least bound at a higher threshold, by
# $\sigma^2 \ln\frac{1-\pi}{\pi}$ over the gap between the signals: `bounds.noise_threshold`.
#
# In the figure the coherence is 0.05, so $\kappa < \kappa^*$ up to $s = 10$; from $s = 11$ on the worst case is worse than a coin. Is that what we should expect
# of a trained dictionary? Only if all that interferes pulls the same way.
#
# :::{prf:theorem} T7a for mixed signs [N]
# :label: thm-T7a-mixed
# In words: if the others are as likely to help as to harm, their interference grows like $\sqrt{s}$ and not like $s$.
#
# In symbols: let at most $m$ other concepts be active, and let them be drawn without replacement from a list whose cosines with $v_i$ have mean 0, with strengths in $[0, a_{\max}]$
# drawn independently of who is drawn. Then a margin of $t > 0$ (that is $a_{\min} - \tau$ for the miss, $\tau$ for the leak) is lost with probability at most
#
# $$ \exp\Bigl(-\frac{t^2}{2(\sigma^2 + m\kappa^2 a_{\max}^2)}\Bigr). $$
# :::
#
# :::{dropdown} Proof
# Write $I = \sum_k a_k c_k$ for the interference, $c_k$ being the cosine of the $k$-th concept drawn, and fix the strengths $a_k$. Numbers drawn without replacement are
# negatively associated {cite:p}`joagdev1983`, so that for $u > 0$ we have $\mathbb{E}\,e^{uI} \le \prod_k \mathbb{E}\,e^{u a_k c_k}$, all factors being
# increasing functions of the $c_k$; replace $c_k$ by $-c_k$ for the other tail. Each $a_k c_k$ has mean 0 and lies in $[-\kappa a_{\max}, \kappa a_{\max}]$, so by Hoeffding's
# lemma {cite:p}`hoeffding1963` $\mathbb{E}\,e^{u a_k c_k} \le e^{u^2 \kappa^2 a_{\max}^2/2}$. The independent noise contributes the factor $e^{u^2\sigma^2/2}$. Together
# $P(I + \sigma g \ge t) \le e^{-ut + u^2(\sigma^2 + m\kappa^2 a_{\max}^2)/2}$, and $u = t/(\sigma^2 + m\kappa^2 a_{\max}^2)$ is the best choice.
# :::

# %% [markdown]
# ### Truth against bound, everywhere
#
# Coherences of 0, half and nine tenths of $\kappa^*$, up to 8 active concepts, little and much noise, both worlds: a `Neuron` is run on
# {glue:text}`15-n-points` points of each. A setting counts as a violation if its measured error exceeds the bound by more than its own sampling error at
# 99.9 %, that is, if the whole exact interval lies above.
# (In the worst case the error equals the bound, so that chance alone puts such an interval above it once in 2,000 times.)

# %% tags=["remove-cell"]
settings = [
    {"world": w, "n_active": s, "coherence": share * bounds.coherence_limit(s, 1, 2), "sigma": sigma,
     "a_min": 1.0, "a_max": 2.0, "tau": (1 + 2 * share * bounds.coherence_limit(s, 1, 2)) / 2}
    for w in ("worst case", "mixed signs") for s in (1, 2, 4, 8) for share in (0.0, 0.5, 0.9)
    for sigma in (0.05, 0.2, 0.6)
]  # fmt: skip
everywhere = bounds.noise_trials(pd.DataFrame(settings), n_points, rng)
gaussian = everywhere[everywhere.law == "T7a"]

# %% tags=["hide-input"] mystnb={"image": {"alt": "Measured error against the Gaussian bound, one mark for every setting. Marks of the worst case lie on the diagonal; marks with mixed signs lie below it. No mark lies above beyond its sampling error."}, "figure": {"name": "fig-15-grid", "caption": "In the worst case the bound is the truth, to within the sampling error; with mixed signs the truth is below it wherever anything interferes. Each mark is the miss or the leak of one setting, against the bound of {prf:ref}`thm-T7a`."}}
ax = plots.bound_and_truth(gaussian, hue="world")
ax.set(xlabel="bound on miss or leak (T7a)", ylabel="measured miss or leak")
ax.legend(loc="upper left")
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
trials = pd.concat([crowded, everywhere])
print(trials.groupby(["law", "world"]).agg(settings=("violated", "size"), violations=("violated", "sum")))
attack = {part: bounds.try_to_refute(part, n_instances, rng) for part in ("T7a", "T7b", "T7c", "Welch")}
for part, frame in attack.items():
    print(f"{part:5}  instances {len(frame):,}   violations {frame.violated.sum()}")
for part in ("T7a", "T7b", "Welch"):
    slack = bounds.extremal_instances(part, n_instances // 10, rng).slack.abs().max()
    print(f"{part:5}  made to attain the bound {n_instances // 10:,}   largest slack {slack:.0e}")

# %% [markdown]
# Beside the points there are {glue:text}`15-attacked` random worlds, laws and directions for each bound, in which signals are fractions and are
# compared as whole numbers, and instances that attain the bounds. The band of samples, below, has no such instances: Hoeffding's inequality is
# never attained there.

# %% [markdown]
# ### How many concepts does that leave room for?
#
# Low coherence needs room. Welch's inequality {cite:p}`welch1974` says how much: $q > n$ unit vectors in $\mathbb{R}^n$ have
# $\kappa^2 \ge \frac{q - n}{n(q - 1)}$.
#
# :::{prf:theorem} Room for matched neurons [N]
# :label: thm-welch-cap
# In words: if the worst case must be survived, a dictionary has room for little more than $n$ concepts as soon as many are active at once.
#
# In symbols: if $n \ge 2$ and $\kappa < \kappa^* < 1/\sqrt{n}$ then there are fewer than $\dfrac{n(1 - \kappa^{*2})}{1 - n\kappa^{*2}}$ concepts.
# :::
#
# :::{dropdown} Proof
# For $q \le n$ there is nothing to show, the right side being above $n$. Otherwise $q - n \le n(q-1)\kappa^2 < n(q-1)\kappa^{*2}$, hence
# $q(1 - n\kappa^{*2}) < n(1 - \kappa^{*2})$; divide by $1 - n\kappa^{*2} > 0$. Welch's inequality itself: the Gram matrix $G$ of the vectors has trace $q$ and at most $n$ positive eigenvalues,
# so $q^2/n \le \operatorname{tr} G^2 \le q + q(q-1)\kappa^2$, by Cauchy and Schwarz.
# :::

# %% tags=["hide-input", "nbval-check-output"]
print("s, active at once   κ*       room in 768 dimensions   in 4,096")
for s in (1, 4, 8, 16, 32, 64):
    limit = bounds.coherence_limit(s, 1, 1)
    room = [bounds.concept_cap(n, limit) for n in (768, 4096)]
    said = [f"{cap:,.0f}" if np.isfinite(cap) else "not limited by Welch" for cap in room]
    print(f"{s:6} {limit:18.4f}   {said[0]:>22}   {said[1]}")
drawn = Directions("random").draw(2_000, 768, np.random.default_rng(seed))
print(f"coherence of 2,000 random directions in 768 dimensions: {coherence(drawn):.2f}")

# %% [markdown]
# Random directions of that number have a coherence of {glue:text}`15-random-kappa`, for which {prf:ref}`thm-T7a` separates no more than
# {glue:text}`15-random-s` concepts of equal strength at a time. The worst-case theorem is thus too careful for the superposition that language
# models are thought to use {cite:p}`elhage2022toy`; what makes that work is {prf:ref}`thm-T7a-mixed`.

# %% [markdown]
# ## When you know only mean and variance (T7b)
#
# For a trained neuron you do not know $\kappa$, $s$ or $\sigma$. But you can measure mean and variance of its pre-activation.
#
# :::{prf:theorem} T7b: mean and variance [N]
# :label: thm-T7b
# In words: a neuron whose pre-activations on the concept and off it are far apart, in standard deviations, cannot err often, whatever their law.
#
# In symbols: let $p$ have mean $m_C$ and variance $s_C^2$ on the concept, $m_R$ and $s_R^2$ on the rest, and let $m_R < \tau < m_C$. Then
#
# $$ \text{miss} \;\le\; \frac{s_C^2}{s_C^2 + (m_C - \tau)^2}, \qquad \text{leak} \;\le\; \frac{s_R^2}{s_R^2 + (\tau - m_R)^2}. $$
#
# The first is attained, the second approached.
# :::
#
# :::{dropdown} Proof
# Cantelli's inequality {cite:p}`cantelli1929`. Let $Y = m_C - p$ on the concept, with mean 0 and variance $s^2$, and $t = m_C - \tau > 0$. For every $u \ge 0$ the event $Y \ge t$
# implies $(Y + u)^2 \ge (t + u)^2$, so $P(Y \ge t) \le \frac{s^2 + u^2}{(t + u)^2}$ by Markov's inequality. The choice $u = s^2/t$ gives $\frac{s^2}{s^2 + t^2}$. The
# miss is $P(p \le \tau) = P(Y \ge t)$. For the leak take $Y = p - m_R$ and $t = \tau - m_R$: $P(p > \tau) \le P(Y \ge t)$.
#
# *Attained* for the miss by a pre-activation with the two values $\tau$ and $m_C + s_C^2/(m_C - \tau)$. For the leak the same two-valued law, turned round, has its upper value *at* $\tau$, where a
# neuron is silent; move it up by as little as you like. Outside $m_R < \tau < m_C$ the formulas are false, not merely useless: a
# threshold far above $m_C$ misses nearly everything, and the first formula tends to 0. `bounds.cantelli_miss` answers 1 there.
# :::
#
# We train a ReLU SAE on a forest of {glue:text}`15-n-concepts` concepts, take every pair of a neuron and a concept for which the theorem says anything, measure
# the moments on one half of fresh points and the errors on the other.

# %% tags=["remove-cell"]
forest = ForestConfig(d_in=24, branching=(8, 2), firing=LevelFiring((0.12, 0.4)), noise=0.05, world_seed=seed)
config = SAEConfig(d_sae=48, gate=ReLU(), l1_coefficient=0.1, steps=600, lr=1e-2, seed=seed)
sae = train(concept_forest(forest, 40_000, seed).points, config, progress=False).sae
fresh = concept_forest(forest, 100_000, seed + 1_000_000)
member = fresh.concepts.membership.toarray().astype(bool)
moments = bounds.moment_trials(sae.pre_acts(fresh.points).detach().numpy(), member)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two panels, measured miss and measured leak against Cantelli's bound, one mark for every pair of a neuron and a concept. All marks lie below the diagonal, most of them far below."}, "figure": {"name": "fig-15-cantelli", "caption": "Mean and variance give a bound that always holds and is rarely near. Marks: pairs of a trained ReLU neuron and a concept whose means lie on both sides of the threshold; moments and errors come from different points."}}
figure, axes = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.7))
for ax, (error, part) in zip(axes, moments.groupby("error", sort=False), strict=True):
    plots.bound_and_truth(part, ax=ax)
    ax.set(xlabel=f"largest {error} allowed (T7b)", ylabel=f"{error} measured")
    ax.set_title(error)
axes[1].get_legend().remove()
plt.show()

# %% tags=["hide-input"]
print(f"pairs {len(moments) // 2}, bounds {len(moments)}, violations {int(moments.violated.sum())}")
violations = int(trials.violated.sum() + moments.violated.sum())
violations += sum(int(frame.violated.sum()) for frame in attack.values())
n_settings = len(trials) + len(moments) + sum(len(frame) for frame in attack.values())
print(claims.record("T7", "violations", value=violations, n=n_settings))

# %% [markdown]
# ## How many samples to trust an interpretation? (T7c)
#
# Recall, leak and Jaccard index are measured on samples. One number measured on 1,000 points is good to about 0.03. But an SAE has $d$ neurons and
# you ask about $|\mathcal{C}|$ concepts; among $d \cdot |\mathcal{C}|$ pairs some are off by much more, and those are the ones that stand out.
#
# :::{prf:theorem} T7c: all of them at once [N]
# :label: thm-T7c
# In words: the number of points you need grows with the logarithm of the number of neurons and concepts.
#
# In symbols: let the dictionary be fixed, and let points be drawn independently. Let $n_C$ be the number of sampled points in $C$ and $n_R$ the number of others. With
# probability at least $1 - \alpha$, for all neurons and all concepts at once,
#
# $$ |\hat\rho - \rho| \le \sqrt{\frac{\ln(4 d |\mathcal{C}|/\alpha)}{2 n_C}} \qquad\text{and}\qquad |\hat\lambda - \lambda| \le \sqrt{\frac{\ln(4 d |\mathcal{C}|/\alpha)}{2 n_R}}. $$
#
# For the recalls alone, or the leaks alone, 2 may stand in place of 4. Likewise, with $n_\cup$ the number of sampled points in $\theta \cup C$, with probability $1 - \alpha$ all
# Jaccard indices satisfy
#
# $$ |\hat J - J| \le \sqrt{\frac{\ln(2 d |\mathcal{C}|/\alpha)}{2 n_\cup}} \;\le\; \sqrt{\frac{\ln(2 d |\mathcal{C}|/\alpha)}{2 n_C}}. $$
# :::
#
# :::{dropdown} Proof
# The numbers $n_C$, $n_R$ and $n_\cup$ are random themselves, so condition on them. Given which of the sampled points lie in $C$, these are independent draws from the law of the
# points of $C$, and $\hat\rho$ is the mean of $n_C$ independent numbers 0 or 1 with mean $\rho$. Hoeffding's inequality {cite:p}`hoeffding1963` gives
# $P(|\hat\rho - \rho| > \varepsilon) \le 2e^{-2 n_C \varepsilon^2}$, which is $\alpha/(2d|\mathcal{C}|)$ for the $\varepsilon$ above; likewise for each leak. There are $2d|\mathcal{C}|$ of these events, and their
# probabilities add up to at most $\alpha$. This holds for every value of $n_C$ and $n_R$, hence without the condition. (With $n_C = 0$ nothing is claimed: $\varepsilon$ is infinite.)
#
# $J = \mu(\theta \cap C)/\mu(\theta \cup C)$ is itself a share, that of $\theta \cap C$ among the points of $\theta \cup C$. So the same argument applies to it, given which of the points lie in
# $\theta \cup C$. And $n_\cup \ge n_C$.
# :::
#
# Three remarks on what the theorem allows. *It does not matter how you choose.* The band holds for all pairs, so you may pick the best neuron on the very points on which you measure it. *It does
# matter what the dictionary has seen*: its training points do not count. And *independent* means independent: a thousand tokens of one text are fewer than a thousand points.

# %% tags=["hide-input", "nbval-check-output"]
print("points of each concept, so that all recalls and leaks are within the tolerance (95 %)")
print("neurons     concepts    within 0.1    within 0.05    within 0.02")
for d in (10**3, 10**4, 10**5, 10**6):
    for m in (10, 1_000):
        needed = bounds.samples_needed(np.array([0.1, 0.05, 0.02]), 2 * d * m)
        print(f"{d:>9,} {m:>10,} " + "".join(f"{n:>14,}" for n in needed))

# %% tags=["hide-input", "nbval-check-output"]
print("points in all for that, if the rarest concept has frequency π (d = 100,000, 1,000 concepts)")
print("             within 0.1     within 0.05     within 0.02")
for pi in (0.1, 0.01, 0.001):
    each = bounds.samples_needed(np.array([0.1, 0.05, 0.02]), 2 * 10**8)
    print(f"π = {pi:<7}" + "".join(f"{n:>13,}   " for n in bounds.points_needed(each, pi, 1_000)))

# %% [markdown]
# A thousand times more neurons cost little; a ten times rarer concept costs ten times as many points. The logarithm is kind, the frequency is not.
#
# ### Does the band hold? Is it too wide?
#
# The dictionary trained above, {glue:text}`15-n-population` points as the population whose rates are known exactly, and {glue:text}`15-repeats` samples of
# {glue:text}`15-sample-size` points. Each sample has {glue:text}`15-n-rates` recalls and leaks. We ask in how many samples *some* rate leaves its band, for three bands:
# Hoeffding's; the exact binomial band of Clopper and Pearson {cite:p}`clopper1934` with the same correction for their number; and the exact interval without correction,
# each right for itself at 95 %.

# %% tags=["remove-cell"]
active = ActivationSets.from_sae(sae, fresh.points, progress=False)
fires = active.active.toarray().astype(bool)
again = bounds.band_trials(fires, member, sample_size, repeats, rng)
kinds = {
    "hoeffding": "Hoeffding, for all",
    "exact": "exact, for all",
    "uncorrected": "exact, each for itself",
}
failures = again[list(kinds)].mean()
low, high = bounds.exact_band(again[list(kinds)].sum().to_numpy(), repeats)
table = pd.DataFrame({"band": list(kinds.values()), "failed": failures.to_numpy(), "low": low, "high": high})
table["what"] = "measured"
table["allowed"] = 0.05

# %% tags=["hide-input"] mystnb={"image": {"alt": "Three rows, one for each band, with the share of samples in which some rate left it. Hoeffding's band: none. Exact band for all: a few percent at most, within the five percent allowed. Uncorrected intervals: all samples."}, "figure": {"name": "fig-15-bands", "caption": "Intervals that are each right at 95 % are wrong somewhere in every sample; bands for all of them keep their promise. Share of samples in which some recall or leak lay outside, with its exact 95 % interval. Upright lines: the 5 % that are allowed."}}
ax = plots.dots_with_intervals(
    table, "failed", "low", "high", y="band", hue="what", floor="allowed", floor_label="allowed",
    label_x="share of samples in which some rate left its band",
)  # fmt: skip
ax.set_xlim(-0.03, 1.03)
plt.show()

# %% tags=["hide-input"]
n_failed = int(again.hoeffding.sum())
ends = tuple(float(end) for end in bounds.exact_band(n_failed, repeats))
print(claims.record("T7", "band_failures", value=n_failed / repeats, interval=ends, n=repeats))
print(f"exact band for all: {int(again.exact.sum())} of {repeats} samples")
print(f"Jaccard indices outside their band: {int(again.jaccard.sum())} of {repeats} samples")
print(f"uncorrected: {int(again.uncorrected.sum())} of {repeats}, {again.left.mean():.0f} rates a sample")
print(f"largest deviation in a sample, of Hoeffding's half-width: median {again.used.median():.2f}")

# %% [markdown]
# Hoeffding's band is careful: it treats every share as if it were one half. Leaks are mostly near 0, and there the exact band is far narrower.
#
# ### From the bands to the Jaccard index
#
# There are two ways to a band on $J$. One goes through the identity of {doc}`01_three_notions`, $J = \rho/(1 + \lambda\frac{1-\pi}{\pi})$, and multiplies the uncertainty of the leak by the odds
# against the concept. The other counts directly: of the sampled points in $\theta \cup C$, how many lie in $\theta \cap C$?

# %% tags=["remove-cell"]
truth = align(active, fresh.concepts)
rare = int(fresh.concepts.sizes.argmin())
neuron, n_pairs = int(truth.jaccard[:, rare].argmax()), fires.shape[1] * member.shape[1]
bands = []
for size in (1_000, 10_000, 100_000):
    at = rng.integers(0, len(fires), size)
    theta, concept = fires[at, neuron], member[at, rare]
    counts = (theta & concept).sum(), concept.sum(), theta.sum()
    three = bounds.bands_on_jaccard(*counts, size, n_pairs)
    bands.append(three.assign(n=size * np.array([0.87, 1.0, 1.15])))  # side by side
bands = pd.concat(bands)
line = pd.DataFrame({"n": [700.0, 145_000.0], "J": truth.jaccard[neuron, rare]})
line["law"] = "the truth"

# %% tags=["hide-input"] mystnb={"image": {"alt": "Bands on one Jaccard index at samples of one thousand, ten thousand and a hundred thousand points, three bands each. All contain the black line of the true index. The band through recall and leak is the widest, the direct exact one the narrowest."}, "figure": {"name": "fig-15-jaccard", "caption": "Three bands on the same Jaccard index from the same sample; all hold, and counting directly is the narrowest. Line: the true index of the rarest concept and its best neuron. Bands: 95 % for all pairs at once."}}
ax = plots.theory_and_measured(line, bands, "n", "J", low="low", high="high", line="law", hue="band")
ax.set_xscale("log")
ax.set(xlabel="points in the sample", ylabel="Jaccard index", ylim=(-0.02, 1.02))
ax.set_title("The same sample, three bands")
plt.show()

# %% tags=["hide-input"]
print(f"frequency of the concept {fresh.concepts.sizes[rare] / len(fires):.3f}, J {line.J[0]:.3f}")
widths = bands.assign(width=bands.high - bands.low, points=np.repeat([1_000, 10_000, 100_000], 3))
print(widths.pivot_table(index="points", columns="band", values="width", sort=False).round(3).to_string())

# %% tags=["remove-cell"]
few, many = bounds.samples_needed(0.05, 2 * 1_000 * np.array([10**3, 10**6]))
glue("15-million", f"{many:,}", display=False)
glue("15-ratio", f"{many / few:.1f}", display=False)
glue("15-worst-s", f"{int(np.ceil((1 / kappa + 1) / 2)) - 1}", display=False)
mixed_16 = misses[(misses.world == "mixed signs") & (misses.n_active == 16)].measured.iloc[0]
glue("15-mixed-16", f"{mixed_16:.1%}", display=False)
glue("15-uncorrected", f"{failures['uncorrected']:.0%}", display=False)
glue("15-exact", f"{failures['exact']:.1%}", display=False)
glue("15-hoeffding", f"{failures['hoeffding']:.1%}", display=False)
glue("15-left", f"{again.left.mean():.0f}", display=False)

# %% tags=["remove-cell"]
glue("15-n-points", f"{n_points // 2:,}", display=False)
glue("15-attacked", f"{n_instances:,}", display=False)
glue("15-n-concepts", f"{member.shape[1]}", display=False)
glue("15-n-population", f"{len(fires):,}", display=False)
glue("15-repeats", f"{repeats:,}", display=False)
glue("15-sample-size", f"{sample_size:,}", display=False)
glue("15-n-rates", f"{2 * n_pairs:,}", display=False)
random_kappa = coherence(drawn)
glue("15-random-kappa", f"{random_kappa:.2f}", display=False)
glue("15-random-s", f"{int(np.ceil((1 / random_kappa + 1) / 2)) - 1}", display=False)
glue("15-n-settings", f"{len(trials) + len(moments):,}", display=False)
glue("15-violations", f"{violations}", display=False)
narrow = widths.pivot_table(index="points", columns="band", values="width")
glue(
    "15-narrower", f"{(narrow['through recall and leak'] / narrow['direct, exact']).max():.1f}", display=False
)

# %% [markdown]
# ## What we found
#
# - Violations among {glue:text}`15-n-settings` measured settings and all random instances: {glue:text}`15-violations`. In the worst case the error *is* the bound of {prf:ref}`thm-T7a`.
# - The worst case needs every concept to interfere with the same sign. With mixed signs {prf:ref}`thm-T7a-mixed` lets coherence be of the order $1/\sqrt{s}$ in place of
#   $1/s$, and the truth is better still.
# - Mean and variance bound the errors of every neuron, but loosely: they are a safe first screen, no more.
# - Hoeffding's band failed in {glue:text}`15-hoeffding` of the samples and the exact band for all in {glue:text}`15-exact`; uncorrected intervals failed in
#   {glue:text}`15-uncorrected`, by {glue:text}`15-left` rates a sample.
# - The way to the Jaccard index through recall and leak, which suggests itself after {doc}`01_three_notions`, is not the best one: the direct band is up to {glue:text}`15-narrower` times
#   narrower, and needs no frequency.

# %% [markdown]
# ## What it means for your SAE
#
# - **Plan the sample by the rarest concept.** Look up the points needed in the table above, or call
#   `bounds.samples_needed(0.05, 2 * d * m)` and `bounds.points_needed(each, frequency, m)`.
# - **Report one band for everything you looked at**, `bounds.exact_band(hits, n, n_pairs)` with the number of *all* pairs you compared, not of those you show. It then holds for
#   the best neuron although you picked it on the same data.
# - **Put the band on the Jaccard index directly**: hits out of $\theta \cup C$.
# - **Do not fear coherence as such.** Ask whether the concepts that interfere pull the same way: average the cosines between $v_i$ and the directions that are active
#   together with it. Near 0, {prf:ref}`thm-T7a-mixed` applies; far from 0, the worst case is the better guide.
# - **Raise the threshold of a neuron for a rare concept**, by $\sigma^2\ln\frac{1-\pi}{\pi}$ over the gap. A trained bias is set for reconstruction, not for this.

# %% [markdown]
# ## Exercises
#
# 1. All strengths are 1, at most 5 concepts are active, there is no noise. Up to which coherence do matched neurons separate? Which threshold do you choose at $\kappa = 0.1$?
#
#    :::{dropdown} Solution
#    $\kappa^* = 1/(2\cdot 5 - 1) = 1/9$. At $\kappa = 0.1$ interference is at most 0.5 and the signal at least $1 - 0.4 = 0.6$: any threshold from 0.5 up to, but not including, 0.6; halfway is
#    $(1 + 0.1)/2 = 0.55$.
#    :::
#
# 2. A colleague puts $\tau$ far above $m_C$ and proudly computes $\frac{s_C^2}{s_C^2 + (m_C - \tau)^2} = 0.01$. What is wrong?
#
#    :::{dropdown} Solution
#    Cantelli's inequality needs $\tau < m_C$. Above the mean the same fraction bounds the probability of being *above* $\tau$, so the miss is at least 0.99.
#    :::
#
# 3. You saw no leak on 100,000 points outside a concept. You compare 10,000 neurons with 100 concepts. What may you say about this neuron's leak?
#
#    :::{dropdown} Solution
#    `bounds.exact_band(0, 100_000, 10**6)` has the upper end $1 - (\alpha/2m)^{1/n} \approx \ln(2m/\alpha)/n = \ln(4\cdot 10^7)/10^5 \approx 1.75\cdot 10^{-4}$. Hoeffding's
#    band says $9\cdot 10^{-3}$. For a concept of frequency $10^{-3}$ that is the difference between a good neuron and an unusable one ({prf:ref}`thm-T1d`).
#    :::
#
# 4. Why may the best neuron be picked on the same points, but not trained on them?
#
#    :::{dropdown} Solution
#    The band is one for all pairs of a *fixed* dictionary, so it holds for whichever pair you pick. Training picks among infinitely many dictionaries, and the union bound has no
#    term for those.
#    :::
