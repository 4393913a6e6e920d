"""The live log and the details of what is selected in it."""
