"""Whom `check` and `send` call, and with what."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields, replace
from typing import Any

from parley.commands.shared import UsageError, secured, stored_profile
from parley.keystore.terminal import with_values
from parley.model.address import parse_address
from parley.model.files.entries import StoreError
from parley.model.handle import RequestorHandle
from parley.model.problems.transport import LAST_PORT
from parley.model.profile import Profile, RequestorSide, Timers


def target_side(target: str, options: argparse.Namespace) -> RequestorSide:
    """The SCU side of a profile, or a default one for ``AE@HOST:PORT``; the command's options go on top.

    Raises:
        UsageError: it is no address, its port does not exist, or a file of the options cannot be read.
        StoreError: there is no such profile, or it cannot be read.
        KeyStoreError: nobody gave a secret that the profile refers to.
    """
    side = _named(target, options)
    if not 1 <= side.port <= LAST_PORT:
        raise UsageError(f"{target} has port {side.port}, which does not exist: use 1 to {LAST_PORT}.")
    if options.calling is not None:
        side = replace(side, handle=replace(side.handle, calling_ae_title=options.calling))
    if options.timeout is not None:
        steps = {field.name: options.timeout for field in fields(Timers) if field.name != "idle"}
        side = replace(side, timers=replace(side.timers, **steps))
    if options.local_end is not None:
        host, port = options.local_end
        side = replace(side, transport=replace(side.transport, local_host=host, local_port=port))
    facts: dict[str, Any] = {"verify": False} if options.insecure else {}
    if options.server_name is not None:
        facts["server_name"] = options.server_name
    return replace(side, tls=secured(side.tls, options, facts))


def _named(target: str, options: argparse.Namespace) -> RequestorSide:
    """The side of an address or a profile, as yet without the command's options."""
    if "@" not in target:
        try:
            return _of_profile(target, options)
        except StoreError as missing:
            if ":" not in target:
                raise
            raise UsageError(f"{missing} A peer without a profile is named as AE@HOST:PORT: ANY-SCP@{target}") from None
    try:
        title, host, port = parse_address(target)
    except ValueError as error:
        # A profile's name may have an @ too.
        try:
            return _of_profile(target, options)
        except StoreError as missing:
            raise UsageError(f"{error}. {missing}") from None
    return RequestorSide(host=host, port=port, handle=RequestorHandle(called_ae_title=title))


def _of_profile(name: str, options: argparse.Namespace) -> RequestorSide:
    saved = stored_profile(options, name)
    return with_values(Profile(saved.name, scu=saved.scu)).scu


USUAL_GRACE = 3.0
"""How many seconds the end may take where no time is said."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long all may take beside the single steps.

    Attributes:
        whole: seconds for all steps of a check, or for one file; None without a limit.
        grace: seconds for the end after it.
    """

    whole: float | None
    grace: float


def patience(options: argparse.Namespace) -> Patience:
    """That of ``--timeout``: the whole takes four times as long as a step at the most, its end included."""
    if options.timeout is None:
        return Patience(None, USUAL_GRACE)
    grace = min(USUAL_GRACE, options.timeout / 2)
    return Patience(4 * options.timeout - grace, grace)
