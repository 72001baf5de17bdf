"""A service that verifies files: it knows the files that were issued, and says of any other that it is not genuine."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from conformance.specimen.eseal.faults import FAULTS, SPOILS
from conformance.specimen.eseal.making import files
from conformance.specimen.eseal.specimen import batch_target
from conformance.specimen.fault import Fault
from conformance.specimen.registry import Made
from conformance.specimen.server import Server

NAME = "eseal-verifier"
_KEY = ("mof-voucher-2024/EV-01/tampered-files-are-told-from-genuine-ones",)
SERVICE_FAULTS = (
    Fault("verifier-accepts-everything", "查验接口把什么都报为真实", "§10 EV-01", _KEY, shapes=(NAME,)),
    Fault("verifier-rejects-everything", "查验接口把什么都报为不真实", "§10 EV-01", _KEY, shapes=(NAME,)),
    Fault("verifier-ignores-pages", "查验接口只看签名值，不重算页面的杂凑值", "§10 EV-01", _KEY, shapes=(NAME,)),
    Fault("verifier-shows-no-status", "查验接口发现篡改时不给出状态", "§10 EV-01", _KEY, shapes=(NAME,)),
)


@dataclass(frozen=True, slots=True)
class VerifierSpecimen:
    """The same batch of files as `eseal`, and a service on loopback that is asked whether a file is genuine."""

    name: str = NAME
    title: str = "文件查验服务（附电子签章文件样本）"

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Those of the files too: the service has never issued a file that is spoilt."""
        return (*FAULTS, *SERVICE_FAULTS)

    def make(self, active: tuple[str, ...]) -> Made:
        return Made(None, lambda url: _target(url, active), lambda port: Verifier(active, port))


class Verifier:
    """The service and the folder with its files."""

    def __init__(self, active: tuple[str, ...], port: int) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="conformance-eseal-")
        self._server = Server(application(active), port).start()
        self.base_url = self._server.base_url
        _FOLDERS[self.base_url] = Path(self.folder.name)

    def stop(self) -> None:
        self._server.stop()
        _FOLDERS.pop(self.base_url, None)
        self.folder.cleanup()

    def join(self) -> None:
        self._server.join()


_FOLDERS: dict[str, Path] = {}  # where the files of a running service lie


def _target(base_url: str, active: tuple[str, ...]) -> dict[str, Any]:
    spoils = tuple(name for name in active if name in SPOILS)
    made = batch_target(_FOLDERS[base_url], NAME, active, spoils)
    return {
        **made,
        "system": {"name": "文件查验服务样机（仅供测试）"},
        "parameters": {**made["parameters"], "verifier_url": f"{base_url}/verify"},
        "declares": {"verifies_files": True},
    }


def application(active: tuple[str, ...]) -> Starlette:
    known = {hashlib.sha256(data).hexdigest() for data in files(()).values()}
    values = {value for data in files(()).values() for value in _signature_values(data)}

    async def verify(request: Request) -> Response:
        try:
            content = base64.b64decode((await request.json())["content"], validate=True)
        except (KeyError, TypeError, ValueError, binascii.Error):
            return JSONResponse({"message": "content 应为文件内容的 base64"}, 400)
        genuine = hashlib.sha256(content).hexdigest() in known
        if "verifier-ignores-pages" in active:
            genuine = genuine or bool(values & set(_signature_values(content)))
        if "verifier-accepts-everything" in active:
            genuine = True
        if "verifier-rejects-everything" in active:
            genuine = False
        if not genuine and "verifier-shows-no-status" in active:
            return JSONResponse({})
        return JSONResponse({"status": "valid" if genuine else "invalid"})

    return Starlette(routes=[Route("/verify", verify, methods=["POST"])])


def _signature_values(data: bytes) -> list[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return [package.read(n) for n in package.namelist() if n.endswith("SignedValue.dat")]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError):
        return []
