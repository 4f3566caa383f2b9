"""The answer over two inputs, and where it turns."""

import pandas as pd

from heemodel.analysis.results import Results
from heemodel.analysis.tables.headline import by_scenario


def two_way(results: Results) -> pd.DataFrame:
    """The answer over grids of two inputs, all others at their central values.

    Returns
    -------
    DataFrame with columns scenario, name (of the map), quantity, strategy, versus, x_parameter, y_parameter, x, y,
    value (money per person), central (whether both are at their central values), mean and mean_se (of the quantity
    over all draws, the same in every row)
    """
    return by_scenario({result.name: result.two_way for result in results})


def two_way_turns(results: Results) -> pd.DataFrame:
    """Where the answer turns on each of these maps.

    Returns
    -------
    DataFrame with columns scenario, name, quantity, strategy, versus, x_parameter, y_parameter, y, x (at which it
    turns, given y; NaN where it does not) and note (what holds on which side)
    """
    return by_scenario({result.name: result.two_way_turns for result in results})
