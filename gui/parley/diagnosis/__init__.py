"""From what happened to a verdict, its cause and its remedy. Pure."""
