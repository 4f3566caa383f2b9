"""Every mistake that an inputs file can have is found, all at once, each with its place and the cure."""

import pytest

import heemodel as hm

GOOD = """
[about]
title = "T"
question = "Q"
population = "P"
perspective = "NHS"
price_year = "2017/18"
policy = "nice-2022"
comparator = "old"
limits = []

[settings.age]
label = "Age"
value = 60
unit = "years"
source = "S"
status = "read"
rationale = "R"

[parameters.price]
label = "Price"
value = 100
standard_error = 10
distribution = "gamma"
unit = "£ per patient"
price_year = "2017/18"
source = "S"
status = "read"
rationale = "R"

[data.deaths_old]
label = "Deaths"
events = 4
n = 10
unit = "patients"
source = "S"
status = "read"
rationale = "R"

[steps.Drug]
label = "Net"
quantity = "net"

[components.drug]
label = "Drug"
payer = "NHS"
kind = "cash-releasing"
step = "Drug"
rationale = "R"

[scenarios.base]
label = "Base"
summary = "S"
design = "D"
[scenarios.base.evidence]
deaths.old = "deaths_old"
"""


def write(tmp_path, text):
    path = tmp_path / "inputs.toml"
    path.write_text(text, encoding="utf-8")
    return path


def message(tmp_path, old, new, count=1):
    """The error of the good file with one thing changed."""
    assert old in GOOD
    with pytest.raises(hm.parameters.InputError) as error:
        hm.read_inputs(write(tmp_path, GOOD.replace(old, new, 1)))
    assert len(error.value.problems) == count, str(error.value)
    return str(error.value)


