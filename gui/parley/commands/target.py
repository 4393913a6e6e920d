"""Whom `check` and `send` call, and with what."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from parley.commands.shared import UsageError, secured, stored_profile, warn
from parley.keystore.terminal import with_values
from parley.model.address import parse_address
from parley.model.handle import RequestorHandle
from parley.model.profile import Profile, RequestorSide
from parley.model.validation import check_requestor


def target_of(options: argparse.Namespace) -> RequestorSide:
    """The SCU side of a profile, or a default one for ``AE@HOST:PORT``; the command's options go on top."""
    if "@" in options.target:
        try:
            title, host, port = parse_address(options.target)
        except ValueError as error:
            raise UsageError(str(error)) from None
        side = RequestorSide(host=host, port=port, handle=RequestorHandle(called_ae_title=title))
    else:
        side = with_values(Profile("", scu=stored_profile(options.profiles, options.target).scu)).scu
    if options.calling is not None:
        side = replace(side, handle=replace(side.handle, calling_ae_title=options.calling))
    if options.timeout is not None:
        timers = replace(side.timers, connect=options.timeout, association_response=options.timeout)
        side = replace(side, timers=timers)
    facts: dict[str, Any] = {"verify": False} if options.insecure else {}
    if options.server_name is not None:
        facts["server_name"] = options.server_name
    side = replace(side, tls=secured(side.tls, options, facts))
    warn(check_requestor(side))
    return side
