"""Which headline figures of two runs are not the same, beyond what chance does, and which decisions turned."""

from collections.abc import Iterator
from math import hypot

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.analysis.comparing.samples import are_paired, samples_of
from heemodel.analysis.results import Results
from heemodel.decision import monte_carlo_error, summarise
from heemodel.decision.summary import share

KEYS = ["scenario", "strategy", "quantity", "basis"]
COLUMNS = [*KEYS, "before", "after", "difference", "error", "error_from", "same", "moved", "unit", "note"]
CLEAR = 1.96
"""Standard errors from which on a difference is told from chance."""
SAME = 1e-6
"""Share of a figure, or of its Monte Carlo error in either run, below which a difference is none.

No figure is printed to more than six digits; draws that are shared, and differ by an input that was rounded, give
smaller differences that are beyond chance and mean nothing.
"""
ONLY = ("only in the first run", "only in the second run")
"""Notes of figures that the other run has none of."""
COMMON, BOTH = "common draws", "both runs"
"""Where the error of a difference is from: the differences draw by draw, or the errors of the two runs."""


def headlines(before: Results, after: Results) -> pd.DataFrame:
    """The headline of both runs, with their differences and the Monte Carlo errors of these.

    Where both runs were made with the same seed and as many draws, draw i of one belongs to draw i of the other, and
    the error is that of the mean of the differences draw by draw; else it is √(error² + error²).

    Returns
    -------
    DataFrame with columns scenario, strategy, quantity, basis, before, after, difference (after − before), error
    (Monte Carlo standard error of the difference; none for point estimates), error_from ("common draws", "both
    runs"), same (as far as any figure is printed: |difference| ≤ 10⁻⁶ of the figure or of its own Monte Carlo error),
    moved (not the same, and |difference| > 1.96 × error; of point estimates: not the same), unit and note
    """
    scenarios = [name for name in after.scenarios if name in before.scenarios]
    one, other = (results.tables["headline"].drop_duplicates(KEYS) for results in (before, after))
    table = other.merge(one, on=KEYS, how="outer", suffixes=("_after", "_before"), sort=False)
    table = table[table["scenario"].isin(scenarios)].reset_index(drop=True)
    rank = {key: place for place, key in enumerate(map(tuple, pd.concat([other, one])[KEYS].to_numpy().tolist()))}
    order = sorted(range(len(table)), key=lambda at: rank[tuple(table.loc[at, KEYS])])
    rows = [_row(table.loc[at]) for at in order]
    for scenario in scenarios:
        if are_paired(before, after, scenario):
            mine = [row for row in rows if row["scenario"] == scenario and row["basis"] == "probabilistic"]
            _pair(mine, before, after, scenario)
    for row in rows:
        row["moved"] = _moved(row)
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(row: pd.Series) -> dict[str, object]:
    """A figure of both runs."""
    old, new = (float(row[f"value_{run}"]) for run in ("before", "after"))
    errors = [float(row[f"mcse_{run}"]) for run in ("before", "after")]
    sampled = row["basis"] == "probabilistic" and not np.isnan(errors).any()
    unit = row["unit_after"] if isinstance(row["unit_after"], str) else row["unit_before"]
    return {
        **{key: row[key] for key in KEYS},
        "before": old,
        "after": new,
        "difference": new - old,
        "error": hypot(*errors) if sampled else np.nan,
        "error_from": BOTH if sampled else "",
        "same": abs(new - old) <= SAME * max(abs(old), abs(new), *(errors if sampled else ())),
        "unit": unit,
        "note": _note(row, old, new),
    }


def _note(row: pd.Series, old: float, new: float) -> str:
    """Why a figure has no difference."""
    if isinstance(row["unit_after"], float):
        return ONLY[0]
    if isinstance(row["unit_before"], float):
        return ONLY[1]
    if np.isnan(old) != np.isnan(new):
        return "none in the first run" if np.isnan(old) else "none in the second run"
    return ""


