"""What hangs on organisations and goes with them."""
