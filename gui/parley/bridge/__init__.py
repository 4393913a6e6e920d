"""Qt meets the engine: event pump, Qt models, controller, start-up and shutdown. No widgets."""
