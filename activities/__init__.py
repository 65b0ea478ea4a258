"""What happened: activities, meetings, attendance."""
