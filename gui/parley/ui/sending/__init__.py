"""Sending DICOM files."""
