"""The budget of an inputs file: what it may leave out, and that all of its mistakes are told at once."""

import pytest

import heemodel as hm
from tests.parameters.test_optional import MINIMAL, NEEDS, VOLUME, read, refused

WORDS = 'source = "S"\nstatus = "read"\nrationale = "R"\n'
INTAKES = f'[budget.intakes]\nlabel = "L"\nunit = "patients per year"\nvalue = [54, 60, 66]\n{WORDS}'
MIXES = "today = { old = 1.0 }\ntomorrow = { new = [0.5, 0.8, 1], old = [0.5, 0.2, 0] }\n"


def test_a_file_without_a_budget_has_none(tmp_path):
    assert read(tmp_path, MINIMAL).budget is None


def test_a_budget_says_its_years_by_its_figures_or_not_at_all(tmp_path):
    assert read(tmp_path, MINIMAL + VOLUME + "[budget]\n").budget.stated_years is None
    assert read(tmp_path, MINIMAL + INTAKES).budget.stated_years == 3
    budget = read(tmp_path, MINIMAL + VOLUME + "[budget]\nyears = 3\n" + MIXES, needs=NEEDS).budget
    assert (budget.stated_years, budget.today, budget.entry) == (3, {"old": [1.0]}, "start of the year")


def test_its_figures_are_among_those_of_the_file_with_their_places(tmp_path):
    there = f'[budget.prevalent]\nlabel = "L"\nunit = "patients"\nvalue = [7, 5]\nyears_since_entry = [0, 2]\n{WORDS}'
    people = f'[budget.people]\nlabel = "L"\nunit = "people"\nvalue = 500_000\nplausible = [1, 10]\n{WORDS}'
    inputs = read(tmp_path, MINIMAL + INTAKES + there + people)
    places = [place for place, _ in inputs.figures() if place[0] == "budget"]
    assert places == [("budget", "intakes"), ("budget", "prevalent"), ("budget", "people")]
    assert inputs.budget.prevalent.by_time == {0: 7.0, 2: 5.0}
    assert inputs.plausible_range(("budget", "people")) == (1, 10)


def test_it_is_changed_in_memory_as_other_tables_are(tmp_path):
    inputs = read(tmp_path, MINIMAL + VOLUME)
    assert inputs.with_changes({"budget.entry": "evenly over the year"}).budget.entry == "evenly over the year"
    with pytest.raises(hm.parameters.InputError, match=r"changes.budget.entry"):
        inputs.with_changes({"budget.entry": "now and then"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[budget]\n", "says nothing of how many enter"),
        (VOLUME + "[budget]\nfirst_year = '2025/27'\n", "budget.first_year.*2025/27"),
        (VOLUME + "[budget]\nyears = 0\n", "budget.years.*1 or more"),
        (VOLUME + "[budget]\nyaers = 3\n", "budget.yaers.*did you mean 'years'"),
        (VOLUME + "[budget]\ntoday = { old = 1 }\n", "mix of today and not that of tomorrow"),
        (VOLUME + "[budget]\ntoday = { old = 1 }\ntomorrow = { new = 1.1 }\n", "is 1.1; .* less than"),
        (VOLUME + "[budget]\ntoday = { odl = 1 }\ntomorrow = { new = 1 }\n", "budget.today.odl.*did you mean 'old'"),
        (INTAKES.replace("patients per year", "patients"), "budget.intakes.unit.*per year"),
        (INTAKES.replace("66", "-6"), "budget.intakes.*-6"),
        (INTAKES.replace('label = "L"\n', ""), r"\[budget.intakes\] label is missing"),
        (INTAKES.replace("value", "vlaue"), "did you mean 'value'"),
        (
            VOLUME + f'[budget.prevalent]\nlabel = "L"\nunit = "patients"\nvalue = [7, 5]\n{WORDS}',
            "2 numbers and 1 years_since_entry",
        ),
        (
            VOLUME + '[budget]\n[variations.v]\nlabel = "L"\nrationale = "R"\nchanges.budget.years = 3\n',
            "variations.v.changes.budget",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place_and_cure(tmp_path, text, said):
    with pytest.raises(hm.parameters.InputError, match=said):
        read(tmp_path, MINIMAL + text, needs=NEEDS)


def test_lengths_and_shares_that_do_not_fit_are_told_together(tmp_path):
    mixes = MIXES.replace("0.8", "0.7")
    told = refused(tmp_path, MINIMAL + "[budget]\nyears = 4\n" + mixes + INTAKES, needs=NEEDS)
    for part in ("intakes has 3", "tomorrow.new has 3", "tomorrow, year 2", "0.9", "for 4 years"):
        assert part in told
