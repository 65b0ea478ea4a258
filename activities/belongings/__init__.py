"""What goes with an organisation."""
