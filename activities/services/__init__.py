"""Writing organisation life."""
