"""Tables about places that come in."""
