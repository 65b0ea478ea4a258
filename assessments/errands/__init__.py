"""What people are asked to do in assessments."""
