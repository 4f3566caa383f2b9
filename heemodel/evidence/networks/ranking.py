"""Which treatment is best, second best and so on, from draws of their effects."""

from typing import Literal, get_args

import numpy as np
import scipy.stats
import xarray as xr

from heemodel.errors import nearest
from heemodel.evidence.specification import EvidenceError

Best = Literal["highest", "lowest"]


def rank_treatments(effects: xr.DataArray, *, best: Best) -> xr.Dataset:
    """Probability of each rank, mean rank, and surface under the cumulative ranking curve of treatments.

        probability[k, r] = share of draws in which treatment k has rank r, 1 being the best
        SUCRA[k] = (T − mean rank[k]) / (T − 1)

    Ranks say nothing of how large differences are; a treatment of few, small studies is often ranked first by chance.

    Parameters
    ----------
    effects : dimensions sample and treatment, the reference among them
    best : whether the "highest" or the "lowest" effect is best

    Returns
    -------
    Dataset with `probability` (treatment, rank), `mean_rank` and `sucra` (treatment)

    Raises
    ------
    EvidenceError
        for other dimensions, or fewer than two treatments

    Notes
    -----
    Salanti, Ades and Ioannidis 2011, doi 10.1016/j.jclinepi.2010.03.016.

    Examples
    --------
    >>> effects = xr.DataArray([[0, 1, 2], [0, 2, 1]], dims=("sample", "treatment"), coords={"treatment": list("abc")})
    >>> rank_treatments(effects, best="highest")["mean_rank"].to_numpy().tolist()
    [3.0, 1.5, 1.5]
    """
    if best not in get_args(Best):
        raise EvidenceError(f"best {best!r}: {nearest(str(best), get_args(Best))}")
    if set(effects.dims) != {"sample", "treatment"} or effects.sizes["treatment"] < 2:
        raise EvidenceError(f"effects have dimensions {', '.join(map(str, effects.dims))}; give sample and treatment")
    values = effects.transpose("sample", "treatment").to_numpy()
    ranks = scipy.stats.rankdata(-values if best == "highest" else values, method="ordinal", axis=1)
    count = effects.sizes["treatment"]
    probability = (ranks[:, :, None] == np.arange(1, count + 1)).mean(axis=0)
    mean_rank = ranks.mean(axis=0)
    return xr.Dataset(
        {
            "probability": (("treatment", "rank"), probability),
            "mean_rank": ("treatment", mean_rank),
            "sucra": ("treatment", (count - mean_rank) / (count - 1)),
        },
        coords={"treatment": effects["treatment"].to_numpy(), "rank": np.arange(1, count + 1)},
    )