def test_a_good_file_is_read(tmp_path):
    inputs = hm.read_inputs(write(tmp_path, GOOD))
    assert inputs.setting("age") == 60
    assert inputs.evidence("base", "deaths").to_dict("records") == [
        {"strategy": "old", "record": "deaths_old", "n": 10.0, "events": 4}
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'source = "S"\nstatus = "read"\nrationale = "R"\n\n[data',
            'status = "read"\nrationale = "R"\n\n[data',
            "source is missing",
        ),
        (
            'source = "S"\nstatus = "read"\nrationale = "R"\n\n[data',
            'source = " "\nstatus = "read"\nrationale = "R"\n\n[data',
            "is empty",
        ),
        ('unit = "£ per patient"\nprice_year = "2017/18"\n', 'unit = "days"\nprice_year = "2017/18"\n', "is no money"),
        (
            '"gamma"\nunit = "£ per patient"\nprice_year = "2017/18"\n',
            '"normal"\nunit = "share"\n',
            "a share takes a beta distribution",
        ),
        (
            'standard_error = 10\ndistribution = "gamma"\nunit = "£ per patient"\nprice_year = "2017/18"\n',
            'distribution = "fixed"\nunit = "share"\n',
            "a share lies between 0 and 1",
        ),
        (
            'status = "read"\nrationale = "R"\n\n[steps',
            'status = "assumed"\nrationale = "R"\n\n[steps',
            "names no figure",
        ),
        ("events = 4\n", 'events = 4\nassumed = ["n", "events"]\n', "every figure is assumed"),
        ("events = 4\n", 'events = 4\nassumed = ["mean"]\n', "names 'mean', which the record does not have"),
        ("standard_error = 10", "standard_error = 10\nplausible = [200, 50]", "does not run from low to high"),
        ("events = 4\n", "events = 4\nplausible = [1, 50]\n", "is a range for a value or mean, and there is none"),
        ("standard_error = 10", "standard_eror = 10", "did you mean 'standard_error'?"),
        ("standard_error = 10", "standard_error = 0", "is 0; it must be above 0"),
        ("standard_error = 10", "standard_error = -1", "is -1; it must be above 0"),
        ("standard_error = 10", "interval = [120, 130]", "excludes the mean 100; it must lie between the two"),
        ("standard_error = 10", "interval = [110, 90]", "from low to high"),
        ("standard_error = 10", "", "takes value and standard_error, or value and interval, or quartiles; found value"),
        (
            "standard_error = 10",
            "standard_error = 10\ninterval = [90, 110]",
            "found value, standard_error and interval",
        ),
        ("standard_error = 10", 'standard_error = "ten"', "is 'ten'; write the number without quotes"),
        ("value = 100\n", "value = nan\n", "finite number"),
        ("value = 100\n", "value = -100\n", "is no gamma distribution: value = -100 is not above 0"),
        (
            "value = 100\n",
            "",
            "takes value and standard_error, or value and interval, or quartiles; found standard_error",
        ),
        ("value = 100\n", "value = [100, 200]\n", "need a dimension and its labels"),
        (
            "value = 100\n",
            'value = [100, 200]\ndimension = "mrs"\nlabels = ["0"]\n',
            "value has 2 numbers for 1 labels",
        ),
        ('distribution = "gamma"', 'distribution = "gama"', "write one of: fixed, normal"),
        ('price_year = "2017/18"\nsource', "source", "money needs a price_year"),
        ('price_year = "2017/18"\nsource', 'price_year = "2017"\nsource', "did you mean '2017/18'?"),
        ('price_year = "2017/18"\npolicy', 'price_year = "1066/67"\npolicy', "runs from 2013/14 to"),
        ('status = "read"', 'status = "certain"', "write one of: 'read'"),
        ("events = 4", "events = -4", "is -4; it must be 0 or more"),
        ("events = 4", "events = 14", "events cannot exceed n"),
        ("events = 4", "events = 4.5", "is 4.5; it must be a whole number"),
        ("events = 4", 'events = "4,5"', "write the number without quotes, and with a decimal point"),
        ("n = 10\n", "n = 0\n", "must be above 0"),
        ("n = 10\n", "n = 10.5\n", "whole number"),
        ("events = 4", "events = 4\nmean = 3", "events and mean; give one of"),
        ("[settings.age]", "[setings.age]", "unknown section; did you mean 'settings'?"),
        (
            'deaths.old = "deaths_old"',
            'deaths.old = "death_old"',
            "names data record 'death_old', which is not there; did you mean 'deaths_old'?",
        ),
        (
            "[data.deaths_old]",
            "[data.deaths_odl]",
            "names data record 'deaths_old', which is not there; did you mean 'deaths_odl'?",
        ),
        ('step = "Drug"', 'step = "Drugs"', "names no step 'Drugs'; did you mean 'Drug'?"),
        ('kind = "cash-releasing"', 'kind = "cash"', "write one of: 'cash-releasing'"),
    ],
)
def test_each_mistake_is_named_with_its_cure(tmp_path, old, new, said):
    assert said in message(tmp_path, old, new)


def test_a_beta_with_too_large_a_standard_error_says_what_is_possible(tmp_path):
    text = message(
        tmp_path,
        'value = 100\nstandard_error = 10\ndistribution = "gamma"\nunit = "£ per patient"\n',
        'value = 0.5\nstandard_error = 0.6\ndistribution = "beta"\nunit = "£ per patient"\n',
    )
    assert "must be below √(mean × (1 − mean)) = 0.5" in text


def test_all_mistakes_are_reported_at_once_in_the_order_of_the_file(tmp_path):
    bad = GOOD.replace("standard_error = 10", "standard_error = 0").replace("events = 4", "events = 40")
    bad = bad.replace('title = "T"\n', "")
    with pytest.raises(hm.parameters.InputError) as error:
        hm.read_inputs(write(tmp_path, bad))
    lines = [problem.line for problem in error.value.problems]
    assert len(lines) == 3
    assert lines == sorted(lines)
    assert "3 mistakes" in str(error.value)


def test_the_line_of_the_mistake_is_given(tmp_path):
    text = GOOD.replace("standard_error = 10", "standard_error = 0")
    number = text.splitlines().index("standard_error = 0") + 1
    assert f"line {number}: [parameters.price.standard_error]" in message(
        tmp_path, "standard_error = 10", "standard_error = 0"
    )


