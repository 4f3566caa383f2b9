"""Tables of the access model: rows that it refuses, each with its place, and ways of staffing of one's own."""

import shutil

import numpy as np
import pytest

import heemodel as hm
from tests.models.test_thrombectomy_access import FOLDER, TODAY, draws_of, part, service_of, treated


@pytest.fixture(scope="module")
def folder():
    return hm.load_model(FOLDER)


def edited(tmp_path, file, change):
    """A copy of the folder in which a table's rows are changed."""
    copy = tmp_path / "thrombectomy_access"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__"))
    path = copy / file
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    return hm.load_model(copy)


def without_line(beginning):
    return lambda text: "".join(line for line in text.splitlines(keepends=True) if not line.startswith(beginning))


def with_line_again(beginning):
    return lambda text: text + next(line for line in text.splitlines(keepends=True) if line.startswith(beginning))


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        ("areas.csv", without_line("South West,Devon,3,"), "board 'Devon'.*no row for fifth 3"),
        ("areas.csv", with_line_again("South West,Devon,3,"), "board 'Devon', fifth '3': is there twice"),
        ("areas.csv", lambda t: t.replace("South West,Devon,3,", "South West,Devon,7,"), "unknown fifth"),
        ("units.csv", lambda t: t.replace("Derriford Hospital,South West", "Derriford Hospital,Wessex"), "unknown reg"),
        ("units.csv", with_line_again("Torbay Hospital"), "unit 'Torbay Hospital'.*twice"),
        (
            "centres.csv",
            lambda t: t.replace(",1,1,1,1,3,46,112", ",1,1,1,1,-3,46,112"),
            "Derriford.*operators_2021 is -3",
        ),
        ("centres.csv", lambda t: t.replace("Derriford Hospital,", "Derriford,"), "'Derriford Hospital' is no centre"),
        ("minutes.csv", without_line("Torbay Hospital"), "Torbay Hospital.*no row in table 'minutes'"),
        ("hours.csv", lambda t: t + "2026,Derriford Hospital,Fri,19,22\n", "Derriford.*overlap"),
        ("hours.csv", lambda t: t + "2026,Derriford Hospital,Fry,21,22\n", "days are 'Fry'"),
        ("hours.csv", lambda t: t + "2026,Derriford Hospital,Fri,22,21\n", "open before it closes"),
        ("hours.csv", without_line("2026,"), "no row for 2026"),
        ("hours.csv", lambda t: t + "2031,Derriford Hospital,Fri,9,12\n", "unknown year"),
        ("arrivals.csv", without_line("Tue"), "no row for Tue"),
        ("areas.csv", lambda t: t.replace("South West,Devon,3,", "London,Devon,3,"), r"people of \[groups.region\]"),
        ("inputs.toml", lambda t: t.replace('"London" = ', '"London" = 9'), r"people of \[groups.region\].*London"),
        ("staffing.csv", lambda t: t + "ours,Derriford General,24/7,mixed\n", "unknown centre.*Derriford Hospital"),
        ("staffing.csv", lambda t: t + "ours,Derriford Hospital,always,mixed\n", "hours is 'always'"),
        ("staffing.csv", with_line_again("as today,Derriford"), "is there twice"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_place(tmp_path, file, change, message):
    with pytest.raises(hm.HeemodelError, match=message):
        edited(tmp_path, file, change).model()


def test_a_strategy_that_names_no_centre_is_refused(folder):
    staffing = part(folder, "staffing")
    table = folder.inputs.table("staffing", "base")
    with pytest.raises(hm.HeemodelError, match="strategy 'ours' names no centre"):
        staffing.read_staffing(table, [*staffing.strategies_of(table), "ours"], service_of(folder).places)


def test_a_strategy_of_ones_own_is_run_with_the_others(tmp_path):
    """Centres that it does not name stay as they are; one open at all hours that it closes is missed."""
    rows = "ours,Derriford Hospital,24/7,mixed\nless,Royal Stoke University Hospital,closed,mixed\n"
    folder = edited(tmp_path, "staffing.csv", lambda text: text + rows)
    share = treated(folder, draws_of(folder, n=4))
    assert list(share["strategy"].values)[-2:] == ["ours", "less"]
    assert (share.sel(strategy="ours") > share.sel(strategy=TODAY)).all()
    assert (share.sel(strategy="less") < share.sel(strategy=TODAY)).all()


def test_recruits_go_where_hours_are_lacking_and_one_region_gets_its_share(tmp_path):
    rows = "ours,Derriford Hospital,24/7,neuroradiologists\n"
    folder = edited(tmp_path, "staffing.csv", lambda text: text + rows)
    service, p = service_of(folder), hm.Parameters(draws_of(folder, recruits_per_year=8.0, leavers=0.03))
    derriford = service.places.centres.index("Derriford Hospital")
    everywhere, alone = (list(service.years(p, service.staffing[place], 5))[-1].operators for place in (2, -1))
    np.testing.assert_allclose(
        alone.neuroradiologists[:, derriford], everywhere.neuroradiologists[:, derriford], rtol=1e-9
    )
    cambridge = service.places.centres.index("Addenbrooke's Hospital")  # open at all hours with three
    now = service.places.operators[cambridge] / service.places.operators.sum()
    np.testing.assert_allclose(
        everywhere.neuroradiologists[:, cambridge], now * np.atleast_1d(p["operators_now"]), rtol=1e-9
    )


def test_pictures_are_there_for_two_strategies_of_ones_own(tmp_path):
    folder = edited(
        tmp_path,
        "staffing.csv",
        lambda text: (
            "strategy,centre,hours,staff\nas it is,Derriford Hospital,today,mixed\nours,Derriford Hospital,24/7,mixed\n"
        ),
    )
    service = service_of(folder)
    areas = part(folder, "accounts").Division.by(service, "board", "fifth")
    draws = draws_of(folder, n=6)
    followed = part(folder, "follow").follow(draws, service, areas, years=3, discount=0.035)
    shown = part(folder, "shown_access")
    made = [
        *shown.treated(followed, service),
        shown.tiles(followed, service, areas, folder.inputs.table("tiles", "base")),
        *shown.workforce(followed, service),
        shown.money(followed),
        shown.published(followed, service.admissions, draws["eligible_early"].to_numpy(), 800.0),
    ]
    assert [one.name for one in made] == [
        *("treated-by-year", "target", "boards", "operators", "by-kind", "hours", "budget", "published")
    ]
    assert set(made[2].table["panel"]) == {"as it is, 2026", "as it is, 2028", "ours, 2028"}
    assert len(made[-1].table) == 1  # what is published of 24 and 30 centres has nothing to stand beside
