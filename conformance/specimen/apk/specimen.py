"""The package as a specimen: a folder with one signed package, and the papers that its owner declared."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.specimen.apk.faults import BY_NAME, FAULTS
from conformance.specimen.apk.keys import MAIN, Signer
from conformance.specimen.apk.recipe import HOST, LABEL, PACKAGE, Recipe
from conformance.specimen.fault import Fault
from conformance.specimen.registry import Made

NAME = "govapp-package"
FILE = "fuwu.apk"
# What a listed permission may do without: READ_CALENDAR has no purpose, the others no reason, RECORD_AUDIO no group.
_PERMISSIONS = (
    "CAMERA=拍摄办事材料", "ACCESS_COARSE_LOCATION=查找附近的办事大厅", "ACCESS_FINE_LOCATION=导航到办事大厅",
    "ACCESS_BACKGROUND_LOCATION=到厅提醒", "READ_CALENDAR", "RECORD_AUDIO=语音输入", "READ_MEDIA_IMAGES=上传材料",
    "MANAGE_EXTERNAL_STORAGE=下载证照", "READ_SMS=填写验证码",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PackageSpecimen:
    """No service: its target names a folder."""

    name: str = NAME
    title: str = "政务App 安装包样本（Android，仅供测试）"

    @property
    def faults(self) -> tuple[Fault, ...]:
        return FAULTS

    def make(self, active: tuple[str, ...]) -> Made:
        folder = Folder()
        return Made(None, lambda _: target(folder.path, active), lambda _: folder)


class Folder:
    """A file where a service would be: it is there until it is stopped."""

    base_url = ""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="conformance-apk-")
        self.path = Path(self._folder.name)

    def stop(self) -> None:
        self._folder.cleanup()

    def join(self) -> None:
        """Nothing runs."""


def package(faults: tuple[str, ...] = ()) -> bytes:
    """The signed package, with these faults. KeyError for a fault there is not."""
    recipe = Recipe()
    for name in faults:
        recipe = BY_NAME[name].change(recipe)
    return recipe.make()


def parameters() -> dict[str, Any]:
    """What the owner of the conforming package declared and filed."""
    signer = Signer(MAIN)
    return {
        "app_names": ["示例市政务服务数据管理局", LABEL],
        "app_permissions": list(_PERMISSIONS),
        "app_permission_reasons": ["ACCESS_COARSE_LOCATION=查找附近的办事大厅，用户点击后才申请"],
        "app_permission_groups": ["CAMERA", "LOCATION", "CALENDAR", "STORAGE"],
        "app_sdks": ["友盟统计=com.umeng"],
        "app_backend_hosts": [HOST],
        "app_test_hosts": ["test.example.gov.cn"],
        "filed_package": PACKAGE,
        "filed_certificate_md5": hashlib.md5(signer.certificate, usedforsecurity=False).hexdigest(),
        "filed_public_key": f"{MAIN.n:x}",
    }


def target(folder: Path, active: tuple[str, ...]) -> dict[str, Any]:
    """The package written below `folder` → the target as a mapping."""
    (folder / FILE).write_bytes(package(active))
    return {
        "target": f"specimen:{'+'.join((NAME, *active))}",
        "system": {"name": f"{LABEL}（安装包样本，仅供测试）", "version": "1.0"},
        "parameters": parameters(),
        "documents": {"paths": [str(folder / FILE)]},
    }
