"""The tables of this app that come in as files."""
