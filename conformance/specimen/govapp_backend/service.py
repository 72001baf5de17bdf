"""The backend without a shape: each operation is a method `(caller, inputs) → data`, and refuses by raising."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from conformance.specimen.fault import Deviations
from conformance.specimen.govapp_backend import people
from conformance.specimen.govapp_backend.accounts import Accounts
from conformance.specimen.govapp_backend.consents import Consents
from conformance.specimen.govapp_backend.dealings import SERVICE, Dealings
from conformance.specimen.govapp_backend.house import Inputs
from conformance.specimen.govapp_backend.package import package

__all__ = ["OPERATIONS", "SERVICE", "Service"]

FORCED = {"clock-in-route": "/sign-in", "ranking-route": "/rank"}


class Service(Accounts, Consents, Dealings):
    """State and operations of one running backend. `apk`: the package that it offers."""

    def __init__(self, faults: Deviations, apk: bytes | None = None) -> None:
        super().__init__(faults)
        self.apk = package() if apk is None else apk
        for one in people.PEOPLE:
            self._add(one.account, one.password, one.name, one.id_number, one.phone, one.agreed, one.likes)
            for function in one.functions:
                self._agree(one.account, function)
        self.store.run("update account set address = '测试路 1 号' where name = ?", people.DEFAULT.account)
        self.other_application = self._apply_for(people.OTHER.account, SERVICE)

    def perform(self, operation: str, inputs: Inputs, token: str | None) -> Any:
        """The data of one call. Refusal when it is refused."""
        open_to_all, handler = _OPERATIONS[operation]
        caller = None if open_to_all else self.caller(token)
        return handler(self, caller, inputs) if caller is not None else handler(self, None, inputs)

    def news(self, _: None, __: Inputs) -> Any:
        ages = (1, 4, 9)
        if "nothing-was-published-lately" in self.faults:
            ages = (30, 40, 50)
        if "content-is-dated-ahead" in self.faults:
            ages = (-3, -2, 60)
        today = datetime.now(UTC)
        return [{"title": f"公告 {n}", "published": (today - timedelta(days=n)).date().isoformat()} for n in ages]

    def release(self, _: None, inputs: Inputs) -> Any:
        root = str(inputs.get("root"))
        if "offered-on-another-site" in self.faults:
            root = root.replace("127.0.0.1", "localhost")
        return {"url": f"{root}/download/fuwu.apk", "version": "1.0"}

    def download(self) -> tuple[int, bytes]:
        """(HTTP status, bytes) of the download address."""
        if "download-is-missing" in self.faults:
            return 404, b"not found"
        if "download-is-a-page" in self.faults:
            return 200, "<html><title>下载</title>请在应用商店搜索</html>".encode()
        if "another-package-is-offered" in self.faults:
            return 200, package("another build")
        return 200, self.apk

    def forced(self, path: str) -> Any | None:
        """What one of the paths of forced functions answers, when it is there at all."""
        for fault, known in FORCED.items():
            if path == known and fault in self.faults:
                return {"days": 7, "rank": 3}
        return None


_OPEN = ("register", "sign_in", "services", "news", "release")
OPERATIONS = (
    *_OPEN, "me", "change_me", "erase_me", "change_phone", "cancel", "consent", "collect", "collected", "use_function",
    "recommended", "set_recommendation", "form", "apply", "application", "applications", "rate", "book", "bookings",
    "complain", "complaint", "ask", "question",
)  # fmt: skip
_OPERATIONS: Mapping[str, tuple[bool, Callable[..., Any]]] = {
    name: (name in _OPEN, getattr(Service, name)) for name in OPERATIONS
}
