"""The first screen: the answer to what is asked first, for any number of strategies, and what to look at again."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from heemodel.analysis.tables import tabulated
from heemodel.analysis.tables.budgets import PRICE
from heemodel.report.document import Cards, Points, Words
from heemodel.report.glossary import TITLE, with_glossary
from heemodel.report.sections import document_of
from heemodel.report.sections.glance import glance
from heemodel.report.sections.summary import summary
from heemodel.report.sections.summary.budget import what_turns_it
from heemodel.report.sections.summary.findings import findings, survival
from heemodel.report.sections.summary.subject import Subject


def words(results, *roles):
    return [block.text for block in summary(results).blocks if isinstance(block, Words) and block.role in roles]


def cards(results):
    sections = [section for section in (summary(results), glance(results)) if section is not None]
    return next(block for section in sections for block in section.blocks if isinstance(block, Cards)).cards


def cautions(results):
    section = glance(results)
    blocks = section.blocks if section is not None else ()
    return " ".join(text for block in blocks if isinstance(block, Points) for text in block.points)


def with_about(results, **changes):
    inputs = results.inputs
    changed = replace(inputs, about=inputs.about.model_copy(update=changes))
    return tabulated(replace(results, inputs=changed, tables={}))


def shifted(results, scenario, amount, component="stroke unit"):
    """The results with the intervention's bed-days, or another component, costing so much less in a scenario."""
    result = results[scenario]
    cost = result.outcomes["cost"].copy()
    cost.loc[{"strategy": "thrombectomy", "component": component}] -= amount
    changed = replace(result, outcomes=result.outcomes.assign(cost=cost))
    return tabulated(replace(results, scenarios={**results.scenarios, scenario: changed}, tables={}))


def test_a_saving_leads_where_it_is_asked_first_with_the_readers_own_evidence_and_the_strongest(savings):
    (answer,), verdicts = words(savings, "answer"), words(savings, "finding")
    assert answer.startswith("Own figures")
    assert "Trials" not in answer
    assert "audit" not in answer
    assert verdicts[0].startswith("Own figures: all together it saves £2")
    assert "point estimate: saves £2" in verdicts[0]
    assert "left under Trials" in verdicts[1]


def test_who_pays_is_said_with_the_sum_for_a_year(savings):
    (answer,) = words(savings, "answer")
    for budget in ("the trust pays £", "the rest of the NHS pays £", "and social care saves £"):
        assert budget in answer
    assert "bed-days are freed" in answer
    assert answer.count("on one year's patients") == 1
    assert "over 5 years" in answer
    card = cards(savings)[3]
    payer = next(fact for fact in card.facts if fact.label == "NHS, per patient")
    assert payer.figure.startswith("pays £")
    assert "saves" in payer.interval
    assert not [fact for fact in card.facts if fact.figure.startswith("−")]
    assert card.tag


def test_every_body_of_evidence_and_the_published_figure_are_on_the_first_page(savings):
    findings = words(savings, "finding")
    (others,) = [text for text in findings if text.startswith("Other evidence: ")]
    assert "Own audit saves £" in others
    assert "National audit costs £" in others
    (published,) = [
        text for text in findings if text.startswith("The published yearly saving, £2,400,000: 54 patients")
    ]
    assert re.search(r"give under Own figures £[\d,]+ net of everything \(probability of reaching it \d+%\)", published)
    unclaimed = replace(savings, inputs=savings.inputs.with_changes({"claim": None}))
    assert not [text for text in words(unclaimed, "finding") if "published" in text]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (0, 0, "How much survives: of £"),
        (0, 100_000, "Under Trials the saving is larger, £"),
        (0, -100_000, "Nothing survives: £"),
        (-100_000, 0, "On average it saves nothing under Own figures: −£"),
    ],
)
def test_what_survives_is_said_for_every_order_and_sign(savings, before, after, expected):
    changed = shifted(shifted(savings, "trust", before), "trials", after)
    survives = next(text for text in words(changed, "finding") if expected in text)
    assert survives.count("95% interval") == 1
    if after == 100_000:
        assert "does not confirm" in survives


