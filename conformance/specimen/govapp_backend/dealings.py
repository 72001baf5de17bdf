"""Services and what people say of them: query, form, application, rating, booking, complaint, question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.specimen.govapp_backend.house import Caller, House, Inputs, masked, text
from conformance.specimen.govapp_backend.outcome import Refusal

SERVICES = (("fund-query", "住房公积金查询"), ("card-renewal", "社会保障卡换发"), ("seal-print", "用章预约"))
SERVICE = "card-renewal"
FIELDS = (("reason", True), ("address", True), ("ethnic", False), ("marital", False))
_HOST = "https://fuwu.example.gov.cn"


class Dealings(House):
    """Everything that is applied for, booked, rated or asked."""

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
        code = text(inputs, "service")
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
        number = self.next_number("A")
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
        found = self.store.one("select * from application where id = ?", text(inputs, "id"))
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
            "id_number": masked(number, 6, 4),
            "phone": phone if "progress-shows-the-phone" in self.faults else masked(phone, 3, 4),
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
                str(inputs.get("rating")), text(inputs, "id"), caller.account,
            )  # fmt: skip
        return {"rating": inputs.get("rating")}

    def book(self, caller: Caller, inputs: Inputs) -> Any:
        number = self.next_number("B")
        if "bookings-are-not-kept" not in self.faults:
            values = (number, caller.account, self._service(inputs), text(inputs, "day"))
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
        receipt = self.next_number("R")
        if kept:
            values = (receipt, caller.account, kind, text(inputs, "text"), "accepted")
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
            text(inputs, "receipt"), caller.account, kind,
        )  # fmt: skip
        if found is None:
            raise Refusal("not-found", "没有这个回执")
        return found
