"""Memory that the kernel works in."""

import numpy as np
import pytest

from heemodel.structures.cohort.engine import kernel, workspace


@pytest.mark.parametrize("rows", [1, 7, 55])
def test_every_register_begins_a_line_of_the_cache_and_is_zero(rows):
    room = workspace.lined_up(rows, kernel.BLOCK)
    assert room.shape == (rows, kernel.BLOCK)
    assert room.flags.c_contiguous
    assert not room.any()
    assert {row.ctypes.data % workspace.LINE for row in room} == {0}


def test_nobody_else_has_borrowed_room_in_the_meantime():
    with workspace.borrowed(10) as one, workspace.borrowed(10) as other:
        assert not np.shares_memory(one, other)


def test_room_is_not_used_again_after_an_error():
    with pytest.raises(KeyboardInterrupt), workspace.borrowed(10) as spoiled:
        raise KeyboardInterrupt
    with workspace.borrowed(10) as room:
        assert not np.shares_memory(room, spoiled)
