import pytest

from parley.ul.limits import MIB, Limits


@pytest.mark.parametrize(
    ("announced", "data_length"), [(16384, 16384), (10, 10), (0, 16 * MIB), (None, 16 * MIB), (0xFFFFFFFF, 16 * MIB)]
)
def test_announced_maximum_length_is_the_limit_of_data(announced: int | None, data_length: int):
    assert Limits.announcing(announced) == Limits(MIB, data_length)
