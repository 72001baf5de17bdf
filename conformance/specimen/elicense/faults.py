"""Every way in which this specimen can be told to be wrong, and the clauses that must notice it.

`source` "F…" is a fault that exists in a real system (the list of the notes), "C…" a deviation seen in that source,
"假想" one that nobody reported but a clause must be able to find.
"""

from __future__ import annotations

from conformance.specimen.fault import WHOLE_SYSTEM, Fault

SD, GD = "elicense", "elicense-gd"


def _fault(name: str, title: str, source: str, *kills: str, shapes: tuple[str, ...] = ()) -> Fault:
    return Fault(name, title, source, kills, shapes=shapes)


IDENTIFIER = (
    _fault("wrong-check-character", "校验位按『字母值+1』算法计算", "F1", "EL-ID-10"),
    _fault("check-character-over-root", "校验位把根代码算了进去", "F2", "EL-ID-10"),
    _fault("foreign-root", "根代码为 1.2.156.3003.2", "F2", "EL-ID-02"),
    _fault("id-without-issuer", "标识缺少颁发机构代码", "F2", "EL-ID-01"),
    _fault("short-type-code-in-id", "标识中的类型代码只有 20 位", "假想", "EL-ID-03", "EL-ID-14"),
    _fault("type-code-with-wrong-uscc", "标识中的类型代码前 18 位校验位错误", "假想", "EL-ID-04", "EL-ID-14"),
    _fault("region-code-as-issuer", "以行政区划代码作颁发机构代码", "F3", "EL-ID-05"),
    _fault("issuer-digits-transposed", "颁发机构代码两位颠倒", "假想", "EL-ID-06"),
    _fault("lower-case-serial", "流水号含小写字母", "假想", "EL-ID-07"),
    _fault("hyphen-in-serial", "流水号含连字符", "C11", "EL-ID-07"),
    _fault("unpadded-version", "版本号未补零", "F5", "EL-ID-08"),
    _fault("lower-case-check-character", "校验位为小写字母", "假想", "EL-ID-09"),
    _fault("serial-only-lookup", "只按流水号查证照，标识其余部分写错也返回", "假想", "EL-ID-11"),
    _fault("version-not-increased", "重新制证后版本号不变", "假想", "EL-ID-12"),
    _fault("constant-id-in-lists", "列表中所有证照都是同一个标识", "F15", "EL-ID-13"),
    _fault("type-in-id-differs", "标识中的类型代码与元数据不同", "假想", "EL-ID-14"),
    _fault("issuer-in-id-differs", "标识中的颁发机构代码与元数据不同", "F4", "EL-ID-15"),
    _fault("version-off-by-one", "元数据中的版本号比标识大一", "假想", "EL-ID-16"),
    _fault("random-id", "标识由业务号加随机文字组成", "F6", "EL-MD-04", "EL-ID-01"),
)

METADATA = (
    _fault("empty-name", "证照名称为空", "假想", "EL-MD-01"),
    _fault("type-missing-from-list", "目录中没有在用的证照类型", "假想", "EL-MD-02"),
    _fault("missing-number", "证照编号为空", "假想", "EL-MD-03"),
    _fault("missing-issuer-name", "证照颁发机构为空", "假想", "EL-MD-05"),
    _fault("impossible-issue-date", "颁发日期为 2023-02-30", "假想", "EL-MD-06"),
    _fault("future-issue-date", "颁发日期在将来", "假想", "EL-MD-06"),
    _fault("missing-holder", "持证主体为空", "假想", "EL-MD-07"),
    _fault("missing-holder-code", "持证主体代码为空", "假想", "EL-MD-08", "EL-IF-21"),
    _fault("holder-type-outside-annex", "持证主体代码类型为 10，不在附录 A", "F7", "EL-MD-09"),
    _fault("holder-type-name-differs", "持证主体代码类型名称与代码不一致", "假想", "EL-MD-10"),
    _fault("holder-uscc-with-wrong-check-character", "法人的统一社会信用代码校验位错误", "假想", "EL-MD-11"),
    _fault("citizen-id-with-wrong-check-character", "自然人的公民身份号码校验位错误", "假想", "EL-MD-12"),
    _fault("validity-swapped", "有效期起止颠倒", "假想", "EL-MD-13"),
    _fault("long-term-treated-as-expired", "长期有效的证照被判为过期", "假想", "EL-MD-14"),
    _fault("stale-metadata-in-search", "检索结果中的证照名称是旧的", "假想", "EL-MD-15"),
    _fault("copy-without-cause", "加注件没有加注，也没有制作事由", "F10", "EL-MD-16"),
    _fault("past-copy-expiry-accepted", "接受已经过去的加注件有效期", "假想", "EL-MD-17"),
    _fault("extension-collides-with-base-item", "扩展项与基础项重名", "假想", "EL-MD-18"),
    _fault("mixed-date-forms", "日期有两种写法", "假想", "EL-MD-19"),
    _fault("twelve-digit-area-code", "属地编码为 12 位", "假想", "EL-MD-20"),
)

