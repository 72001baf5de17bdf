"""Consent: to the policy and to single functions, what may be collected, what is pushed."""

from __future__ import annotations

from typing import Any

from conformance.specimen.govapp_backend.house import Caller, House, Inputs, text
from conformance.specimen.govapp_backend.outcome import Refusal
from conformance.specimen.govapp_backend.people import FUNCTIONS, POLICY


class Consents(House):
    """What a person agreed to decides."""

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
            version = text(inputs, "version") if agreed else ""
            self.store.run("update account set agreed = ? where name = ?", version, caller.account)
        return {"agreed": agreed}

    def collect(self, caller: Caller, inputs: Inputs) -> Any:
        consented = caller.row["agreed"] == POLICY
        kept = consented or bool({"collects-before-consent", "refuses-and-keeps"} & set(self.faults))
        if kept:
            self.store.run(
                "insert into collected values (?, ?, ?)", caller.account, text(inputs, "kind"), text(inputs, "value")
            )
        if not consented and not {"collects-before-consent", "collects-and-discards"} & set(self.faults):
            raise Refusal("consent-required", "请先阅读并同意隐私政策")
        return {"kept": True}

    def collected(self, caller: Caller, _: Inputs) -> Any:
        return self.store.rows("select kind, value from collected where account = ?", caller.account)

    def use_function(self, caller: Caller, inputs: Inputs) -> Any:
        function = text(inputs, "function")
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
