"""The list of profiles, and their way in and out of files."""
