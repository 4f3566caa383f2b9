"""Other model folders that a model takes results from, with joint draws of the same analysis."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import xarray as xr

from heemodel.analysis.folder import ModelFolder, load_model
from heemodel.evidence import EvidenceModel, Posterior
from heemodel.parameters import join_draws

if TYPE_CHECKING:
    from heemodel.analysis.preparing import Sampler


@dataclass(frozen=True, kw_only=True)
class Linked:
    """What the functions `upstream` and `exhibits` of a model folder are given, to run other models or fits.

    Whatever is drawn through it belongs to the same analysis: draw i of another model's parameters stands beside draw i
    of this one's, posteriors are gated and stored as any other, and the files of folders that were loaded are part of
    the record of the results.

    Attributes
    ----------
    central : whether one value of each parameter is wanted instead of draws

    See Also
    --------
    load_model : which functions a folder may have

    Examples
    --------
    What a model.py may hold, to take over what another model works out in the same draws::

        def upstream(linked):
            other = linked.load("sick_sicker")
            outcomes = other.model().run(linked.draws(other))
            return outcomes["qaly"].sel(strategy="drug", drop=True).to_dataset(name="qalys_of_drug")

    It gives an xarray.Dataset of parameters, over sample unless `central`; names are those of no other parameter.
    """

    beside: Path
    sampler: "Sampler" = field(repr=False)
    central: bool = False

    def load(self, name: str) -> ModelFolder:
        """The model folder of that name, which lies beside this one."""
        known = self.sampler.linked
        if name not in known:
            known[name] = load_model(self.beside / name)
        return known[name]

    def draws(self, folder: ModelFolder, scenario: str | None = None) -> xr.Dataset:
        """Joint draws of another folder's evidence and inputs, or their central values.

        Parameters
        ----------
        folder : as `load` gives it
        scenario : of its inputs, by default the first
        """
        name = scenario or next(iter(folder.inputs.scenarios))
        evidence = folder.evidence(folder.inputs, name)
        if self.central:
            return join_draws(self.sampler.central(evidence), folder.inputs.central())
        return self.sampler.draw(evidence, folder.inputs)

    def fit(self, evidence: EvidenceModel) -> Posterior:
        """The posterior of an evidence model."""
        return self.sampler.fit(evidence)


Upstream = Callable[[Linked], xr.Dataset]
"""A folder's function of that name."""