CATALOGUE = (
    _fault("type-without-definer", "目录缺少证照定义机构", "假想", "EL-CT-01"),
    _fault("definer-code-differs", "定义机构代码与类型代码前 18 位不同", "假想", "EL-CT-02"),
    _fault("duplicate-type-in-list", "目录中类型代码重复", "假想", "EL-CT-03"),
    _fault("free-text-holder-category", "持证主体类别为自由文字", "假想", "EL-CT-04"),
    _fault("definer-level-nine", "定义机构级别为 9", "假想", "EL-CT-05"),
    _fault("legal-type-accepts-citizens", "法人的证照类型接受公民身份号码", "假想", "EL-CT-06"),
    _fault("item-code-without-name", "关联事项有代码而无名称", "假想", "EL-CT-07"),
    _fault("over-long-field-truncated", "归集记录超长项被悄悄截断", "假想", "EL-CT-08"),
    _fault("missing-required-field-accepted", "归集记录缺必填项仍被接受", "假想", "EL-CT-08"),
    _fault("batch-resubmission-duplicates", "同一批次重复提交产生重复记录", "假想", "EL-CT-09"),
)

INTERFACE = (
    _fault("info-verification-missing", "没有证照信息验证服务", "假想", "EL-IF-01", "EL-IF-23", "EL-IF-30", "EL-IF-31",
           "EL-IF-32", "EL-IF-16", "EL-IF-36"),
    _fault("status-as-text", "返回码是字符串", "C3", "EL-IF-02", shapes=(SD,)),
    _fault("message-missing", "响应没有说明文字", "假想", "EL-IF-02", "EL-IF-38"),
    _fault("empty-success-instead-of-not-found", "没有查到时返回成功和空数据", "假想", "EL-IF-03"),
    _fault("undocumented-code", "返回码表以外的返回码", "假想", "EL-IF-04", "EL-IF-11"),
    _fault("missing-token-accepted", "不带令牌也返回数据", "假想", "EL-IF-05"),
    _fault("wrong-token-accepted", "错误的令牌也返回数据", "假想", "EL-IF-05"),
    _fault("disabled-account-accepted", "停用的账号仍可使用", "假想", "EL-IF-06"),
    _fault("expired-token-accepted", "过期的令牌仍可使用", "假想", "EL-IF-07"),
    _fault("missing-parameter-gives-99", "缺少必填参数时返回 99", "C1", "EL-IF-08"),
    _fault("blank-parameter-gives-99", "必填参数为空文本时返回 99", "C1", "EL-IF-08"),
    _fault("holder-type-ignored", "不检查持证主体代码类型", "假想", "EL-IF-09"),
    _fault("unknown-type-gives-99", "证照类型不存在时返回 99", "假想", "EL-IF-10"),
    _fault("unknown-type-not-found", "证照类型不存在时返回未找到证照", "假想", "EL-IF-10"),
    _fault("unknown-id-gives-99", "标识不存在时返回 99", "假想", "EL-IF-11"),
    _fault("revoked-served", "已注销的证照照常返回", "假想", "EL-IF-12"),
    _fault("expired-served", "已过期的证照照常返回", "假想", "EL-IF-13"),
    _fault("frozen-served", "已冻结的证照照常返回", "假想", "EL-IF-14"),
    _fault("inactive-served", "未激活的证照照常返回", "假想", "EL-IF-14"),
    _fault("source-fault-gives-99", "证照源未提供服务或超时都返回 99", "假想", "EL-IF-15"),
    _fault("unparsable-data-gives-500", "查验数据无法解析时系统出错", "假想", "EL-IF-16"),
    _fault("purpose-optional", "不填申请事由也返回数据", "假想", "EL-IF-17"),
    _fault("long-purpose-accepted", "超过 200 字的申请事由被接受", "F11", "EL-IF-18"),
    _fault("download-skips-permission", "下载不检查证照类型权限", "F13", "EL-IF-19"),
    _fault("permission-not-checked", "查询和验证不检查证照类型权限", "假想", "EL-IF-19"),
    _fault("wrong-id-in-answer", "按标识查询返回的标识与请求不同", "F15", "EL-IF-20", "EL-IF-23"),
    _fault("holder-query-returns-others", "按持证主体查询混入他人的证照", "假想", "EL-IF-21"),
    _fault("total-differs", "检索总数与列表长度不同", "假想", "EL-IF-22"),
    _fault("download-of-another-licence", "下载得到另一个证照的文件", "假想", "EL-IF-23"),
    _fault("content-not-ofd", "以 PDF 冒充 OFD", "假想", "EL-IF-25"),
    _fault("content-not-base64", "文件内容不是 base64", "假想", "EL-IF-25"),
    _fault("unknown-file-type-gives-99", "文件类型不支持时返回 99", "假想", "EL-IF-26"),
    _fault("download-address-works-twice", "下载地址可重复使用", "假想", "EL-IF-27"),
    _fault("download-address-never-expires", "下载地址永不失效", "F9", "EL-IF-28"),
    _fault("sequential-download-tickets", "下载标识按顺序编号", "假想", "EL-IF-29"),
    _fault("verification-rejects-correct", "信息正确时仍报有误", "假想", "EL-IF-30"),
    _fault("inactive-reported-correct", "未激活的证照验证为有效", "假想", "EL-IF-31"),
    _fault("suspended-reported-correct", "暂时失效的证照验证为有效", "假想", "EL-IF-31"),
    _fault("revoked-reported-inactive", "已注销的证照验证为未激活", "F21", "EL-IF-31"),
    _fault("incomplete-reported-correct", "信息不全时验证为有效", "假想", "EL-IF-32"),
    _fault("verification-ignores-holder", "信息验证不比对持证主体", "假想", "EL-IF-32"),
    _fault("verification-ignores-holder-code", "信息验证不比对持证主体代码", "假想", "EL-IF-32"),
    _fault("verification-ignores-number", "信息验证不比对证照编号", "假想", "EL-IF-32"),
    _fault("verification-ignores-issuer", "信息验证不比对颁发机构", "假想", "EL-IF-32"),
    _fault("file-verification-stub", "文件验证一律答复未提供", "F8", "EL-IF-33"),
    _fault("tampered-file-passes", "被改动的文件验证通过", "假想", "EL-IF-33"),
    _fault("content-type-ignored", "文件验证不检查内容编码方式", "假想", "EL-IF-34"),
    _fault("unknown-qrcode-gives-99", "二维码不存在时返回 99", "F12", "EL-IF-35"),
    _fault("face-field-names-differ", "照面字段名不能用于信息验证", "假想", "EL-IF-36"),
    _fault("failure-without-errors", "FAILURE 而没有 errors", "假想", "EL-IF-38", "EL-IF-11", shapes=(GD,)),
    _fault("constant-correlation-id", "correlation_id 不随请求变化", "假想", "EL-IF-39", shapes=(GD,)),
    _fault("constant-response-id", "response_id 不唯一", "假想", "EL-IF-39", shapes=(GD,)),
    _fault("both-codes-empty-accepted", "标识与编号都为空仍返回证照", "假想", "EL-IF-40"),
    _fault("ambiguous-number-picks-first", "编号对应多个证照时取第一个", "假想", "EL-IF-40"),
    _fault("revoked-file-still-served", "注销后仍可取得证照文件", "假想", "EL-IF-41"),
)  # fmt: skip

