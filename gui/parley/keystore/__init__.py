"""Secrets where the operating system keeps them: Windows' credential store, macOS' keychain, Linux' secret service.

Rules: no Qt, no asyncio, nothing of the protocol. Opening a key store can take as long as a person takes to unlock it:
callers with an event loop use a thread for every call that is made here. No message ever holds a secret.
"""
