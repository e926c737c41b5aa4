"""Small drawings of our own, as SVG in the page: they follow the colour of the text and are hidden from screen readers."""

from __future__ import annotations

from markupsafe import Markup

_PATHS: dict[str, str] = {
    "home": '<path d="M4 11.5 12 5l8 6.5"/><path d="M6.5 10v9h11v-9"/><path d="M10.5 19v-4.5h3V19"/>',
    "modules": '<path d="M5 6h14M5 12h14M5 18h9"/>',
    "messages": '<path d="M4.5 6h15v10.5h-9L6.5 20v-3.5h-2z"/>',
    "results": '<path d="M4.5 19.5h15"/><path d="m5.5 15 4-4.5 3.5 3 5.5-7"/>',
    "flag": '<path d="M6.5 20.5v-16"/><path d="M6.5 5.5h11l-2.5 4 2.5 4h-11"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "lock": '<rect x="5.5" y="11" width="13" height="8.5" rx="2"/><path d="M8.5 11V8a3.5 3.5 0 0 1 7 0v3"/>',
    "phone": '<path d="M7 4.5h3l1.5 4-2 1.5a10 10 0 0 0 4.5 4.5l1.5-2 4 1.5v3a2 2 0 0 1-2.200 2A14.5 14.5 0 0 1 5 6.700a2 2 0 0 1 2-2.200z"/>',
    "bulb": '<path d="M9.5 17.5h5M10 20.5h4"/><path d="M8.700 14.5a5.5 5.5 0 1 1 6.600 0c-.6.5-.8 1.5-.8 3h-5c0-1.5-.2-2.5-.8-3z"/>',
    "important": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5v5.5M12 16.200v.1"/>',
    "text": '<path d="M6.5 4.5h7.5l4 4v11h-11.5z"/><path d="M9.5 12h5.5M9.5 15.5h5.5"/>',
    "video": '<rect x="3.5" y="7" width="12" height="10" rx="2"/><path d="m15.5 11 5-3v8l-5-3"/>',
    "branch": '<circle cx="7" cy="6" r="2"/><circle cx="7" cy="18" r="2"/><circle cx="17" cy="9" r="2"/><path d="M7 8v8M17 11c0 3-5 2.5-9 5"/>',
    "forward": '<path d="m9.5 5.5 6.5 6.5-6.5 6.5"/>',
    "backward": '<path d="m14.5 5.5-6.5 6.5 6.5 6.5"/>',
    "pen": '<path d="m5 19 1-4L16 5l3 3L9 18z"/><path d="m14 7 3 3"/>',
    "moon": '<path d="M19 14.5A7.5 7.5 0 1 1 9.5 5a6 6 0 0 0 9.5 9.5z"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>',
    "person": '<circle cx="12" cy="8.5" r="3.5"/><path d="M5 19.5c1-4 3.5-5.5 7-5.5s6 1.5 7 5.5"/>',
    "plus": '<path d="M12 5.5v13M5.5 12h13"/>',
}


def icon(name: str) -> Markup:
    return (
        Markup('<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">')
        + Markup(_PATHS[name])
        + Markup("</svg>")
    )
