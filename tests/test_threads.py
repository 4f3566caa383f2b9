"""Parts of the samples that are spread over threads."""

import threading

import pytest

from heemodel import threads

PARTS = [range(first, first + 10) for first in range(0, 1_000, 10)]


@pytest.fixture(autouse=True)
def _four_processors(monkeypatch):
    monkeypatch.setattr(threads, "processors", lambda: 4)


def test_every_part_is_done_once():
    assert sorted(threads.in_threads(lambda part: part.start, PARTS)) == [part.start for part in PARTS]


def test_one_part_needs_no_other_thread():
    assert threads.in_threads(lambda _: threading.get_ident(), PARTS[:1]) == [threading.get_ident()]


def test_what_is_found_for_each_item_is_in_their_order():
    def slower_at_first(item):
        threading.Event().wait(0.01 if item < 4 else 0.0)
        return item**2

    assert threads.each(slower_at_first, range(40)) == [item**2 for item in range(40)]
    assert threads.each(slower_at_first, []) == []


@pytest.mark.parametrize("mine", [True, False])
def test_an_error_in_any_thread_stops_after_the_parts_in_hand(mine):
    me, done, begun = threading.get_ident(), [], threading.Barrier(4)

    def task(part):
        if part in PARTS[:4]:
            begun.wait(10)  # every thread has one in hand
        if (threading.get_ident() == me) is mine:
            raise ValueError(part)
        threading.Event().wait(0.05)
        done.append(part)
        return 0

    with pytest.raises(ValueError, match="range"):
        threads.in_threads(task, PARTS)
    finished = len(done)
    threading.Event().wait(0.2)
    assert len(done) == finished <= 6
