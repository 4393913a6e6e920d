"""Which contexts objects travel on, and which ones files still need."""

from pathlib import Path

from parley.model.contexts import ODD_CONTEXT_IDS
from parley.model.dicom_files import DicomFile
from parley.model.handle import ProposedContext, SupportedContext
from parley.model.registry import entries
from parley.model.storage_contexts import is_for_storage, missing_for, storage_beyond
from parley.ul.codes import VERIFICATION
from tests.harness.dicom import CT, EXPLICIT, IMPLICIT, JPEG, MR


def file(sop_class: str = CT, transfer_syntax: str = EXPLICIT) -> DicomFile:
    return DicomFile(Path("a.dcm"), sop_class, "1.2.3", transfer_syntax, 0, 10)


def test_storage_and_private_classes_carry_objects_and_others_do_not() -> None:
    assert is_for_storage(CT)
    assert is_for_storage("1.2.3.4")
    assert not is_for_storage(VERIFICATION)
    assert not is_for_storage("")


def test_all_storage_classes_leave_alone_what_is_there() -> None:
    more = storage_beyond((SupportedContext(CT, (JPEG,)),))
    assert CT not in {context.abstract_syntax for context in more}
    assert MR in {context.abstract_syntax for context in more}
    assert all(is_for_storage(context.abstract_syntax) for context in more)
    assert {JPEG, IMPLICIT} <= set(more[0].transfer_syntaxes)
    assert storage_beyond(more)[0].abstract_syntax == CT


def test_each_encoding_gets_a_context_that_leaves_the_acceptor_no_choice() -> None:
    missing = missing_for([file(), file(transfer_syntax=JPEG), file()], ())
    assert missing == (ProposedContext(CT, (EXPLICIT,)), ProposedContext(CT, (JPEG,)), ProposedContext(CT, (IMPLICIT,)))


def test_a_context_in_which_the_acceptor_may_choose_another_encoding_is_not_enough() -> None:
    assert missing_for([file()], (ProposedContext(CT, (IMPLICIT, EXPLICIT)),)) == (ProposedContext(CT, (EXPLICIT,)),)


def test_nothing_is_missing_twice() -> None:
    files = [file(), file(MR, JPEG)]
    missing = missing_for(files, ())
    assert len(missing) == 4
    assert missing_for(files, missing) == ()


def test_what_one_association_cannot_hold_is_proposed_with_a_choice() -> None:
    classes = [uid for uid in entries() if is_for_storage(uid)][:60]
    files = [file(uid, syntax) for uid in classes for syntax in (EXPLICIT, JPEG)]
    missing = missing_for(files, ())
    assert len(missing) == 60 <= len(ODD_CONTEXT_IDS)
    assert missing[0].transfer_syntaxes == (EXPLICIT, JPEG, IMPLICIT)
