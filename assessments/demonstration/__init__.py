"""A made-up organisation to try the portal with."""
