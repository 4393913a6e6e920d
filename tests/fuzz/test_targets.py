"""A moment of fuzzing, the same one each time; `packaging/dev.py fuzz` takes as long as it is given."""

import itertools

import pytest

from tests.fuzz.mutate import mutations
from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import CORPUS, TARGETS

TRIES = 400


def inputs(name):
    return [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]


def test_each_target_has_inputs_to_begin_with():
    assert set(TARGETS) == set(SEEDS) == {folder.name for folder in CORPUS.iterdir()}
    assert all(inputs(name) for name in TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_that_is_nearly_right_breaks_a_reader(name):
    originals = inputs(name)
    for data in itertools.chain(originals, [b""], itertools.islice(mutations(originals, 1), TRIES)):
        try:
            TARGETS[name](data)
        except BaseException as error:
            error.add_note(f"the input is {data!r}")
            raise
