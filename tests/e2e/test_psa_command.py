"""`heemodel psa` as a user meets it."""

import json
import re
import shlex

import numpy as np
import pandas as pd
import pytest

from tests.decision.test_appraisal import psa
from tests.e2e.test_command import heemodel, refused


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    outcomes, draws = psa(300)
    outcomes["cost"].to_pandas().to_csv(folder / "c.csv", index=False)
    outcomes["qaly"].to_pandas()[["worse", "old", "new"]].to_csv(folder / "e.csv", index=False)
    draws.to_csv(folder / "p.csv", index=False)
    long = outcomes.to_dataframe().reset_index().merge(draws.assign(sample=np.arange(300)), on="sample")
    long.to_parquet(folder / "long.parquet", index=False)
    return folder


def three(folder):
    return "--costs", folder / "c.csv", "--effects", folder / "e.csv"


def test_three_files_become_a_report(files, tmp_path):
    words = "--parameters", files / "p.csv", "--comparator", "old", "--out", tmp_path / "out"
    options = "--thresholds=20000", "30000", "--groups", "effect,price", "--population", "1000", "--horizon", "10"
    done = heemodel("psa", *three(files), *words, *options)
    assert done.returncode == 0, done.stderr
    assert "report.html" in done.stdout
    evppi = pd.read_csv(tmp_path / "out" / "evppi.csv")
    assert set(evppi["parameters"]) == {"effect", "price", "rate", "effect,price"}
    assert set(evppi["threshold"]) == {20_000, 30_000}
    assert "1,000 people a year for 10 years" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_steps_are_told_line_by_line_where_there_is_no_terminal(files, tmp_path):
    words = "--parameters", files / "p.csv", "--comparator", "old", "--thresholds=20000", "--out", tmp_path / "out"
    done = heemodel("psa", *three(files), *words)
    assert done.returncode == 0, done.stderr
    *lines, last = done.stderr.splitlines()
    assert last.startswith("Look again: Only 300 draws")
    assert all(re.fullmatch(r"\[ *\d+ s\] (\d+ of \d+: )?[a-z ]+", line) for line in lines), done.stderr
    steps = [line.partition("] ")[2] for line in lines]
    assert steps[0] == "reading"
    assert steps[1].endswith("value of information")
    assert steps[-1] == "drawing and writing the report"
    assert done.stdout.splitlines() == [f"Report: {tmp_path / 'out' / 'report.html'}"]


