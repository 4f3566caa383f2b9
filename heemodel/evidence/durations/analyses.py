"""Durations, such as length of stay: how long, and in which of several competing ways they end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from heemodel.errors import nearest
from heemodel.evidence.durations.data import ALL, Durations, read_durations
from heemodel.evidence.durations.model import recipe
from heemodel.evidence.durations.samples import deviation_of_samples
from heemodel.evidence.specification import EvidenceError, EvidenceModel
from heemodel.evidence.tables import MOST, as_label

FamilyName = Literal["gamma", "lognormal", "weibull"]


def durations(
    *,
    by: str,
    patients: pd.DataFrame | None = None,
    summaries: pd.DataFrame | None = None,
    family: FamilyName = "gamma",
    name: str = "duration",
    mean_prior: tuple[float, float] = (10.0, 2.0),
    variation_prior: tuple[float, float] = (1.0, 0.5),
) -> EvidenceModel:
    """Mean duration in each group, from patients one by one, from published summaries, or from both.

    Durations in group g are gamma, log-normal or Weibull with mean m_g and coefficient of variation v_g:

        m_g ~ LogNormal,   v_g ~ LogNormal (of a Weibull, the shape that has that variation)

    A patient adds the density f(t) of the duration, or P(T > t) if it was still going on after t. A summary of n
    patients adds the density of the sample's figure, which is

        mean        log-normal, with mean m and variance σ²/n
        sd          log-normal, with the centre, spread and dependence on the mean that samples of n have by simulation
        quartiles   order statistics: P(T ≤ q1), P(q1 < T ≤ median), P(median < T ≤ q3), P(T > q3)
                    ~ Dirichlet((n + 1)/4, …); for the median alone P(T ≤ median) ~ Beta((n + 1)/2, (n + 1)/2)

    where σ = m v. A mean or a median alone leaves v to its prior.

    Parameters
    ----------
    by : the column that names the groups, such as "strategy"; it becomes the dimension of what is reported
    patients : a row for each patient: `by`, time and, where some had not ended, event (1 ended, 0 still going on)
    summaries : a row for each published group: `by`, n and mean, sd or both, or any of q1, median and q3; cells of what
        was not published are empty. A patient belongs in one row of one table
    family : compare several by `hm.evidence.stack`
    name : what the duration is called: "stay" gives `mean_stay`
    mean_prior : median, in the unit of the tables, and standard deviation of the logarithm of the mean
    variation_prior : median and standard deviation of the logarithm of the coefficient of variation

    Returns
    -------
    EvidenceModel with `mean_duration`, `median_duration` (unit of the tables) and `duration_variation`, each by group;
    of a Weibull also `duration_shape`

    Raises
    ------
    EvidenceError
        with every problem of the tables and its place

    Notes
    -----
    Order statistics: David and Nagaraja 2003, ISBN 978-0-471-38926-2; quartiles are taken at rank p (n + 1). Likelihood
    of a summary by simulation: Wood 2010, doi 10.1038/nature09319. It takes log s as normal given the mean; of the
    long-tailed log-normal that makes the posterior of a mean with its sd wider than it need be, by a fifth or so. Far
    below, by six of its standard deviations or, of few patients, fewer, the density falls with s^(n − 1) in the end. Of
    few patients this is rough: of three to ten, variations are off by up to half their standard deviation.

    Examples
    --------
    >>> import heemodel as hm
    >>> published = pd.DataFrame({"strategy": ["old", "new"], "n": [120, 80], "median": [9.0, 6.0]})
    >>> published = published.assign(q1=[4.0, 3.0], q3=[18.0, 11.0])
    >>> stays = durations(by="strategy", summaries=published, family="lognormal", name="stay")
    >>> draws = hm.fit(stays, seed=1, draws=4_000).draw(4_000, seed=1)
    >>> print(round(float(draws["median_stay"].sel(strategy="old").mean()), 0))
    9.0
    """
    given = read_durations(by, None, patients, None, summaries)
    return _model(given, by, family, name, {"mean": mean_prior, "variation": variation_prior})


def competing_risks(
    *,
    by: str,
    exits: Sequence[str],
    patients: pd.DataFrame | None = None,
    counts: pd.DataFrame | None = None,
    summaries: pd.DataFrame | None = None,
    family: FamilyName = "gamma",
    name: str = "stay",
    share_prior: float = 1.0,
    mean_prior: tuple[float, float] = (10.0, 2.0),
    variation_prior: tuple[float, float] = (1.0, 0.5),
) -> EvidenceModel:
    """How patients leave, such as dead, home or to a nursing home, and after how long: jointly, as competing risks.

    In group g a share π_gk leaves by exit k, after a time with density f_gk as in `durations`, so that

        P(still there at t) = Σ_k π_gk S_gk(t),      hazard of exit k = π_gk f_gk(t) / Σ_j π_gj S_gj(t)

    A patient who left by k at t adds π_gk f_gk(t), one who is still there Σ_k π_gk S_gk(t): how those will leave is
    not known, and leaving them out would make stays too short and exits that take long too rare. Counts add a
    multinomial. Summaries may be of those who left by one exit, or of all together: then of the mixture.

    Parameters
    ----------
    by : the column that names the groups, such as "strategy"
    exits : the ways of leaving, each after some time; together all there are
    patients : a row for each patient: `by`, time and exit; empty for one who is still there
    counts : columns `by`, exit and count: how many left by which exit, 0 if nobody, besides those in `patients`
    summaries : as in `durations`, with the column exit; empty for a summary of all who left. A patient belongs in one
        row: give the stays of all, or those by exit, not both
    family : of the durations, the same for all exits
    name : what the duration is called
    share_prior : concentration of the Dirichlet prior of shares; 1 is uniform
    mean_prior, variation_prior : as in `durations`, for each group and exit

    Returns
    -------
    EvidenceModel with `exit_share` (by, exit), `mean_stay` (by), over all exits, and `mean_stay_by_exit` and
    `stay_variation_by_exit` (by, exit); of a Weibull also `stay_shape_by_exit`

    Raises
    ------
    EvidenceError
        with every problem of the tables and its place

    Notes
    -----
    Mixture formulation of competing risks: Larson and Dinse 1985, doi 10.2307/2347464. Who published only the mean of
    all stays and how many died has said nothing of whether the dying stay shorter: that rests on the prior, and a
    caution says so.

    Examples
    --------
    >>> import heemodel as hm
    >>> left = pd.DataFrame({"strategy": "new", "exit": ["dead", "home"], "count": [17, 83]})
    >>> stays = pd.DataFrame({"strategy": "new", "exit": ["dead", "home"], "n": [17, 83], "mean": [6.0, 12.0]})
    >>> risks = competing_risks(by="strategy", exits=["dead", "home"], counts=left, summaries=stays, family="lognormal")
    >>> draws = hm.fit(risks, seed=1, draws=4_000).draw(4_000, seed=1)
    >>> print(round(float(draws["mean_stay"].mean()), 0))
    11.0
    """
    labels = tuple(as_label(exit_) for exit_ in exits)
    if isinstance(exits, str) or not all(labels) or len(set(labels)) < 2 or len(set(labels)) < len(labels):
        raise EvidenceError(f"exits are {exits!r}; give two different names or more, and all ways of leaving")
    given = read_durations(by, labels, patients, counts, summaries)
    for group, left in zip(given.groups, given.counts.sum(axis=1), strict=True):
        if not left:
            raise EvidenceError(f"nothing says how those in {group!r} left; give patients who left, or counts")
        if left > MOST:
            raise EvidenceError(f"{left:,} left in {group!r} by patients and counts; give at most 10⁹")
    priors = {"mean": mean_prior, "variation": variation_prior, "exit_share": (share_prior,)}
    return _model(given, by, family, name, priors)


def _model(
    given: Durations, by: str, family: FamilyName, name: str, priors: dict[str, tuple[float, ...]]
) -> EvidenceModel:
    """The evidence model of what was read."""
    if family not in get_args(FamilyName):
        raise EvidenceError(f"family {family!r}: {nearest(str(family), get_args(FamilyName))}")
    for prior, numbers in priors.items():
        wanted = 1 if prior == "exit_share" else 2
        if not (np.shape(numbers) == (wanted,) and np.isfinite(numbers).all() and min(numbers) > 0):
            wanted_in_words = "one finite number" if wanted == 1 else "two finite numbers"
            raise EvidenceError(f"the prior of {prior} is {numbers}; give {wanted_in_words} above 0")
    if not name.isidentifier() or by.endswith(f"_{name}"):
        raise EvidenceError(f"name {name!r} of groups by {by!r}: give a name without blanks, that is not in it")
    several = len(given.exits) > 1
    coords: dict[str, tuple[str, ...]] = {by: given.groups, "exit": given.exits}
    data: dict[str, NDArray[np.generic]] = {"counts": given.counts} if several else {}
    for kind, observed in given.kinds().items():
        data |= observed.arrays(kind, given.groups)
        if observed.of:
            coords[kind] = given.labels(observed)
    if sizes := given.deviations.numbers.get("n"):
        data["deviations_curves"] = np.array([deviation_of_samples(family, int(n)) for n in sizes])
    suffix = "_by_exit" if several else ""
    own = [f"mean_{name}{suffix}", f"{name}_variation{suffix}", *([f"{name}_shape{suffix}"] * (family == "weibull"))]
    return EvidenceModel(
        name=f"{name} ({family})",
        recipe=recipe,
        coords=coords,
        data=data,
        priors=priors,
        central=_central(given, by, name),
        options={"family": family, "name": name, "by": by},
        reported=(*own, *((f"mean_{name}", "exit_share") if several else (f"median_{name}",))),
        cautions=_cautions(given),
    )


def _central(given: Durations, by: str, name: str) -> xr.Dataset:
    """Observed means, and shares of exits."""
    means = given.plug_in()
    if means is None:
        return xr.Dataset()
    coords = {by: list(given.groups), "exit": list(given.exits)}
    if len(given.exits) == 1:
        return xr.Dataset({f"mean_{name}": (by, means[:, 0])}, coords={by: coords[by]})
    shares = given.counts / given.counts.sum(axis=1, keepdims=True)
    by_exit = {f"mean_{name}_by_exit": ((by, "exit"), means), "exit_share": ((by, "exit"), shares)}
    return xr.Dataset(by_exit | {f"mean_{name}": (by, (shares * means).sum(axis=1))}, coords=coords)


def _cautions(given: Durations) -> tuple[str, ...]:
    """What rests on priors alone."""
    own = {one for kind in given.kinds().values() for one in kind.of}
    notices = (*_unsaid_variation(given), *_alike(given))
    return (*notices, *_unsaid_exits(given, own), *_too_many(given)) if len(given.exits) > 1 else notices


def _alike(given: Durations) -> tuple[str, ...]:
    """Patients who all left at the same time, most likely by rounding."""
    several = len(given.exits) > 1
    return tuple(
        f"{group}: all {n} durations{f' until {given.exits[place]!r}' if several else ''} are {time:g}; if they are "
        "rounded, they make their variation look smaller than it is, and the mean surer"
        for (group, place), (n, time) in given.alike().items()
    )


def _too_many(given: Durations) -> tuple[str, ...]:
    """Summaries of more patients than are known to have left so."""
    left = dict(zip(given.groups, given.counts, strict=True))
    return tuple(
        f"{group}: a summary is of {n:,} patients who left{'' if place == ALL else f' by {given.exits[place]!r}'}, of "
        f"whom only {seen:,} are counted; if both are of the same patients, one of them is wrong"
        for (group, place), n in given.summarised.items()
        if n > (seen := int(left[group].sum() if place == ALL else left[group][place]))
    )


def _unsaid_exits(given: Durations, own: set[tuple[str, int]]) -> tuple[str, ...]:
    """Exits of which only the share is known."""
    return tuple(
        f"{group}: nothing is known of how long those stay who leave by {exit_!r}"
        + (", but together with others" if (group, ALL) in own else "")
        + "; it rests on the prior"
        for group in given.groups
        for place, exit_ in enumerate(given.exits)
        if (group, place) not in own
    )


def _unsaid_variation(given: Durations) -> tuple[str, ...]:
    """Groups, and exits, of whose durations nothing says how much they vary."""
    own, means = {one for kind in given.kinds().values() for one in kind.of}, set(given.means.of)
    varying = given.varying()
    notices = []
    for group in given.groups:
        for place, exit_ in enumerate(given.exits):
            one, until = (group, place), f" until {exit_!r}" if len(given.exits) > 1 else ""
            if one in varying or (until and one not in own):
                continue
            rests = "how sure their mean is rests" if one in means else "it and their mean rest"
            notices.append(
                f"{group}: nothing says how much durations{until} vary; {rests} on the prior of the variation"
            )
    return tuple(notices)
