"""What a model needs of its inputs: names, units, kinds of evidence, each misfit told once."""

import pytest

import heemodel as hm
from tests.parameters.test_reading import GOOD, write

NEEDS = hm.Needs(
    strategies=("old",), settings={"age": "years"}, parameters={"price": "£ per patient"}, counts={"deaths": "patients"}
)


def misfit(tmp_path, needs, *, count=1, text=GOOD):
    with pytest.raises(hm.parameters.InputError) as error:
        hm.read_inputs(write(tmp_path, text), needs=needs)
    assert len(error.value.problems) == count, str(error.value)
    return str(error.value)


def test_a_file_that_fits_is_read(tmp_path):
    assert hm.read_inputs(write(tmp_path, GOOD), needs=NEEDS).setting("age") == 60


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (hm.Needs(settings={"age": "months"}), "[settings.age.unit] is 'years'; the model takes 'months'"),
        (hm.Needs(parameters={"price": "£ per day"}), "[parameters.price.unit] is '£ per patient'; the model takes"),
        (hm.Needs(counts={"deaths": "people"}), "[data.deaths_old.unit] is 'patients'; the model takes 'people'"),
        (hm.Needs(parameters={"dose": "mg"}), "[parameters.dose] is missing; add it, in 'mg'"),
        (hm.Needs(priors={"risk": "share"}), "[priors.risk] is missing"),
        (hm.Needs(means={"stays": "days"}), "[scenarios.base.evidence.stays] evidence on it is missing"),
        (hm.Needs(strategies=("new",)), "[scenarios.base.evidence.deaths.new] is missing; name a record"),
    ],
)
def test_each_misfit_is_told_with_its_place(tmp_path, other, said):
    assert said in misfit(tmp_path, NEEDS | other)


def test_a_misspelt_name_is_one_mistake_and_not_two(tmp_path):
    needs = hm.Needs(
        strategies=("olde",),
        settings={"ages": "years"},
        parameters={"prize": "£ per patient"},
        counts={"death": "patients"},
    )
    said = misfit(tmp_path, needs, count=4)
    for name in ("'ages'", "'prize'", "'death'", "'olde'"):
        assert f"did you mean {name}?" in said


def test_a_mean_where_a_count_is_needed_is_told(tmp_path):
    text = GOOD.replace("events = 4\n", "mean = 4\n")
    assert "needs a count: events among n; record 'deaths_old' gives none" in misfit(tmp_path, NEEDS, text=text)


def test_white_space_in_a_unit_does_not_matter(tmp_path):
    text = GOOD.replace('"£ per patient"', '"£  per patient "')
    assert hm.read_inputs(write(tmp_path, text), needs=NEEDS).parameters["price"].value == 100


def test_mistakes_of_the_file_and_misfits_are_reported_together(tmp_path):
    text = GOOD.replace("standard_error = 10", "standard_error = 0")
    assert "must be above 0" in misfit(tmp_path, NEEDS | hm.Needs(settings={"age": "months"}), count=2, text=text)
