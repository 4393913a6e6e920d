"""What either side can do wrong on purpose: tables of named misbehaviours and what they are made of."""
