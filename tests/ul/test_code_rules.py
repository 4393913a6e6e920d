"""Every triple of a rejection and every pair of an abort: an error exactly where the standard gives no meaning."""

from __future__ import annotations

from itertools import product

import pytest

from parley.ul.codec import encode
from parley.ul.conformance import check_codes, locate
from parley.ul.errors import Severity
from parley.ul.pdu import AAbort, AAssociateRj

MEANT = {1: {1, 2, 3, 7}, 2: {1, 2}, 3: {1, 2}}
"""Reasons by source (PS3.8 Table 9-21)."""


def fields(pdu: AAssociateRj | AAbort) -> list[tuple[Severity, str]]:
    findings = check_codes(pdu)
    assert all(finding.text.endswith(".") and finding.remedy.endswith(".") for finding in findings)
    assert [each.field for each in locate(encode(pdu), findings)] == [each.field for each in findings]
    return [(finding.severity, finding.field) for finding in findings]


def test_rejections():
    for result, source, reason in product((0, 1, 2, 3, 255), (0, 1, 2, 3, 4, 255), (*range(11), 255)):
        expected = [] if result in {1, 2} else ["result"]
        if source not in MEANT:
            expected.append("source")
        elif reason not in MEANT[source]:
            expected.append("reason")
        assert fields(AAssociateRj(result, source, reason)) == [(Severity.ERROR, field) for field in expected]


@pytest.mark.parametrize(
    ("source", "reason", "expected"),
    [
        *((2, reason, []) for reason in (0, 1, 2, 4, 5, 6)),
        *((2, reason, [(Severity.ERROR, "reason")]) for reason in (3, 7, 255)),
        *((source, 0, [(Severity.ERROR, "source")]) for source in (1, 3, 255)),
        (0, 0, []),
        (0, 5, [(Severity.NOTE, "reason")]),
    ],
)
def test_aborts(source: int, reason: int, expected: list[tuple[Severity, str]]):
    assert fields(AAbort(source, reason)) == expected


def test_a_remedy_names_the_codes_there_are():
    (finding,) = check_codes(AAssociateRj(1, 1, 4))
    assert finding.remedy == "Use 1, 2, 3 or 7."