def test_a_role_that_another_scenario_has_may_not_be_left_out(tmp_path):
    more = (
        GOOD
        + '\n[scenarios.other]\nlabel = "O"\nsummary = "S"\ndesign = "D"\n'
        + '[scenarios.other.evidence]\nstays.old = "deaths_old"\n'
    )
    with pytest.raises(hm.parameters.InputError, match=r"has no record for stays\.old") as error:
        hm.read_inputs(write(tmp_path, more))
    assert "has no record for deaths.old" in str(error.value)


def test_labels_of_one_dimension_must_agree_and_model_dimensions_are_reserved(tmp_path):
    table = (
        '\n[parameters.{}]\nlabel = "L"\nvalue = [1, 2]\nstandard_error = 1\ndistribution = "normal"\nunit = "u"\n'
        'source = "S"\nstatus = "read"\nrationale = "R"\ndimension = "{}"\nlabels = ["0", "{}"]\n'
    )
    with pytest.raises(hm.parameters.InputError, match=r"differ from those of 'a', \['0', '1'\]; use the same labels"):
        hm.read_inputs(write(tmp_path, GOOD + table.format("a", "mrs", "1") + table.format("b", "mrs", "2")))
    with pytest.raises(hm.parameters.InputError, match="'sample' belongs to the model"):
        hm.read_inputs(write(tmp_path, GOOD + table.format("a", "sample", "1")))


def test_a_record_that_no_scenario_names_is_a_mistake(tmp_path):
    table = GOOD[GOOD.index("[data.deaths_old]") : GOOD.index("[steps")]
    more = table + table.replace("deaths_old", "idle")
    assert "[data.idle] is named by no scenario" in message(tmp_path, table, more)


def test_a_byte_order_mark_does_no_harm(tmp_path):
    (tmp_path / "bom.toml").write_text(GOOD, encoding="utf-8-sig")
    assert hm.read_inputs(tmp_path / "bom.toml").setting("age") == 60


def test_toml_that_cannot_be_parsed_is_told_with_its_line(tmp_path):
    with pytest.raises(hm.parameters.InputError, match=r"line 1: is not valid TOML"):
        hm.read_inputs(write(tmp_path, "[about\n"))


def test_a_table_given_twice_is_told(tmp_path):
    with pytest.raises(hm.parameters.InputError, match="not valid TOML"):
        hm.read_inputs(write(tmp_path, GOOD + "\n[settings.age]\nvalue = 1\n"))


def test_a_missing_file_and_another_encoding_are_told(tmp_path):
    with pytest.raises(hm.parameters.InputError, match="cannot be read"):
        hm.read_inputs(tmp_path / "none.toml")
    path = tmp_path / "latin.toml"
    path.write_bytes('title = "£"'.encode("latin-1"))
    with pytest.raises(hm.parameters.InputError, match="not UTF-8"):
        hm.read_inputs(path)


@pytest.mark.parametrize(
    "text", ["", "about = 1", "[parameters]\nprice = 3", "parameters = 1\nscenarios = 2\ndata = 3"]
)
def test_a_file_of_another_shape_is_an_error_and_not_a_crash(tmp_path, text):
    with pytest.raises(hm.parameters.InputError):
        hm.read_inputs(write(tmp_path, text))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("title = “T”", "use straight quotes"),
        ("value = 1,085", "write thousands without commas"),
        ("value = 41,5", "write a decimal point rather than a comma"),
        ("value = 0,05 # a share", "write a decimal point rather than a comma"),
        ("value = 0,125", "write a decimal point rather than a comma"),
        ("value = £5", "its currency belongs in unit"),
        ("value = 17%", "write a percentage as a share"),
        ('title = "T', "a quote is not closed"),
        ("title = T", "text goes between quotes"),
    ],
)
def test_a_line_that_is_not_toml_is_shown_with_what_was_probably_meant(tmp_path, line, said):
    with pytest.raises(hm.parameters.InputError) as error:
        hm.read_inputs(write(tmp_path, f"[about]\n{line}\n"))
    assert str(error.value).splitlines()[1].startswith("  line 2: is not valid TOML")
    assert said in str(error.value)
    assert line in str(error.value)