SECURITY = (
    _fault("plain-http-download-address", "下载地址以明文 http 指向回环以外的主机", "C1", "EL-SE-01"),
    _fault("token-in-download-address", "下载地址带有令牌", "C2", "EL-SE-04"),
    _fault("stack-trace-in-errors", "错误信息带有堆栈", "C1", "EL-SE-05"),
    _fault("sql-in-errors", "错误信息带有 SQL 语句", "假想", "EL-SE-05"),
    _fault("internal-address-in-errors", "错误信息带有内网地址", "假想", "EL-SE-05"),
    _fault("log-without-purpose", "调用日志没有事由", "假想", "EL-SE-06"),
    _fault("log-without-address", "调用日志没有来源地址", "假想", "EL-SE-06"),
    _fault("refused-calls-not-logged", "被拒绝的调用不留日志", "假想", "EL-SE-06"),
    _fault("no-call-limit", "没有调用次数上限", "假想", "EL-SE-07"),
    _fault("limit-never-recovers", "达到上限后次日不恢复", "假想", "EL-SE-07"),
    _fault("quote-crashes-query", "参数含单引号时系统出错", "假想", "EL-SE-11"),
    _fault("over-long-input-gives-99", "参数超长时返回 99", "假想", "EL-SE-11"),
    _fault("slow-search", "检索响应缓慢", "假想", "EL-PF-01"),
    _fault("answers-mixed-under-load", "并发时答复串号", "假想", "EL-PF-02"),
    _fault("intermittently-unavailable", "间歇性不可用", "假想", "EL-PF-03"),
)

WHOLE = (
    Fault("hollow-200-empty", "一律 200、成功、空数据", "假想", kind=WHOLE_SYSTEM),
    Fault("all-401", "一律 401", "假想", kind=WHOLE_SYSTEM),
    Fault("all-404", "一律 404", "假想", kind=WHOLE_SYSTEM),
    Fault("all-500", "一律 500", "假想", kind=WHOLE_SYSTEM),
)

FAULTS: tuple[Fault, ...] = (*IDENTIFIER, *METADATA, *CATALOGUE, *INTERFACE, *SECURITY, *WHOLE)