def _pair(rows: list[dict[str, object]], before: Results, after: Results, scenario: str) -> None:
    """Put errors of differences draw by draw in the place of combined ones."""
    one, other = (samples_of(results, results[scenario]) for results in (before, after))
    for row in rows:
        key = (str(row["quantity"]), str(row["strategy"]))
        if row["error_from"] and key in one and key in other:
            difference = other[key].copy(data=other[key].to_numpy() - one[key].to_numpy())
            row["error"], row["error_from"] = monte_carlo_error(difference), COMMON


def _moved(row: dict[str, object]) -> bool:
    """Whether a difference is more than chance, and shows."""
    old, new, error = (float(str(row[name])) for name in ("before", "after", "error"))
    if np.isnan(old) or np.isnan(new):
        return "run" in str(row["note"]) and str(row["note"]).startswith("none")
    return not row["same"] and (np.isnan(error) or abs(new - old) > CLEAR * error)


def decisions(before: Results, after: Results) -> pd.DataFrame:
    """What each run would decide: the best strategy, whether an intervention saves, and what is likelier than not.

    Returns
    -------
    DataFrame with columns scenario, strategy (empty for the choice among all), decision, threshold (NaN where none
    plays a part), before, after, turned, and note ("within chance" where in one of the runs the figure that decides
    lies within 1.96 Monte Carlo errors of where it turns)
    """
    rows = []
    thresholds = [one for one in after.thresholds if one in before.thresholds]
    for scenario in [name for name in after.scenarios if name in before.scenarios]:
        pairs = zip(_decided(before, scenario, thresholds), _decided(after, scenario, thresholds), strict=True)
        for (key, old, doubtful), (_, new, in_doubt) in pairs:
            rows.append(
                {
                    "scenario": scenario,
                    **key,
                    "before": old,
                    "after": new,
                    "turned": old != new,
                    "note": "within chance" if old != new and (doubtful or in_doubt) else "",
                }
            )
    columns = ["scenario", "strategy", "decision", "threshold", "before", "after", "turned", "note"]
    return pd.DataFrame(rows, columns=columns).astype({"turned": bool, "threshold": float})


Decided = tuple[dict[str, object], str, bool]
"""What is decided, how, and whether that is within chance."""


def _decided(results: Results, scenario: str, thresholds: list[float]) -> Iterator[Decided]:
    """The decisions of one run."""
    cea = results[scenario].cea
    for threshold in thresholds:
        key = {"strategy": "", "decision": "best value", "threshold": threshold}
        benefit = cea.net_benefit([threshold]).isel(threshold=0, drop=True)
        order = benefit.mean("sample").to_pandas().sort_values(ascending=False).index
        lead = benefit.sel(strategy=order[0], drop=True) - benefit.sel(strategy=order[1], drop=True)
        yield key, str(order[0]), _doubtful(lead)
    for name in results.interventions:
        key = {"strategy": name, "decision": "saves money", "threshold": np.nan}
        saved = cea.saving(name)
        yield key, _verdict(saved), _doubtful(saved)
        yield {**key, "decision": "probably saves money"}, *_likelier(saved > 0)
        for threshold in thresholds:
            benefit = cea.incremental_net_benefit(name, threshold=threshold)
            at = {"strategy": name, "threshold": threshold}
            yield {**at, "decision": "better value"}, _verdict(benefit), _doubtful(benefit)
            yield {**at, "decision": "probably better value"}, *_likelier(benefit > 0)


def _verdict(quantity: xr.DataArray) -> str:
    """Whether the mean is above 0."""
    return "yes" if float(quantity.mean()) > 0 else "no"


def _doubtful(quantity: xr.DataArray) -> bool:
    """Whether the mean is not told from 0."""
    summary = summarise(quantity)
    return abs(summary.value) < CLEAR * (summary.mcse or 0.0)


def _likelier(event: xr.DataArray) -> tuple[str, bool]:
    """Whether an event is likelier than not, and whether that is within chance."""
    chance = share(event)
    return "yes" if chance.value > 0.5 else "no", abs(chance.value - 0.5) < CLEAR * (chance.mcse or 0.0)
