"""Pictures and tables of who is treated, by whom, at which hours, and what it costs year by year."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

import heemodel as hm

from .accounts import Division
from .follow import Followed
from .places import Numbers
from .service import Service
from .words import millions, patients, percent, pounds, said

Exhibit = hm.analysis.Exhibit
FIRST_YEAR = 2026
TARGET = 0.10
"""Share of admissions that the NHS Long Term Plan wanted treated by 2022."""
ACCESS, STAFF, MONEY = "Who is treated", "Operators and hours", "What it costs, year by year"
AT_24, AT_30 = "24/7 mixed rotas", "24/7 mixed rotas at 30 centres"
"""The strategies to which a published simulation can be held."""
IN_MIDDLE = 4
"""The year, from 0, for which hours by centre are shown."""
WEEK = 168.0
NOTHING = 50_000.0
"""£ a year below which no staffing is called better than the first in a region."""


def treated(followed: Sequence[Followed], service: Service) -> list[Exhibit]:
    """Treated by year, on the map, and when the target is reached."""
    rows = []
    for one in followed:
        share = one.nation / service.admissions
        low, high = np.quantile(share, (0.025, 0.975), axis=0)
        rows += [
            (one.name, FIRST_YEAR + year, share[:, year].mean(), low[year], high[year])
            for year in range(share.shape[1])
        ]
    over_time = Exhibit(
        name="treated-by-year",
        heading=ACCESS,
        title="Share of those admitted with a stroke who are treated",
        kind="over time",
        table=pd.DataFrame(rows, columns=["series", "year", "mean", "lower", "upper"]),
        text="England, years from April. Lines are means over all uncertainty, bands 95% intervals. Much of the "
        "growth is not the staffing's: under every strategy more of those found elsewhere are assumed to be sent "
        "on. In 2023/24 4.0% were treated.",
        x="Year that begins in April",
        y="Share of admissions treated",
        form="share",
        line=TARGET,
        line_label="10%, wanted by 2022 in the NHS Long Term Plan",
    )
    return [over_time, _target(followed, service)]


def _target(followed: Sequence[Followed], service: Service) -> Exhibit:
    """How many are treated, and when it is one in ten."""
    rows = []
    for one in followed:
        share = one.nation / service.admissions
        reached = (share >= TARGET).any(axis=1)
        year = np.where(reached, FIRST_YEAR + (share >= TARGET).argmax(axis=1), np.inf)
        rows.append(
            [
                one.name,
                said(one.nation[:, 0], patients),
                said(one.nation[:, -1], patients),
                percent(share[:, -1].mean()),
                said(one.nation.sum(axis=1) - followed[0].nation.sum(axis=1), patients)
                if one is not followed[0]
                else "",
                percent(reached.mean()),
                _years(year),
            ]
        )
    last = FIRST_YEAR + followed[0].treated.shape[1] - 1
    header = ["Way of staffing", f"Treated in {FIRST_YEAR}", f"in {last}", f"share in {last}"]
    header += [f"More than {followed[0].name}, all years", f"Probability of 10% by {last}", "Year when 10% is reached"]
    return Exhibit(
        name="target",
        heading=ACCESS,
        title="Patients treated, and when one in ten is reached",
        kind="table",
        table=pd.DataFrame(rows, columns=header),
        text="Means with 95% intervals. The year is the median over all uncertainty, with the middle half of it; "
        f"'later' stands for after {last}.",
    )


def _years(year: Numbers) -> str:
    """Median of years, with quartiles; infinite ones are later."""
    low, middle, high = (
        f"{value:.0f}" if np.isfinite(value) else "later"
        for value in np.quantile(year, (0.25, 0.5, 0.75), method="inverted_cdf")
    )
    return middle if low == high else f"{middle} ({low} to {high})"


def tiles(followed: Sequence[Followed], service: Service, areas: Division, board_tiles: pd.DataFrame) -> Exhibit:
    """The map of boards."""
    board = service.places.areas["board"].astype(str).to_numpy()
    names = list(dict.fromkeys(board))
    into = np.array([board == name for name in names]).T.astype(float)
    people = areas.admissions @ into
    place = board_tiles.set_index("board")
    last = FIRST_YEAR + followed[0].treated.shape[1] - 1
    panels = [(f"{followed[0].name}, {FIRST_YEAR}", followed[0], 0)]
    panels += [(f"{one.name}, {last}", one, -1) for one in followed]
    rows = []
    for panel, one, year in panels:
        share = one.treated[:, year].mean(axis=0) @ into / people
        rows += [
            (panel, place.loc[name, "short"], place.loc[name, "row"], place.loc[name, "column"], value)
            for name, value in zip(names, share, strict=True)
        ]
    table = pd.DataFrame(rows, columns=["panel", "label", "row", "column", "value"])
    now, then = (table.loc[table["panel"] == panels[place][0], "value"] for place in (0, 1))
    return Exhibit(
        name="boards",
        heading=ACCESS,
        title="Share treated in each integrated care board",
        kind="tiles",
        table=table,
        text="Each tile is one of England's 42 boards, roughly where it lies; its figure is the mean share of "
        f"stroke admissions treated. In {FIRST_YEAR} it runs from {percent(now.min())} to {percent(now.max())}; in "
        f"{last}, staffed {followed[0].name}, from {percent(then.min())} to {percent(then.max())}.",
        form="share",
    )


def workforce(followed: Sequence[Followed], service: Service) -> list[Exhibit]:
    """Operators needed and in post, hours by centre."""
    rows = []
    drawn: list[float] = []
    for one in followed:
        if one.needed[:, -1].mean() < followed[0].needed[:, -1].mean() * 1.01:
            continue  # asks for no more operators than there are
        parts = {"in post": one.neuroradiologists + one.cardiologists}
        if not any(abs(one.needed[:, -1].mean() - known) < 1 for known in drawn):
            parts = {"needed": one.needed, **parts}
            drawn.append(float(one.needed[:, -1].mean()))
        for what, values in parts.items():
            low, high = np.quantile(values, (0.025, 0.975), axis=0)
            rows += [
                (f"{one.name}: {what}", FIRST_YEAR + year, values[:, year].mean(), low[year], high[year])
                for year in range(values.shape[1])
            ]
    if not rows:
        return [_by_kind(followed), _hours(followed, service)]
    operators = Exhibit(
        name="operators",
        heading=STAFF,
        title="Operators needed, and in post",
        kind="over time",
        table=pd.DataFrame(rows, columns=["series", "year", "mean", "lower", "upper"]),
        text="Whole-time operators of both kinds in England, means with 95% intervals. Needed: for the hours that "
        "each way of staffing aims at, at a frequency that lasts; where two need as many, it is drawn once. Centres "
        "open at all hours today with fewer are left as they are, so that not all who are needed are recruited.",
        x="Year that begins in April",
        y="Operators",
    )
    return [operators, _by_kind(followed), _hours(followed, service)]


def _by_kind(followed: Sequence[Followed]) -> Exhibit:
    last = FIRST_YEAR + followed[0].treated.shape[1] - 1
    rows = [
        [
            one.name,
            said(one.needed[:, -1], patients),
            said(one.neuroradiologists[:, -1], patients),
            said(one.cardiologists[:, -1], patients),
            percent(one.lost[:, -1].mean()),
            f"{one.minutes[:, -1].mean():.0f}",
        ]
        for one in followed
    ]
    header = ["Way of staffing", "Operators needed", "Neuroradiologists", "Cardiologists, whole-time"]
    return Exhibit(
        name="by-kind",
        heading=STAFF,
        title=f"Operators by kind, busy teams and minutes in {last}",
        kind="table",
        table=pd.DataFrame(rows, columns=[*header, "Lost because the team was busy", "Minutes to reperfusion"]),
        text="Means with 95% intervals. Minutes run from the onset of the stroke, over all who are treated.",
    )


def _hours(followed: Sequence[Followed], service: Service) -> Exhibit:
    """Hours a week of the centres of today, as they are and in a middle year."""
    places = service.places
    year = min(IN_MIDDLE, followed[0].hours.shape[0] - 1)
    series = {"today": followed[0].hours[0]} | {
        f"{one.name}, {FIRST_YEAR + year}": one.hours[year] for one in followed[1:]
    }
    most = np.max([*series.values()], axis=0)
    shown = [c for c in range(len(places.centres)) if most[c] > 0 and series["today"][c] < WEEK]
    order = sorted(shown, key=lambda c: (series["today"][c], places.centres[c]))
    rows = [(name, _short(places.centres[centre]), hours[centre]) for name, hours in series.items() for centre in order]
    return Exhibit(
        name="hours",
        heading=STAFF,
        title="Hours a week that each centre takes patients",
        kind="bars",
        table=pd.DataFrame(rows, columns=["series", "label", "value"]),
        text="A week has 168 hours; centres open at all of them today are left out. Means over all uncertainty. "
        "Hours of today are those of the audit of 2021 and of announcements since; centres of the example of 30 "
        "that are not there yet have none.",
        x="Hours a week",
    )


def _short(centre: str) -> str:
    """A centre's name without what all have."""
    for part in (" Hospital HASU", " Hospitals", " Hospital", " Stroke Team", " University"):
        centre = centre.replace(part, "")
    return centre


