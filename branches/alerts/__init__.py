"""What needs attention about places."""
