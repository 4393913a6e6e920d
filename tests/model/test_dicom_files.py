"""Which object a file holds: pydicom's own test files as corpus, hostile and odd files, and the contexts proposed."""

from __future__ import annotations

import os
import struct
import time
import warnings
import zlib
from pathlib import Path

import pytest

from parley.model.dicom_files import (
    EXPLICIT_VR_BIG_ENDIAN,
    DicomFile,
    DicomFileError,
    UnreadableFile,
    files_below,
    propose_contexts,
    read_dicom_file,
    read_dicom_files,
)
from parley.model.handle import ProposedContext
from parley.model.part10 import PREAMBLE, file_head, read_file_meta

CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
DEFLATED, JPEG = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.50"


def corpus(*patterns: str) -> list[Path]:
    """Files that came with pydicom; nothing is downloaded."""
    import pydicom.data

    folder = Path(pydicom.data.__file__).parent / "test_files"
    return sorted(path for pattern in patterns for path in folder.glob(pattern))


def element(tag: int, vr: bytes, value: bytes) -> bytes:
    value += b"\0" * (len(value) % 2)
    return (tag >> 16).to_bytes(2, "little") + (tag & 0xFFFF).to_bytes(2, "little") + vr + len(value).to_bytes(
        2, "little"
    ) + value  # fmt: skip


DATA_SET = element(0x00080005, b"CS", b"ISO_IR 100") + element(0x00080016, b"UI", CT.encode()) + element(
    0x00080018, b"UI", b"1.2.3"
)  # fmt: skip


class TestReading:
    @pytest.mark.parametrize("path", corpus("*.dcm"), ids=lambda path: path.name)
    def test_it_is_what_pydicom_reads(self, path):
        from pydicom import dcmread

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = dcmread(path, force=True, stop_before_pixels=True)
            expected = (
                theirs.get("SOPClassUID") or theirs.file_meta.get("MediaStorageSOPClassUID", ""),
                theirs.get("SOPInstanceUID") or theirs.file_meta.get("MediaStorageSOPInstanceUID", ""),
            )
        if not all(expected):
            with pytest.raises(DicomFileError, match=r"SOP|DICOM"):
                read_dicom_file(path)
            return
        ours = read_dicom_file(path)
        assert (ours.sop_class_uid, ours.sop_instance_uid) == expected
        assert ours.transfer_syntax_uid == theirs.file_meta.get("TransferSyntaxUID", ours.transfer_syntax_uid)
        assert ours.offset + ours.size == path.stat().st_size

    def test_the_data_set_begins_where_pydicom_says(self):
        from pydicom.filereader import read_file_meta_info, read_preamble

        for path in corpus("CT_small.dcm", "JPEG2000.dcm", "image_dfl.dcm"):
            with path.open("rb") as file:
                read_preamble(file, force=False)
                length = int(read_file_meta_info(path).FileMetaInformationGroupLength)
            assert read_dicom_file(path).offset == 144 + length

    def test_a_deflated_data_set_is_looked_into(self):
        (path,) = corpus("image_dfl.dcm")
        file = read_dicom_file(path)
        assert file.transfer_syntax_uid == DEFLATED
        assert file.sop_instance_uid

    def test_without_a_head_the_encoding_is_found_out(self):
        (path,) = corpus("ExplVR_BigEndNoMeta.dcm")
        file = read_dicom_file(path)
        assert (file.transfer_syntax_uid, file.offset) == (EXPLICIT_VR_BIG_ENDIAN, 0)

    def test_the_data_set_is_believed_where_the_head_says_something_else(self, tmp_path):
        path = tmp_path / "renamed.dcm"
        path.write_bytes(file_head(MR, "9.9.9", EXPLICIT, "X") + DATA_SET)
        file = read_dicom_file(path)
        assert (file.sop_class_uid, file.sop_instance_uid, file.transfer_syntax_uid) == (CT, "1.2.3", EXPLICIT)
        assert file.size == len(DATA_SET)

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "empty"),
            (b"hello", "no DICOM file"),
            (b"\x89PNG\r\n\x1a\n" + bytes(500), "no DICOM file"),
            (PREAMBLE + b"DICM", "cut short or damaged"),
            (file_head(CT, "1.2.3", EXPLICIT, "X")[:180], "cut short or damaged"),
            (file_head("", "", EXPLICIT, ""), "SOP class"),
            (file_head("1.2.840.10008.1.3.10", "1.2", EXPLICIT, ""), "DICOMDIR"),
        ],
    )
    def test_what_is_none_has_a_reason(self, tmp_path, content, reason):
        path = tmp_path / "file"
        path.write_bytes(content)
        with pytest.raises(DicomFileError, match=reason):
            read_dicom_file(path)

    @pytest.mark.parametrize(
        "content",
        [
            bytes(8 << 20),
            PREAMBLE + b"DICM" + bytes(8 << 20),
            file_head(CT, "1.2.3", DEFLATED, "X") + zlib.compress(bytes(64 << 20), wbits=-15),
            struct.pack("<HHL", 8, 6, 0xFFFFFFFF) + struct.pack("<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF) * 500_000,
            struct.pack("<HHL", 8, 6, 0xFFFFFFFF) + (struct.pack("<HHL", 0xFFFE, 0xE000, 8) + bytes(8)) * 250_000,
        ],
        ids=["zeros", "zeros behind a prefix", "zeros deflated", "items in items", "items"],
    )
    def test_a_file_that_is_none_takes_no_time(self, tmp_path, content):
        path = tmp_path / "file"
        path.write_bytes(content)
        began = time.thread_time()
        with pytest.raises(DicomFileError):
            read_dicom_file(path)
        assert time.thread_time() - began < 3.0  # this thread's own; it was a second for each MB

    def test_a_deflated_data_set_is_unpacked_no_further_than_needed(self, tmp_path):
        path = tmp_path / "file"
        data_set = zlib.compress(DATA_SET + bytes(64 << 20), wbits=-15)
        path.write_bytes(file_head("", "", DEFLATED, "X") + data_set)
        began = time.thread_time()
        file = read_dicom_file(path)
        assert time.thread_time() - began < 1.0
        assert (file.sop_class_uid, file.sop_instance_uid, file.size) == (CT, "1.2.3", len(data_set))

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such things on this system")
    def test_a_pipe_among_the_files_is_told_and_nobody_waits_for_it(self, tmp_path):
        os.mkfifo(tmp_path / "a")
        (tmp_path / "b").write_bytes(file_head(CT, "1.2.3", EXPLICIT, "X") + DATA_SET)
        first, second = read_dicom_files(files_below([tmp_path]))
        assert first.found == UnreadableFile(tmp_path / "a", "It cannot be read: it is not a file.")
        assert isinstance(second.found, DicomFile)

    @pytest.mark.parametrize("seed", range(20))
    def test_a_damaged_file_is_read_or_refused_and_nothing_else(self, tmp_path, seed):
        import random

        chance = random.Random(seed)
        (whole,) = corpus("CT_small.dcm")
        data = bytearray(whole.read_bytes()[: chance.randrange(100, 2000)])
        for _ in range(20):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path = tmp_path / "file"
        path.write_bytes(data)
        (reading,) = read_dicom_files([path])
        assert isinstance(reading.found, DicomFile | UnreadableFile)


def test_a_folder_is_read_with_all_below_and_the_rest_goes_on(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / ".hidden").mkdir()
    good = file_head(CT, "1.2.3", EXPLICIT, "X") + DATA_SET
    (tmp_path / "a" / "2.dcm").write_bytes(good)
    (tmp_path / "a" / "b" / "1.dcm").write_bytes(good)
    (tmp_path / "a" / "notes.txt").write_text("no object")
    (tmp_path / ".hidden" / "3.dcm").write_bytes(good)
    missing = tmp_path / "missing.dcm"
    paths = files_below([tmp_path / "a", tmp_path / "a" / "2.dcm", tmp_path, missing])
    assert [path.name for path in paths] == ["2.dcm", "notes.txt", "1.dcm", "missing.dcm"]
    readings = list(read_dicom_files(paths))
    assert [(reading.done, reading.total) for reading in readings] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    problems = {
        reading.found.path.name: reading.found.reason
        for reading in readings
        if isinstance(reading.found, UnreadableFile)
    }
    assert problems == {
        "notes.txt": "It is no DICOM file: it has no such head, and no SOP class.",
        "missing.dcm": "It cannot be read: No such file or directory.",
    }


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="everything may be read by this user")
def test_a_file_that_may_not_be_read_says_so(tmp_path):
    path = tmp_path / "closed.dcm"
    path.touch(mode=0o000)
    with pytest.raises(DicomFileError, match="Permission denied"):
        read_dicom_file(path)


