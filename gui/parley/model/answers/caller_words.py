"""What an expression may ask about a caller, and what of it may be asked about an event of the log as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from parley.model.decision import Caller
from parley.model.expression import Field, FieldKind, Value, Vocabulary
from parley.ul.codes import ContextResult, UserIdentityType
from parley.ul.pdu import AAssociateAc, AAssociateRq, UserIdentityRq, significant

CALLING = Field("calling", FieldKind.TEXT, "calling AE title: ~calling CT*")
CALLED = Field("called", FieldKind.TEXT, "called AE title: ~called ARCHIVE")
ADDRESS = Field("addr", FieldKind.ADDRESS, "peer's address, its beginning, or a network: ~addr 10.1.0.0/16")
SOP = Field("sop", FieldKind.TEXT, "proposed SOP class, by UID, name or keyword: ~sop CT")
TRANSFER_SYNTAX = Field("ts", FieldKind.TEXT, "transfer syntax, by UID, name or keyword: ~ts JPEG")
IMPLEMENTATION = Field("impl", FieldKind.TEXT, "implementation class UID (52H), or whose it is: ~impl DCMTK")
VERSION = Field("version", FieldKind.TEXT, "implementation version name (55H): ~version OFFIS*")
TLS = Field("tls", FieldKind.FLAG, "under TLS")

CALLER: Vocabulary = (
    CALLING,
    CALLED,
    ADDRESS,
    SOP,
    TRANSFER_SYNTAX,
    IMPLEMENTATION,
    VERSION,
    Field("user", FieldKind.TEXT, "name in the user identity (58H): ~user smith"),
    TLS,
    Field("count", FieldKind.NUMBER, "which request since listening began: ~count 1, ~count >3, ~count 2..5"),
    Field("hour", FieldKind.HOUR, "hour of the local time: ~hour 9, ~hour 18..7"),
)
"""What an answer rule may ask."""


class CallerSubject:
    """A caller, as an expression sees it; what is not asked for is not worked out."""

    __slots__ = ("_caller", "_haystack", "_values")

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._haystack: str | None = None
        self._values: dict[str, tuple[Value, ...]] = {}

    @property
    def haystack(self) -> str:
        """Titles, address, implementation and user, case folded."""
        if self._haystack is None:
            texts = (str(value) for name in _IN_HAYSTACK for value in self.values(name))
            self._haystack = "\n".join(texts).casefold()
        return self._haystack

    def values(self, field: str) -> tuple[Value, ...]:
        """The values of a field of `CALLER`; they are worked out once, however many rules ask for them."""
        if field not in self._values:
            of_request = ASSOCIATE_VALUES.get(field)
            self._values[field] = of_request(self._caller.request) if of_request else _VALUES[field](self._caller)
        return self._values[field]


_IN_HAYSTACK = ("calling", "called", "addr", "sop", "ts", "impl", "version", "user")

# --- of either A-ASSOCIATE PDU ---------------------------------------------------------------------------------------

Associate = AAssociateRq | AAssociateAc


def uid_values(uids: Iterable[str]) -> tuple[str, ...]:
    """Each UID with its name and its keyword."""
    from parley.model.registry import entries

    known = entries()
    values: dict[str, None] = {}
    for uid in dict.fromkeys(map(significant, uids)):
        entry = known.get(uid)
        values.update(dict.fromkeys((uid, entry.name, entry.keyword) if entry else (uid,)))
    return tuple(values)


def _abstract_syntaxes(pdu: Associate) -> tuple[str, ...]:
    if isinstance(pdu, AAssociateAc):
        return ()
    return uid_values(context.abstract_syntax for context in pdu.presentation_contexts)


def _transfer_syntaxes(pdu: Associate) -> tuple[str, ...]:
    if isinstance(pdu, AAssociateAc):
        accepted = (each for each in pdu.presentation_contexts if each.result == ContextResult.ACCEPTANCE)
        return uid_values(context.transfer_syntax for context in accepted)
    return uid_values(uid for context in pdu.presentation_contexts for uid in context.transfer_syntaxes)


def _implementation(pdu: Associate) -> tuple[str, ...]:
    from parley.model.registry import implementation_name

    uid = pdu.implementation_class_uid
    return () if uid is None else (uid, implementation_name(uid))


def _version(pdu: Associate) -> tuple[str, ...]:
    name = pdu.implementation_version_name
    return () if name is None else (_typed(name),)


ASSOCIATE_VALUES: Mapping[str, Callable[[Associate], tuple[str, ...]]] = {
    SOP.name: _abstract_syntaxes,
    TRANSFER_SYNTAX.name: _transfer_syntaxes,
    IMPLEMENTATION.name: _implementation,
    VERSION.name: _version,
}
"""Fields that a request, or an answer to one, has by itself."""

# --- of a caller -----------------------------------------------------------------------------------------------------


def _user(caller: Caller) -> tuple[str, ...]:
    identity = caller.request.user_information.first(UserIdentityRq)
    if identity is None or not UserIdentityType(identity.identity_type).names_user:
        return ()
    return (identity.primary.decode("utf-8", "replace"),)


def _typed(text: str) -> str:
    """What a person typed for this to be sent."""
    return text.encode("latin-1", "replace").decode("utf-8", "replace")


_VALUES: Mapping[str, Callable[[Caller], tuple[Value, ...]]] = {
    CALLING.name: lambda caller: (_typed(significant(caller.request.calling_ae_title)),),
    CALLED.name: lambda caller: (_typed(significant(caller.request.called_ae_title)),),
    ADDRESS.name: lambda caller: (caller.address,),
    "user": _user,
    TLS.name: lambda caller: ("TLS",) if caller.is_secured else (),
    "count": lambda caller: (caller.count,),
    "hour": lambda caller: (caller.hour,),
}
