"""The questions of a quiz as plain text: pasted, read, and written so that they are read back."""
