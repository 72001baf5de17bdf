"""What a user is told is in the user's words: no word of the operating system's, OpenSSL's or the validator's own."""

import errno
import re
import socket
import ssl
from pathlib import Path

import pytest

from conformance.errors import TargetError, system_reason
from conformance.harness.loading import read_case


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), "没有这个文件或目录"),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "没有这个主机名"),
        (OSError(99999, "Something new"), "Something new"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_the_reason_of_the_system_is_told(error: OSError, said: str) -> None:
    assert system_reason(error) == said


def test_the_reason_of_a_refused_certificate_is_told() -> None:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = 18, "self-signed certificate"
    assert system_reason(error) == "自签名证书"
    error.verify_code = 12345
    assert system_reason(error) == "self-signed certificate"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("laboratory: 某中心\n", ":1:13 (laboratory): [T115]"),
        ("report: {number: 2026}\n", '加引号写成 "2026"'),
        ("a: b\ncleint: {name: x}\n", ":2:1: [T115] 委托信息：没有 cleint 这一项\n  处理: 是否想写 client？"),
        ('sample: {received: "2026-13-01"}\n', "日期，如"),
    ],
)
def test_a_wrong_commission_is_a_clear_error(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(TargetError) as caught:
        read_case(str(tmp_path / "case.yaml"))
    assert said in str(caught.value)
    assert not re.search("[a-z]{2,} (is|are|not) ", str(caught.value))


def test_a_laboratory_may_add_items_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("client: {name: 某局}\nproject: W-2026-7\n", encoding="utf-8")
    assert read_case(str(tmp_path / "case.yaml")) == {"client": {"name": "某局"}, "project": "W-2026-7"}
