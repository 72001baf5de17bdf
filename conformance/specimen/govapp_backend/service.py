"""The backend without a shape: each operation is a method `(caller, inputs) → data`, and refuses by raising."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from conformance.specimen.fault import Deviations
from conformance.specimen.govapp_backend import people
from conformance.specimen.govapp_backend.outcome import Refusal
from conformance.specimen.govapp_backend.package import package
from conformance.specimen.govapp_backend.people import CODE, FUNCTIONS, POLICY
from conformance.specimen.govapp_backend.store import Store

SERVICES = (("fund-query", "住房公积金查询"), ("card-renewal", "社会保障卡换发"), ("seal-print", "用章预约"))
SERVICE = "card-renewal"
FIELDS = (("reason", True), ("address", True), ("ethnic", False), ("marital", False))
FORCED = {"clock-in-route": "/sign-in", "ranking-route": "/rank"}
_HOST = "https://fuwu.example.gov.cn"

Row = Mapping[str, Any]
Inputs = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and with which session."""

    token: str
    account: str
    row: Row


class Service:
    """State and operations of one running backend. `apk`: the package that it offers."""

    def __init__(self, faults: Deviations, apk: bytes | None = None) -> None:
        self.faults = faults
        self.store = Store(faults)
        self.apk = package() if apk is None else apk
        self.sessions: dict[str, str] = {}
        self.expired = secrets.token_hex(16)
        self._number = 0
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

    def caller(self, token: str | None) -> Caller:
        account = self.sessions.get(token or "")
        if not token and "no-token-needed" in self.faults:
            account = people.DEFAULT.account
        if token and account is None:
            if token == self.expired:
                account = people.DEFAULT.account if "expired-token-accepted" in self.faults else None
            elif "wrong-token-accepted" in self.faults and token.startswith("conformance-wrong"):
                account = people.DEFAULT.account
        row = self.store.one("select * from account where name = ?", account or "")
        if row is None:
            if account is not None and "cancelled-session-goes-on" in self.faults:
                return Caller(token or "", account, {"name": account, "person": "", "agreed": "", "address": ""})
            raise Refusal("unauthenticated", "请先登录")
        return Caller(token or "", row["name"], row)

    # -- accounts -----------------------------------------------------------------------------------------------

    def _add(self, name: str, password: str, person: str, number: str, phone: str, agreed: str, likes: str) -> None:
        self.store.run(
            "insert into account (name, secret, person, id_number, phone, agreed, likes) values (?, ?, ?, ?, ?, ?, ?)",
            name, self.store.secret(password), person,
            self.store.sealed("id_number", number), self.store.sealed("phone", phone), agreed, likes,
        )  # fmt: skip

    def register(self, _: None, inputs: Inputs) -> Any:
        name, password, phone = (_text(inputs, n) for n in ("account", "password", "phone"))
        if _text(inputs, "code") != CODE:
            raise Refusal("rejected", "验证码错误")
        if self.store.one("select name from account where name = ?", name) is not None:
            raise Refusal("conflict", "账号已存在")
        number = str(inputs.get("id_number") or "")
        self._add(name, password, str(inputs.get("name") or ""), number, phone, "", "a")
        return {"account": name}

    def sign_in(self, _: None, inputs: Inputs) -> Any:
        name = _text(inputs, "account")
        row = self.store.one("select * from account where name = ?", name)
        if row is None and "cancelled-account-signs-in" in self.faults and name.startswith("cf"):
            return {"token": self._session(name), "agreed": False, "version": POLICY}
        if row is None or row["secret"] != self.store.secret(_text(inputs, "password")):
            raise Refusal("unauthenticated", "账号或口令错误")
        agreed = row["agreed"] == POLICY or ("old-consent-goes-on" in self.faults and bool(row["agreed"]))
        return {"token": self._session(name), "agreed": agreed, "version": POLICY}

    def _session(self, name: str) -> str:
        token = secrets.token_hex(16)
        self.sessions[token] = name
        return token

    def me(self, caller: Caller, _: Inputs) -> Any:
        row = self.store.one("select * from account where name = ?", caller.account)
        if row is None:
            return {"name": "已注销", "id_number": "", "phone": "", "address": ""}
        number, phone = self.store.opened(row["id_number"]), self.store.opened(row["phone"])
        shown = number if "own-page-shows-the-id-number" in self.faults else _masked(number, 6, 4)
        return {"name": row["person"], "id_number": shown, "phone": _masked(phone, 3, 4), "address": row["address"]}

    def change_me(self, caller: Caller, inputs: Inputs) -> Any:
        if "corrections-are-lost" not in self.faults:
            self.store.run("update account set address = ? where name = ?", _text(inputs, "address"), caller.account)
        return {"address": _text(inputs, "address")}

    def erase_me(self, caller: Caller, inputs: Inputs) -> Any:
        if _text(inputs, "field") != "address":
            raise Refusal("rejected", "该项不能单独删除")
        if "erased-items-stay" not in self.faults:
            self.store.run("update account set address = null where name = ?", caller.account)
        return {}

    def change_phone(self, caller: Caller, inputs: Inputs) -> Any:
        if caller.row["secret"] != self.store.secret(_text(inputs, "password")):
            raise Refusal("unauthenticated", "口令错误")
        if inputs.get("code") != CODE and "password-alone-is-enough" not in self.faults:
            raise Refusal("factor-required", "需要短信验证码")
        sealed = self.store.sealed("phone", _text(inputs, "phone"))
        self.store.run("update account set phone = ? where name = ?", sealed, caller.account)
        return {"changed": True}

    def cancel(self, caller: Caller, inputs: Inputs) -> Any:
        if caller.row.get("secret") != self.store.secret(_text(inputs, "password")):
            raise Refusal("unauthenticated", "口令错误")
        if "cancellation-demands-a-photo" in self.faults:
            raise Refusal("rejected", "请上传手持身份证照片")
        for table in ("consent", "collected", "application", "booking", "note"):
            self.store.run(f"delete from {table} where account = ?", caller.account)  # noqa: S608 - names of ours
        self.store.run("delete from account where name = ?", caller.account)
        if "cancelled-session-goes-on" not in self.faults:
            self.sessions = {t: a for t, a in self.sessions.items() if a != caller.account}
        deadline = {} if "cancellation-without-deadline" in self.faults else {"deadline": 15}
        return {"state": "cancelled", **deadline}

    # -- consent ------------------------------------------------------------------------------------------------

    def _agree(self, account: str, function: str) -> None:
        self.store.run("insert or replace into consent values (?, ?)", account, function)

    def consent(self, caller: Caller, inputs: Inputs) -> Any:
        function = str(inputs.get("function") or "")
        if function and function not in FUNCTIONS:
            raise Refusal("not-found", "没有这项功能")
        agreed = inputs.get("agreed") is True
        if function and agreed:
            self._agree(caller.account, function)
        elif function:
            self.store.run("delete from consent where account = ? and function = ?", caller.account, function)
        else:
            version = _text(inputs, "version") if agreed else ""
            self.store.run("update account set agreed = ? where name = ?", version, caller.account)
        return {"agreed": agreed}

    def collect(self, caller: Caller, inputs: Inputs) -> Any:
        consented = caller.row["agreed"] == POLICY
        kept = consented or bool({"collects-before-consent", "refuses-and-keeps"} & set(self.faults))
        if kept:
            self.store.run(
                "insert into collected values (?, ?, ?)", caller.account, _text(inputs, "kind"), _text(inputs, "value")
            )
        if not consented and not {"collects-before-consent", "collects-and-discards"} & set(self.faults):
            raise Refusal("consent-required", "请先阅读并同意隐私政策")
        return {"kept": True}

    def collected(self, caller: Caller, _: Inputs) -> Any:
        return self.store.rows("select kind, value from collected where account = ?", caller.account)

    def use_function(self, caller: Caller, inputs: Inputs) -> Any:
        function = _text(inputs, "function")
        if function not in FUNCTIONS:
            raise Refusal("not-found", "没有这项功能")
        agreed = {
            r["function"] for r in self.store.rows("select function from consent where account = ?", caller.account)
        }
        wanted = set(FUNCTIONS) if "consent-is-all-or-nothing" in self.faults else {function}
        if not wanted <= agreed and "refused-function-goes-on" not in self.faults:
            raise Refusal("consent-required", "尚未同意该项功能使用个人信息")
        return {"result": f"{function} 查询结果"}

    def recommended(self, caller: Caller, _: Inputs) -> Any:
        everybody = [{"id": "notice-1"}, {"id": "notice-2"}]
        aimed = caller.row["pushing"] or "pushes-after-opting-out" in self.faults
        return [{"id": f"for-{caller.row['likes']}"}, *everybody] if aimed else everybody

    def set_recommendation(self, caller: Caller, inputs: Inputs) -> Any:
        enabled = inputs.get("enabled") is True
        if not enabled and "opting-out-is-refused" in self.faults:
            raise Refusal("rejected", "暂不支持关闭")
        self.store.run("update account set pushing = ? where name = ?", int(enabled), caller.account)
        return {"enabled": enabled}

    # -- services -----------------------------------------------------------------------------------------------

    def services(self, _: None, inputs: Inputs) -> Any:
        keyword = str(inputs.get("keyword") or "")
        if "search-ignores-the-keyword" in self.faults:
            keyword = ""
        if keyword and "search-finds-nothing" in self.faults:
            return []
        return [{"id": code, "name": name} for code, name in SERVICES if keyword in name]

    def form(self, _: Caller, inputs: Inputs) -> Any:
        self._service(inputs)
        fields = [*FIELDS, *([("occupation", True)] if "form-requires-the-occupation" in self.faults else [])]
        return [{"name": name, "required": required} for name, required in fields]

    def _service(self, inputs: Inputs) -> str:
        code = _text(inputs, "service")
        if code not in {code for code, _ in SERVICES}:
            raise Refusal("not-found", "没有这项服务")
        return code

    def apply(self, caller: Caller, inputs: Inputs) -> Any:
        service = self._service(inputs)
        if not self.store.opened(caller.row["id_number"]) and "unverified-accounts-are-served" not in self.faults:
            raise Refusal("real-name-required", "请先完成实名认证")
        form = inputs.get("form")
        required = [n for n, r in FIELDS if r] + (["ethnic"] if "needless-field-is-required" in self.faults else [])
        missing = [n for n in required if not isinstance(form, Mapping) or not form.get(n)]
        if missing:
            raise Refusal("rejected", f"请填写 {'、'.join(missing)}")
        number = self._apply_for(caller.account, service)
        return {"id": number, "state": "accepted", "link": self._link(caller, number)}

    def _apply_for(self, account: str, service: str) -> str:
        number = self._next("A")
        self.store.run("insert into application values (?, ?, ?, 'accepted', null)", number, account, service)
        return number

    def _link(self, caller: Caller, number: str) -> str:
        """Where the progress is shown to people."""
        host = _HOST.replace("https", "http") if "plain-progress-address" in self.faults else _HOST
        more = ""
        if "id-number-in-an-address" in self.faults:
            more = f"?idNumber={self.store.opened(caller.row['id_number'])}"
        if "token-in-an-address" in self.faults:
            more = f"?token={caller.token}"
        return f"{host}/progress/{number}{more}"

    def application(self, caller: Caller, inputs: Inputs) -> Any:
        found = self.store.one("select * from application where id = ?", _text(inputs, "id"))
        if found is None or (
            found["account"] != caller.account and "applications-of-others-are-shown" not in self.faults
        ):
            raise Refusal("not-found", "没有这个办件")
        owner = self.store.one("select * from account where name = ?", found["account"]) or {}
        number, phone = self.store.opened(owner.get("id_number")), self.store.opened(owner.get("phone"))
        return {
            "id": found["id"],
            "state": "" if "applications-without-progress" in self.faults else found["state"],
            "rating": found["rating"],
            "name": owner.get("person"),
            "id_number": _masked(number, 6, 4),
            "phone": phone if "progress-shows-the-phone" in self.faults else _masked(phone, 3, 4),
        }

    def applications(self, caller: Caller, _: Inputs) -> Any:
        if "applications-are-not-listed" in self.faults:
            return [{"id": "A0", "state": "accepted"}]
        rows = self.store.rows("select id, state from application where account = ?", caller.account)
        if "list-shows-the-id-number" in self.faults:
            return [{**row, "applicant": self.store.opened(caller.row["id_number"])} for row in rows]
        return rows

    def rate(self, caller: Caller, inputs: Inputs) -> Any:
        if "ratings-are-not-kept" not in self.faults:
            self.store.run(
                "update application set rating = ? where id = ? and account = ?",
                str(inputs.get("rating")), _text(inputs, "id"), caller.account,
            )  # fmt: skip
        return {"rating": inputs.get("rating")}

    def book(self, caller: Caller, inputs: Inputs) -> Any:
        number = self._next("B")
        if "bookings-are-not-kept" not in self.faults:
            values = (number, caller.account, self._service(inputs), _text(inputs, "day"))
            self.store.run("insert into booking values (?, ?, ?, ?)", *values)
        return {"id": number}

    def bookings(self, caller: Caller, _: Inputs) -> Any:
        return self.store.rows("select id, day from booking where account = ?", caller.account)

    # -- complaints and questions ---------------------------------------------------------------------------------

    def complain(self, caller: Caller, inputs: Inputs) -> Any:
        if "complaints-are-refused" in self.faults:
            raise Refusal("not-found", "暂未开通")
        receipt = self._note(caller, "complaint", inputs, kept="complaints-are-not-kept" not in self.faults)
        return {"receipt": None if "complaints-without-a-receipt" in self.faults else receipt}

    def ask(self, caller: Caller, inputs: Inputs) -> Any:
        if "questions-are-refused" in self.faults:
            raise Refusal("not-found", "暂未开通")
        return {"receipt": self._note(caller, "question", inputs, kept="questions-are-not-kept" not in self.faults)}

    def _note(self, caller: Caller, kind: str, inputs: Inputs, *, kept: bool) -> str:
        receipt = self._next("R")
        if kept:
            values = (receipt, caller.account, kind, _text(inputs, "text"), "accepted")
            self.store.run("insert into note values (?, ?, ?, ?, ?)", *values)
        return receipt

    def complaint(self, caller: Caller, inputs: Inputs) -> Any:
        return self._noted(caller, "complaint", inputs)

    def question(self, caller: Caller, inputs: Inputs) -> Any:
        found = self._noted(caller, "question", inputs)
        return {**found, "state": ""} if "questions-without-a-state" in self.faults else found

    def _noted(self, caller: Caller, kind: str, inputs: Inputs) -> dict[str, Any]:
        found = self.store.one(
            "select receipt, text, state from note where receipt = ? and account = ? and kind = ?",
            _text(inputs, "receipt"), caller.account, kind,
        )  # fmt: skip
        if found is None:
            raise Refusal("not-found", "没有这个回执")
        return found

    # -- content --------------------------------------------------------------------------------------------------

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

    def _next(self, letter: str) -> str:
        self._number += 1
        return f"{letter}{self._number:06d}"


def _text(inputs: Inputs, name: str) -> str:
    value = inputs.get(name)
    if not isinstance(value, str) or not value or len(value) > 2000:
        raise Refusal("rejected", f"参数 {name} 缺失或不是文本")
    return value.encode(errors="replace").decode()


def _masked(value: str, head: int, tail: int) -> str:
    return value if len(value) <= head + tail else value[:head] + "*" * (len(value) - head - tail) + value[-tail:]


_OPEN = ("register", "sign_in", "services", "news", "release")
OPERATIONS = (
    *_OPEN, "me", "change_me", "erase_me", "change_phone", "cancel", "consent", "collect", "collected", "use_function",
    "recommended", "set_recommendation", "form", "apply", "application", "applications", "rate", "book", "bookings",
    "complain", "complaint", "ask", "question",
)  # fmt: skip
_OPERATIONS: Mapping[str, tuple[bool, Callable[..., Any]]] = {
    name: (name in _OPEN, getattr(Service, name)) for name in OPERATIONS
}
