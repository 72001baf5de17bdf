"""Asks the published verify.html, open in a browser, about the files of a folder."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import chrome


def checked(page: chrome.Chrome, folder: Path, keys: dict[str, Any]) -> dict[str, Any]:
    """What `check` of verify.html says of the files of a folder."""
    files = {
        p.relative_to(folder).as_posix(): base64.b64encode(p.read_bytes()).decode()
        for p in folder.rglob("*")
        if p.is_file()
    }
    script = (
        f"check(new Map(Object.entries({json.dumps(files)}).map(([n, t]) => [n, unbase64(t)])), {json.dumps(keys)})"
        ".then(r => JSON.stringify(r))"
    )
    answer = page.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
    assert "exceptionDetails" not in answer, answer
    return json.loads(answer["result"]["value"])  # type: ignore[no-any-return]
