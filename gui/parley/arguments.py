"""The command line's words: which commands there are and how they are called. `parley.commands` does them.

Little is imported here, since the window opens through this door too.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import parley

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

    from parley.model.handle import Rejection


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What is asked for; ``command`` is its name.

    Raises:
        SystemExit: the words are no call, or ask for help only, which is printed.
    """
    return _parser().parse_args(arguments)


class _Parser(argparse.ArgumentParser):
    """Prints help and version as a command prints its output: what is lost of it is said, and gives 2."""

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        if file is not None and file is sys.stdout:
            from parley.commands.output import output

            output.begin()
            output.write(message)
            output.finish()
        else:
            super()._print_message(message, file)

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        if not status:
            from parley.commands.output import output
            from parley.commands.shared import NOT_TRIED

            status = NOT_TRIED if output.has_failed else status
        super().exit(status, message)


def _rejection(text: str) -> Rejection:
    from parley.model.handle import Rejection

    try:
        return Rejection.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0 and below a day")
    return seconds


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535 (0: any free one)")
    return int(text)


def _status(text: str) -> int:
    digits = text.upper().removesuffix("H").removeprefix("0X")
    try:
        status = int(digits, 16)
    except ValueError:
        status = -1
    if not 0 <= status <= 0xFFFF:
        raise argparse.ArgumentTypeError(f"{text!r} is not a status of four hexadecimal digits, for example A700")
    return status


