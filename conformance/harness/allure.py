"""Allure: standard as epic, clause as feature, provision as severity; exchanges as steps with attachments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import allure

from conformance.harness.wording import Words, visible
from conformance.model.result import CheckResult
from conformance.model.verdict import Provision
from conformance.plan.select import Planned
from conformance.record.store import EvidenceStore

_SEVERITY = {
    Provision.REQUIREMENT: allure.severity_level.CRITICAL,
    Provision.RECOMMENDATION: allure.severity_level.NORMAL,
    Provision.PERMISSION: allure.severity_level.MINOR,
}
_MOST_STEPS = 100  # a property-based check may have sent more; all of them are in the record


class Allure:
    """Describes the item that is running to allure-pytest, from what the record holds (so: redacted)."""

    def __init__(self, directory: Path, words: Words) -> None:
        self._store = EvidenceStore(directory)
        self._words = words

    def describe(self, planned: Planned, result: CheckResult) -> None:
        clause, standard = planned.clause, planned.profile.standard
        allure.dynamic.epic(f"{standard.number} {standard.title.get('zh', '')}" if standard else planned.profile.id)
        allure.dynamic.feature(f"{clause.id} {clause.title}")
        allure.dynamic.story(planned.check.name)
        allure.dynamic.title(planned.check.purpose or planned.check.name)
        allure.dynamic.severity(_SEVERITY.get(clause.provision, allure.severity_level.TRIVIAL))
        allure.dynamic.description(clause.text)
        allure.dynamic.parameter("判定", self._words.verdict(planned, result))
        for evidence in result.evidence[:_MOST_STEPS]:
            if evidence.kind == "exchange":
                with allure.step(visible(evidence.label)):
                    self._attach(self._store.get_json(evidence.sha256))
            elif evidence.kind != "document":
                self._whole(evidence.label, self._store.get_json(evidence.sha256))

    @staticmethod
    def _attach(exchange: dict[str, Any]) -> None:
        request, response, fault = exchange["request"], exchange.get("response"), exchange.get("fault")
        head = "\n".join(f"{k}: {v}" for k, v in request["headers"])
        allure.attach(
            f"{request['method']} {request['url']}\n{head}\n\n{request['body']}", "请求", allure.attachment_type.TEXT
        )
        if response:
            head = "\n".join(f"{k}: {v}" for k, v in response["headers"])
            text = f"{response['version']} {response['status']}\n{head}\n\n{response['body']}"
            allure.attach(visible_block(text), "响应", allure.attachment_type.TEXT)
        if fault:
            allure.attach(f"{fault['kind']}: {fault['message']}", "故障", allure.attachment_type.TEXT)

    @staticmethod
    def _whole(label: str, data: Any) -> None:
        allure.attach(json.dumps(data, ensure_ascii=False, indent=1), label, allure.attachment_type.JSON)


def visible_block(text: str) -> str:
    return "\n".join(visible(line) for line in text.splitlines())
