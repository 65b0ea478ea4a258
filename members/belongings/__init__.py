"""What of people hangs on an organisation and goes with it."""
