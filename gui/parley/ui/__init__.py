"""The widgets. No sockets, no asyncio, no parsing."""
