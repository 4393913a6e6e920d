"""A requestor's side as a command or script that makes another program ask for the same association.

The text is the same for the same side, holds no secret (a variable stands in its place, or nothing where the program
asks by itself) and nothing of it is run here. What a program cannot say is told in its place.
"""

from __future__ import annotations

import math
import shlex
from dataclasses import dataclass, replace

from parley.exchange.asconfig import SIDES, write_asconfig
from parley.exchange.copy_script import pynetdicom_script
from parley.exchange.features import Tool, missing
from parley.model.files.secrets import with_secrets
from parley.model.handle import RequestorHandle
from parley.model.profile import Profile, RequestorSide
from parley.model.secret import Secret
from parley.model.target import Target
from parley.model.tls import Tls
from parley.ul.codes import UserIdentityType

PASSCODE, TOKEN, TOKEN_FILE, PASSPHRASE = (
    "PARLEY_PASSCODE",
    "PARLEY_TOKEN",
    "PARLEY_TOKEN_FILE",
    "PARLEY_PASSPHRASE",
)
"""Variables that stand for what is not copied."""

WINDOWS = "It is written for a POSIX shell; on Windows, paste it into Git Bash or WSL."
OWN_IMPLEMENTATION = "The program sends its own implementation class UID and version name."
SECRETS = "Set {} before: secrets are not copied."
ASKS = "It asks for the secrets that the key store does not have: they are not copied."
DCMTK = "DCMTK's program is meant; pynetdicom brings one of the same name with other options."
PYTHON_TLS = "Python has TLS ciphers of its own choice, unless the custom profile names some."
DCMTK_TLS = "DCMTK has its own BCP 195 ciphers, and sends neither server name nor ALPN."


