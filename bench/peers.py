"""The same checks for Tavern and Newman, installed on request under .cache/bench."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from inputs import ITEM_SCHEMA, checks

Command = tuple[str, list[str], Path, dict[str, str]]


def cases(cache: Path, folder: Path, base: str) -> Iterator[Command]:
    """(label, command, folder, environment) of each peer that could be installed."""
    tavern = cache / "tavern"
    if not (tavern / "bin" / "pytest").exists():
        subprocess.run([sys.executable, "-m", "venv", str(tavern)], check=True)
        # Tavern 3.7 does not start with pytest 9.2.
        command = [str(tavern / "bin" / "pip"), "install", "-q", "tavern==3.7.1", "pytest<9.2", "jsonschema"]
        subprocess.run(command, check=True)
    _tavern(folder / "tavern", base)
    yield (
        "Tavern 3.7.1",
        [str(tavern / "bin" / "pytest"), "-q", "-p", "no:cacheprovider"],
        folder / "tavern",
        {"PYTHONPATH": "."},
    )
    newman = cache / "newman"
    if shutil.which("npm"):
        if not (newman / "node_modules" / ".bin" / "newman").exists():
            newman.mkdir(parents=True, exist_ok=True)
            subprocess.run(
                ["npm", "install", "--silent", "--no-fund", "--prefix", str(newman), "newman@6.2.2"], check=True
            )
        path = _newman(folder, base)
        yield (
            "Newman 6.2.2",
            [str(newman / "node_modules" / ".bin" / "newman"), "run", str(path), "--reporters", "cli"],
            folder,
            {},
        )


def _tavern(folder: Path, base: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "schemahelp.py").write_text(
        "import json, jsonschema\n"
        f"VALIDATOR = jsonschema.Draft202012Validator(json.loads({json.dumps(json.dumps(ITEM_SCHEMA))}))\n"
        "def check(response):\n    VALIDATOR.validate(response.json())\n"
    )
    documents = []
    for check in checks(1000):
        request = {
            "url": base + check["path"],
            "method": check["method"],
            **({"json": check["json"]} if check["json"] else {}),
        }
        response = {
            "status_code": check["status"],
            "strict": ["json:off"],
            "json": check["fields"],
            "verify_response_with": {"function": "schemahelp:check"},
        }
        stages = [{"name": check["id"], "request": request, "response": response}]
        documents.append(json.dumps({"test_name": check["id"], "stages": stages}))
    (folder / "pytest.ini").write_text("")
    (folder / "test_all.tavern.yaml").write_text("\n---\n".join(documents))


def _newman(folder: Path, base: str) -> Path:
    items = []
    for check in checks(1000):
        script = ["const schema = " + json.dumps(ITEM_SCHEMA) + ";", "const answer = pm.response.json();"]
        script += [f"pm.test('{check['id']}', () => {{", f"pm.response.to.have.status({check['status']});"]
        script += [f"pm.expect(answer.{name}).to.eql({json.dumps(value)});" for name, value in check["fields"].items()]
        script += ["pm.response.to.have.jsonSchema(schema);", "});"]
        request: dict[str, object] = {"method": check["method"], "url": base + check["path"], "header": []}
        if check["json"]:
            request["header"] = [{"key": "content-type", "value": "application/json"}]
            request["body"] = {"mode": "raw", "raw": json.dumps(check["json"])}
        event = [{"listen": "test", "script": {"type": "text/javascript", "exec": script}}]
        items.append({"name": check["id"], "request": request, "event": event})
    info = {"name": "bench", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}
    path = folder / "newman.json"
    path.write_text(json.dumps({"info": info, "item": items}))
    return path
