"""The page, the workbook and the csv files of a run say the same numbers."""

import re

import html5lib
import pandas as pd
import pytest

from heemodel.report import write_report
from tests.report.made_up import words

FIGURE = re.compile(r"[−-]?[£$€]?[−-]?\d[\d,]*(?:\.\d+)?(?: million)?%?")


@pytest.fixture(scope="module")
def out(savings, tmp_path_factory):
    path = tmp_path_factory.mktemp("same") / "results"
    write_report(path, savings, formats=["html", "xlsx"])
    return path


@pytest.fixture(scope="module")
def table(out):
    return pd.read_csv(out / "headline.csv", keep_default_na=False, na_values={"value": "", "lower": "", "upper": ""})


@pytest.fixture(scope="module")
def sheet(out):
    return pd.read_excel(out / "report.xlsx", sheet_name="Headline", header=3, keep_default_na=False, na_values=[""])


@pytest.fixture(scope="module")
def printed(out):
    """The cells of the page's table of savings, by the heading of the row."""
    page = html5lib.HTMLParser(namespaceHTMLElements=False).parse((out / "report.html").read_text(encoding="utf-8"))
    found = [each for each in page.findall(".//table") if words(each.find("caption")).startswith("What it saves")]
    assert len(found) == 1
    rows = [[words(cell) for cell in row] for row in found[0].findall(".//tr")]
    return {row[0]: row[1:] for row in rows}


def figures(text):
    """Numbers in a text, each with half of the last digit that it can have been rounded to."""
    for figure in FIGURE.findall(text):
        digits = re.sub(r"[^\d.]", "", figure)
        scale = 0.01 if figure.endswith("%") else 1e6 if figure.endswith("million") else 1.0
        whole, _, decimals = digits.partition(".")
        noughts = len(whole) - len(whole.rstrip("0")) if not decimals else 0
        last = 10.0 ** -len(decimals) if decimals else 10.0**noughts
        yield (-1 if "−" in figure or "-" in figure else 1) * float(digits) * scale, last * scale / 2


def test_the_workbook_and_the_files_have_the_same_numbers(savings, table, sheet):
    mean = table[table["basis"] == "probabilistic"]
    labels = {name: savings.label(name) for name in savings.scenarios}
    keys = ["Name in headline.csv", "Scenario", "Strategy"]
    rows = sheet.assign(Strategy=sheet["Strategy"].fillna("")).set_index(keys)
    assert rows.index.is_unique
    compared = {"value": "Mean", "lower": "95% interval, lower end", "upper": "95% interval, upper end"}
    for row in mean.itertuples():
        mine = rows.loc[(row.quantity, labels[row.scenario], row.strategy)]
        for column, heading in compared.items():
            expected = getattr(row, column)
            assert mine[heading] == pytest.approx(expected, rel=1e-11, abs=1e-14, nan_ok=True)
    assert len(rows) == len(mean)


def test_what_the_page_prints_are_roundings_of_them(savings, table, printed):
    asked = {f"{step.label}, per patient": step.quantity for step in savings.inputs.steps.values()}
    asked["Probability that it saves money"] = "probability_saving"
    checked = 0
    for label, quantity in asked.items():
        cells = next(row for heading, row in printed.items() if heading.startswith(label))
        for place, scenario in enumerate(savings.scenarios):
            mine = table[(table["quantity"] == quantity) & (table["scenario"] == scenario)]
            mean = mine[mine["basis"] == "probabilistic"].iloc[0]
            text = cells[2 * place + 1]
            expected = (
                [mean["value"]] if quantity.startswith("probability") else list(mean[["value", "lower", "upper"]])
            )
            numbers = list(figures(text.replace("95%", "")))
            assert len(numbers) == len(expected), text
            for (number, half), value in zip(numbers, expected, strict=True):
                bound = text.startswith(("over", "under"))  # over 99% says no more
                assert (value >= 0.99 or value <= 0.01) if bound else abs(number - value) <= half * (1 + 1e-9), text
                checked += 1
    assert checked == len(savings.scenarios) * (3 * len(savings.inputs.steps) + 1)


def test_a_rounding_that_is_none_is_seen():
    assert list(figures("£25,700 (−£1,050 to £2.5 million), 85%")) == [
        (25_700, 50),
        (-1_050, 5),
        (2.5e6, 5e4),
        (0.85, pytest.approx(0.005)),
    ]
