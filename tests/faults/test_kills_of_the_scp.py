"""`parley listen --store`, killed while objects come in: each file is whole, and what was answered is there."""

from __future__ import annotations

import signal
import sys

import pytest

from parley.engine.engine import Engine
from parley.engine.errors import AssociationError
from parley.model.attempt import AttemptEnd
from parley.model.dicom_files import read_dicom_file
from parley.model.handle import ProposedContext, RequestorHandle
from parley.model.profile import RequestorSide
from tests.commands.typed import Listening
from tests.faults.rounds import only_leftovers, rounds
from tests.harness.dicom import CT, EXPLICIT, data_set_of, write_file
from tests.harness.loops import run_on
from tests.harness.record import Record

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
    pytest.mark.timeout(0),
]

HANDLE = RequestorHandle(contexts=(ProposedContext(CT, (EXPLICIT,)),))


async def send_until(port, paths, most_bytes=None, kill=None):
    """Send files; `kill` is called once so many bytes have gone. Returns the files that were stored."""
    engine, sent, stored = Engine(Record()), 0, []

    def progress(_file, count):
        if kill is not None and sent + count >= most_bytes:
            kill()

    association = engine.requestor(RequestorSide(port=int(port), handle=HANDLE))
    assert (await association.associate()).end is AttemptEnd.ESTABLISHED
    try:
        for path in paths:
            if (await association.store(path, progress)).status == 0:
                stored.append(path)
            sent += path.stat().st_size
    except AssociationError:
        assert kill is not None
    await engine.close()
    return stored


def test_what_was_answered_is_there_and_no_file_is_half_one(tmp_path):
    folder, sources = tmp_path / "in", tmp_path / "out"
    sources.mkdir()
    paths = {}
    for number, chance in enumerate(rounds(), start=1):
        sizes = [chance.choice((500, 40_000, 3_000_000)) for _ in range(12)]
        batch = [
            write_file(sources / f"{number}-{place}.dcm", size, instance=f"1.2.{number}.{place}")
            for place, size in enumerate(sizes)
        ]
        paths |= {f"1.2.{number}.{place}.dcm": path for place, path in enumerate(batch)}
        with Listening("--store", str(folder)) as scp:
            most_bytes = chance.randint(1, sum(sizes))
            stored = run_on(
                None, send_until(scp.port, batch, most_bytes, lambda: scp.program.terminate(signal.SIGKILL))
            )
        came = {path.name: path for path in folder.glob("*.dcm")}
        for name, path in came.items():
            assert read_dicom_file(path).sop_instance_uid == f"{name.removesuffix('.dcm')}"
            assert data_set_of(path) == data_set_of(paths[name])
        answered = {name for name, path in paths.items() if path in stored}
        assert answered <= set(came)
        only_leftovers(folder, *came)
    with Listening("--store", str(folder)) as scp:
        last = write_file(sources / "last.dcm", 500, instance="1.2.9999")
        assert run_on(None, send_until(scp.port, [last])) == [last]
        assert data_set_of(folder / "1.2.9999.dcm") == data_set_of(last)
