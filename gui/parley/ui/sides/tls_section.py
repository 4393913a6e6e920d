"""The folded section of TLS, for the SCU and for the SCP. It edits a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot

from parley.model.profile import RequestorSide
from parley.model.secret import NO_SECRET
from parley.model.tls import ClientCertificate, Tls, TlsProfile
from parley.ui.kit.fields import Field
from parley.ui.kit.part_section import PartSection

if TYPE_CHECKING:
    from parley.engine.certificate_maker import CertificateFiles


class TlsSection(PartSection):
    """Edits `tls` of a side.

    Attributes:
        wanted_there: the other side is to use these `CertificateFiles` too.
    """

    wanted_there = Signal(object)
    field_names = ("tls",)

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        tip = "Encryption: profile, whom to trust, this side's own certificate"
        super().__init__("TLS", f"{prefix}.tls", tip, RequestorSide())

    def _make_fields(self) -> dict[str, Field[Any]]:
        from parley.ui.kit.pieces import SwitchedField
        from parley.ui.sides.tls_edit import TlsEdit

        name = f"{self._prefix}.tls"
        editor = TlsEdit(name, answers=self._prefix == "scp")
        editor.wanted_there.connect(self.wanted_there)
        tip = "Off is a plain connection; both sides must agree, and TLS has a port of its own, often 2762"
        return {"tls": SwitchedField("Secure connection", editor, name, tip, "use TLS", Tls())}

    @Slot(object)
    def use_certificates(self, files: CertificateFiles) -> None:
        """Switch TLS on, with these certificates."""
        tls: Tls = self.part("tls") or Tls()
        self.put("tls", with_certificates(tls, files, answers=self._prefix == "scp"))
        self.unfold()

    def _words(self, values: Mapping[str, Any]) -> str:
        tls: Tls | None = values["tls"]
        if tls is None:
            return "off"
        parts = [profile_words(tls.profile)]
        if self._prefix == "scp":
            asked = {ClientCertificate.OPTIONAL: "optional", ClientCertificate.REQUIRED: "required"}
            parts.append(f"{asked.get(tls.client_certificate, 'no')} client certificate")
        elif not tls.verify:
            parts.append("NOT VERIFIED")
        if tls.certificate_file:
            parts.append("own certificate")
        return " · ".join(parts)


def with_certificates(tls: Tls, files: CertificateFiles, *, answers: bool) -> Tls:
    """The same with the certificate and key that are meant for this side, and trust in their CA."""
    certificate, key = (files.server, files.server_key) if answers else (files.client, files.client_key)
    return replace(
        tls, ca_file=str(files.ca), certificate_file=str(certificate), key_file=str(key), passphrase=NO_SECRET
    )


def profile_words(profile: TlsProfile) -> str:
    """The profile's name as a line begins with it."""
    return profile.words[:1].upper() + profile.words[1:]
