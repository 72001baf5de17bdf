"""What axe-core found, as a verdict: a violation is 不符合, "incomplete" is left to a person, and neither is passed over."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from conformance.model.verdict import Cause
from conformance.pages.facts import Page
from conformance.pages.telling import show
from conformance.run.context import Procedure

# Our own words for the rules that the profiles use; axe-core's own texts are English.
RULES: Mapping[str, str] = {
    "area-alt": "图像映射的区域没有替代文本",
    "aria-command-name": "按钮、链接或菜单项没有可供读屏的名称",
    "aria-hidden-body": "整个页面对读屏隐藏",
    "aria-hidden-focus": "对读屏隐藏的内容可以得到焦点",
    "aria-input-field-name": "输入控件没有可供读屏的名称",
    "aria-toggle-field-name": "开关没有可供读屏的名称",
    "button-name": "按钮没有可供读屏的名称",
    "color-contrast": "文字与背景的对比度不足",
    "document-title": "页面没有标题",
    "frame-title": "框架没有名称",
    "html-has-lang": "页面没有标明语言",
    "html-lang-valid": "页面标明的语言无效",
    "image-alt": "图片没有替代文本",
    "input-button-name": "按钮没有可供读屏的名称",
    "input-image-alt": "图片按钮没有替代文本",
    "label": "输入框没有标签",
    "link-name": "链接没有可供读屏的名称",
    "meta-viewport": "页面禁止缩放",
    "no-autoplay-audio": "声音自动播放",
    "object-alt": "嵌入对象没有替代文本",
    "presentation-role-conflict": "标为装饰的元素又能得到焦点",
    "role-img-alt": "图像元素没有替代文本",
    "select-name": "下拉框没有名称",
    "svg-img-alt": "SVG 图像没有替代文本",
    "tabindex": "用正的 tabindex 改动了焦点顺序",
    "valid-lang": "段落标明的语言无效",
}  # fmt: skip


def expect_axe(
    check: Procedure,
    page: Page,
    rules: Sequence[str],
    *,
    title: str = "",
    excused: Callable[[str], bool] | None = None,
) -> int:
    """One assertion for every element that a rule looked at → how many. `page` was opened with `axe=True`.

    When nothing is violated but something was left open, the check stops as 无法判定: a person has to look.
    A page that has nothing that these rules speak of gives 0 and no assertion. `excused`: by what axe-core says of an
    element, whether the clause asks for less than axe-core does and the element has that.
    """
    name = title or page.first.title
    if page.axe is None or "error" in page.axe:
        why = "没有运行" if page.axe is None else page.axe["error"]
        check.stop(Cause.SYSTEM, f"{name}：axe-core 没有检查完（{why}）", blocked_by="axe")
    wanted = frozenset(rules)
    said = [_kept(v, excused) for v in page.axe["violations"] if v["id"] in wanted]
    broken = [v for v in said if v["nodes"]]
    spared = [v for v in said if not v["nodes"]]
    open_ = [v for v in page.axe["incomplete"] if v["id"] in wanted] + [v for v in spared if v["unlisted"]]
    good: dict[str, int] = {rule: int(n) for rule, n in page.axe["passes"].items() if rule in wanted}
    for name_of, n in (*good.items(), *((v["id"], int(v["count"])) for v in spared)):
        check.witness(f"{name} {name_of} {n} 处")
        for _ in range(n):
            check.expect(True, name_of)
    for rule in broken:
        check.witness(f"{name} {rule['id']} {rule['count']} 处违反")
        for node in rule["nodes"]:
            check.expect(
                False,
                f"{RULES.get(rule['id'], rule['help'])}（axe {rule['id']}）",
                expected=_contrast(node["why"], _WANTED) or "0 处违反",
                actual="，".join(t for t in (_contrast(node["why"], _SEEN), node["html"]) if t),
                where=f"{page.url} {node['sel']}",
            )
        show(check, page, f"截图：{RULES.get(rule['id'], rule['id'])}", _boxes(rule))
    if open_ and not broken:
        first = open_[0]
        show(
            check,
            page,
            f"截图：待人工复核，{RULES.get(first['id'], first['id'])}",
            [b for r in open_ for b in _boxes(r)],
        )
        check.stop(
            Cause.TOOL,
            f"需人工复核：{name}有 {sum(r['count'] for r in open_)} 处 axe-core 不能判断（{'、'.join(r['id'] for r in open_)}）",
            expected="由人看截图中标出的地方后作出判断",
            actual=first["nodes"][0]["why"] if first["nodes"] else "",
            blocked_by="axe",
        )
    return sum(good.values()) + sum(int(r["count"]) for r in said)


# How axe-core tells of a contrast: `… contrast of 2.32 (foreground color: #aaaaaa, background color: #ffffff, …` and
# `… Expected contrast ratio of 4.5:1`.
_SEEN = (
    re.compile(r"contrast of ([\d.]+) \(foreground color: (#\w+), background color: (#\w+)"),
    "对比度 {}，文字 {}，背景 {}",
)
_WANTED = (re.compile(r"[Ee]xpected contrast ratio of ([\d.]+:1)"), "对比度不小于 {}")


def _contrast(why: str, form: tuple[re.Pattern[str], str]) -> str:
    found = form[0].search(why)
    return form[1].format(*found.groups()) if found else ""


def _kept(rule: Mapping[str, Any], excused: Callable[[str], bool] | None) -> Mapping[str, Any]:
    """A violation without the elements that are excused. `unlisted`: elements that were too many to be told of."""
    nodes = rule["nodes"] if excused is None else [node for node in rule["nodes"] if not excused(node["why"])]
    return {**rule, "nodes": nodes, "unlisted": int(rule["count"]) - len(rule["nodes"])}


def _boxes(rule: Mapping[str, Any]) -> list[Sequence[float]]:
    return [node["box"] for node in rule["nodes"] if node["box"]]