class TestPropose:
    def files(self, *kinds):
        return [
            DicomFile(Path(f"{n}"), sop_class, f"1.{n}", syntax, 0, 0) for n, (sop_class, syntax) in enumerate(kinds)
        ]

    def test_one_per_class_with_what_was_found_first(self):
        files = self.files((MR, EXPLICIT), (CT, JPEG), (CT, "1.9"), (CT, "1.9"))
        assert propose_contexts(files) == (
            ProposedContext(MR, (EXPLICIT, IMPLICIT)),
            ProposedContext(CT, ("1.9", JPEG, IMPLICIT, EXPLICIT)),
        )

    def test_one_per_transfer_syntax(self):
        files = self.files((MR, EXPLICIT), (CT, JPEG), (CT, IMPLICIT), (CT, JPEG))
        assert propose_contexts(files, separate=True) == (
            ProposedContext(MR, (EXPLICIT,)),
            ProposedContext(MR, (IMPLICIT,)),
            ProposedContext(CT, (JPEG,)),
            ProposedContext(CT, (IMPLICIT,)),
        )

    def test_nothing_of_nothing(self):
        assert propose_contexts([]) == ()


class TestHead:
    @pytest.mark.parametrize("title", ["", "SOURCE", "ODD"])
    def test_pydicom_reads_what_is_written(self, tmp_path, title):
        from pydicom import dcmread

        path = tmp_path / "file.dcm"
        path.write_bytes(file_head(CT, "1.2.3", EXPLICIT, title) + DATA_SET)
        theirs = dcmread(path)
        assert theirs.file_meta.MediaStorageSOPClassUID == CT
        assert theirs.file_meta.MediaStorageSOPInstanceUID == "1.2.3"
        assert theirs.file_meta.TransferSyntaxUID == EXPLICIT
        assert theirs.file_meta.get("SourceApplicationEntityTitle", "") == title
        assert theirs.file_meta.FileMetaInformationGroupLength == path.stat().st_size - len(DATA_SET) - 144
        assert theirs.SOPInstanceUID == "1.2.3"

    def test_what_is_written_is_read(self):
        head = file_head(CT, "1.2.3", EXPLICIT, "X")
        meta = read_file_meta(head + DATA_SET)
        assert (meta.sop_class_uid, meta.sop_instance_uid, meta.transfer_syntax_uid) == (CT, "1.2.3", EXPLICIT)
        assert meta.end == len(head)
        assert read_file_meta(head) == meta

    def test_there_is_none(self):
        assert read_file_meta(b"") is None
        assert read_file_meta(bytes(500)) is None
        assert read_file_meta(PREAMBLE + b"DICM" + bytes(500)) is None
