"""Where patients are over time, and decision trees."""

from heemodel.report.document import Folded
from heemodel.report.sections.patients import patients


def test_there_is_none_where_nobody_is_followed(psa, bare_psa):
    assert patients(psa) is None
    assert patients(bare_psa) is None


def test_two_strategies_stand_side_by_side_in_every_scenario(savings):
    section = patients(savings)
    (figure,) = section.figures()
    first, *others = section.tables()
    assert [text for text, _ in first.groups[1:]] == ["thrombolysis", "thrombectomy"]
    assert len(others) == 3
    assert sum(isinstance(block, Folded) for block in section.blocks) == 3
    assert first.rows[0][1:5] == ["100%", "0%", "0%", "0%"]
    assert first.rows[-1][0] == "5 years"
    assert "nursing home" in figure.alternative
    assert figure.png.startswith(b"\x89PNG")


def test_several_strategies_stand_below_each_other(sick_sicker):
    (figure,) = patients(sick_sicker).figures()
    (table,) = patients(sick_sicker).tables()
    assert [row[1] for row in table.rows[:4]] == sick_sicker.strategies
    assert table.rows[-1][0] == "75 years"
    assert all(name in figure.alternative for name in sick_sicker.strategies)
    assert len(figure.svg) > 1_000


def test_a_tree_is_drawn_and_its_nodes_are_listed(tree):
    section = patients(tree)
    (figure,), (table,) = section.figures(), section.tables()
    assert "8 ends" in figure.alternative
    assert len(table.rows) == 15
    assert table.rows[0][0] == "catheter"
    assert table.rows[1][0].startswith("› bloodstream")
    assert "QALYs" not in table.header
    assert figure.png.startswith(b"\x89PNG")
