"""The deterministic model as a workbook of live formulas, for a reviewer who checks it in a spreadsheet.

From a model's functions to cells, in one direction:

1. `expressions`, `arrays`, `functions`: numbers that remember how they were made, in arrays that xarray carries.
2. `reading`: a model's functions called once on them; its parameters, the rates of its life table and its discount
   rates are the inputs.
3. `timing`, `cohort`, `tree`, `function`: the model as columns of such numbers, down to the total of each outcome.
4. `verification`: the recorded operations, worked out from other inputs, against the engine. Nothing is written of a
   model that holds a number fast.
   `record` does 2 to 4.
5. `planning`: which numbers get a cell, and beside which others.
6. `formulas`, `names`, `figures`, `words`, `book`, `front`, `checks`, `writing`: the cells, and words around them.
"""

from heemodel.mirror.errors import MirrorError, NoFormulaError
from heemodel.mirror.mirror import write_mirror, write_model_mirror

__all__ = ["MirrorError", "NoFormulaError", "write_mirror", "write_model_mirror"]
