"""Alternatives, variations, tables in files and groups: what inputs may hold beside one number for each name."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import heemodel as hm

WORDS = 'source = "a study"\nstatus = "read"\nrationale = "the only one"\n'
INPUTS = f"""
[about]
title = "t"
question = "q"
population = "p"
perspective = "NHS"
price_year = "2022/23"
policy = "nice-2022"
comparator = "old"
limits = []

[settings.age]
label = "Age"
value = 60
unit = "years"
{WORDS}
[parameters.price]
label = "Price"
value = 100
interval = [80, 120]
distribution = "gamma"
unit = "£ per patient"
price_year = "2022/23"
{WORDS}
[alternatives.utility]
label = "Utility"
rationale = "two studies"
weights = {{ first = 3, second = 1 }}
[alternatives.utility.options.first]
label = "First study"
value = 0.6
standard_error = 0.001
distribution = "normal"
unit = "utility"
{WORDS}
[alternatives.utility.options.second]
label = "Second study"
value = 0.8
standard_error = 0.001
distribution = "normal"
unit = "utility"
{WORDS}
[tables.trials]
label = "Trials"
file = "trials.csv"
unit = "patients"
{WORDS}
[groups.window]
label = "Window"
people = {{ early = 60, late = 30, never = 10 }}
{WORDS}
[groups.band]
label = "Age band"
people = {{ young = 1, old = 3 }}
traits.mean_age = {{ young = 50, old = 80 }}
{WORDS}
[scenarios.all]
label = "All"
summary = "s"
design = "d"
groups.window = ["early", "late"]

[scenarios.early]
label = "Early"
summary = "s"
design = "d"
groups.window = ["early"]
rows.trials.window = ["early"]

[components.drug]
label = "Drug"
payer = "NHS"
kind = "cash-releasing"
step = "All"
rationale = "r"
[steps.All]
label = "All"
quantity = "net_saving"

[variations.dear]
label = "Dear"
rationale = "a high price"
[variations.dear.changes.parameters]
price = {{ value = 150, interval = [140, 160], price_year = "2022/23", source = "another", status = "assumed" }}

