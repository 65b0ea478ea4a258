"""What this app adds to other pages."""
