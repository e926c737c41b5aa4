"""Every address of the runtime, one module for those who use them."""

from designtool.runtime.routes import administration, care, catalogue, lists, public, sharing, sign_in, treatment, unit

ROUTES = (
    *public.ROUTES,
    *sign_in.ROUTES,
    *lists.ROUTES,
    *treatment.ROUTES,
    *care.ROUTES,
    *administration.ROUTES,
    *unit.ROUTES,
    *sharing.ROUTES,
    *catalogue.ROUTES,
)

__all__ = ["ROUTES"]
