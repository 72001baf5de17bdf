"""Accounts: registering, signing in, one's own data, a sensitive change, cancelling."""

from __future__ import annotations

import secrets
from typing import Any

from conformance.specimen.govapp_backend.house import Caller, House, Inputs, masked, text
from conformance.specimen.govapp_backend.outcome import Refusal
from conformance.specimen.govapp_backend.people import CODE, POLICY


class Accounts(House):
    """Operations on the account of the caller."""

    def _add(self, name: str, password: str, person: str, number: str, phone: str, agreed: str, likes: str) -> None:
        self.store.run(
            "insert into account (name, secret, person, id_number, phone, agreed, likes) values (?, ?, ?, ?, ?, ?, ?)",
            name, self.store.secret(password), person,
            self.store.sealed("id_number", number), self.store.sealed("phone", phone), agreed, likes,
        )  # fmt: skip

    def register(self, _: None, inputs: Inputs) -> Any:
        name, password, phone = (text(inputs, n) for n in ("account", "password", "phone"))
        if text(inputs, "code") != CODE:
            raise Refusal("rejected", "验证码错误")
        if self.store.one("select name from account where name = ?", name) is not None:
            raise Refusal("conflict", "账号已存在")
        number = str(inputs.get("id_number") or "")
        self._add(name, password, str(inputs.get("name") or ""), number, phone, "", "a")
        return {"account": name}

    def sign_in(self, _: None, inputs: Inputs) -> Any:
        name = text(inputs, "account")
        row = self.store.one("select * from account where name = ?", name)
        if row is None and "cancelled-account-signs-in" in self.faults and name.startswith("cf"):
            return {"token": self._session(name), "agreed": False, "version": POLICY}
        if row is None or row["secret"] != self.store.secret(text(inputs, "password")):
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
        shown = number if "own-page-shows-the-id-number" in self.faults else masked(number, 6, 4)
        return {"name": row["person"], "id_number": shown, "phone": masked(phone, 3, 4), "address": row["address"]}

    def change_me(self, caller: Caller, inputs: Inputs) -> Any:
        if "corrections-are-lost" not in self.faults:
            self.store.run("update account set address = ? where name = ?", text(inputs, "address"), caller.account)
        return {"address": text(inputs, "address")}

    def erase_me(self, caller: Caller, inputs: Inputs) -> Any:
        if text(inputs, "field") != "address":
            raise Refusal("rejected", "该项不能单独删除")
        if "erased-items-stay" not in self.faults:
            self.store.run("update account set address = null where name = ?", caller.account)
        return {}

    def change_phone(self, caller: Caller, inputs: Inputs) -> Any:
        if caller.row["secret"] != self.store.secret(text(inputs, "password")):
            raise Refusal("unauthenticated", "口令错误")
        if inputs.get("code") != CODE and "password-alone-is-enough" not in self.faults:
            raise Refusal("factor-required", "需要短信验证码")
        sealed = self.store.sealed("phone", text(inputs, "phone"))
        self.store.run("update account set phone = ? where name = ?", sealed, caller.account)
        return {"changed": True}

    def cancel(self, caller: Caller, inputs: Inputs) -> Any:
        if caller.row.get("secret") != self.store.secret(text(inputs, "password")):
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
