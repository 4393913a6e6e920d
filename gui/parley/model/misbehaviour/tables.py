"""Every misbehaviour by name, those of an acceptor and those of a requestor, to learn what a peer makes of it.

Most are what real peers have been seen to send, or to fail on. What one is made of stands in
`parley.model.misbehaviour.steps`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from parley.model.misbehaviour.acceptor import ODD_ANSWERS
from parley.model.misbehaviour.requestor import ODD_REQUESTS
from parley.model.misbehaviour.scripts import ACCEPTOR_SCRIPTS, REQUESTOR_SCRIPTS
from parley.model.misbehaviour.steps import Misbehaviour, by_name

ACCEPTOR: Mapping[str, Misbehaviour] = MappingProxyType(by_name(*ODD_ANSWERS, *ACCEPTOR_SCRIPTS))
"""What an acceptor may do wrong."""

REQUESTOR: Mapping[str, Misbehaviour] = MappingProxyType(by_name(*ODD_REQUESTS, *REQUESTOR_SCRIPTS))
"""What a requestor may do wrong."""
