"""asyncio on Qt's loop: start and end, events in batches, work on threads, garbage."""