def _setting(text: str) -> tuple[str, int | bool]:
    from parley.model.settings import SettingError, setting_named

    name, _, value = text.partition("=")
    try:
        return name.strip(), setting_named(name.strip()).parse(value)
    except SettingError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _party(text: str) -> tuple[str, str, int]:
    from parley.model.address import parse_address

    try:
        return parse_address(text, lowest_port=0, needs_title=False)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _local_end(text: str) -> tuple[str, int]:
    from parley.model.address import parse_local

    try:
        return parse_local(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _parser() -> _Parser:
    parser = _Parser(prog="parley", description="Test DICOM associations.")
    parser.add_argument("--version", action="version", version=f"parley {parley.__version__}")
    folder = _Parser(add_help=False)
    folder.add_argument("--profiles", type=Path, metavar="DIR", help="folder of the profiles (default: the user's own)")
    folder.add_argument(
        "--set",
        action="append",
        type=_setting,
        metavar="NAME=VALUE",
        help="a setting, for this once; README.md lists the names",
    )
    output = _Parser(add_help=False)
    output.add_argument("--json", action="store_true", help="print one JSON object a line")
    output.add_argument("-v", "--verbose", action="store_true", help="print state transitions and timers too")
    secure = _Parser(add_help=False)
    tls = secure.add_argument_group("TLS", "each of these switches it on")
    tls.add_argument("--tls", action="store_true", help="secure the connection with TLS (BCP 195)")
    tls.add_argument("--ca", type=Path, metavar="FILE", help="PEM certificates to trust (default: the system's)")
    tls.add_argument("--cert", type=Path, metavar="FILE", help="this side's own certificate, PEM")
    tls.add_argument("--key", type=Path, metavar="FILE", help="its key, PEM, where it is not in the same file")
    tls.add_argument("--passphrase-file", type=Path, metavar="FILE", help="file whose first line opens the key")
    parser.set_defaults(command="gui", profiles=None, profile=None, set=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    gui = commands.add_parser("gui", parents=[folder], help="open the window (the default)")
    gui.add_argument("--profile", metavar="NAME", help="open this profile")
    gui.set_defaults(command="gui")

    demo = commands.add_parser("demo", parents=[output], help="Parley's SCU against its own SCP, on this machine")
    demo.set_defaults(command="demo")

    calling = _Parser(add_help=False, parents=[secure])
    where = "address and port of this machine to connect from (default: as the system chooses)"
    calling.add_argument("--from", dest="local_end", type=_local_end, metavar="[HOST][:PORT]", help=where)
    calling.add_argument("--insecure", action="store_true", help="TLS with whoever answers: verify no certificate")
    calling.add_argument("--server-name", metavar="NAME", help="TLS: name to ask for and expect (default: the host)")

    agreeing = _Parser(add_help=False)
    agreeing.add_argument("--yes", action="store_true", help="agree to misbehaving towards this command's targets")
    whom = "agree for this one alone (repeatable); for listen: own title, address and port to listen on"
    agreeing.add_argument("--yes-for", action="append", type=_party, metavar="[AE@]HOST:PORT", help=whom)

    check = commands.add_parser(
        "check",
        parents=[folder, output, calling, agreeing],
        help="try peers from their names to a C-ECHO",
        description="Try one peer after the other. The exit code is the worst of theirs.",
    )
    check.add_argument("targets", nargs="+", metavar="AE@HOST:PORT|PROFILE")
    check.add_argument("--calling", metavar="AE", help="calling AE title")
    check.add_argument(
        "--timeout",
        type=_seconds,
        metavar="S",
        help="seconds for each step; the whole takes at most four times as long",
    )
    check.add_argument("--misbehave", metavar="NAME", help="ask wrongly on purpose; see `parley misbehaviours`")
    check.set_defaults(command="check")

    send = commands.add_parser(
        "send",
        parents=[folder, output, calling],
        help="store DICOM files at a peer",
        description="Store the objects of files, and of the folders' files, each in its own transfer syntax.",
    )
    send.add_argument("files", nargs="+", type=Path, metavar="FILE")
    send.add_argument("target", metavar="AE@HOST:PORT|PROFILE")
    send.add_argument("--calling", metavar="AE", help="calling AE title")
    send.add_argument(
        "--timeout", type=_seconds, metavar="S", help="seconds for each step; a file takes at most four times as long"
    )
    send.set_defaults(command="send")

    _add_listen(commands, [folder, output, secure, agreeing])

    misbehaviours = commands.add_parser("misbehaviours", help="what either side can do wrong on purpose")
    misbehaviours.set_defaults(command="misbehaviours")

    certificates = commands.add_parser("certificates", help="make a test CA with a pair for a server and for a client")
    certificates.add_argument("folder", type=Path, metavar="DIR")
    certificates.add_argument("--name", action="append", metavar="HOST", help="host of the server (repeatable)")
    certificates.set_defaults(command="certificates")

    _add_profiles(commands, folder)
    return parser


def _add_listen(commands: argparse._SubParsersAction[_Parser], parents: list[_Parser]) -> None:
    listen = commands.add_parser("listen", parents=parents, help="be an SCP until Ctrl-C")
    listen.add_argument("--profile", metavar="NAME", help="start from this profile's SCP side")
    listen.add_argument("--ae-title", metavar="T", help="the SCP's AE title")
    listen.add_argument("--host", metavar="H", help="address to listen on (default 127.0.0.1; * for all)")
    listen.add_argument("--port", type=_port, metavar="P", help="port to listen on; 0 for any free one")
    listen.add_argument("--check-called", action="store_true", help="reject 1/1/7 what is not called by the AE title")
    listen.add_argument("--calling", action="append", metavar="AE", help="reject 1/1/3 all but these (repeatable)")
    listen.add_argument("--all-storage", action="store_true", help="support every storage SOP class as well")
    taking = listen.add_mutually_exclusive_group()
    taking.add_argument("--store", type=Path, metavar="DIR", help="save what is sent here; implies --all-storage")
    taking.add_argument("--discard", action="store_true", help="take what is sent and forget it; implies --all-storage")
    listen.add_argument("--status", type=_status, metavar="HEX", help="answer objects that were taken with this status")
    again = "an instance that was saved before: keep both (the default), replace it, or refuse the new one"
    listen.add_argument("--duplicates", choices=("keep", "replace", "refuse"), help=again)
    refusing = "status of such a refusal (default 0111)"
    listen.add_argument("--duplicate-status", type=_status, metavar="HEX", help=refusing)
    leftovers = "remove the unfinished files that killed programs have left in the folder"
    listen.add_argument("--remove-leftovers", action="store_true", help=leftovers)
    listen.add_argument("--rules", type=Path, metavar="FILE", help="answer rules, TOML; they go before all else")
    arm = "answer the next request like this, e.g. 'reject 1/1/7' or 'after 5 s accept'; repeated, the one after it too"
    listen.add_argument("--arm", action="append", metavar="ANSWER", help=arm)
    listen.add_argument("--misbehave", metavar="NAME", help="answer wrongly on purpose; see `parley misbehaviours`")
    listen.add_argument("--reject", type=_rejection, metavar="R/S/D", help="reject every request, e.g. 1/1/7")
    wanted = ("none", "optional", "required")
    listen.add_argument("--client-certificate", choices=wanted, help="TLS: whether callers are asked for theirs")
    listen.set_defaults(command="listen")


def _add_profiles(commands: argparse._SubParsersAction[_Parser], folder: _Parser) -> None:
    profiles = commands.add_parser("profiles", help="the saved connection profiles")
    verbs = profiles.add_subparsers(title="commands", metavar="COMMAND", required=True)
    verbs.add_parser("list", parents=[folder], help="their names").set_defaults(command="profiles list")
    show = verbs.add_parser("show", parents=[folder], help="one as TOML")
    show.add_argument("name", metavar="NAME")
    show.set_defaults(command="profiles show")
    bring = verbs.add_parser(
        "import",
        parents=[folder],
        help="add what is in files",
        description="Add the profiles of zips, CSV lists, Orthanc's configuration, DCMTK's negotiation profiles, TOML.",
    )
    bring.add_argument("files", nargs="+", type=Path, metavar="FILE")
    bring.add_argument("--folder", default="", metavar="NAME", help="put them into this folder of the profiles")
    bring.set_defaults(command="profiles import")
    export = verbs.add_parser(
        "export",
        parents=[folder],
        help="write some, or all, to one file, without secrets",
        description="Write profiles to one file. Secrets are never in it.",
    )
    export.add_argument("names", nargs="*", metavar="NAME", help="a profile or a folder; none for all")
    export.add_argument("--to", required=True, metavar="FILE", help="the file, replaced where it exists; - for output")
    formats = ("zip", "csv", "orthanc", "asconfig", "toml")
    export.add_argument("--format", choices=formats, help="default: by the end of the file's name")
    export.set_defaults(command="profiles export")
