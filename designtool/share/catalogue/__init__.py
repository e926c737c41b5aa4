"""The catalogue: what the regions have released, and on what terms."""