def test_beds_that_are_taken_up_are_counted_above_0(savings):
    """Each strategy with the bed-days of the other, and what they cost."""
    result = savings["trust"]
    cost, beds = result.outcomes["cost"].copy(), result.outcomes["bed_days"]
    other = {"strategy": beds["strategy"].to_numpy()[::-1]}
    cost.loc[{"component": "stroke unit"}] = cost.sel(component="stroke unit", **other).to_numpy()
    outcomes = result.outcomes.assign(cost=cost, bed_days=beds.copy(data=beds.sel(other).to_numpy()))
    changed = replace(savings, scenarios={"trust": replace(result, outcomes=outcomes)}, tables={})
    (answer,) = words(tabulated(changed), "answer")
    assert "more bed-days are taken up" in answer
    assert "−" not in answer


@pytest.mark.parametrize(
    ("amount", "side"), [(-5_000, "below that it costs money"), (-40_000, "only above that it saves money")]
)
def test_on_which_side_of_its_turning_value_a_bed_day_saves(savings, amount, side):
    dearer = shifted(savings, "trust", amount, component="nursing home")
    assert side in what_turns_it(Subject(dearer, "trust", "thrombectomy")).points[0]


def test_a_turning_value_within_its_error_is_about_nothing(savings):
    table = savings.tables["break_even"]
    price = table["what"] == PRICE
    for error, said in ((3.9, "a bed-day: about nothing"), (0.1, "a bed-day: £0.60, below that it costs money")):
        near = table.assign(turns=table["turns"].where(~price, 0.57), mcse=table["mcse"].where(~price, error))
        subject = Subject(replace(savings, tables={**savings.tables, "break_even": near}), "trust", "thrombectomy")
        assert said in what_turns_it(subject).points[0]


@pytest.mark.parametrize(("before", "after"), [(0, 0), (0, 100_000), (0, -100_000), (-100_000, 0)])
def test_findings_call_people_what_the_inputs_call_them(savings, before, after):
    changed = with_about(shifted(shifted(savings, "trust", before), "trials", after), person="stroke admission")
    found = survival(changed, changed.intervention)[0]
    assert "a stroke admission" in found
    (kinds,) = [text for text in findings(changed) if text.startswith("What kind of money")]
    assert "mean per stroke admission" in kinds
    assert "patient" not in found.partition(" Trials: ")[0] + kinds.partition(")")[0]


def test_value_leads_where_it_is_asked_first_though_a_claim_is_tested(savings):
    answer = words(with_about(savings, asks=["value for money", "saving"]), "answer")[0]
    assert "worth the money" in answer
    assert "£20,000" in answer


def test_one_card_never_shows_a_cost_and_a_saving_of_the_same_money(small):
    for card in cards(small):
        labels = [fact.label for fact in card.facts]
        assert "Cost per patient" in labels
        assert not [label for label in labels if "saving" in label.lower()]


def test_nothing_is_the_strongest_unless_the_inputs_name_it(savings, small):
    assert "strongest" not in " ".join(words(with_about(savings, compare=None), "answer", "finding"))
    assert "strongest" not in " ".join(words(small, "answer", "finding"))


def test_groups_for_whom_it_is_not_worth_it_stand_in_the_answer(small):
    table = small.tables["subgroups"].copy()
    rows = (table["quantity"] == "probability_cost_effective_at_20000") & (table["group"] == "older")
    table.loc[rows, "value"] = 0.39
    answer = words(replace(small, tables={**small.tables, "subgroups": table}), "answer")[0]
    assert "not" in answer
    assert "older (" in answer
    assert "39%" in answer
    assert "older" not in words(small, "answer")[0]


def test_of_several_strategies_the_best_value_is_named_and_said_again_only_where_it_changes(sick_sicker, psa):
    answer = words(sick_sicker, "answer", "finding")
    assert "standard of care is the best value" in answer[0]
    assert "$35,000" in answer[0]
    assert not [text for text in answer[1:] if "the best value" in text]
    frontier = psa.tables["acceptability"].query("asked and frontier")
    named = [text for text in words(psa, "answer", "finding") if "the best value" in text]
    assert len(named) == frontier["strategy"].nunique()


