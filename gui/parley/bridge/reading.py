"""DICOM files, read as a job: which object each of them holds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from parley.bridge.loop.job import Job
from parley.model.dicom_files import DicomFile, UnreadableFile, files_below, read_dicom_files


def read_files(paths: Iterable[Path], job: Job) -> tuple[list[DicomFile], list[UnreadableFile]]:
    """For the thread: what these files, and the files in these folders, are, as far as each can be read."""
    readable: list[DicomFile] = []
    unreadable: list[UnreadableFile] = []
    for reading in read_dicom_files(files_below(paths)):
        if isinstance(reading.found, DicomFile):
            readable.append(reading.found)
        else:
            unreadable.append(reading.found)
        job.report(reading.done / reading.total)
    return readable, unreadable
