"""The rules of `conformance` for an A-ASSOCIATE-RQ alone."""

from __future__ import annotations

from typing import NamedTuple

from parley.ul.codes import IMPLICIT_VR_LITTLE_ENDIAN, UserIdentityType
from parley.ul.common_rules import (
    Contents,
    Findings,
    error,
    syntax_findings,
    uid_findings,
    warning,
)
from parley.ul.pdu import (
    AAssociateRq,
    AbstractSyntax,
    ContextSubItem,
    PresentationContextAc,
    PresentationContextRq,
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    SopClassExtendedNegotiation,
    TransferSyntax,
    UserIdentityAc,
    UserIdentityRq,
    significant,
)
from parley.ul.text_rules import UNCOMPRESSED, UNUSUAL, Coding, are_uids, codings, title_problem, uid_problem

MOST_CONTEXTS = 128
"""There are that many odd numbers in a byte."""


def request_findings(rq: AAssociateRq, contents: Contents) -> Findings:
    """What is wrong or risky in a request, but for what an acceptance could have too."""
    yield from _title_findings(rq)
    yield from _number_findings(contents)
    proposals: list[Proposal] = []
    known: dict[tuple[str, ...], Syntaxes] = {}
    for path, context in contents.each(PresentationContextRq):
        proposals.append(Proposal.of(path, context, known))
        yield from _context_findings(proposals[-1])
    yield from _default_syntax_findings(proposals)
    yield from _proposal_findings(contents, {proposal.abstract_syntax for proposal in proposals})
    yield from _identity_findings(contents)
    yield from _misplaced_findings(contents)


def _title_findings(rq: AAssociateRq) -> Findings:
    for who in ("called", "calling"):
        field = f"{who}_ae_title"
        title = getattr(rq, field)
        if problem := title_problem(title):
            yield error(field, f"The {who} AE title {problem}.", "Use 1 to 16 printable ASCII characters.")
            continue
        if title.strip(" ") != title:
            text = f"Spaces around the {who} AE title are not significant, but some peers compare them."
            yield warning(field, text, "Leave them out.")
        if title.upper() != title:
            text = f"The {who} AE title has lower-case letters; peers tell case apart."
            yield warning(field, text, "Write it exactly as the peer is configured.")
    if significant(rq.called_ae_title) == significant(rq.calling_ae_title) != "":
        yield warning(
            "calling_ae_title", "The calling AE title is the called one.", "Give each end a title of its own."
        )


# --- presentation contexts -------------------------------------------------------------------------------------------


class Syntaxes(NamedTuple):
    """The transfer syntaxes of a proposed context with what several rules want to know of them."""

    are_any: bool
    are_flawless: bool
    are_distinct: bool
    codings: set[Coding]

    @classmethod
    def of(cls, uids: tuple[str, ...]) -> Syntaxes:
        """Works out each thing once."""
        significant_uids = [significant(uid) for uid in uids]
        are_distinct = len(set(significant_uids)) == len(uids)
        return cls(bool(uids), are_uids(uids), are_distinct, codings(significant_uids))


class Proposal(NamedTuple):
    """A proposed context with what several rules want to know of it."""

    path: str
    number: int
    sub_items: tuple[ContextSubItem, ...]
    abstract_syntaxes: list[str]
    syntaxes: Syntaxes

    @property
    def abstract_syntax(self) -> str:
        """The first one without padding; empty where there is none."""
        return significant(self.abstract_syntaxes[0]) if self.abstract_syntaxes else ""

    @classmethod
    def of(cls, path: str, context: PresentationContextRq, known: dict[tuple[str, ...], Syntaxes]) -> Proposal:
        """Works out each thing once: an editor asks at every key stroke, and contexts have their syntaxes in common."""
        items = context.sub_items
        uids = tuple([item.uid for item in items if type(item) is TransferSyntax])
        syntaxes = known.get(uids)
        if syntaxes is None:
            syntaxes = known[uids] = Syntaxes.of(uids)
        abstract_syntaxes = [item.uid for item in items if type(item) is AbstractSyntax]
        return cls(path, context.context_id, items, abstract_syntaxes, syntaxes)


def _number_findings(contents: Contents) -> Findings:
    proposed = list(contents.each(PresentationContextRq))
    if not proposed:
        yield error("items", "No presentation context is proposed.", "Propose one at least, such as Verification.")
    for path, _ in proposed[MOST_CONTEXTS:][:1]:
        text = f"There are {len(proposed)} presentation contexts, {MOST_CONTEXTS} are possible."
        yield error(path, text, "Leave contexts out, or use several associations.")
    seen: set[int] = set()
    for path, context in proposed:
        number = context.context_id
        if number in seen:
            text = f"Presentation context ID {number} is there more than once."
            yield error(f"{path}.context_id", text, "Number them 1, 3, 5 …")
        elif number % 2 == 0:
            text = f"Presentation context ID {number} is not odd."
            yield error(f"{path}.context_id", text, "Use an odd number from 1 to 255.")
        elif not 0 < number < 256:
            text = f"Presentation context ID {number} does not fit a byte."
            yield error(f"{path}.context_id", text, "Use 1 to 255.")
        seen.add(number)


