"""What became of an object that was sent: every status and every lack of a context has a remedy that fits."""

import pytest

from parley.diagnosis.storing import diagnose_no_context, diagnose_status
from parley.ul.codes import ContextResult
from parley.ul.negotiation import NegotiatedContext
from tests.harness.dicom import CT, EXPLICIT, IMPLICIT, JPEG, MR


def context(
    *syntaxes: str, result: int = 0, answered: str = "", as_scu: bool = True, abstract_syntax: str = CT
) -> NegotiatedContext:
    return NegotiatedContext(
        1, abstract_syntax, syntaxes, ContextResult(result), answered, as_scu, as_scp=False, words="", is_proposed=True
    )


@pytest.mark.parametrize(
    ("status", "code", "passed", "remedy"),
    [
        (0x0000, "stored", True, ""),
        (0x0001, "store_other_status", True, "conformance statement"),
        (0x0107, "store_other_status", True, "conformance statement"),
        (0x0110, "store_processing_failure", False, "log"),
        (0x0111, "store_duplicate", False, "already"),
        (0x0117, "store_invalid_instance", False, "SOP instance UID"),
        (0x0122, "store_class_not_supported", False, "switch storing on"),
        (0x0124, "store_not_authorized", False, "right to store"),
        (0x0210, "store_duplicate_invocation", False, "Associate anew"),
        (0x0211, "store_unrecognized", False, "archive"),
        (0x0212, "store_mistyped", False, "Compare"),
        (0xA700, "store_out_of_resources", False, "disk"),
        (0xA7FF, "store_out_of_resources", False, "disk"),
        (0xA900, "store_class_mismatch", False, "validator"),
        (0xB000, "store_coerced", True, "changed"),
        (0xB006, "store_discarded", True, "left out"),
        (0xB007, "store_class_mismatch", True, "kept all the same"),
        (0xB123, "store_other_status", True, "conformance statement"),
        (0xC000, "store_cannot_understand", False, "log"),
        (0xCFFF, "store_cannot_understand", False, "log"),
        (0xFF00, "store_other_status", False, "conformance statement"),
    ],
)
def test_a_status(status, code, passed, remedy):
    verdict = diagnose_status(status, "words")
    assert (verdict.code, verdict.passed, verdict.cause) == (code, passed, "words")
    assert remedy in verdict.remedy
    assert bool(verdict.remedy) is (status != 0)


@pytest.mark.parametrize(
    ("contexts", "code"),
    [
        ([], "store_not_proposed"),
        ([context(JPEG, abstract_syntax=MR, answered=JPEG)], "store_not_proposed"),
        ([context(JPEG, answered=JPEG, as_scu=False)], "store_not_scu"),
        ([context(JPEG, IMPLICIT, answered=IMPLICIT)], "store_other_transfer_syntax"),
        ([context(EXPLICIT, answered=EXPLICIT)], "store_other_transfer_syntax"),
        ([context(JPEG, result=4)], "store_transfer_syntax_refused"),
        ([context(JPEG, result=4), context(IMPLICIT, answered=IMPLICIT)], "store_transfer_syntax_refused"),
        ([context(JPEG, result=1), context(IMPLICIT, answered=IMPLICIT)], "store_transfer_syntax_refused"),
        ([context(JPEG, result=3)], "store_class_refused"),
        ([context(JPEG, IMPLICIT, result=1)], "store_class_refused"),
    ],
)
def test_no_context(contexts, code):
    verdict = diagnose_no_context(contexts, CT, JPEG, "words")
    assert (verdict.code, verdict.passed, verdict.cause) == (code, False, "words")
    assert verdict.remedy
