#!/usr/bin/env python3
"""Write resources/registry.json: the UIDs of DICOM by name, from the registries of pynetdicom and pydicom.

Shipping a snapshot gives the window its names without importing either. Run it after raising one of them:

    .venv/bin/python packaging/make_registry.py

tests/model/test_registry.py fails while the snapshot differs from what this script would write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydicom._uid_dict import UID_dictionary
from pynetdicom import sop_class

TARGET = Path(__file__).resolve().parent.parent / "resources" / "registry.json"

KINDS = {
    "SOP Class": "sop_class",
    "Meta SOP Class": "meta_sop_class",
    "Transfer Syntax": "transfer_syntax",
    "Service Class": "service_class",
    "Application Context Name": "application_context",
    "Well-known SOP Instance": "sop_instance",
}
"""What may turn up in a negotiation or a command set; coding schemes, frames of reference and the like do not."""

ALIASES = {
    "Verification": "C-ECHO echo ping",
    "ModalityWorklistInformationModelFind": "MWL C-FIND",
    "ModalityPerformedProcedureStep": "MPPS N-CREATE N-SET",
    "StorageCommitmentPushModel": "N-ACTION N-EVENT-REPORT",
    "UnifiedProcedureStepPush": "UPS",
    "GrayscaleSoftcopyPresentationStateStorage": "GSPS",
    "KeyObjectSelectionDocumentStorage": "KOS",
    "ImplicitVRLittleEndian": "ILE",
    "ExplicitVRLittleEndian": "ELE",
    "JPEG2000Lossless": "J2K",
    "JPEG2000": "J2K",
}
"""What else people type for a keyword. Query and retrieve classes get their DIMSE service by rule."""

COMMON_STORAGE = (
    "ComputedRadiographyImageStorage",
    "DigitalXRayImageStorageForPresentation",
    "DigitalMammographyXRayImageStorageForPresentation",
    "BreastTomosynthesisImageStorage",
    "CTImageStorage",
    "EnhancedCTImageStorage",
    "MRImageStorage",
    "EnhancedMRImageStorage",
    "UltrasoundImageStorage",
    "UltrasoundMultiFrameImageStorage",
    "NuclearMedicineImageStorage",
    "PositronEmissionTomographyImageStorage",
    "XRayAngiographicImageStorage",
    "XRayRadiofluoroscopicImageStorage",
    "SecondaryCaptureImageStorage",
    "RTImageStorage",
    "RTDoseStorage",
    "RTStructureSetStorage",
    "RTPlanStorage",
    "SegmentationStorage",
    "GrayscaleSoftcopyPresentationStateStorage",
    "KeyObjectSelectionDocumentStorage",
    "BasicTextSRStorage",
    "EnhancedSRStorage",
    "ComprehensiveSRStorage",
    "XRayRadiationDoseSRStorage",
    "EncapsulatedPDFStorage",
)

C_GET = "C-GET with roles"

MODALITIES = {
    "CT": ("CTImageStorage", "EnhancedCTImageStorage", "LegacyConvertedEnhancedCTImageStorage"),
    "MR": (
        "MRImageStorage",
        "EnhancedMRImageStorage",
        "EnhancedMRColorImageStorage",
        "MRSpectroscopyStorage",
        "LegacyConvertedEnhancedMRImageStorage",
    ),
    "CR and DX": (
        "ComputedRadiographyImageStorage",
        "DigitalXRayImageStorageForPresentation",
        "DigitalXRayImageStorageForProcessing",
        "DigitalIntraOralXRayImageStorageForPresentation",
        "DigitalIntraOralXRayImageStorageForProcessing",
    ),
    "mammography": (
        "DigitalMammographyXRayImageStorageForPresentation",
        "DigitalMammographyXRayImageStorageForProcessing",
        "BreastTomosynthesisImageStorage",
        "BreastProjectionXRayImageStorageForPresentation",
        "BreastProjectionXRayImageStorageForProcessing",
        "MammographyCADSRStorage",
    ),
    "ultrasound": (
        "UltrasoundImageStorage",
        "UltrasoundMultiFrameImageStorage",
        "EnhancedUSVolumeStorage",
        "SimplifiedAdultEchoSRStorage",
    ),
    "XA and RF": (
        "XRayAngiographicImageStorage",
        "EnhancedXAImageStorage",
        "XRayRadiofluoroscopicImageStorage",
        "EnhancedXRFImageStorage",
        "XRay3DAngiographicImageStorage",
        "XAXRFGrayscaleSoftcopyPresentationStateStorage",
        "XRayRadiationDoseSRStorage",
    ),
    "NM and PET": (
        "NuclearMedicineImageStorage",
        "PositronEmissionTomographyImageStorage",
        "EnhancedPETImageStorage",
        "LegacyConvertedEnhancedPETImageStorage",
    ),
    "radiotherapy": (
        "RTImageStorage",
        "RTDoseStorage",
        "RTStructureSetStorage",
        "RTPlanStorage",
        "RTIonPlanStorage",
        "RTBeamsTreatmentRecordStorage",
        "RTBrachyTreatmentRecordStorage",
        "RTIonBeamsTreatmentRecordStorage",
        "RTTreatmentSummaryRecordStorage",
    ),
    "visible light": (
        "VLEndoscopicImageStorage",
        "VLMicroscopicImageStorage",
        "VLSlideCoordinatesMicroscopicImageStorage",
        "VLWholeSlideMicroscopyImageStorage",
        "VLPhotographicImageStorage",
        "VideoEndoscopicImageStorage",
        "VideoMicroscopicImageStorage",
        "VideoPhotographicImageStorage",
    ),
    "ophthalmology": (
        "OphthalmicPhotography8BitImageStorage",
        "OphthalmicPhotography16BitImageStorage",
        "OphthalmicTomographyImageStorage",
        "OphthalmicThicknessMapStorage",
        "OphthalmicVisualFieldStaticPerimetryMeasurementsStorage",
    ),
    "waveforms": (
        "TwelveLeadECGWaveformStorage",
        "GeneralECGWaveformStorage",
        "AmbulatoryECGWaveformStorage",
        "HemodynamicWaveformStorage",
        "BasicVoiceAudioWaveformStorage",
        "GeneralAudioWaveformStorage",
    ),
    "reports": (
        "BasicTextSRStorage",
        "EnhancedSRStorage",
        "ComprehensiveSRStorage",
        "Comprehensive3DSRStorage",
        "KeyObjectSelectionDocumentStorage",
        "EncapsulatedPDFStorage",
        "EncapsulatedCDAStorage",
    ),
    "derived objects": (
        "SegmentationStorage",
        "SurfaceSegmentationStorage",
        "ParametricMapStorage",
        "SpatialRegistrationStorage",
        "GrayscaleSoftcopyPresentationStateStorage",
        "ColorSoftcopyPresentationStateStorage",
        "SecondaryCaptureImageStorage",
        "MultiFrameTrueColorSecondaryCaptureImageStorage",
    ),
}

TEMPLATES = {
    "Verification": ("Verification",),
    "Common storage": COMMON_STORAGE,
    "Query/Retrieve": (
        "PatientRootQueryRetrieveInformationModelFind",
        "PatientRootQueryRetrieveInformationModelMove",
        "PatientRootQueryRetrieveInformationModelGet",
        "StudyRootQueryRetrieveInformationModelFind",
        "StudyRootQueryRetrieveInformationModelMove",
        "StudyRootQueryRetrieveInformationModelGet",
    ),
    "Modality worklist": ("ModalityWorklistInformationModelFind",),
    "Modality performed procedure step": (
        "ModalityPerformedProcedureStep",
        "ModalityPerformedProcedureStepRetrieve",
        "ModalityPerformedProcedureStepNotification",
    ),
    "Storage commitment": ("StorageCommitmentPushModel",),
    "Print": (
        "BasicGrayscalePrintManagementMeta",
        "BasicColorPrintManagementMeta",
        "PresentationLUT",
        "BasicAnnotationBox",
        "PrintJob",
        "PrinterConfigurationRetrieval",
    ),
    "Unified procedure step": (
        "UnifiedProcedureStepPush",
        "UnifiedProcedureStepWatch",
        "UnifiedProcedureStepPull",
        "UnifiedProcedureStepEvent",
        "UnifiedProcedureStepQuery",
    ),
    C_GET: (
        "StudyRootQueryRetrieveInformationModelGet",
        "PatientRootQueryRetrieveInformationModelGet",
        *COMMON_STORAGE,
    ),
    **{f"Storage, {modality}": keywords for modality, keywords in MODALITIES.items()},
}

TEMPLATES_AS_SCP = {C_GET: COMMON_STORAGE}
"""For which classes of a template its requestor proposes to be SCP: what C-GET retrieves comes back by C-STORE."""

TRANSFER_SYNTAX_SETS = {
    "Implicit and Explicit VR Little Endian": ("ImplicitVRLittleEndian", "ExplicitVRLittleEndian"),
    "Implicit VR Little Endian only": ("ImplicitVRLittleEndian",),
    "Explicit VR Little Endian only": ("ExplicitVRLittleEndian",),
    "All uncompressed": ("ExplicitVRLittleEndian", "ImplicitVRLittleEndian", "ExplicitVRBigEndian"),
    "Deflated": ("DeflatedExplicitVRLittleEndian",),
    "JPEG lossy": ("JPEGBaseline8Bit", "JPEGExtended12Bit"),
    "JPEG lossless": ("JPEGLosslessSV1", "JPEGLossless"),
    "JPEG-LS": ("JPEGLSLossless", "JPEGLSNearLossless"),
    "JPEG 2000": ("JPEG2000Lossless", "JPEG2000"),
    "High-throughput JPEG 2000": ("HTJ2KLossless", "HTJ2KLosslessRPCL", "HTJ2K"),
    "JPEG XL": ("JPEGXLLossless", "JPEGXLJPEGRecompression", "JPEGXL"),
    "RLE": ("RLELossless",),
    "Video": ("MPEG2MPML", "MPEG2MPHL", "MPEG4HP41", "MPEG4HP41BD", "MPEG4HP422D", "HEVCMP51", "HEVCM10P51"),
}

TOOLKITS = {
    "2.25.336139392191971362807047621882184646412": "Parley",
    "1.2.276.0.7230010.3": "DCMTK",
    "1.2.826.0.1.3680043.9.3811": "pynetdicom",
    "1.2.826.0.1.3680043.8.498": "pydicom",
    "1.2.40.0.13.1.1": "dcm4che 2",
    "1.2.40.0.13.1.3": "dcm4che",
    "1.3.6.1.4.1.30071.8": "fo-dicom",
    "2.25.262086406829110419931297894772577063974": "dicom-rs",
    "1.2.840.114257": "LEADTOOLS",
    "1.2.826.0.1.3680043.2.1143": "GDCM",
    "1.3.6.1.4.1.25403": "ClearCanvas",
    "1.2.840.113619.6": "GE Healthcare",
    "1.3.12.2.1107": "Siemens",
    "1.3.46.670": "Philips",
}
"""Prefixes of implementation class UIDs, and whose they are."""

CONTEXTS_PER_ASSOCIATION = 128


def registry() -> dict[str, Any]:
    """What the snapshot holds."""
    entries = {**_of_pydicom(), **_of_pynetdicom()}
    uids = {entry["keyword"]: uid for uid, entry in entries.items()}
    return {
        "entries": [{"uid": uid, **entries[uid]} for uid in sorted(entries, key=_numeric)],
        "templates": {**_by_keyword(TEMPLATES, uids), **_all_storage()},
        "templates_as_scp": _by_keyword(TEMPLATES_AS_SCP, uids),
        "transfer_syntax_sets": _by_keyword(TRANSFER_SYNTAX_SETS, uids),
        "toolkits": TOOLKITS,
    }


def _of_pydicom() -> dict[str, dict[str, Any]]:
    return {
        uid: _entry(name, keyword, KINDS[kind], retired=bool(retired))
        for uid, (name, kind, _info, retired, keyword) in UID_dictionary.items()
        if kind in KINDS and name
    }


def _of_pynetdicom() -> dict[str, dict[str, Any]]:
    """Every class pynetdicom serves, with the service it belongs to; a few are newer than pydicom's dictionary."""
    known = _of_pydicom()
    served = {}
    for service, group in sop_class._SERVICE_TO_UID_GROUP.items():
        words = _spaced(service.__name__.removesuffix("ServiceClass")).replace("Query Retrieve", "Query/Retrieve")
        for keyword, uid in group.items():
            entry = known.get(uid) or _entry(_spaced(keyword), keyword, "sop_class", retired=False)
            served[uid] = {**entry, "service": words}
    return served


