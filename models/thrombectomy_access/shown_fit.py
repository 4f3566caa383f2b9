"""Whether the evidence model predicts what was treated: by centre, from the years before and with all of them."""

import numpy as np
import pandas as pd

import heemodel as hm

from .evidence import YEARS
from .places import Numbers
from .words import patients, percent, said

HEADING = "Does it reproduce what happened?"
BRISTOL = "North Bristol Hospitals"
BRISTOL_THEN = 403
"""Treated in its first year round the clock, by the hospital's own account; the audit's report has 352."""


def fitted(
    earlier: hm.evidence.Posterior, whole: hm.evidence.Posterior, centres: pd.DataFrame, *, seed: int
) -> list[hm.analysis.Exhibit]:
    """Predicted beside observed.

    Parameters
    ----------
    earlier, whole : posteriors of the evidence to 2021/22, and of all of it
    centres : the table, with patients treated
    """
    here = centres[centres["today"] == 1].reset_index(drop=True)
    observed = {year: here[f"treated_{year.replace('/', '_')}"].to_numpy(dtype=float) for year in YEARS}
    predicted = {name: _predicted(posterior, seed) for name, posterior in (("earlier", earlier), ("all", whole))}
    last = list(YEARS)[-1]
    picture, off = _picture(predicted["earlier"][:, -1], observed[last], here["centre"].tolist())
    rows = [
        _row(f"{year}, {label}", predicted[name][:, place], observed[year])
        for name, label in (("earlier", "fitted to 2019/20 and 2021/22"), ("all", "fitted to all years"))
        for place, year in enumerate(YEARS)
    ]
    bristol = predicted["earlier"][:, -1, here["centre"].tolist().index(BRISTOL)]
    text = (
        "Centres of England whose count is known. Coverage is the share of centres whose count lies within the "
        "interval predicted for it; a year that was fitted is covered more often than one that was not. In 2019/20 "
        "England treated 1,490: those who are missing here were at North Bristol, whose count was not found, and at "
        f"a centre that has stopped. Bristol went from 8–20 to all hours between the two: {said(bristol, patients)} "
        f"predicted for 2023/24 from before, 352 in the audit's report, {BRISTOL_THEN} in the hospital's own "
        "account; its count is in no fit."
    )
    header = ["Year and fit", "Treated", "Predicted", "Within 50% intervals", "Within 95% intervals"]
    table = hm.analysis.Exhibit(
        name="coverage",
        heading=HEADING,
        title="Predicted and treated, all centres together",
        kind="table",
        table=pd.DataFrame(rows, columns=header),
        text=text + (f" Outside their 95% interval: {', '.join(off)}." if off else ""),
    )
    return [picture, table]


def _predicted(posterior: hm.evidence.Posterior, seed: int) -> Numbers:
    """Patients treated as the model would see them again (sample, year, centre)."""
    drawn = posterior.data["posterior"].to_dataset().stack(sample=("draw", "chain"), create_index=False)
    mean = drawn["expected"].transpose("sample", "year", "centre").to_numpy()
    size = 1 / drawn["dispersion"].to_numpy()[:, np.newaxis, np.newaxis]
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(18,)))
    found: Numbers = rng.negative_binomial(size, size / (size + mean)).astype(float)
    return found


def _picture(predicted: Numbers, observed: Numbers, names: list[str]) -> tuple[hm.analysis.Exhibit, list[str]]:
    """Centres of the last year, predicted from those before, and the names of those that stay off."""
    known = np.isfinite(observed)
    low, inner_low, inner_high, high = np.quantile(predicted, (0.025, 0.25, 0.75, 0.975), axis=0)
    frame = pd.DataFrame(
        {
            "label": names,
            "mean": predicted.mean(axis=0),
            "lower": low,
            "upper": high,
            "inner_lower": inner_low,
            "inner_upper": inner_high,
            "observed": observed,
        }
    )
    off = [name for name, miss in zip(names, (observed < low) | (observed > high), strict=True) if miss]
    shown = frame[known].sort_values("observed", ascending=False)
    picture = hm.analysis.Exhibit(
        name="predicted",
        heading=HEADING,
        title="Patients treated in 2023/24, predicted from the years before",
        kind="ranges",
        table=shown,
        text="Fitted to 2019/20 and 2021/22 alone, with the hours of 2023/24, and with units near Cambridge and "
        "King's College sending there, which is known from that year. Thick lines are 50%, thin ones 95% intervals. "
        "The widest belong to centres that changed their hours or take over others' patients.",
        x="Patients treated",
    )
    return picture, off


def _row(label: str, predicted: Numbers, observed: Numbers) -> list[str]:
    """Coverage, and the sum of all centres."""
    known = np.isfinite(observed)
    low, inner_low, inner_high, high = np.quantile(predicted[:, known], (0.025, 0.25, 0.75, 0.975), axis=0)
    seen = observed[known]
    return [
        label,
        f"{seen.sum():,.0f}",
        said(predicted[:, known].sum(axis=1), patients),
        percent(float(((seen >= inner_low) & (seen <= inner_high)).mean())),
        percent(float(((seen >= low) & (seen <= high)).mean())),
    ]
