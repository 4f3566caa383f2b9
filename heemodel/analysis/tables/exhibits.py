"""The model's own tables and pictures as one tidy table, so that each of their figures can be checked."""

import pandas as pd

from heemodel.analysis.results import Results


def exhibits(results: Results) -> pd.DataFrame:
    """Every cell of the model's own tables and of those that its pictures are drawn from.

    Returns
    -------
    DataFrame with columns scenario, exhibit (its name), kind, row (from 1), column and text (the cell as written);
    empty where the model gives none
    """
    rows = []
    for result in results:
        for one in result.exhibits:
            keys = {"scenario": result.name, "exhibit": one.name, "kind": one.kind}
            for place, cells in enumerate(one.table.to_dict("records"), start=1):
                rows += [keys | {"row": place, "column": str(name), "text": str(cell)} for name, cell in cells.items()]
    return pd.DataFrame(rows)
