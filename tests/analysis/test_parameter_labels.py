"""What parameters are called."""

import xarray as xr

from heemodel.analysis.labels import Label, parameter_labels


def test_shares_of_a_dirichlet_distribution_are_shares(inputs):
    draws = xr.Dataset({"mrs_at_home": (("sample", "mrs"), [[0.5, 0.5]])}, {"mrs": ["0", "1"]})
    label = parameter_labels(["mrs_at_home[1]"], inputs, draws)["mrs_at_home[1]"]
    assert label == Label("Disability (mRS) of those discharged home, mRS 1", "share")


def test_variables_of_the_evidence_are_called_as_their_priors(inputs):
    draws = xr.Dataset({"mean_stay": (("sample", "strategy"), [[9.0]])}, {"strategy": ["thrombectomy"]})
    label = parameter_labels(["mean_stay[thrombectomy]"], inputs, draws)["mean_stay[thrombectomy]"]
    assert label.text == "Mean stay in the stroke unit, thrombectomy"
    assert label.figure(14.02) == "14 days"


def test_names_that_nobody_explains_become_words(inputs):
    draws = xr.Dataset({"log_odds": ("sample", [0.1])})
    assert parameter_labels(["log_odds"], inputs, draws)["log_odds"].text == "Log odds"


def test_labels_that_are_alike_are_told_apart():
    draws = xr.Dataset(
        {"a": ("sample", [0.1], {"label": "Price", "unit": "£"}), "b": ("sample", [0.2], {"label": "Price"})}
    )
    texts = [label.text for label in parameter_labels(["a", "b"], None, draws).values()]
    assert texts == ["Price [a]", "Price [b]"]


def test_a_label_counts_where_the_inputs_know_nothing(inputs):
    draws = xr.Dataset({"effect": ("sample", [0.1], {"label": "Effect of care", "unit": "odds ratio"})})
    assert parameter_labels(["effect"], inputs, draws)["effect"].with_unit == "Effect of care (odds ratio)"