@dataclass(frozen=True, slots=True)
class Copied:
    """A side, said in the words of a tool.

    Attributes:
        text: what to paste; empty where the tool cannot say it.
        reasons: what of the side the tool has no way to say; empty where it can say everything.
        notes: what else to know, each a sentence; what is to be done comes first.
    """

    tool: Tool
    text: str = ""
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Why there is no text, as one sentence."""
        return f"{self.tool.value} cannot say: {'; '.join(self.reasons)}." if self.reasons else ""


def copies(side: RequestorSide) -> tuple[Copied, ...]:
    """The side in the words of every tool."""
    return tuple(copy_as(side, tool) for tool in Tool)


def copy_as(side: RequestorSide, tool: Tool) -> Copied:
    """The side in the words of one tool, or why that is not possible."""
    if reasons := missing(side, tool):
        return Copied(tool, reasons=reasons)
    match tool:
        case Tool.ECHOSCU:
            return _echoscu(side)
        case Tool.STORESCU:
            return _storescu(side)
        case Tool.DCMASSOC:
            return _dcmassoc(side)
        case Tool.PYNETDICOM:
            notes = (*_variables(side, TOKEN), *([PYTHON_TLS] if side.tls is not None else []))
            return Copied(tool, pynetdicom_script(side), notes=notes)
        case Tool.PARLEY:
            return _parley(side)


# --- DCMTK -----------------------------------------------------------------------------------------------------------


def _echoscu(side: RequestorSide) -> Copied:
    contexts = side.handle.contexts
    options = ["-ppc", str(len(contexts)), "-pts", str(len(contexts[0].transfer_syntaxes))]
    command = ["echoscu", "-v", *_dcmtk_options(side), *options, *_dcmtk_tls(side.tls), side.host, str(side.port)]
    return Copied(Tool.ECHOSCU, shlex.join(command) + "\n", notes=_dcmtk_notes(side))


def _storescu(side: RequestorSide) -> Copied:
    name = "COPIED"
    config = write_asconfig([Profile(name, side)]).data.decode("ascii")
    options = ["-xf", "parley.cfg", name + SIDES[0], *_dcmtk_tls(side.tls)]
    command = shlex.join(["storescu", "-v", *_dcmtk_options(side), *options])
    peer = shlex.join([side.host, str(side.port)])
    words = " ".join(filter(None, (command, _dcmtk_identity(side), peer, "FILE.dcm")))
    text = f"{_written('parley.cfg', config)}{words}\n"
    notes = ("Put a DICOM file in the place of FILE.dcm: storescu does not associate without one.", WINDOWS)
    return Copied(Tool.STORESCU, text, notes=(*_variables(side, TOKEN_FILE), *notes, *_dcmtk_notes(side)))


def _dcmtk_options(side: RequestorSide) -> list[str]:
    handle, timers = side.handle, side.timers
    options = ["-aet", handle.calling_ae_title, "-aec", handle.called_ae_title, "-pdu", str(handle.maximum_length)]
    limits = {"-to": timers.connect, "-ta": timers.association_response, "-td": timers.dimse_response}
    for option, seconds in limits.items():
        if seconds:
            options += [option, str(math.ceil(seconds))]
    return options


def _dcmtk_tls(tls: Tls | None) -> list[str]:
    if tls is None:
        return []
    options = ["+px"]
    if tls.certificate_file is not None:
        # A key that is encrypted makes DCMTK ask for its passphrase.
        options += ["+tls", tls.key_file or tls.certificate_file, tls.certificate_file]
    else:
        options += ["+tla"]
    if tls.ca_file is not None:
        options += ["+cf", tls.ca_file]
    return options if tls.verify else [*options, "-ic"]


def _dcmtk_identity(side: RequestorSide) -> str:
    """The options as they stand in the command, with variables that the shell replaces."""
    identity = side.handle.user_identity
    if identity is None:
        return ""
    response = " -rsp" if identity.response_requested else ""
    match UserIdentityType(identity.identity_type):
        case UserIdentityType.USERNAME:
            words = f"-usr {shlex.quote(identity.primary.text)}"
        case UserIdentityType.USERNAME_AND_PASSCODE:
            words = f'-usr {shlex.quote(identity.primary.text)} -pwd "${PASSCODE}"'
        case UserIdentityType.KERBEROS_SERVICE_TICKET:
            words = f'-kt "${TOKEN_FILE}"'
        case UserIdentityType.SAML_ASSERTION:
            words = f'--saml "${TOKEN_FILE}"'
        case _:
            words = f'--jwt "${TOKEN_FILE}"'
    return words + response


def _dcmtk_notes(side: RequestorSide) -> tuple[str, ...]:
    return (DCMTK, OWN_IMPLEMENTATION) if side.tls is None else (DCMTK, OWN_IMPLEMENTATION, DCMTK_TLS)


# --- dcm4che ---------------------------------------------------------------------------------------------------------


def _dcmassoc(side: RequestorSide) -> Copied:
    handle = side.handle
    local = "@".join(filter(None, (handle.calling_ae_title, side.transport.local_host.strip())))
    command = ["dcmassoc", "-c", str(Target.of(side)), "-b", local]
    for place, context in enumerate(handle.contexts):
        number = 2 * place + 1 if context.context_id is None else context.context_id
        command += ["--pc", f"{number}:{context.abstract_syntax}:{','.join(context.transfer_syntaxes)}"]
    command += ["--max-pdulen-rcv", str(handle.maximum_length)]
    window = handle.asynchronous_operations
    if window is None:
        command += ["--not-async"]
    else:
        command += ["--max-ops-invoked", str(window.invoked), "--max-ops-performed", str(window.performed)]
    for option, seconds in (
        ("--connect-timeout", side.timers.connect),
        ("--accept-timeout", side.timers.association_response),
    ):
        if seconds:
            command += [option, str(math.ceil(seconds * 1000))]
    for option, size in (
        ("--sosnd-buffer", side.transport.send_buffer),
        ("--sorcv-buffer", side.transport.receive_buffer),
    ):
        if size is not None:
            command += [option, str(size)]
    if not side.transport.no_delay:
        command += ["--tcp-delay"]
    words = " ".join(filter(None, (shlex.join(command), _dcm4che_identity(side))))
    notes = (*_variables(side, TOKEN), "This is not tried against dcm4che in Parley's tests.", OWN_IMPLEMENTATION)
    return Copied(Tool.DCMASSOC, words + "\n", notes=notes)


def _dcm4che_identity(side: RequestorSide) -> str:
    identity = side.handle.user_identity
    if identity is None:
        return ""
    response = " --user-rsp" if identity.response_requested else ""
    match UserIdentityType(identity.identity_type):
        case UserIdentityType.USERNAME:
            words = f"--user {shlex.quote(identity.primary.text)}"
        case UserIdentityType.USERNAME_AND_PASSCODE:
            words = f'--user {shlex.quote(identity.primary.text)} --user-pass "${PASSCODE}"'
        case UserIdentityType.SAML_ASSERTION:
            words = f'--user-saml "${TOKEN}"'
        case _:
            words = f'--user-jwt "${TOKEN}"'
    return words + response


# --- Parley ----------------------------------------------------------------------------------------------------------


def _parley(side: RequestorSide) -> Copied:
    """Short where the command line has options for all of it, else with a profile."""
    handle, name = side.handle, "copied"
    plain = replace(RequestorHandle(), called_ae_title=handle.called_ae_title, calling_ae_title=handle.calling_ae_title)
    is_short = side == RequestorSide(side.host, side.port, plain)
    if is_short and not missing(side, Tool.DCMASSOC):
        options = [] if plain.calling_ae_title == RequestorHandle().calling_ae_title else _calling(handle)
        return Copied(Tool.PARLEY, shlex.join(["parley", "check", *options, "--", str(Target.of(side))]) + "\n")
    # tomlkit takes 20 ms to import.
    from parley.model.files.writer import new_text

    profile = with_secrets(Profile(name, side), _to_be_asked)
    file = _written(f"parley-copied/{name}.toml", new_text(profile))
    asks = profile != Profile(name, side)
    return Copied(
        Tool.PARLEY,
        f"mkdir -p parley-copied\n{file}parley check --profiles parley-copied {name}\n",
        notes=(ASKS, WINDOWS) if asks else (WINDOWS,),
    )


def _to_be_asked(place: str, secret: Secret) -> Secret:
    """Every secret gets a name that no key store has: it is asked for."""
    return Secret(reference=f"copied {place}") if secret or secret.is_unfetched else secret


def _calling(handle: RequestorHandle) -> list[str]:
    return [f"--calling={handle.calling_ae_title}"]


# --- what they share -------------------------------------------------------------------------------------------------


def _written(path: str, text: str) -> str:
    """Shell lines that write a file, with an end that is no line of it."""
    end = "END_OF_FILE"
    while end in text:
        end += "_"
    return f"cat > {path} <<'{end}'\n{text.rstrip()}\n{end}\n"


def _variables(side: RequestorSide, token: str) -> list[str]:
    """Notes about the variables to be set."""
    names = []
    if identity := side.handle.user_identity:
        kind = UserIdentityType(identity.identity_type)
        if kind is UserIdentityType.USERNAME_AND_PASSCODE:
            names.append(PASSCODE)
        elif not kind.names_user:
            names.append(token)
    if side.tls and side.tls.certificate_file and (side.tls.passphrase or side.tls.passphrase.is_unfetched):
        names.append(PASSPHRASE)
    return [SECRETS.format(name) for name in names]
