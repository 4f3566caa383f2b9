"""An invented trust's figures, and how a cell of a workbook is found by its place."""

from pathlib import Path

ROOT = Path(__file__).parents[3]
OWN = "Your figure"
TRUST = {
    "yours.source": "Stroke register, April 2022 to March 2024",
    "about.organisation": "Anytown NHS Trust",
    "about.price_year": "2023/24",
    "settings.annual_volume.value": 85,
    "data.deaths_before.events": 52,
    "data.deaths_before.n": 130,
    "data.deaths_after.events": 31,
    "data.deaths_after.n": 160,
    "data.stay_before.mean": 41,
    "data.stay_before.sd": 38,
    "data.stay_before.n": 130,
    "data.stay_after.mean": 17,
    "data.stay_after.sd": 15,
    "data.stay_after.n": 160,
    "data.home_before.share": 55,
    "data.home_before.n": 78,
    "data.home_after.share": 78,
    "data.home_after.n": 129,
    "parameters.stroke_unit_90_days.value": 412,
    ("parameters.stroke_unit_90_days.value", "Unit"): "£ per day",
    "parameters.stroke_unit_90_days.price_year": "2023/24",
    "claim.value": None,
}
"""An invented trust that treats 85 patients a year, by place in the workbook."""


def cell_of(page, place, heading=OWN):
    """The cell of a place under a heading."""
    top = next(row[0].row for row in page.iter_rows() if any(cell.value == "Place" for cell in row))
    heads = {cell.value: cell.column for cell in page[top]}
    row = next(n for n in range(top + 1, page.max_row + 1) if page.cell(n, heads["Place"]).value == place)
    return page.cell(row, heads[heading])
