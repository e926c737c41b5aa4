"""Recalls: what is not to be begun with, or not to be used, and how that is lifted."""
