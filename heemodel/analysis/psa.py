"""Results of a PSA that was made elsewhere: an appraisal, and how its files were read."""

from collections.abc import Mapping, Sequence

import xarray as xr

from heemodel.analysis.record import record_of
from heemodel.analysis.results import Affected, Results, ScenarioResult
from heemodel.analysis.tables import tabulated
from heemodel.decision import Appraisal

TITLE = "Which strategy is the best value for money?"
BASE = "base"


def results_of_psa(
    appraisal: Appraisal,
    *,
    title: str = TITLE,
    organisation: str = "",
    price_year: str = "",
    horizon: str = "",
    seed: int = 1,
    files: Mapping[str, str] | None = None,
    read_as: Sequence[str] = (),
    policy_thresholds: bool = False,
    affected: Affected | None = None,
) -> Results:
    """Results in the form that reports take, with less in them than those of a model.

    Parameters
    ----------
    appraisal : from `appraise`
    title : of the report
    organisation : whose analysis it is
    price_year : of all money, such as "2023/24"
    horizon : over which the model counted costs and QALYs, such as "lifetime"
    seed : of simulated standard errors
    files : SHA-256 of each file that was read, by name
    read_as : what in the files was not plain and how it was read, from `read_psa`; a sentence each
    policy_thresholds : whether the thresholds are those of the dated policy profiles, because no others were asked for
    affected : people whose treatment the decision settles, for values in all

    Returns
    -------
    Results with one scenario, "base"

    See Also
    --------
    write_report : the report of them
    """
    cea = appraisal.cea
    sizes = {**cea.cost.sizes, **cea.qaly.sizes}
    samples, strategies = int(sizes["sample"]), cea.strategies
    outcomes = xr.Dataset({"cost": cea.cost, "qaly": cea.qaly})
    result = ScenarioResult(name=BASE, appraisal=appraisal, draws=xr.Dataset(), outcomes=outcomes)
    return tabulated(
        Results(
            inputs=None,
            record=record_of(
                model="",
                seed=seed,
                draws=samples,
                horizon=horizon,
                files=files or {},
                read_as=tuple(read_as),
                policy_thresholds=policy_thresholds,
            ),
            comparator=cea.comparator,
            thresholds=appraisal.thresholds,
            scenarios={BASE: result},
            affected=affected,
            currency=appraisal.currency,
            title=title,
            organisation=organisation,
            price_year=price_year,
            question=f"{', '.join(strategies[:-1])} or {strategies[-1]}, by {samples:,} samples of costs and QALYs.",
        )
    )
