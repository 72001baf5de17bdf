"""Small profiles for tests: a good one, and ways to write it wrong."""

from __future__ import annotations

from pathlib import Path

GOOD = """\
profile: sample-1
edition: "1.0"
title: {zh: 样例, en: Sample}
standard:
  number: GB/T 99901-2026
  title: {zh: 样例标准}
  status: in-force
  issued: 2026-01-01
  in_force: 2026-07-01
sources:
  S1: {what: 样例来源, read: 2026-11-22}
capabilities:
  query: {ask: 是否提供查询？, default: true}
parameters:
  active_id: {type: text, required: true, help: 有效的标识}
  other_id: {type: text}
  level: {type: text, default: low, choices: [low, high]}
identities:
  default: {fields: [token], required: true}
  disabled: {fields: [token]}
operations:
  find:
    title: 查询
    when: query
    inputs: {id: {default: "{active_id}", required: true}, purpose: {default: "{level}"}}
    request: {method: POST, path: /find, json: {id: "{id}", token: "{token}", why: "{purpose}"}}
    response: {items: "$.data[*]", fields: {id: id, name: mc}, values: {total: $.total}}
  drop:
    title: 废止
    writes: true
    inputs: {id: {default: "{other_id}", required: true}}
    request: {method: DELETE, path: "/find/{id}"}
    response: {values: {ok: $.ok}}
envelope: {code: $.code, message: $.message, outcomes: {success: [0], not-found: [10], unauthenticated: ["http 401"]}}
preflight: [{call: find}]
fingerprint: [{call: find}]
clauses:
  - clause: "5.1"
    title: 标识
    provision: requirement
    text: 返回的标识应非空（转述）
    grade: B
    sources: [S1]
    checks:
      - check: served-ids-are-not-empty
        purpose: 返回的标识非空
        for_each: find
        expect: {id: {type: string, minLength: 1}}
        unique: [id]
      - check: an-unknown-id-is-refused
        purpose: 拒绝不存在的标识
        call: find
        with: {id: "{nobody}"}
        generate: {nobody: {one-of: [x1, x2]}}
        expect: refused
        control: served-ids-are-not-empty
  - ref: SA-02
    title: 废止
    provision: recommendation
    text: 废止后宜查不到（转述）
    grade: C
    note: 推断
    when: {all: [query, {not: query}]}
    checks:
      - check: a-dropped-id-is-not-found
        purpose: 废止后查不到
        after: [an-unknown-id-is-refused]
        exclusive: true
        steps:
          - {call: find, expect: success, save: {known: id}}
          - {call: drop, with: {id: "{known}"}, as: disabled, expect: {outcome: success, values: {ok: {const: true}}}}
          - {call: find, with: {id: "{known}"}, expect: not-found}
  - ref: SA-03
    title: 记录
    provision: permission
    text: 可提供培训记录（转述）
    grade: B
    sources: [S1]
    checks:
      - check: training-records-exist-on-paper
        purpose: 查看培训记录
        manual: {steps: [查看记录], evidence: [照片], judge: 有记录}
"""


def changed(old: str, new: str) -> str:
    """The good profile with one thing written differently."""
    assert old in GOOD, old
    return GOOD.replace(old, new, 1)


def write(folder: Path, text: str | bytes, name: str = "sample-1.yaml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def clause(number: str, check: str, body: str = "for_each: find, expect: {id: {minLength: 1}}", **more: str) -> str:
    """One clause with one check, as a line of YAML flow."""
    given = {
        "provision": "requirement",
        "text": f"第 {number} 条应成立（转述）",
        "grade": "B",
        "sources": "[S1]",
        **more,
    }
    fields = ", ".join(f"{k}: {v}" for k, v in given.items())
    return f'  - {{clause: "{number}", title: t, {fields}, checks: [{{check: {check}, purpose: p, {body}}}]}}\n'


def line_of(text: str, words: str) -> int:
    """The number of the first line that holds `words`."""
    return text[: text.index(words)].count("\n") + 1
