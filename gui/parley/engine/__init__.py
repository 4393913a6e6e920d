"""Runs upper layer machines over sockets and TLS, with timers, on any asyncio loop. No Qt."""
