"""Which errors of the system tell that it has no more descriptors."""

from __future__ import annotations

import errno

import pytest

from parley.engine.descriptors import is_shortage
from parley.model.system_errors import ToldError


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, 10024, 10055])
def test_a_shortage_is_known_whatever_the_system_numbers_it(number):
    assert is_shortage(OSError(number, "?"))


def test_the_name_decides_where_an_error_has_no_number():
    assert is_shortage(ToldError("Too many open files", code="EMFILE"))
    assert not is_shortage(OSError("it is none of the system's"))
    assert not is_shortage(OSError(errno.ECONNREFUSED, "?"))