def _context_findings(proposal: Proposal) -> Findings:
    syntaxes, abstract = proposal.syntaxes, proposal.abstract_syntaxes
    codings = syntaxes.codings
    mixed = Coding.COMPRESSED in codings and not codings.isdisjoint(UNCOMPRESSED)
    is_usual = len(abstract) == 1 and syntaxes.are_any and syntaxes.are_distinct and syntaxes.are_flawless
    if is_usual and not mixed and codings.isdisjoint(UNUSUAL) and not uid_problem(abstract[0]):
        return
    who = f"Presentation context {proposal.number}"
    field = f"{proposal.path}.sub_items"
    if len(abstract) != 1:
        how_many = f"{len(abstract)} abstract syntaxes" if abstract else "no abstract syntax"
        yield error(field, f"{who} has {how_many}.", "Give each context one abstract syntax.")
    if not syntaxes.are_flawless or not are_uids(abstract):
        yield from syntax_findings(proposal.path, proposal.sub_items)
    if not syntaxes.are_any:
        text = f"{who} has no transfer syntax; some peers never answer that."
        yield error(field, text, "Propose one at least, such as Implicit VR Little Endian.")
    if not syntaxes.are_distinct:
        yield warning(field, f"{who} has a transfer syntax more than once.", "Leave the second one out.")
    if mixed:
        text = (
            f"{who} mixes compressed and uncompressed transfer syntaxes; only the one that the peer picks can be sent."
        )
        yield warning(field, text, "Propose a context for each.")
    for kind in UNUSUAL:
        if kind in codings:
            text = f"{who} proposes a {kind.value} transfer syntax; few peers take it."
            yield warning(field, text, "Leave it out, unless the peer is known to want it.")


def _default_syntax_findings(proposals: list[Proposal]) -> Findings:
    """PS3.5 section 10.1: the default transfer syntax belongs to each abstract syntax, in one context or another."""
    first: dict[str, str] = {}
    kinds: dict[str, set[Coding]] = {}
    for proposal in proposals:
        uid = proposal.abstract_syntax
        first.setdefault(uid, proposal.path)
        kinds.setdefault(uid, set()).update(proposal.syntaxes.codings)
    for abstract_syntax, path in first.items():
        found = kinds[abstract_syntax]
        # Data that exist only compressed are the one exception the standard makes.
        if found and Coding.IMPLICIT not in found and found != {Coding.COMPRESSED}:
            text = f"No context proposes the default transfer syntax for {abstract_syntax or 'its abstract syntax'}."
            remedy = f"Add Implicit VR Little Endian ({IMPLICIT_VR_LITTLE_ENDIAN})."
            yield warning(f"{path}.sub_items", text, remedy)


# --- user information ------------------------------------------------------------------------------------------------


def _proposal_findings(contents: Contents, proposed: set[str]) -> Findings:
    """Negotiation about SOP classes that no context proposes."""
    kinds: tuple[tuple[type[RoleSelection | SopClassExtendedNegotiation], str], ...] = (
        (RoleSelection, "Roles are selected"),
        (SopClassExtendedNegotiation, "Details are negotiated"),
    )
    for kind, what in kinds:
        for path, item in contents.each_sub_item(kind):
            if significant(item.sop_class_uid) not in proposed:
                text = f"{what} for {significant(item.sop_class_uid)}, which no context proposes."
                yield warning(f"{path}.sop_class_uid", text, "Propose it, or leave this out.")
    for path, common in contents.each_sub_item(SopClassCommonExtendedNegotiation):
        yield from uid_findings(f"{path}.service_class_uid", "service class UID", common.service_class_uid)
        for index, uid in enumerate(common.related_general_sop_class_uids):
            field = f"{path}.related_general_sop_class_uids[{index}]"
            yield from uid_findings(field, "related general SOP class UID", uid)


def _identity_findings(contents: Contents) -> Findings:
    for path, identity in contents.each_sub_item(UserIdentityRq):
        kind = UserIdentityType(identity.identity_type)
        if kind.is_reserved:
            yield error(f"{path}.identity_type", f"User identity type {kind.value} is reserved.", "Use 1 to 5.")
        if kind is UserIdentityType.USERNAME_AND_PASSCODE and not identity.secondary:
            yield error(f"{path}.secondary", "The user identity has no passcode.", "Give one, or send the name alone.")
        if kind is not UserIdentityType.USERNAME_AND_PASSCODE and identity.secondary:
            text = "The user identity has a second field, which only a username with passcode has."
            yield warning(f"{path}.secondary", text, "Leave it empty.")
        if not identity.primary:
            yield warning(f"{path}.primary", "The user identity is empty.", "Give a name or a token, or leave it out.")
        if identity.response_requested > 1:
            text = f"Positive response requested is {identity.response_requested}, neither 0 nor 1."
            yield error(f"{path}.response_requested", text, "Use 1 for yes, 0 for no.")


def _misplaced_findings(contents: Contents) -> Findings:
    for path, _ in contents.each(PresentationContextAc):
        text = "An answer to a presentation context (21H) does not belong in a request."
        yield error(path, text, "Leave it out.")
    for path, _ in contents.each_sub_item(UserIdentityAc):
        yield error(path, "An answer to a user identity (59H) does not belong in a request.", "Leave it out.")
