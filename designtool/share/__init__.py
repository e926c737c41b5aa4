"""Sharing: bundles carried to and from registries, which are folders or OCI registries behind the same verbs.

`publish.publish(bundle, registry)` and `fetch.fetch(wanted, registry, folder)` carry; `opening.open_registry(stated, …)` says
what is meant by a registry. What comes out of here is whole: every byte is what its digest says. Whether it is to be trusted
is not decided by the one who carries it.
"""
