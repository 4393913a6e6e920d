"""Runs upper layer machines over transport connections, with timers, on any asyncio loop. No Qt.

`engine.Engine` is the door. It tells what happens as `EngineEvent`s and asks once: what to answer to an A-ASSOCIATE-RQ.
"""
