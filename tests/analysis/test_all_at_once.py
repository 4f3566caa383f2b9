"""Mistakes in a folder's inputs: as many as can be told together, each with its line."""

import pytest

from heemodel.analysis import load_model
from heemodel.parameters import InputError
from tests.analysis.test_folder import INPUTS, MODEL, folder

NEEDS = '\nNEEDS = hm.Needs(strategies=("old", "new"), parameters={"price": "£ per person"})\n'
MORE = """
[variations.long]
label = "Longer"
rationale = "A test"
horizon = "10 yaers"

[variations.dear]
label = "Dear"
rationale = "A test"
changes.parameters.prize = { value = 20, source = "None", status = "assumed" }

[information.prices]
label = "Prices"
parameters = ["prise"]

[correlated.two]
label = "Two"
parameters = ["price", "staye"]
correlation = [[1.0, 0.5], [0.4, 1.0]]
source = "Invented"
status = "assumed"
rationale = "A test."
"""


def told(path):
    with pytest.raises(InputError) as error:
        load_model(path)
    return [str(problem) for problem in error.value.problems]


def line_of(text, inputs):
    return next(at for at, line in enumerate(inputs.splitlines(), start=1) if line.startswith(text))


def test_mistakes_of_many_kinds_are_told_in_one_round_each_with_its_line(tmp_path):
    inputs = INPUTS.replace("£ per person", "€ per person").replace('comparator = "old"', 'comparator = "odl"')
    inputs += MORE
    problems = told(folder(tmp_path / "ours", MODEL + NEEDS, inputs))
    for text, word in (
        ("unit", "the model takes '£ per person'"),
        ("comparator", "'odl'"),
        ("horizon", "'yaer'"),
        ("changes.", "prize"),
        ('parameters = ["prise"]', "'prise'"),
        ('parameters = ["price", "staye"]', "'staye'"),
        ("[correlated.two]", "symmetric"),
    ):
        at = line_of(text, inputs)
        assert any(problem.startswith(f"line {at}:") and word in problem for problem in problems), (text, problems)


def test_a_family_that_is_unknown_is_told_beside_what_else_is_wrong(tmp_path):
    inputs = INPUTS.replace('"gamma"', '"Gamma"').replace('label = "Price"\n', "").replace("value = 10", 'value = "10"')
    problems = told(folder(tmp_path / "ours", inputs=inputs))
    assert len(problems) == 3
    assert any("did you mean 'gamma'" in problem for problem in problems)
    assert any("label is missing" in problem for problem in problems)


def test_all_rules_that_a_figure_breaks_are_told(tmp_path):
    inputs = INPUTS.replace('price_year = "2023/24"\nsource', "plausible = [2, 1]\nsource").replace(
        "standard_error", "n"
    )
    problems = told(folder(tmp_path / "ours", inputs=inputs))
    assert len(problems) == 3
    for word in ("low to high", "price_year", "takes value and standard_error"):
        assert any(
            word in problem and f"line {line_of('[parameters.price]', inputs)}:" in problem for problem in problems
        )


def test_a_horizon_in_a_word_is_for_the_model(tmp_path):
    inputs = INPUTS + '\n[variations.long]\nlabel = "Longer"\nrationale = "A test"\nhorizon = "lifetime"\n'
    assert load_model(folder(tmp_path / "ours", inputs=inputs)).inputs.variations["long"].horizon == "lifetime"