def test_every_format_that_is_asked_for_is_written_and_told(files, tmp_path):
    words = "--comparator", "old", "--thresholds=20000", "--format", "docx,html", "--format", "xlsx", "--format=html"
    done = heemodel("psa", *three(files), *words, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    reports = [tmp_path / "out" / f"report.{kind}" for kind in ("docx", "html", "xlsx")]
    assert done.stdout.splitlines() == [f"Report: {report}" for report in reports]
    assert all(report.stat().st_size for report in reports)


def test_cautions_stand_in_the_report(files, tmp_path):
    """Costs and QALYs taken for each other, few samples, rows of parameters in another order, one that is constant."""
    odd = pd.read_csv(files / "p.csv").sample(frac=1, random_state=1)
    odd.to_csv(tmp_path / "p.csv", index=False)
    swapped = "--costs", files / "e.csv", "--effects", files / "c.csv", "--parameters", tmp_path / "p.csv"
    done = heemodel("psa", *swapped, "--comparator", "old", "--thresholds=20000", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    for text in ("Only 300 draws", "are costs and QALYs swapped?", "than chance would", "value of information: rate."):
        assert text in page
        assert page.index('id="glance"') < page.index(text)
    assert "4 things to look at again" in page[: page.index('id="glance"')]


def test_one_long_file_gives_the_same(files, tmp_path):
    for name, words in (
        ("wide", [*three(files), "--parameters", files / "p.csv"]),
        ("long", ["--samples", files / "long.parquet"]),
    ):
        done = heemodel("psa", *words, "--comparator", "old", "--out", tmp_path / name, "--thresholds", "20000")
        assert done.returncode == 0, done.stderr
    for table in ("headline", "incremental", "acceptability", "evpi", "evppi", "tornado"):
        one, other = (pd.read_csv(tmp_path / name / f"{table}.csv") for name in ("wide", "long"))
        pd.testing.assert_frame_equal(one, other, rtol=1e-9)


def test_without_thresholds_those_of_the_policy_profiles_are_taken(files, tmp_path):
    done = heemodel("psa", *three(files), "--comparator", "old", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert all(f"At £{threshold} per QALY" in page for threshold in ("20,000", "25,000", "30,000", "35,000"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--comparator", "od"], "did you mean 'old'"),
        (["--comparator", "old", "--population", "100"], "go together"),
        (["--comparator", "old", "--thresholds", "20,000"], "'20,000' is not a number; write it in digits only"),
        (["--comparator", "old", "--thresholds", "20000", "£30000"], "'£30000' is not a number; write it in digits"),
        (
            ["--comparator", "old", "--population", "10k"],
            "'10k' is not a number; write it in digits only, such as",
        ),
        (["--comparator", "old", "--horizon", "ten"], 'write for example "10 years", "18 months", "52 weeks"'),
        (["--comparator", "old", "--horizon", "0"], "give a time above 0"),
        (["--comparator", "old", "--discount", "3.5"], "3.5 is 350%; give a fraction: 3.5% is 0.035"),
        (["--comparator", "old", "--groups", "effect,price"], "no parameters are given; add --parameters FILE"),
        ([], "Missing option '--comparator'"),
    ],
)
def test_mistakes_end_in_one_message(files, tmp_path, words, said):
    refused(heemodel("psa", *three(files), *words, "--out", tmp_path / "out"), tmp_path / "out", said)


def test_errors_name_options_as_they_are_typed(files, tmp_path):
    done = heemodel("psa", "--samples", files / "c.csv", "--comparator", "old", "--out", tmp_path / "out")
    refused(done, tmp_path / "out", "files with a column for each strategy are given as --costs and --effects")


def test_one_wide_table_is_read_by_its_names_or_as_is_said(files, tmp_path):
    cost, qaly, draws = (pd.read_csv(files / f"{name}.csv") for name in ("c", "e", "p"))
    named = [cost.add_suffix("_Cost"), qaly.add_suffix("_QALY"), draws]
    pd.concat(named, axis=1).to_csv(tmp_path / "named.csv", index=False)
    other = [cost.add_prefix("TC "), qaly.add_prefix("Q "), draws]
    pd.concat(other, axis=1).to_csv(tmp_path / "other.csv", index=False)
    columns = [word for name in cost for word in ("--columns", name, f"TC {name}", f"Q {name}")]
    again = "--comparator", "old", "--thresholds=20000", "30000"
    for out, words in (
        ("three", [*three(files), "--parameters", files / "p.csv"]),
        ("named", ["--samples", tmp_path / "named.csv"]),
        ("asked", ["--samples", tmp_path / "other.csv", *columns]),
    ):
        done = heemodel("psa", *words, *again, "--out", tmp_path / out)
        assert done.returncode == 0, done.stderr
        assert ("Read as:" in done.stderr) == (out != "three")
    for out in ("named", "asked"):
        for table in ("incremental", "evpi", "evppi"):
            found, wanted = (pd.read_csv(tmp_path / one / f"{table}.csv") for one in (out, "three"))
            pd.testing.assert_frame_equal(found, wanted, rtol=1e-9)
        read_as = json.loads((tmp_path / out / "manifest.json").read_text(encoding="utf-8"))["read_as"]
        assert "parameters: 'effect', 'price', 'rate'" in read_as[0]
        assert "How the files were read" in (tmp_path / out / "report.html").read_text(encoding="utf-8")
    done = heemodel("psa", "--samples", tmp_path / "other.csv", *again, "--out", tmp_path / "out")
    refused(done, tmp_path / "out", "say with --columns which are meant: strategy, its column of costs")


def test_strategies_that_differ_are_matched_by_order_when_asked(files, tmp_path):
    for name, table in (("costs", "c"), ("effects", "e")):
        frame = pd.read_csv(files / f"{table}.csv")[["old", "new", "worse"]]
        frame.set_axis([f"{name}{at}" for at in (1, 2, 3)], axis=1).to_csv(tmp_path / f"{name}.csv", index=False)
    words = "--costs", tmp_path / "costs.csv", "--effects", tmp_path / "effects.csv", "--comparator", "costs1"
    done = heemodel("psa", *words, "--out", tmp_path / "out", "--thresholds=20000")
    refused(done, tmp_path / "out", "the strategies differ", '--match="order"')
    (cure,) = re.findall(r"--match=\S+", done.stderr)
    done = heemodel("psa", *words, "--out", tmp_path / "out", "--thresholds=20000", *shlex.split(cure))
    assert done.returncode == 0, done.stderr
    assert "'effects1' as that of 'costs1'" in done.stderr


def test_a_report_in_dollars_has_no_pounds(files, tmp_path):
    words = "--comparator", "old", "--out", tmp_path / "out", "--currency"
    done = heemodel("psa", *three(files), *words, "USD", "--thresholds", "50000")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "At USD\N{NO-BREAK SPACE}50,000 per QALY" in page
    assert "£" not in page
    done = heemodel("psa", *three(files), *words, "usd")
    assert done.returncode == 2
    assert "currency is 'usd'; write 'USD'" in done.stderr


def test_names_in_words_and_groups_of_names_with_commas(files, tmp_path):
    table = pd.read_csv(files / "p.csv").rename(columns={"effect": "effect, mean"})
    table.assign(where=np.where(table["price"] > 1_500, "home", "ward")).to_csv(tmp_path / "p.csv", index=False)
    words = "--parameters", tmp_path / "p.csv", "--comparator", "old", "--out", tmp_path / "out", "--thresholds=20000"
    options = "--groups", '"effect, mean",price', "--population", "1000", "--horizon", "18 months"
    done = heemodel("psa", *three(files), *words, *options)
    assert done.returncode == 0, done.stderr
    evppi = pd.read_csv(tmp_path / "out" / "evppi.csv").set_index("parameters")
    assert evppi.loc["where", "method"] == "categories"
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "1,000 people a year for 1.5 years" in page
    assert "effect, mean + price" in page
    assert "of sources, those with the lowest and the highest mean" in page


ODD = ["delta[1,2]", "effect, log OR", 'a "b"=c']
"""Names as MCMC output, forest plots and spreadsheets have them."""


@pytest.fixture
def odd(files, tmp_path):
    pd.read_csv(files / "p.csv").set_axis(ODD, axis=1).to_csv(tmp_path / "odd.csv", index=False)
    return *three(files), "--parameters", tmp_path / "odd.csv", "--comparator", "old", "--out", tmp_path / "out"


def test_parameters_of_any_name_can_be_asked_for_together(odd, tmp_path):
    groups = "--groups", "delta[1,2],effect, log OR", '"effect, log OR",a "b"=c'
    done = heemodel("psa", *odd, "--thresholds=20000", *groups)
    assert done.returncode == 0, done.stderr
    asked = set(pd.read_csv(tmp_path / "out" / "evppi.csv")["parameters"])
    assert asked == {*ODD, "delta[1,2],effect, log OR", 'effect, log OR,a "b"=c'}
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "delta[1,2] + effect, log OR" in page
    assert "delta[1 + 2]" not in page


@pytest.mark.parametrize(
    "groups", [["delta[1,2]"], ["delta[1,2]", "effect, log OR"], ["delta[1,2]", "effect, log OR", 'a "b"=c']]
)
def test_a_hint_works_when_it_is_typed_as_it_stands(odd, tmp_path, groups):
    done = heemodel("psa", *odd, "--groups", *groups)
    refused(done, tmp_path / "out", "a group of one parameter is none")
    (hint,) = re.findall(r"(?:did you mean|such as) (--groups .*?)(?:\?)?$", done.stderr, re.MULTILINE)
    again = heemodel("psa", *odd, "--thresholds=20000", *shlex.split(hint))
    assert again.returncode == 0, again.stderr


def test_mistakes_of_all_groups_are_told_together(odd, tmp_path):
    done = heemodel("psa", *odd, "--groups", "delta[1,3],effect, log OR", "nothing,delta[1,2]", "delta[1,2]")
    refused(done, tmp_path / "out", "did you mean 'delta[1,2]'?", "no parameter 'nothing'", "a group of one parameter")


def test_mistakes_in_files_are_told_with_their_file(files, tmp_path):
    text = (files / "e.csv").read_text().replace("worse", "wurst")
    (tmp_path / "e.csv").write_text(text)
    done = heemodel(
        *("psa", "--costs", files / "c.csv", "--effects", tmp_path / "e.csv"),
        *("--comparator", "old", "--out", tmp_path / "out"),
    )
    refused(done, tmp_path / "out", "e.csv", "wurst")
