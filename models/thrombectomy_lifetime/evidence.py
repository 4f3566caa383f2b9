"""What thrombectomy does to disability at 90 days, by time window: trials arm by arm, cumulative logits."""

import pandas as pd

import heemodel as hm

GRADES = ("0", "1", "2", "3", "4", "5", "6")
CONTROL, NEW = "usual care", "thrombectomy"
WINDOWS = ("early", "late", "large")

NEEDS = hm.Needs(tables={"trials": ("window", "trial", "strategy", *(f"mrs{grade}" for grade in GRADES), "patients")})
"""The evidence that is read."""


def evidence(inputs: hm.Inputs, scenario: str) -> hm.evidence.EvidenceModel:
    """Log odds ratio of a better grade by window, and how far odds are from proportional.

    Every window is a treatment of its own against the same usual care, with one standard deviation between trials for
    all. A single trial tells nothing of it: its effect is then fixed.
    """
    trials = inputs.table("trials", scenario)
    return hm.evidence.ordered_categories(
        arms(trials),
        categories=GRADES,
        reference=CONTROL,
        effects="fixed" if (trials["trial"] == trials["trial"].iloc[0]).all() else "random",
        odds="partial",
    )


def arms(trials: pd.DataFrame) -> pd.DataFrame:
    """A row for each trial, treatment and grade; the treatment is named by window, as in "thrombectomy, early".

    Raises `EvidenceError` for a strategy or window of another name.
    """
    for column, known in (("strategy", (CONTROL, NEW)), ("window", WINDOWS)):
        if strange := sorted(set(trials[column].astype(str)) - set(known)):
            where = ", ".join(trials.loc[trials[column].astype(str) == strange[0], "trial"].astype(str).unique())
            raise hm.evidence.EvidenceError(
                f"trials.csv, column {column}, trial {where}: {strange[0]!r} is none of {', '.join(map(repr, known))}"
            )
    long = trials.melt(
        id_vars=["trial", "window", "strategy", "patients"],
        value_vars=[f"mrs{grade}" for grade in GRADES],
        var_name="category",
        value_name="count",
    )
    named = long["strategy"].where(long["strategy"] != NEW, NEW + ", " + long["window"])
    return long.assign(category=long["category"].str.removeprefix("mrs"), treatment=named)[
        ["trial", "treatment", "category", "count", "patients"]
    ].rename(columns={"patients": "n"})