def _entry(name: str, keyword: str, kind: str, *, retired: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": name, "keyword": keyword, "kind": kind}
    operation = re.search(r"(Find|Move|Get)$", keyword)
    if aliases := ALIASES.get(keyword) or (operation and f"C-{operation[1].upper()}"):
        entry["aliases"] = aliases
    if retired:
        entry["retired"] = True
    return entry


def _all_storage() -> dict[str, list[str]]:
    """Every storage class, in parts that fit into one association each."""
    uids = sorted(sop_class._STORAGE_CLASSES.values(), key=_numeric)
    starts = range(0, len(uids), CONTEXTS_PER_ASSOCIATION)
    return {
        f"All storage, part {part} of {len(starts)}": uids[start : start + CONTEXTS_PER_ASSOCIATION]
        for part, start in enumerate(starts, 1)
    }


def _by_keyword(groups: Mapping[str, tuple[str, ...]], uids: dict[str, str]) -> dict[str, list[str]]:
    return {name: [uids[keyword] for keyword in keywords] for name, keywords in groups.items()}


def _spaced(camel_case: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", camel_case)


def _numeric(uid: str) -> tuple[int, ...]:
    return tuple(map(int, uid.split(".")))


def text() -> str:
    """The snapshot as it is written: one entry a line, so that a change shows as lines that changed."""
    parts = registry()
    entries = ",\n".join(f"  {json.dumps(entry)}" for entry in parts.pop("entries"))
    groups = ",\n".join(
        f' "{title}": {{\n'
        + ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in group.items())
        + "\n }"
        for title, group in parts.items()
    )
    return f'{{\n "entries": [\n{entries}\n ],\n{groups}\n}}\n'


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8", newline="\n")
    print(f"wrote {TARGET} ({TARGET.stat().st_size} bytes)")
