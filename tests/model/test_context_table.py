"""Contexts as a table of text: what is written is read again, and what people paste is understood or named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.model.context_table import from_text, to_text
from parley.model.handle import DEFAULT_TRANSFER_SYNTAXES, ProposedContext, SupportedContext
from parley.ul.codes import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION

CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
JPEG, LOSSLESS, RLE = "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.5"
PRIVATE = "1.3.6.1.4.1.99999.1"

uids = st.sampled_from([CT, MR, VERIFICATION, PRIVATE, "2.25.1"])
syntaxes = st.lists(st.sampled_from([JPEG, LOSSLESS, RLE, PRIVATE]), min_size=1, unique=True).map(tuple)
contexts = st.builds(ProposedContext, uids, syntaxes, st.none() | st.integers(0, 999))


def test_a_line_has_id_uid_name_and_transfer_syntaxes():
    text = to_text((ProposedContext(CT, (RLE, JPEG), 7), ProposedContext(PRIVATE)))
    assert text.splitlines() == [
        "ID\tAbstract syntax\tName\tTransfer syntaxes",
        f"7\t{CT}\tCT Image Storage\t{RLE} {JPEG}",
        f"\t{PRIVATE}\t\t{IMPLICIT_VR_LITTLE_ENDIAN} {EXPLICIT_VR_LITTLE_ENDIAN}",
    ]


@given(st.lists(contexts).map(tuple))
def test_what_is_written_is_read_again(some):
    pasted = from_text(to_text(some))
    assert (pasted.contexts, pasted.left_out) == (some, ())


def test_an_acceptors_contexts_are_written_without_ids():
    text = to_text((SupportedContext(CT, (RLE,)),))
    assert from_text(text).contexts == (ProposedContext(CT, (RLE,)),)


@pytest.mark.parametrize(
    "line",
    [
        CT,
        f"  {CT}  ",
        f'"{CT}"',
        "CT Image Storage",
        "ctimagestorage",
        f"\t{CT}",
        f"{CT}\tanything at all",
        f"{CT};CT Image Storage",
        f"{CT},{IMPLICIT_VR_LITTLE_ENDIAN},{EXPLICIT_VR_LITTLE_ENDIAN}",
        f"{CT} {IMPLICIT_VR_LITTLE_ENDIAN} {EXPLICIT_VR_LITTLE_ENDIAN}",
        f"{CT}\tCT Image Storage\tImplicitVRLittleEndian, ExplicitVRLittleEndian",
        f"{CT}\tImplicit VR Little Endian\tExplicit VR Little Endian",
        f"\t{CT}\tCT Image Storage\t{IMPLICIT_VR_LITTLE_ENDIAN}|{EXPLICIT_VR_LITTLE_ENDIAN}\t\t",
    ],
)
def test_what_people_paste_is_understood(line):
    assert from_text(line + "\r\n").contexts == (ProposedContext(CT, DEFAULT_TRANSFER_SYNTAXES),)


def test_names_of_transfer_syntaxes_may_hold_commas():
    name = "JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14 [Selection Value 1])"
    assert from_text(f"{CT}\t\t{name}").contexts == (ProposedContext(CT, (LOSSLESS,)),)


def test_ids_are_kept_even_impossible_ones():
    assert [c.context_id for c in from_text(f"4\t{CT}\n300\t{MR}\n;{MR};").contexts] == [4, 300, None]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense", "“nonsense” is neither a UID nor"),
        ("7", "“7” is neither a UID"),
        (f"{RLE}", "is a transfer syntax where an abstract syntax should be"),
        (f"{CT}\tname\tnonsense", "“nonsense” is neither a transfer syntax nor"),
        (f"{CT}\tname\t{RLE} {MR}", "is neither a transfer syntax nor"),
        ("x" * 1000, "x…”"),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_goes_on(line, said):
    pasted = from_text(f"{MR}\n{line}\n\n{VERIFICATION}")
    assert [c.abstract_syntax for c in pasted.contexts] == [MR, VERIFICATION]
    assert len(pasted.left_out) == 1
    assert pasted.left_out[0].startswith("line 2: ")
    assert said in pasted.left_out[0]


@given(st.text() | st.text('12.;,\t \n"ab'))
def test_no_text_at_all_breaks_it(text):
    pasted = from_text(text)
    assert len(pasted.contexts) + len(pasted.left_out) <= len(text.splitlines())
