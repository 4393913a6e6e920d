"""A requestor's side as a Python script for pynetdicom 3. Every value in it is written as Python writes it."""

from __future__ import annotations

from collections.abc import Iterator

from parley.model.handle import RequestorHandle
from parley.model.profile import RequestorSide
from parley.model.registry import name_of
from parley.model.tls import Tls, TlsProfile, TlsVersion
from parley.ul.codes import VERIFICATION, UserIdentityType


def pynetdicom_script(side: RequestorSide) -> str:
    """The script: it associates, echoes where it may, releases, and tells how it went."""
    handle = side.handle
    items = list(_items(handle))
    needs_os = any("os.environ" in line for line in items) or (side.tls is not None and _has_passphrase(side.tls))
    lines = ["import os"] if needs_os else []
    lines += ["import ssl"] if side.tls is not None else []
    lines += [*([""] if lines else []), "from pynetdicom import AE, build_context"]
    classes = sorted({line.split("= ")[1].removesuffix("()") for line in items if line.startswith("item = ")})
    if classes:
        lines += ["from pynetdicom.pdu_primitives import (", *(f"    {name}," for name in classes), ")"]
    lines += ["", f"ae = AE(ae_title={handle.calling_ae_title!r})"]
    lines += _implementation(handle)
    lines += [
        f"ae.connection_timeout = {side.timers.connect!r}",
        f"ae.acse_timeout = {side.timers.association_response!r}",
        f"ae.dimse_timeout = {side.timers.dimse_response!r}",
        "",
        "contexts = [",
    ]
    for context in handle.contexts:
        named = f"  # {name_of(context.abstract_syntax)}" if name_of(context.abstract_syntax) else ""
        lines.append(f"    build_context({context.abstract_syntax!r}, {list(context.transfer_syntaxes)!r}),{named}")
    lines += ["]", "", *(["items = []", *items, ""] if items else [])]
    options = [f"ae_title={handle.called_ae_title!r}", f"max_pdu={handle.maximum_length!r}"]
    options += ["ext_neg=items"] if items else []
    if side.tls is not None:
        lines += [*_tls(side.tls), ""]
        options.append(f"tls_args=(context, {_server_name(side)!r})")
    if side.transport.local_host.strip() or side.transport.local_port:
        options.append(f"bind_address={_local_end(side)!r}")
    lines.append(f"assoc = ae.associate({side.host!r}, {side.port}, contexts, {', '.join(options)})")
    lines += [*_ENDING_ECHO] if any(c.abstract_syntax == VERIFICATION for c in handle.contexts) else [*_ENDING]
    return "\n".join(lines) + "\n"


_ENDING = (
    "if assoc.is_established:",
    '    print("established:", len(assoc.accepted_contexts), "contexts accepted")',
    "    assoc.release()",
    "else:",
    '    raise SystemExit("not established")',
)
_ENDING_ECHO = (
    *_ENDING[:2],
    f"    if any(context.abstract_syntax == {VERIFICATION!r} for context in assoc.accepted_contexts):",
    '        print("C-ECHO:", assoc.send_c_echo().get("Status"))',
    *_ENDING[2:],
)


def _implementation(handle: RequestorHandle) -> list[str]:
    return [
        f"ae.implementation_class_uid = {handle.implementation_class_uid!r}",
        f"ae.implementation_version_name = {handle.implementation_version_name!r}",
    ]


def _items(handle: RequestorHandle) -> Iterator[str]:
    if window := handle.asynchronous_operations:
        yield from _item(
            "AsynchronousOperationsWindowNegotiation",
            maximum_number_operations_invoked=repr(window.invoked),
            maximum_number_operations_performed=repr(window.performed),
        )
    for role in handle.roles:
        yield from _item(
            "SCP_SCU_RoleSelectionNegotiation",
            sop_class_uid=repr(role.sop_class_uid),
            scu_role=repr(bool(role.scu)),
            scp_role=repr(bool(role.scp)),
        )
    for each in handle.extended_negotiation:
        yield from _item(
            "SOPClassExtendedNegotiation",
            sop_class_uid=repr(each.sop_class_uid),
            service_class_application_information=repr(each.information),
        )
    for common in handle.common_extended_negotiation:
        yield from _item(
            "SOPClassCommonExtendedNegotiation",
            sop_class_uid=repr(common.sop_class_uid),
            service_class_uid=repr(common.service_class_uid),
            related_general_sop_class_identification=repr(list(common.related_general_sop_class_uids)),
        )
    if identity := handle.user_identity:
        kind = UserIdentityType(identity.identity_type)
        facts = {
            "user_identity_type": repr(identity.identity_type),
            "positive_response_requested": repr(bool(identity.response_requested)),
            "primary_field": repr(identity.primary.data) if kind.names_user else _variable("PARLEY_TOKEN"),
        }
        if kind is UserIdentityType.USERNAME_AND_PASSCODE:
            facts["secondary_field"] = _variable("PARLEY_PASSCODE")
        yield from _item("UserIdentityNegotiation", **facts)


def _item(name: str, **facts: str) -> Iterator[str]:
    yield f"item = {name}()"
    for attribute, value in facts.items():
        yield f"item.{attribute} = {value}"
    yield "items.append(item)"


def _variable(name: str) -> str:
    return f'os.environ["{name}"].encode()'


def _tls(tls: Tls) -> Iterator[str]:
    yield f"context = ssl.create_default_context(cafile={tls.ca_file!r})"
    if not tls.verify or tls.server_name == "":
        yield "context.check_hostname = False"
    if not tls.verify:
        yield "context.verify_mode = ssl.CERT_NONE"
    lowest, highest = TlsVersion.TLS_1_2, TlsVersion.TLS_1_3
    if tls.profile is TlsProfile.CUSTOM:
        lowest, highest = tls.minimum_version, tls.maximum_version
        if tls.ciphers:
            yield f"context.set_ciphers({tls.ciphers!r})"
    yield f"context.minimum_version = ssl.TLSVersion.{_version(lowest)}"
    yield f"context.maximum_version = ssl.TLSVersion.{_version(highest)}"
    if tls.certificate_file is not None:
        passphrase = ', os.environ["PARLEY_PASSPHRASE"]' if _has_passphrase(tls) else ""
        yield f"context.load_cert_chain({tls.certificate_file!r}, {tls.key_file!r}{passphrase})"
    if tls.alpn:
        yield 'context.set_alpn_protocols(["dicom"])'


def _has_passphrase(tls: Tls) -> bool:
    return tls.certificate_file is not None and (bool(tls.passphrase) or tls.passphrase.is_unfetched)


def _version(version: TlsVersion) -> str:
    return f"TLSv{version.value.replace('.', '_').removesuffix('_0')}"


def _local_end(side: RequestorSide) -> tuple[str, int]:
    every = "::" if ":" in side.host else ""
    return side.transport.local_host.strip() or every, side.transport.local_port


def _server_name(side: RequestorSide) -> str | None:
    name = side.tls.server_name if side.tls else None
    return side.host if name is None else name or None
