"""What follows from records here, and what others may ask of them."""
