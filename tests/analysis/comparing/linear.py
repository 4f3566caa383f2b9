"""A model whose net benefit is a product and a sum, in a folder whose figures can be chosen: worked out by hand."""

CODE = """
import heemodel as hm

NEEDS = hm.Needs(parameters={"price": "£ per unit", "units": "units", "gain": "QALYs", "fee": "£ per patient"})

def model():
    new = lambda amount: hm.by_strategy({"old": 0.0, "new": amount})
    return hm.FunctionModel(
        strategies=["old", "new"],
        outcomes=lambda p: hm.Outcomes(
            cost={"drug": new(p.price * p.units), "fee": new(p.fee)}, qaly=new(p.gain)
        ),
    )
"""

ABOUT = """
[about]
title = "A linear model"
question = "Is new worth it?"
population = "Invented"
perspective = "NHS"
price_year = "2023/24"
policy = "nice-2022"
thresholds = [20_000]
comparator = "old"
"""

TABLE = """
[{section}.{name}]
label = "{label}"
distribution = "{distribution}"
value = {value}
{spread}
unit = "{unit}"
{prices}
source = "{source}"
status = "assumed"
rationale = "An example."
"""

PRICED = 'price_year = "2023/24"'
FIGURES = {
    "price": (100.0, "£ per unit"),
    "units": (10.0, "units"),
    "gain": (0.1, "QALYs"),
    "fee": (50.0, "£ per patient"),
}


def linear(path, *, code=CODE, source="Invented", more="", order=("price", "units", "gain", "fee"), **values):
    """A folder of the model; figures are as given or as in FIGURES, the price uncertain and the others not."""
    path.mkdir(parents=True)
    tables = []
    for name in order:
        value, unit = FIGURES.get(name, (None, "£ per unit"))
        tables.append(
            TABLE.format(
                section="parameters",
                name=name,
                label=f"The {name}",
                value=values.get(name, value),
                distribution="gamma" if unit == "£ per unit" else "fixed",
                spread="standard_error = 10.0" if unit == "£ per unit" else "",
                unit=unit,
                prices=PRICED if unit.startswith("£") else "",
                source=source,
            )
        )
    (path / "inputs.toml").write_text(ABOUT + more + "".join(tables), encoding="utf-8")
    (path / "model.py").write_text(code, encoding="utf-8")
    return path


def scenarios(*names):
    """Tables of scenarios."""
    return "".join(f'\n[scenarios.{name}]\nlabel = "{name.capitalize()}"\n' for name in names)