def money(followed: Sequence[Followed]) -> Exhibit:
    """Budget impact of the first years, beyond today's staffing, by payer."""
    base, rows = followed[0], []
    for one in followed[1:]:
        for label, extra in (
            ("NHS, cash", one.cash - base.cash),
            ("NHS, beds and care", one.other - base.other),
            ("Social care", one.social - base.social),
            ("All", one.cash + one.other + one.social - base.cash - base.other - base.social),
        ):
            rows.append([one.name, label, *(said(extra[:, year] / 1e6, millions) for year in range(extra.shape[1]))])
    years = [str(FIRST_YEAR + year) for year in range(base.cash.shape[1])]
    return Exhibit(
        name="budget",
        heading=MONEY,
        title=f"Budget impact against {base.name}, £ million a year",
        kind="table",
        table=pd.DataFrame(rows, columns=["Way of staffing", "Budget", *years]),
        text="Undiscounted, prices of 2023/24, means with 95% intervals; a minus sign is a saving. Cash: posts, "
        "teams, training, new centres, transfers and procedures. Beds and care: of the NHS after the stroke, most "
        "of it capacity that other patients take up. Social care saves for as long as patients live; five years "
        "show a part of it.",
    )


def best_by_region(by_region: Sequence[tuple[str, Numbers]], regions: Sequence[str], threshold: float) -> Exhibit:
    """Which staffing is best in each region, and what it is worth to let regions differ.

    Parameters
    ----------
    by_region : by strategy, net monetary benefit of each region a year (sample, region)
    """
    names = [name for name, _ in by_region]
    mean = np.stack([benefit.mean(axis=0) for _, benefit in by_region])
    best = np.where(mean.max(axis=0) - mean[0] < NOTHING, 0, mean.argmax(axis=0))
    together = mean.sum(axis=1)
    rows = []
    for place, region in enumerate(regions):
        each = np.stack([benefit[:, place] for _, benefit in by_region])
        chance = float((each[best[place]] > each.max(axis=0) - NOTHING).mean())
        gain = mean[best[place], place] - mean[0, place]
        rows.append([region, names[best[place]], percent(chance), pounds(gain / 1e6)])
    whole = names[int(together.argmax())]
    extra = mean.max(axis=0).sum() - together.max()
    return Exhibit(
        name="by-region",
        heading=ACCESS,
        title=f"The best way of staffing in each region, at £{threshold:,.0f} per QALY",
        kind="table",
        table=pd.DataFrame(
            rows, columns=["Region", "Best", "Probability that it is", f"Net benefit over {names[0]}, £ million a year"]
        ),
        text=f"For England as one, '{whole}' is best; a region in which none is better by £50,000 a year keeps that "
        f"of today. To let each have its own best would be worth £{extra / 1e6:,.1f} million a year more, in money "
        "and health together. A region's costs are those of its centres; patients treated elsewhere are counted "
        "where they live.",
    )


