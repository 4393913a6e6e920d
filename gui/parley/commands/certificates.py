"""`parley certificates`: make a test CA with a pair for a server and for a client."""

from __future__ import annotations

import argparse
from dataclasses import fields

from parley.commands.output import print_line
from parley.commands.shared import PASSED, UsageError
from parley.engine.certificate_maker import NAMES, CertificateFilesError, make_test_certificates


def certificates(options: argparse.Namespace) -> int:
    """Make them, and print where they are."""
    try:
        files = make_test_certificates(options.folder, options.name or NAMES)
    except CertificateFilesError as error:
        raise UsageError(f"{error}.") from None
    for field in fields(files):
        print_line(f"{field.name.replace('_', ' '):<12} {getattr(files, field.name)}")
    return PASSED
