"""`python -m parley` is the command `parley`."""

import sys

from parley.cli import main

sys.exit(main())
