"""What happened, why, and what to do next: verdicts on attempts, in words for a person at a modality. Pure.

It knows the protocol and the model, asks nobody and runs nothing: the same facts always give the same verdict.
"""

from parley.diagnosis.attempts import diagnose
from parley.diagnosis.checks import diagnose_echo, diagnose_ending
from parley.diagnosis.contexts import context_words
from parley.diagnosis.endings import diagnose_end
from parley.diagnosis.listening import diagnose_listen
from parley.diagnosis.verdict import Verdict

__all__ = [
    "Verdict",
    "context_words",
    "diagnose",
    "diagnose_echo",
    "diagnose_end",
    "diagnose_ending",
    "diagnose_listen",
]
