"""Currencies as they are named and printed, and units that are money."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heemodel.currency import ISO_4217, POUNDS, Currency, currency_in, currency_of
from heemodel.errors import HeemodelError


@pytest.mark.parametrize("name", ["£", "$", "€", "¥", "₹", "US$", "A$", "Int$"])
def test_a_sign_stands_before_the_figure(name):
    assert currency_of(name).sign == name


@given(st.sampled_from(sorted(ISO_4217)))
def test_a_code_stands_before_the_figure_with_a_blank(code):
    assert currency_of(code).sign == f"{code}\N{NO-BREAK SPACE}"
    assert currency_in(f"{code} per day") == Currency(code)


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("usd", "write 'USD'"),
        (" USD", "leave out the blanks: 'USD'"),
        ("UDS", "a code of ISO 4217"),
        ("GBPP", "code of ISO 4217"),
        ("dollars", "such as 'USD'"),
        ("", "such as 'USD'"),
        ("5$", "such as 'USD'"),
        ("$$", "such as 'USD'"),
        (None, "such as 'USD'"),
    ],
)
def test_what_is_no_currency_is_refused_with_one_that_is(name, cure):
    with pytest.raises(HeemodelError) as error:
        currency_of(name)
    assert f"currency is {name!r}" in str(error.value)
    assert cure in str(error.value)


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("£ per day", "£"),
        ("cost in €", "€"),
        ("US$ per year", "US$"),
        ("£/day", "£"),
        ("SEK", "SEK"),
        ("days", None),
        ("QALYs per patient", None),
        ("ICU days", None),
        ("share", None),
    ],
)
def test_a_unit_is_money_where_it_has_a_sign_or_begins_with_a_code(unit, name):
    assert currency_in(unit) == (None if name is None else Currency(name))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("$", "USD", True),
        ("$", "US$", True),
        ("USD", "AUD", False),
        ("GBP", "£", True),
        ("£", "$", False),
        ("A$", "US$", False),
        ("SEK", "SEK", True),
        ("€", "GBP", False),
    ],
)
def test_names_of_one_currency_match(one, other, same):
    assert currency_of(one).matches(currency_of(other)) == same
    assert currency_of(other).matches(currency_of(one)) == same


def test_signs_of_one_currency_alone_have_a_plain_name():
    assert [currency_of(name).plain for name in ("£", "€", "$", "USD")] == ["GBP", "EUR", "$", "USD"]
    assert str(POUNDS) == "£"
