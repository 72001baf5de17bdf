"""The HTTP client library, named in one place (ADR 0002). Everything else says `client_library`.

`httpx` is the client asked for; `httpx2` continues it with the same API. The switch is the import line below.
"""

from __future__ import annotations

import sys

# httpx imports its command line where its packages happen to be installed (click, rich, pygments: a tenth of a second
# at every start, and nothing of ours). A module that is None cannot be imported, which httpx is prepared for.
_COMMAND_LINE = "httpx._main"
_left_out = _COMMAND_LINE not in sys.modules
if _left_out:
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]

import httpx as client_library  # noqa: E402, TID251 - the one line to change for httpx2

if _left_out:
    del sys.modules[_COMMAND_LINE]

__all__ = ["client_library"]
