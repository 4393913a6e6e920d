"""What the end of an association means that was not released."""

import pytest

from parley.diagnosis import diagnose_end
from parley.model.event import EventKind
from parley.ul.pdu import AAbort
from tests.bridge.samples import Samples


@pytest.mark.parametrize(
    ("kind", "pdu", "silence", "code"),
    [
        (EventKind.PROVIDER_ABORTED, None, 60.0, "closed_after_silence"),
        (EventKind.PROVIDER_ABORTED, None, 0.1, "closed_at_work"),
        (EventKind.PROVIDER_ABORTED, None, None, "closed_at_work"),
        (EventKind.PROVIDER_ABORTED, AAbort(2, 2), 60.0, "aborted_by_peers_protocol"),
        (EventKind.ABORTED, AAbort(0, 0), None, "aborted_by_peer"),
    ],
)
def test_each_end_has_a_remedy(kind, pdu, silence, code):
    verdict = diagnose_end(Samples().event(kind, 1, pdu=pdu), silence)
    assert (verdict.code, verdict.passed) == (code, False)
    assert verdict.remedy
    assert ("60 s" in verdict.cause) == (code == "closed_after_silence")


@pytest.mark.parametrize("kind", [EventKind.RELEASED, EventKind.ABORTED])
def test_what_was_meant_to_end_needs_none(kind):
    assert diagnose_end(Samples().event(kind, 1)) is None
