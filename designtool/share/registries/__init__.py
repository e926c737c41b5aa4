"""Registries: a folder, or a service over HTTP, with the same verbs."""
