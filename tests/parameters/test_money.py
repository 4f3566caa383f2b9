"""Money of an inputs file is in one currency: that of [about]."""

import pytest

import heemodel as hm

ABOUT = """
[about]
title = "t"
question = "q"
population = "p"
perspective = "v"
price_year = "2023/24"
policy = "nice-2022"
comparator = "old"
limits = ["l"]
"""
COST = """
[parameters.cost]
label = "Cost"
value = 100.0
distribution = "fixed"
unit = "£ per day"
price_year = "2023/24"
source = "s"
status = "assumed"
rationale = "r"
"""


def inputs(tmp_path, *changes, text=ABOUT + COST):
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "inputs.toml"
    path.write_text(text, encoding="utf-8")
    return hm.read_inputs(path)


def refused(tmp_path, *changes):
    with pytest.raises(hm.parameters.InputError) as error:
        inputs(tmp_path, *changes)
    return [str(one) for one in error.value.problems]


IN_DOLLARS = ('title = "t"', 'title = "t"\ncurrency = "USD"')


def test_the_currency_is_pounds_unless_the_file_says_otherwise(tmp_path):
    assert inputs(tmp_path).about.currency.name == "£"
    assert inputs(tmp_path, IN_DOLLARS, ("£ per day", "USD per day")).about.currency.sign == "USD\N{NO-BREAK SPACE}"


@pytest.mark.parametrize("unit", ["$ per day", "US$ per day", "USD per day"])
def test_a_sign_and_a_code_of_one_currency_go_together(tmp_path, unit):
    assert inputs(tmp_path, IN_DOLLARS, ("£ per day", unit)).parameters["cost"].unit == unit


def test_a_currency_that_is_none_is_told_with_its_line(tmp_path):
    (line,) = refused(tmp_path, ('title = "t"', 'title = "t"\ncurrency = "dollars"'))
    assert line.startswith("line 4: [about.currency] currency is 'dollars'")


@pytest.mark.parametrize(("currency", "unit"), [("USD", "£ per day"), ("£", "$ per day"), ("€", "SEK per day")])
def test_money_in_another_currency_than_the_analysis_is_refused(tmp_path, currency, unit):
    (line,) = refused(tmp_path, ('title = "t"', f'title = "t"\ncurrency = "{currency}"'), ("£ per day", unit))
    assert f"[parameters.cost.unit] is {unit!r}, and the analysis is in {currency}" in line
    assert line.endswith(f'currency = "{unit.split()[0]}" under [about]')


def test_following_the_hint_works(tmp_path):
    told = refused(tmp_path, ("£ per day", "$ per day"))
    assert 'currency = "$"' in told[0]
    assert inputs(tmp_path, ("£ per day", "$ per day"), ('title = "t"', 'title = "t"\ncurrency = "$"'))


def test_the_price_index_moves_pounds_only(tmp_path):
    before = ('unit = "£ per day"\nprice_year = "2023/24"', 'unit = "£ per day"\nprice_year = "2020/21"')
    assert float(inputs(tmp_path, before).central()["cost"]) > 100
    (line,) = refused(tmp_path, before, ("£ per day", "USD per day"), IN_DOLLARS)
    assert "[parameters.cost.price_year] is '2020/21'" in line
    assert "index is one of pounds" in line


def test_money_by_its_code_needs_a_price_year_too(tmp_path):
    told = refused(tmp_path, IN_DOLLARS, ('unit = "£ per day"\nprice_year = "2023/24"', 'unit = "USD per day"'))
    assert "money needs a price_year" in told[0]
