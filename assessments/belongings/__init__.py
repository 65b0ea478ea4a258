"""What hangs on an organisation."""