def published(followed: Sequence[Followed], admissions: float, eligible: Numbers, stated: float) -> Exhibit:
    """Figures that were published, beside those of this model; those of 24 and 30 centres where both are there."""
    rows = []
    known = {one.name: one for one in followed}
    if AT_24 in known and AT_30 in known:
        at_24, at_30 = known[AT_24], known[AT_30]
        qaly = (at_30.qaly - at_24.qaly).sum(axis=1) / at_24.treated.shape[1]
        cost = (at_30.cost - at_24.cost).sum(axis=1) / at_24.treated.shape[1] / 1e6
        why = (
            "There all centres are open at all hours from the first day; here they open after some years, with the "
            "operators that there are, and two of today's close. Discounted here, over the first ten years."
        )
        rows = [
            [
                "Operators for all hours at 24 centres",
                said(at_24.needed[:, -1], patients),
                "120 (24 centres of 5); about 150",
                "RCR and NHS England ask for 5, 6 or 8 at each; ours has 6 as the likeliest.",
            ],
            [
                "Operators for all hours at 30 centres",
                said(at_30.needed[:, -1], patients),
                "150 (30 centres of 5)",
                "As above.",
            ],
            [
                "QALYs a year from 30 centres rather than 24",
                said(qaly, patients),
                "190 (abstract) or 213 (28 to 447, table 3)",
                why,
            ],
            [
                "£ million a year from 30 centres rather than 24",
                said(cost, millions),
                "−1.9 (abstract) or −2.9 (table 3)",
                "Ours pays for operators, teams and new centres, which the published figure leaves out.",
            ],
        ]
    rows += [
        [
            "Patients eligible a year",
            said(eligible * admissions, patients),
            f"{stated:,.0f} (as the proposal is quoted); 8,000 (NHS England 2017); 9,400 to 14,900 (UK)",
            f"{stated:,.0f} cannot be right: 3,501 were treated in 2023/24. A nought is most likely lost.",
        ],
    ]
    return Exhibit(
        name="published",
        heading="Does it reproduce what happened?",
        title="Published figures beside this model's",
        kind="table",
        table=pd.DataFrame(rows, columns=["What", "This model", "Published", "Why they differ"]),
        text="Simulation of 24 to 30 centres: BMC Health Services Research 2019, s12913-019-4678-9, whose abstract "
        "and table 3 disagree; ours is held to neither.",
    )
