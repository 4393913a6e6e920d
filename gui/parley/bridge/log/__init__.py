"""The log as a Qt table: its rows, its filter's words, its way into files."""
