"""The federation: who may sign what, kept as metadata of TUF, and whether a bundle is to be trusted."""