[variations.second-cheap]
label = "Second study, fixed price"
rationale = "r"
horizon = "1 year"
scenario = "early"
choose.utility = "second"
payers = ["NHS"]
[variations.second-cheap.changes.parameters.price]
value = 50
distribution = "fixed"
price_year = "2022/23"
source = "s"
status = "read"
[variations.second-cheap.changes.settings]
age = {{ value = 70, source = "older", status = "assumed" }}
"""
TRIALS = "# trials of 2020\nwindow,trial,n\nearly,A,10\nlate,B,20\nearly,C,30\n"
NEEDS = hm.Needs(
    settings={"age": "years"},
    parameters={"price": "£ per patient", "utility": "utility"},
    tables={"trials": ("window", "trial", "n")},
    traits=("mean_age",),
)


@pytest.fixture
def read(tmp_path: Path):
    def written(text: str = INPUTS, trials: str | None = TRIALS) -> hm.Inputs:
        (tmp_path / "inputs.toml").write_text(text, encoding="utf-8")
        if trials is not None:
            (tmp_path / "trials.csv").write_text(trials, encoding="utf-8")
        return hm.read_inputs(tmp_path / "inputs.toml", needs=NEEDS)

    return written


def test_each_draw_takes_one_of_the_alternatives_by_its_weight(read):
    draws = read().draw(20_000, seed=1)
    taken = draws["utility_source"].to_series()
    assert taken.value_counts(normalize=True)["first"] == pytest.approx(0.75, abs=0.01)
    means = draws["utility"].to_series().groupby(taken).mean()
    assert means["first"] == pytest.approx(0.6, abs=1e-3)
    assert means["second"] == pytest.approx(0.8, abs=1e-3)


def test_the_central_value_is_that_of_the_heaviest_alternative(read):
    assert read().central()["utility"].item() == 0.6
    assert read(INPUTS.replace("second = 1 }", "second = 4 }")).central()["utility"].item() == 0.8


def test_an_option_without_weight_is_never_drawn_and_then_nothing_says_which_was(read):
    draws = read(INPUTS.replace("second = 1 }", "second = 0 }")).draw(500, seed=1)
    assert "utility_source" not in draws
    assert float(draws["utility"].max()) < 0.7


def test_every_option_is_a_variation_that_chooses_it_alone(read):
    inputs = read()
    assert list(inputs.variations)[:2] == ["utility: first", "utility: second"]
    assert inputs.variations["utility: second"].label == "Utility: Second study"
    draws = inputs.varied["utility: second"].draw(100, seed=1)
    assert float(draws["utility"].min()) > 0.79


def test_draws_that_a_variation_leaves_alone_are_the_same(read):
    inputs = read()
    chosen, base = inputs.varied["utility: second"].draw(50, seed=3), inputs.draw(50, seed=3)
    assert (chosen["price"] == base["price"]).all()
    second = (base["utility_source"] == "second").to_numpy()
    assert (chosen["utility"].to_numpy() == base["utility"].to_numpy())[second].all()


def test_a_variation_is_laid_over_the_inputs_key_by_key(read):
    inputs = read()
    dear = inputs.varied["dear"].parameters["price"]
    assert (dear.value, dear.interval, dear.label, dear.source) == (150, [140, 160], "Price", "another")
    cheap = inputs.varied["second-cheap"]
    assert (cheap.parameters["price"].distribution, cheap.parameters["price"].interval) == ("fixed", None)
    assert cheap.settings["age"].value == 70
    assert inputs.settings["age"].value == 60
    assert cheap.variations == {}


def test_a_spread_of_another_form_takes_the_place_of_the_old(read):
    change = 'standard_error = 5, price_year = "2022/23", source = "another", status = "assumed"'
    text = INPUTS.replace(
        'interval = [140, 160], price_year = "2022/23", source = "another", status = "assumed"', change
    )
    dear = read(text).varied["dear"].parameters["price"]
    assert (dear.standard_error, dear.interval) == (5, None)


def test_a_change_of_a_parameter_stands_in_for_its_alternatives(read):
    text = INPUTS + (
        '\n[variations.one-study]\nlabel = "l"\nrationale = "r"\n[variations.one-study.changes.parameters.utility]\n'
        f'label = "Third"\nvalue = 0.5\ndistribution = "fixed"\nunit = "utility"\n{WORDS}'
    )
    varied = read(text).varied["one-study"]
    assert "utility" not in varied.alternatives
    assert varied.draw(3, seed=1)["utility"].to_numpy().tolist() == [0.5] * 3


def test_a_scenario_takes_its_rows_of_a_table(read):
    inputs = read()
    assert inputs.table("trials", "early")["trial"].tolist() == ["A", "C"]
    assert inputs.table("trials", "all")["n"].tolist() == [10, 20, 30]
    assert inputs.files == {"trials.csv": TRIALS}


def test_groups_are_the_product_of_groupings_with_shares_that_add_up_to_1(read):
    groups = read().subgroups("all")
    assert groups["group"].values.tolist() == ["early, young", "early, old", "late, young", "late, old"]
    assert groups["share"].values.tolist() == pytest.approx([1 / 6, 1 / 2, 1 / 12, 1 / 4])
    assert groups["mean_age"].sel(group="late, old").item() == 80
    assert groups["window"].values.tolist() == ["early", "early", "late", "late"]
    early = read().subgroups("early")
    assert early["share"].values.tolist() == [0.25, 0.75]


MISTAKES = {
    "weights = { first = 3, second = 1 }": [
        ("weights = { first = 3 }", "option 'second' has no weight; give it one"),
        ("weights = { first = 3, secnd = 1 }", "there is no option 'secnd' to weigh; did you mean 'second'?"),
        ("weights = { first = 0, second = 0 }", "every weight is 0"),
        ("weights = { first = -1, second = 1 }", "it must be 0 or more"),
    ],
    "value = 0.8\nstandard_error = 0.001": [
        ("value = 0.8\nstandard_eror = 0.001", "alternatives.utility.options.second.standard_eror] unknown key"),
        ("value = 0.8", "takes value and standard_error, or value and interval, or quartiles; found value"),
    ],
    '[alternatives.utility.options.second]\nlabel = "Second study"': [
        ('[alternatives.utility.options.second]\nlabel = ""', "alternatives.utility.options.second.label] is empty"),
    ],
    'distribution = "normal"\nunit = "utility"': [
        ('distribution = "normal"\nunit = "EQ-5D"', "is 'EQ-5D'; the model takes 'utility'"),
    ],
    'file = "trials.csv"': [('file = "trails.csv"', "'trails.csv' cannot be read")],
    'rows.trials.window = ["early"]': [
        ('rows.trails.window = ["early"]', "there is no table 'trails'; did you mean 'trials'?"),
        ('rows.trials.windov = ["early"]', "is no column; did you mean 'window'?"),
        ('rows.trials.window = ["earlier"]', "no row has 'earlier'; did you mean 'early'?"),
        ("rows.trials.window = []", "asks for no label"),
        ('rows.trials = { window = ["early"], trial = ["B"] }', "no row of 'trials' has all that is asked for"),
    ],
    'groups.window = ["early"]': [
        ('groups.windows = ["early"]', "there is no grouping 'windows'; did you mean 'window'?"),
        ('groups.window = ["erly"]', "has no group 'erly'; did you mean 'early'?"),
        ("groups.window = []", "names no group"),
    ],
    "traits.mean_age = { young = 50, old = 80 }": [
        ("traits.mean_age = { young = 50 }", "trait 'mean_age' is of young, people are of old, young"),
        ("traits.age = { young = 50, old = 80 }", "the model reads no such trait; did you mean 'mean_age'?"),
        ("", "is a trait that is missing"),
        ("traits.window = { young = 50, old = 80 }", "is the name of something else too; rename the trait"),
    ],
    "people = { young = 1, old = 3 }": [("people = { young = 0, old = 3 }", "it must be above 0")],
    'choose.utility = "second"': [
        ('choose.utilty = "second"', "there are no alternatives of that name; did you mean 'utility'?"),
        ('choose.utility = "third"', "is 'third', which is no option"),
    ],
    'scenario = "early"': [('scenario = "erly"', "names no scenario 'erly'; did you mean 'early'?")],
    'payers = ["NHS"]': [('payers = ["NSH"]', "nothing is paid by 'NSH'; did you mean 'NHS'?")],
    'value = 150, interval = [140, 160], price_year = "2022/23", source = "another", status = "assumed"': [
        ('value = 150, price_year = "2022/23"', "changes a figure and leaves the source of the old one"),
        (
            'value = 150, interval = [140, 160], source = "another", status = "assumed"',
            "changes a sum of money and not its price_year",
        ),
        (
            'value = 150, price_year = "2022/23", source = "another", status = "assumed"',
            "[variations.dear.changes.parameters.price] makes [parameters.price] wrong",
        ),
    ],
    'age = { value = 70, source = "older"': [
        (
            'agee = { value = 70, source = "older"',
            "changes.settings.agee] there is no [settings.agee] to change; did you mean 'age'?",
        ),
    ],
}


@pytest.mark.parametrize(
    ("before", "after", "said"), [(before, *one) for before, several in MISTAKES.items() for one in several]
)
def test_a_mistake_is_told_with_its_place_and_cure(read, before, after, said):
    assert before in INPUTS
    with pytest.raises(hm.parameters.InputError) as told:
        read(INPUTS.replace(before, after))
    assert said in str(told.value)


def test_a_section_that_is_no_table_is_told_though_variations_change_it(read):
    begin, end = INPUTS.index("[settings.age]"), INPUTS.index("[parameters.price]")
    text = "settings = 5\n" + INPUTS[:begin] + INPUTS[end:]
    with pytest.raises(hm.parameters.InputError, match="settings"):
        read(text)


def test_a_parameter_that_is_an_alternative_too_is_refused(read):
    with pytest.raises(hm.parameters.InputError, match="is a parameter too; rename or remove one"):
        read(
            INPUTS
            + f'\n[parameters.utility]\nlabel = "U"\nvalue = 1\ndistribution = "fixed"\nunit = "utility"\n{WORDS}'
        )


@pytest.mark.parametrize(
    ("trials", "said"),
    [
        ("window,trial\nearly,A\n", "'trials.csv' has no column 'n'"),
        ("window;trial;n\nearly;A;10\n", "'trials.csv' is separated by semicolons"),
        ("window,n,n\nearly,5,10\n", "'trials.csv' has two columns 'n'"),
        ("", "'trials.csv' is empty"),
        ("# nothing\n", "'trials.csv' is empty"),
        ('window,trial,n\n"early,A,10\nlate,B,20\n', "'trials.csv' is no table"),
        ("# trials\nwindow,trial,n\nearly,A,10,\n", "in line 3 cells to the number of 4"),
        ("window,trial,n\nearly,A\n", "in line 2 cells to the number of 2"),
        ("window,trial,n,\nearly,A,10,\n", "'trials.csv' has no name for column 4"),
    ],
)
def test_a_table_that_cannot_be_used_is_told(read, trials, said):
    with pytest.raises(hm.parameters.InputError) as told:
        read(trials=trials)
    assert said in str(told.value)


def test_published_results_of_a_variation_need_a_word_on_the_difference(read):
    published = 'published = [{ quantity = "icer", value = 1, source = "s", status = "read" }]\n'
    with pytest.raises(hm.parameters.InputError, match="say why ours is not the same"):
        read(INPUTS.replace('payers = ["NHS"]\n', 'payers = ["NHS"]\n' + published))
    explained = published + 'difference = "other costs"\n'
    found = read(INPUTS.replace('payers = ["NHS"]\n', 'payers = ["NHS"]\n' + explained))
    assert found.variations["second-cheap"].published[0].value == 1


def test_unknown_tables_and_rows_are_told_by_name(read):
    with pytest.raises(hm.HeemodelError, match="did you mean 'trials'"):
        read().table("trial", "all")
    assert isinstance(read().frames["trials"], pd.DataFrame)
    assert np.isclose(sum(read().alternatives["utility"].believed.values()), 1)
