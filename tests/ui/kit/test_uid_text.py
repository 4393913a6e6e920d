"""UIDs by name, and names that are typed for UIDs."""

from parley.ui.kit.uid_text import short, uid_of
from parley.ul.codes import EXPLICIT_VR_LITTLE_ENDIAN

CT = "1.2.840.10008.5.1.4.1.1.2"


def test_only_a_whole_name_becomes_a_uid():
    assert uid_of("CTImageStorage") == CT
    assert uid_of("CT Image") == "CT Image"
    assert uid_of("") == ""


def test_transfer_syntaxes_have_short_names():
    assert short(EXPLICIT_VR_LITTLE_ENDIAN) == "Explicit VR LE"
    assert short("1.2.3") == "1.2.3"
