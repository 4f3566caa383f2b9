"""The assumptions log says how uncertain each figure is, and which are drawn together."""

import heemodel as hm
from heemodel.report.sections.inputs import tables_of
from tests.parameters.test_correlated import group, text


def test_spread_and_correlations_are_in_the_log(tmp_path):
    (tmp_path / "inputs.toml").write_text(text(group()), encoding="utf-8")
    tables = {table.title: table.rows for table in tables_of(hm.read_inputs(tmp_path / "inputs.toml"))}
    spreads = [row[2] for row in tables["Parameters"]]
    assert spreads == ["normal, SE 0.01", "lognormal, SE of log 0.05", "log-odds, SE of log-odds 0.3", "gamma, SE 10"]
    (together,) = tables["Parameters drawn together"]
    assert together[0] == "One regression"
    pairs = together[1].split("; ")
    assert [pair.rsplit(" ", 1)[1] for pair in pairs] == ["−0.5", "0.2", "0.3"]
    labels = {row[0] for row in tables["Parameters"]}
    assert all({*pair.rsplit(" ", 1)[0].split(" with ")} <= labels for pair in pairs)  # as people call them
