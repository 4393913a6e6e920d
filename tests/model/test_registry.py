"""Names of UIDs, and that the snapshot is what pynetdicom and pydicom say."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from parley.model import registry
from parley.model.handle import IMPLEMENTATION_CLASS_UID, RequestorHandle, RoleProposal
from parley.model.problems.validation import check_requestor
from parley.model.profile import RequestorSide
from parley.model.registry import ABSTRACT_SYNTAXES, TRANSFER_SYNTAXES, Kind, lookup, name_of
from parley.ul.codes import APPLICATION_CONTEXT, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION

ROOT = Path(__file__).resolve().parents[2]
CT = "1.2.840.10008.5.1.4.1.1.2"


def first(text: str, kinds: tuple[Kind, ...] = ()) -> str:
    return lookup(text, kinds)[0].name


def test_the_snapshot_is_what_the_installed_registries_give() -> None:
    script = runpy.run_path(str(ROOT / "packaging" / "make_registry.py"))
    assert (ROOT / "resources" / "registry.json").read_text("utf-8") == script["text"](), (
        "run packaging/make_registry.py"
    )


def test_names_are_there_without_importing_what_they_come_from() -> None:
    code = """
import sys
from parley.model.registry import lookup, name_of
assert name_of("1.2.840.10008.1.1") and lookup("ct")
assert not {"pynetdicom", "pydicom", "importlib.resources"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("uid", "name"),
    [
        (VERIFICATION, "Verification SOP Class"),
        (CT, "CT Image Storage"),
        (IMPLICIT_VR_LITTLE_ENDIAN, "Implicit VR Little Endian"),
        (APPLICATION_CONTEXT, "DICOM Application Context Name"),
        ("1.2.840.10008.5.1.4.1.1.66.7", "Label Map Segmentation Storage"),
        ("1.2.3", ""),
        ("", ""),
    ],
)
def test_name_of(uid: str, name: str) -> None:
    assert name_of(uid) == name


def test_labelled_falls_back_to_the_uid() -> None:
    assert [registry.labelled(uid) for uid in (CT, "1.2.3")] == ["CT Image Storage", "1.2.3"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("CT", "CT Image Storage"),
        ("storage image ct", "CT Image Storage"),
        ("ctimagestorage", "CT Image Storage"),
        (CT, "CT Image Storage"),
        ("verification", "Verification SOP Class"),
        ("echo", "Verification SOP Class"),
        ("c-echo", "Verification SOP Class"),
        ("MWL", "Modality Worklist Information Model - FIND"),
        ("worklist", "Modality Worklist Information Model - FIND"),
        ("query/retrieve", "Patient Root Query/Retrieve Information Model - FIND"),
        ("move study", "Study Root Query/Retrieve Information Model - MOVE"),
        ("C-GET", "Patient Root Query/Retrieve Information Model - GET"),
        ("mpps", "Modality Performed Procedure Step SOP Class"),
        ("1.2.840.10008.1.2", "Implicit VR Little Endian"),
        ("Implicit VR Little Endian", "Implicit VR Little Endian"),
    ],
)
def test_the_best_match_comes_first(text: str, name: str) -> None:
    assert first(text) == name


def test_every_uid_name_and_keyword_finds_its_own_entry_first() -> None:
    for entry in registry.entries().values():
        assert lookup(entry.uid)[0] == entry
        assert lookup(entry.name)[0].name == entry.name
        assert lookup(entry.keyword.upper())[0].keyword == entry.keyword


def test_retired_entries_come_last() -> None:
    retired = [entry.retired for entry in lookup("storage")]
    assert any(retired)
    assert retired == sorted(retired)


def test_kinds_narrow_the_search() -> None:
    assert {entry.kind for entry in lookup("storage", ABSTRACT_SYNTAXES)} == {Kind.SOP_CLASS}
    assert {entry.kind for entry in lookup("", TRANSFER_SYNTAXES)} == {"transfer_syntax"}


def test_no_text_finds_all_and_nonsense_finds_nothing() -> None:
    assert len(lookup("  ")) == len(registry.entries())
    assert lookup("no such thing") == ()


def test_templates_are_of_known_classes_and_fit_into_an_association() -> None:
    templates = {template.name: template for template in registry.templates()}
    assert list(templates)[:4] == ["Verification", "Common storage", "Query/Retrieve", "Modality worklist"]
    for template in templates.values():
        assert 0 < len(template.proposed()) == len(template.supported()) <= 128
        assert {registry.entries()[uid].kind for uid in template.abstract_syntaxes} <= set(ABSTRACT_SYNTAXES)
    parts = [t.abstract_syntaxes for name, t in templates.items() if name.startswith("All storage")]
    assert {e.uid for e in registry.entries().values() if e.service == "Storage"} == {u for part in parts for u in part}


def test_what_c_get_retrieves_is_stored_at_the_requestor() -> None:
    templates = {template.name: template for template in registry.templates()}
    get = templates["C-GET with roles"]
    operations = set(get.abstract_syntaxes) - set(get.as_scp)
    assert {name_of(uid).rpartition(" ")[2] for uid in operations} == {"GET"}
    assert {registry.entries()[uid].service for uid in get.as_scp} == {"Storage"}
    assert RoleProposal(CT, 0, 1) in get.roles
    assert len(get.roles) == len(get.as_scp)
    assert [template.name for template in templates.values() if template.roles] == ["C-GET with roles"]
    side = RequestorSide(handle=RequestorHandle(contexts=get.proposed(), roles=get.roles))
    assert check_requestor(side) == ()


def test_storage_by_modality() -> None:
    by_modality = {t.name: t.abstract_syntaxes for t in registry.templates() if t.name.startswith("Storage, ")}
    assert len(by_modality) > 10
    assert CT in by_modality["Storage, CT"]
    for uids in by_modality.values():
        assert {registry.entries()[uid].service for uid in uids} == {"Storage"}
        assert not any(registry.entries()[uid].retired for uid in uids)


def test_transfer_syntax_sets_are_of_known_transfer_syntaxes() -> None:
    assert registry.transfer_syntax_sets()
    for group in registry.transfer_syntax_sets():
        assert {registry.entries()[uid].kind for uid in group.uids} == {Kind.TRANSFER_SYNTAX}


@pytest.mark.parametrize(
    ("uid", "name"),
    [
        ("1.2.276.0.7230010.3.0.3.6.7", "DCMTK"),
        ("1.2.826.0.1.3680043.9.3811.3.0.4", "pynetdicom"),
        (IMPLEMENTATION_CLASS_UID, "Parley"),
        ("1.2.276.0.7230010.33", ""),
        ("", ""),
    ],
)
def test_implementation_name_matches_whole_components(uid: str, name: str) -> None:
    assert registry.implementation_name(uid) == name


def test_the_services_of_sop_classes() -> None:
    services = {entry.service for entry in registry.entries().values()}
    assert {"Verification", "Storage", "Query/Retrieve", "Print Management", "Unified Procedure Step"} <= services
