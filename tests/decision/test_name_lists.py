"""Lists of names in one text, whatever the names hold."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import heemodel as hm
from heemodel.decision.name_lists import read_names, write_names

NAMES = st.text("ab,[]='\" .:$", min_size=1, max_size=6).filter(lambda name: name == name.strip())


@given(st.lists(NAMES, min_size=2, max_size=6, unique=True), st.data())
def test_what_is_written_is_read_again_whatever_the_names_hold(known, data):
    assume(not any(name.startswith('"') for name in known))
    names = data.draw(st.lists(st.sampled_from(known), min_size=2, max_size=4, unique=True))
    assert read_names(write_names(names, known), known) == names


@given(NAMES, NAMES)
def test_names_that_are_known_need_no_quotation_marks_unless_a_comma_could_be_read_in_two_ways(one, other):
    assume(one != other)
    assume(not {part.strip() for part in f"{one},{other}".split(",")} & {one, other} or "," not in one + other)
    assert write_names([one, other], [one, other]) == f"{one},{other}"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("delta[1,2],price", ["delta[1,2]", "price"]),
        ("price, delta[1,2]", ["price", "delta[1,2]"]),
        ("effect, log OR,price", ["effect, log OR", "price"]),
        ('"effect, log OR",price', ["effect, log OR", "price"]),
        ('say ""hi"",price'.replace('""', '"'), ['say "hi"', "price"]),
        ("a=b,price", ["a=b", "price"]),
        ("delta[1,2]", ["delta[1,2]"]),
        ("p,q,price", ["p,q", "price"]),
    ],
)
def test_a_comma_belongs_to_a_name_where_only_that_leaves_known_names(text, names):
    known = ["delta[1,2]", "effect, log OR", 'say "hi"', "a=b", "p,q", "price"]
    assert read_names(text, known) == names


def test_a_text_with_two_readings_is_refused_and_its_cure_works():
    known = ["a", "b", "a,b", "c"]
    with pytest.raises(hm.decision.OutcomeError, match="several ways") as error:
        read_names("a,b,c", known)
    for cure, names in (('"a,b","c"', ["a,b", "c"]), ('"a","b","c"', ["a", "b", "c"])):
        assert cure in str(error.value)
        assert read_names(cure, known) == names


def test_two_names_come_before_one_that_looks_like_both():
    assert read_names("a,b", ["a", "b", "a,b"]) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [("delta[1,3],price", "delta[1,2]"), ("prise,delta[1,2]", "price"), ('"effect, log RO",price', "effect, log OR")],
)
def test_an_unknown_name_is_told_whole_with_one_that_works(text, hint):
    known = ["delta[1,2]", "effect, log OR", "price"]
    with pytest.raises(hm.decision.OutcomeError, match="no parameter") as error:
        read_names(text, known)
    assert f"did you mean {hint!r}?" in str(error.value)
    assert read_names(write_names([hint, *(name for name in known if name != hint)], known), known)[0] == hint


def test_very_many_commas_do_not_take_for_ever():
    known = ["a", ",".join("a" * 3), "b"]
    with pytest.raises(hm.decision.OutcomeError, match="no parameter 'c'"):
        read_names(",".join("a" * 60) + ",c", known)