def test_each_of_several_strategies_has_a_card_and_a_sentence(sick_sicker):
    assert [card.label for card in cards(sick_sicker)] == sick_sicker.strategies
    assert [card.label for card in cards(sick_sicker) if card.tag] == ["standard of care"]
    sentences = [text for text in words(sick_sicker, "finding") if "instead of standard of care" in text]
    assert len(sentences) == 3
    assert "dominated by B" in sentences[0]
    assert "QALYs" in sentences[0]


def test_a_psa_of_two_strategies_names_the_intervention(bare_psa):
    text = " ".join(words(bare_psa, "answer", "finding"))
    assert "Is strategy A worth the money, at €20,000 per QALY?" in text
    assert "EVPI" in text
    assert "£" not in text
    assert "patient" not in text
    assert len(cards(bare_psa)) == 1


def test_where_no_qalys_are_counted_none_are_said_to_be_gained(tree):
    assert "no difference in QALYs" in words(tree, "finding")[0]


def test_few_draws_and_foreign_thresholds_are_cautioned_of(sick_sicker):
    text = cautions(sick_sicker)
    assert "500 draws" in text
    assert "pounds" in text


def test_swapped_columns_are_cautioned_of(bare_psa):
    table = bare_psa.tables["headline"].copy()
    table.loc[table["quantity"] == "cost", "value"] = 9.0
    table.loc[table["quantity"] == "qaly", "value"] = 20_000.0
    assert "swapped" in cautions(replace(bare_psa, tables={**bare_psa.tables, "headline": table}))
    assert "swapped" not in cautions(bare_psa)


def test_parameters_that_explain_nothing_are_cautioned_of(psa):
    table = psa.tables["explained"].assign(p_value=0.5)
    assert "same order" in cautions(replace(psa, tables={**psa.tables, "explained": table}))
    assert "same order" not in cautions(psa)


def test_a_close_lead_is_cautioned_of(psa):
    table = psa.tables["headline"].copy()
    table.loc[table["quantity"] == "lead_at_20000", "value"] = 0.1
    assert "more draws are needed" in cautions(replace(psa, tables={**psa.tables, "headline": table}))


def test_many_observations_that_are_missed_are_counted_and_not_all_named(small):
    result = small.first
    row = result.fitted.predictive.iloc[0]
    table = pd.DataFrame([{**row, "observation": f"arm {n}", "posterior_share_below": 1.0} for n in range(11)])
    odd = replace(result, fitted=replace(result.fitted, predictive=table))
    text = cautions(replace(small, scenarios={**small.scenarios, result.name: odd}))
    assert "arm 0, arm 1, arm 2 and 8 more" in text
    assert "arm 7" not in text


def test_a_failed_check_and_an_unconverged_posterior_stand_before_everything(small):
    result = small.first
    failed = replace(result.checks[0], passed=False)
    fitted = replace(result.fitted, accepted_unconverged=("R-hat 1.2",))
    odd = replace(result, checks=[failed], fitted=fitted)
    section = summary(replace(small, scenarios={**small.scenarios, result.name: odd}))
    assert [block.role for block in section.blocks[:2]] == ["warning", "warning"]
    assert "R-hat 1.2" in section.blocks[0].text
    assert failed.name in section.blocks[1].text


def test_only_words_that_occur_are_explained(savings, sick_sicker):
    def terms(results):
        section = document_of(results).sections[-1]
        assert section.title == TITLE
        return section.blocks[0].blocks[0].terms

    assert {"mRS", "Dominant", "One year's patients"} <= terms(savings).keys()
    assert "Dominated" not in terms(savings)
    assert {"Dominated", "ICER", "Expected loss"} <= terms(sick_sicker).keys()
    assert "One year's patients" not in terms(sick_sicker)
    _, section = with_glossary([summary(savings)], {"Zebra": "an animal"})
    assert "Zebra" not in section.blocks[0].blocks[0].terms
