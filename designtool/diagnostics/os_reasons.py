"""What the operating system says went wrong with a file, in both languages."""

from __future__ import annotations

import errno

from designtool.diagnostics.diagnostic import Text

_REASONS = {
    errno.ENOENT: Text("finns inte", "there is no such file or folder"),
    errno.EEXIST: Text("finns redan", "it exists already"),
    errno.EACCES: Text("du har inte rätt till det", "permission denied"),
    errno.EPERM: Text("du har inte rätt till det", "permission denied"),
    errno.ENOTDIR: Text("är ingen mapp", "it is no folder"),
    errno.EISDIR: Text("är en mapp", "it is a folder"),
    errno.ENOSPC: Text("disken är full", "the disk is full"),
    errno.EROFS: Text("går bara att läsa", "it can only be read"),
    errno.ENAMETOOLONG: Text("namnet är för långt", "the name is too long"),
    errno.EIO: Text("enheten svarar inte", "the device does not answer"),
}


def os_reason(error: OSError) -> Text:
    known = _REASONS.get(error.errno) if error.errno is not None else None
    said = error.strerror or type(error).__name__
    return known or Text(said, said)
