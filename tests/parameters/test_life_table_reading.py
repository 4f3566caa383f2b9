"""Every mistake that a life table of one's own can have is found, all at once, with its place and the cure."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import heemodel as hm
from heemodel.parameters import LifeTableError

MORTALITY = Path(__file__).parents[1] / "reference" / "data" / "us_2015_mortality.csv"


def frame(**columns):
    return pd.DataFrame(columns)


def mistakes(table):
    """The mistakes of a table, each as text."""
    with pytest.raises(LifeTableError) as error:
        hm.parameters.life_table(table)
    assert f"{len(error.value.mistakes)} mistake" in str(error.value)
    return [str(mistake) for mistake in error.value.mistakes]


def the_mistake(table):
    found = mistakes(table)
    assert len(found) == 1, found
    return found[0]


def test_a_table_is_given_by_name_path_text_of_a_path_frame_or_as_it_is(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("# a comment\nage, mx\n\n60, 0.01\n61, 0.02\n", encoding="utf-8-sig")
    for source in (path, str(path)):
        table = hm.parameters.life_table(source)
        assert table.name == "own.csv"
        assert table.rates.sel(sex="persons").to_numpy().tolist() == [0.01, 0.02]
    assert hm.parameters.life_table(table) is table
    assert hm.parameters.life_table("uk-2022-2024") is hm.parameters.life_table("uk-2022-2024")
    assert hm.parameters.life_table("uk-2022-2024").rates.sizes == {"sex": 2, "age": 101}


def test_other_columns_of_published_life_tables_are_not_read():
    published = frame(age=[60, 61], lx=[100_000, 99_000], dx=[1000, 990], qx=[0.01, 0.01], Lx=[1, 1], ex=[20, 19])
    assert hm.parameters.life_table(published).rates.sizes["age"] == 2


def test_what_is_no_table_is_refused(tmp_path):
    for source, said in (
        (3, "is a int"),
        (None, "is a NoneType"),
        ("uk", "uk-2022-2024"),
        ("no.csv", "cannot be read"),
    ):
        with pytest.raises(hm.HeemodelError, match=said):
            hm.parameters.life_table(source)
    path = tmp_path / "own.csv"
    for content, said in (("age;qx\n1;2\n", "semicolons"), ("age,qx\n1,2,3\n", "line 2"), ("", "empty")):
        path.write_text(content)
        with pytest.raises(hm.HeemodelError, match=said):
            hm.parameters.life_table(path)
    path.write_bytes("âge,qx\n".encode("latin-1"))
    with pytest.raises(hm.HeemodelError, match="UTF-8"):
        hm.parameters.life_table(path)
    assert "has no rows" in the_mistake(frame(age=[], qx=[]))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"qx": 0.1}, "'age' is missing"),
        ({"age": 60}, "mortality is missing; name it qx"),
        ({"age": 60, "qx": 0.1, "mx": 0.1}, "leave one kind out"),
        ({"age": 60, "qx_male": 0.1, "mx_female": 0.1}, "leave one kind out"),
        ({"age": 60, "qx": 0.1, "qx_male": 0.1, "qx_female": 0.1}, "leave out the column of both"),
        ({"age": 60, "qx_male": 0.1}, "add female"),
        ({"age": 60, "sex": "male", "qx_male": 0.1, "qx_female": 0.1}, "remove 'sex'"),
        ({"age": 60, "qx": 0.1, "yaer": 2020}, "did you mean 'year'"),
        ({"age": 60, "qx": 0.1, "Sex": "male"}, "rename it to 'sex'"),
        ({"age": 60, "qx": 0.1, "Female": 0.1}, "qx_female if it holds probabilities, to mx_female if rates"),
    ],
)
def test_columns_that_are_missing_doubled_or_named_otherwise(columns, said):
    assert said in the_mistake(frame(**{name: [value] for name, value in columns.items()}))


def test_a_column_that_is_there_twice_and_an_age_in_the_index():
    assert "'qx' is there twice" in the_mistake(pd.DataFrame([[60, 0.1, 0.1]], columns=["age", "qx", "qx"]))
    assert "reset_index" in the_mistake(pd.DataFrame({"qx": [0.1]}, index=pd.Index([60], name="age")))


def test_a_published_file_with_names_of_its_own_is_told_each_of_them():
    found = "\n".join(mistakes(frame(Year=[2015], Age=[0], Female=[0.005], Male=[0.006], Total=[0.0059])))
    for said in ("'Year'", "'Age'", "mx_female", "mx_male", "'Total'", "mx if deaths per person-year"):
        assert said in found


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("0.46%", "as a share: 0.46% is 0.0046"),
        ("0,46", "decimal point"),
        ("1,234", "thousands without commas"),
        ("high", "give a finite number"),
        ("", "leave the row out"),
        (None, "leave the row out"),
        (np.nan, "leave the row out"),
        (np.inf, "give a finite number"),
        (True, "give a finite number"),
        ("1_0", "give a finite number"),
        (1.2, "divide percentages by 100"),
        (46, "divide percentages by 100"),
        (-0.1, "between 0 and 1"),
    ],
)
def test_a_probability_that_cannot_be(cell, said):
    told = the_mistake(pd.DataFrame({"age": [60, 61], "qx": pd.Series([0.1, cell], dtype=object)}))
    assert said in told
    assert "row 1, qx" in told


def test_a_rate_that_cannot_be():
    assert "row 0, mx is -0.1" in the_mistake(frame(age=[60], mx=[-0.1]))
    assert "by 1,000" in the_mistake(frame(age=[60], mx=[9.5]))
    assert "more than 10" in the_mistake(frame(age=[95], mx=[230]))
    assert hm.parameters.life_table(frame(age=[105], mx=[1.4])).last_age == 105


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        *((text, "such as 85") for text in ("85+", "80-84", "80–84", "<1", "85 and over")),
        *((60.5, "whole number"), (-1, "from 0 to 130"), (2015, "from 0 to 130"), ("", "leave the row out")),
    ],
)
def test_an_age_that_is_none(cell, said):
    told = the_mistake(pd.DataFrame({"age": pd.Series([60, cell], dtype=object), "qx": [0.1, 0.1]}))
    assert said in told
    assert "row 1, age" in told


@pytest.mark.parametrize("cell", [20.5, 99, 20_240, "2020/21"])
def test_a_calendar_year_that_is_none(cell):
    assert "row 0, year" in the_mistake(frame(age=[60], year=[cell], qx=[0.1]))


@pytest.mark.parametrize("cell", ["m", "Male", "both", 1, None])
def test_a_sex_that_is_neither(cell):
    rows = pd.DataFrame({"age": [60] * 3, "sex": ["male", "female", cell], "qx": [0.1] * 3})
    assert "row 2, sex" in the_mistake(rows)


def test_a_row_that_is_there_twice_names_both():
    told = the_mistake(frame(age=[60, 61, 60], qx=[0.1] * 3))
    assert "row 2, repeats age 60 of row 0" in told
    dated = frame(age=[60, 60, 60], year=[2020, 2021, 2021], sex=["male"] * 3, qx=[0.1] * 3)
    assert any("row 2, repeats age 60, male, 2021 of row 1" in told for told in mistakes(dated))


@pytest.mark.parametrize(
    ("ages", "said"),
    [
        ([60, 61, 63], "age 62 is missing"),
        ([0, 5, 10, 20], "age 15 is missing"),
        ([0, 1, 5, 10, 20], "age 15 is missing"),
        ([0, 3, 7], "ages are 0, 3, 7"),
        ([0, 20, 40], "ages are 0, 20, 40"),
        ([0, 1, 10, 11], "ages are 0, 1, 10, 11"),
    ],
)
def test_ages_that_are_neither_in_line_nor_in_bands(ages, said):
    told = the_mistake(frame(age=ages, qx=[0.1] * len(ages)))
    assert said in told
    assert "bands of 5 or 10 years" in told


@pytest.mark.parametrize("ages", [[0], [25, 26, 27], [0, 1, 5, 10], [0, 1, 10, 20], [0, 5, 10], [40, 50], [0, 1]])
def test_ages_in_line_and_in_bands_are_taken_in_any_order(ages):
    table = hm.parameters.life_table(frame(age=ages[::-1], mx=[age / 1000 for age in ages[::-1]]))
    assert (table.first_age, table.last_age) == (ages[0], ages[-1])
    assert table.rates.sel(sex="persons", age=ages).to_numpy().tolist() == [age / 1000 for age in ages]


def test_sexes_and_calendar_years_that_differ_in_ages():
    rows = [(60, "male"), (61, "male"), (60, "female")]
    assert "age 61, female is missing" in the_mistake(pd.DataFrame(rows, columns=["age", "sex"]).assign(qx=0.1))
    assert "age 60, female is missing" in the_mistake(frame(age=[60], sex=["male"], qx=[0.1]))
    assert "age 60, 2021 is missing" in the_mistake(frame(age=[60, 60], year=[2020, 2022], mx=[0.1, 0.1]))


def test_everyone_dies_at_the_last_age_alone_and_then_in_all_calendar_years():
    assert "later ages" in the_mistake(frame(age=[60, 61], qx=[1, 0.5]))
    dated = frame(age=[60, 60], year=[2020, 2021], qx=[1, 0.9])
    assert "in all calendar years or in none" in the_mistake(dated)
    assert np.isinf(hm.parameters.life_table(frame(age=[60, 61], qx=[0.5, 1])).rates[0, -1])


def test_an_open_band_has_no_probability():
    told = the_mistake(frame(age=[75, 80, 85], qx=[0.2, 0.3, 1]))
    assert "row 2, qx is 1" in told
    assert "give mx" in told


def test_all_mistakes_of_a_file_are_told_at_once_with_their_lines(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(
        "# source\nage,sex,qx\n60,male,0.1\n60,female,12%\n61,male,7\n61,both,0.1\n62,male,0.1\n62,male,0.1\n"
    )
    told = "\n".join(mistakes(path))
    for said in ("line 4, qx is '12%'", "line 5, qx is 7", "line 6, sex is 'both'", "line 8, repeats age 62, male"):
        assert said in told


def test_many_mistakes_of_one_kind_are_counted_and_all_kept():
    with pytest.raises(LifeTableError, match="and 97 more") as error:
        hm.parameters.life_table(frame(age=range(100), qx=np.linspace(2, 99, 100)))
    assert len(error.value.mistakes) == 100


def test_the_united_states_in_2015():
    table = hm.parameters.life_table(MORTALITY)
    assert (table.first_age, table.last_age, table.has_sexes) == (25, 99, False)
    assert table.rates.sel(sex="persons", age=[25, 60, 99]).to_numpy().tolist() == [0.001014, 0.008974, 0.339149]
