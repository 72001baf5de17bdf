"""Every way in which this specimen can be told to be wrong, and the clauses that must notice it.

`source` "F…" is a fault that exists in a real system (the list of the notes), "C…" a deviation seen in that source,
"假想" one that nobody reported but a clause must be able to find.
"""

from __future__ import annotations

from conformance.specimen.fault import WHOLE_SYSTEM, Fault

SD, GD = "elicense", "elicense-gd"


_PROFILES = {"EL-ID": "gbt-36904-2018", "EL-MD": "gbt-36903-2018", "EL-CT": "gbt-36902-2018"}


def _fault(name: str, title: str, source: str, *kills: str, shapes: tuple[str, ...] = ()) -> Fault:
    """`kills`: clause/check; which standard a clause belongs to is in its name."""
    keys = tuple(f"{_PROFILES.get(k[:5], 'gbt-36906-2018')}/{k}" for k in kills)
    return Fault(name, title, source, keys, shapes=shapes)


IDENTIFIER = (
    _fault(
        "wrong-check-character",
        "校验位按『字母值+1』算法计算",
        "F1",
        "EL-ID-10/served-ids-carry-a-correct-check-character",
    ),
    _fault(
        "check-character-over-root",
        "校验位把根代码算了进去",
        "F2",
        "EL-ID-10/served-ids-carry-a-correct-check-character",
    ),
    _fault("foreign-root", "根代码为 1.2.156.3003.2", "F2", "EL-ID-02/served-ids-begin-with-the-licence-root"),
    _fault("id-without-issuer", "标识缺少颁发机构代码", "F2", "EL-ID-01/served-ids-have-six-dot-separated-parts"),
    _fault(
        "short-type-code-in-id",
        "标识中的类型代码只有 20 位",
        "假想",
        "EL-ID-03/type-codes-in-ids-have-twenty-one-digits-or-capitals",
        "EL-ID-14/the-type-code-in-an-id-equals-the-metadata",
    ),
    _fault(
        "type-code-with-wrong-uscc",
        "标识中的类型代码前 18 位校验位错误",
        "假想",
        "EL-ID-04/type-codes-in-ids-hold-a-valid-definer-code-and-a-three-digit-sequence",
        "EL-ID-14/the-type-code-in-an-id-equals-the-metadata",
    ),
    _fault(
        "region-code-as-issuer",
        "以行政区划代码作颁发机构代码",
        "F3",
        "EL-ID-05/issuer-codes-in-ids-have-eighteen-digits-or-capitals",
    ),
    _fault(
        "issuer-digits-transposed",
        "颁发机构代码两位颠倒",
        "假想",
        "EL-ID-06/issuer-codes-in-ids-carry-a-correct-check-character",
    ),
    _fault("lower-case-serial", "流水号含小写字母", "假想", "EL-ID-07/serials-in-ids-hold-digits-and-capitals-only"),
    _fault("hyphen-in-serial", "流水号含连字符", "C11", "EL-ID-07/serials-in-ids-hold-digits-and-capitals-only"),
    _fault("unpadded-version", "版本号未补零", "F5", "EL-ID-08/versions-in-ids-have-three-digits"),
    _fault(
        "lower-case-check-character",
        "校验位为小写字母",
        "假想",
        "EL-ID-09/check-characters-in-ids-are-one-digit-or-capital",
        "EL-ID-10/served-ids-carry-a-correct-check-character",
    ),
    _fault(
        "serial-only-lookup",
        "只按流水号查证照，标识其余部分写错也返回",
        "假想",
        "EL-ID-11/an-id-with-one-changed-character-returns-no-licence",
    ),
    _fault(
        "version-not-increased", "重新制证后版本号不变", "假想", "EL-ID-12/a-reissued-licence-carries-a-higher-version"
    ),
    _fault(
        "constant-id-in-lists",
        "列表中所有证照都是同一个标识",
        "F15",
        "EL-ID-13/different-licences-carry-different-ids",
        "EL-IF-23/search-query-download-and-verification-agree-on-one-licence",
    ),
    _fault(
        "type-in-id-differs",
        "标识中的类型代码与元数据不同",
        "假想",
        "EL-ID-14/the-type-code-in-an-id-equals-the-metadata",
    ),
    _fault(
        "issuer-in-id-differs",
        "标识中的颁发机构代码与元数据不同",
        "F4",
        "EL-ID-15/the-issuer-code-in-an-id-equals-the-metadata",
    ),
    _fault(
        "version-off-by-one",
        "元数据中的版本号比标识大一",
        "假想",
        "EL-ID-16/the-version-in-an-id-equals-the-catalogue-information",
    ),
    _fault(
        "random-id",
        "标识由业务号加随机文字组成",
        "F6",
        "EL-MD-04/served-licences-carry-a-coded-id",
        "EL-ID-01/served-ids-have-six-dot-separated-parts",
        "EL-ID-02/served-ids-begin-with-the-licence-root",
    ),
)

METADATA = (
    _fault("empty-name", "证照名称为空", "假想", "EL-MD-01/served-licences-carry-a-name"),
    _fault(
        "type-missing-from-list",
        "目录中没有在用的证照类型",
        "假想",
        "EL-MD-02/served-licences-carry-a-published-type-code",
    ),
    _fault("missing-number", "证照编号为空", "假想", "EL-MD-03/served-licences-carry-a-number"),
    _fault("missing-issuer-name", "证照颁发机构为空", "假想", "EL-MD-05/served-licences-carry-an-issuer-and-its-code"),
    _fault(
        "impossible-issue-date", "颁发日期为 2023-02-30", "假想", "EL-MD-06/issue-dates-exist-and-are-not-in-the-future"
    ),
    _fault("future-issue-date", "颁发日期在将来", "假想", "EL-MD-06/issue-dates-exist-and-are-not-in-the-future"),
    _fault("missing-holder", "持证主体为空", "假想", "EL-MD-07/served-licences-carry-a-holder"),
    _fault("missing-holder-code", "持证主体代码为空", "假想", "EL-MD-08/served-licences-carry-a-holder-code"),
    _fault(
        "holder-type-outside-annex",
        "持证主体代码类型为 10，不在附录 A",
        "F7",
        "EL-MD-09/holder-types-come-from-the-code-list",
    ),
    _fault(
        "holder-type-name-differs",
        "持证主体代码类型名称与代码不一致",
        "假想",
        "EL-MD-10/holder-type-names-agree-with-their-codes",
    ),
    _fault(
        "holder-uscc-with-wrong-check-character",
        "法人的统一社会信用代码校验位错误",
        "假想",
        "EL-MD-11/holder-codes-of-type-001-are-valid-credit-codes",
    ),
    _fault(
        "citizen-id-with-wrong-check-character",
        "自然人的公民身份号码校验位错误",
        "假想",
        "EL-MD-12/holder-codes-of-type-111-are-valid-citizen-numbers",
    ),
    _fault("validity-swapped", "有效期起止颠倒", "假想", "EL-MD-13/validity-periods-end-after-they-begin"),
    _fault(
        "long-term-treated-as-expired",
        "长期有效的证照被判为过期",
        "假想",
        "EL-MD-14/a-licence-valid-for-an-unlimited-term-is-served",
    ),
    _fault(
        "stale-metadata-in-search",
        "检索结果中的证照名称是旧的",
        "假想",
        "EL-MD-15/one-licence-has-the-same-metadata-in-every-service",
    ),
    _fault(
        "copy-without-cause",
        "加注件没有加注，也没有制作事由",
        "F10",
        "EL-MD-16/downloaded-copies-carry-the-four-copy-elements",
    ),
    _fault(
        "past-copy-expiry-accepted",
        "接受已经过去的加注件有效期",
        "假想",
        "EL-MD-17/a-copy-that-expires-in-the-past-is-refused",
    ),
    _fault(
        "extension-collides-with-base-item",
        "扩展项与基础项重名",
        "假想",
        "EL-MD-18/extension-names-begin-with-the-extension-prefix",
    ),
    _fault("mixed-date-forms", "日期有两种写法", "假想", "EL-MD-19/dates-are-written-in-one-form"),
    _fault("twelve-digit-area-code", "属地编码为 12 位", "假想", "EL-MD-20/area-codes-are-six-digit-division-codes"),
)

CATALOGUE = (
    _fault("type-without-definer", "目录缺少证照定义机构", "假想", "EL-CT-01/catalogue-entries-carry-type-and-definer"),
    _fault(
        "definer-code-differs",
        "定义机构代码与类型代码前 18 位不同",
        "假想",
        "EL-CT-02/definer-codes-equal-the-head-of-their-type-codes",
    ),
    _fault("duplicate-type-in-list", "目录中类型代码重复", "假想", "EL-CT-03/type-codes-occur-once-in-the-catalogue"),
    _fault(
        "free-text-holder-category",
        "持证主体类别为自由文字",
        "假想",
        "EL-CT-04/holder-categories-come-from-the-code-list",
    ),
    _fault("definer-level-nine", "定义机构级别为 9", "假想", "EL-CT-05/authority-levels-come-from-the-code-lists"),
    _fault(
        "legal-type-accepts-citizens",
        "法人的证照类型接受公民身份号码",
        "假想",
        "EL-CT-06/a-person-is-refused-for-a-type-held-by-legal-persons",
    ),
    _fault(
        "item-code-without-name", "关联事项有代码而无名称", "假想", "EL-CT-07/related-items-carry-both-name-and-code"
    ),
    _fault(
        "over-long-field-truncated",
        "归集记录超长项被悄悄截断",
        "假想",
        "EL-CT-08/a-record-with-a-missing-or-over-long-item-is-refused-with-a-reason",
    ),
    _fault(
        "missing-required-field-accepted",
        "归集记录缺必填项仍被接受",
        "假想",
        "EL-CT-08/a-record-with-a-missing-or-over-long-item-is-refused-with-a-reason",
    ),
    _fault(
        "batch-resubmission-duplicates",
        "同一批次重复提交产生重复记录",
        "假想",
        "EL-CT-09/a-batch-submitted-twice-is-recorded-once",
    ),
)

INTERFACE = (
    _fault(
        "info-verification-missing",
        "没有证照信息验证服务",
        "假想",
        "EL-IF-01/search-query-download-and-verification-answer",
        "EL-IF-23/search-query-download-and-verification-agree-on-one-licence",
    ),
    _fault("status-as-text", "返回码是字符串", "C3", "EL-IF-02/the-head-status-is-an-integer", shapes=(SD,)),
    _fault("message-missing", "响应没有说明文字", "假想", "EL-IF-02/answers-are-json-with-a-code-and-a-message"),
    _fault(
        "empty-success-instead-of-not-found",
        "没有查到时返回成功和空数据",
        "假想",
        "EL-IF-03/successful-answers-carry-data",
    ),
    _fault(
        "undocumented-code",
        "返回码表以外的返回码",
        "假想",
        "EL-IF-04/every-code-comes-from-the-code-list",
        "EL-IF-11/a-valid-id-of-no-licence-is-not-found",
    ),
    _fault(
        "missing-token-accepted",
        "不带令牌也返回数据",
        "假想",
        "EL-IF-05/a-call-without-a-token-is-refused",
        "EL-IF-05/a-download-without-a-token-is-refused",
    ),
    _fault("wrong-token-accepted", "错误的令牌也返回数据", "假想", "EL-IF-05/a-call-with-a-wrong-token-is-refused"),
    _fault("disabled-account-accepted", "停用的账号仍可使用", "假想", "EL-IF-06/a-disabled-account-is-refused"),
    _fault("expired-token-accepted", "过期的令牌仍可使用", "假想", "EL-IF-07/an-expired-token-is-refused"),
    _fault(
        "missing-parameter-gives-99",
        "缺少必填参数时返回 99",
        "C1",
        "EL-IF-08/each-absent-parameter-is-reported-as-missing",
    ),
    _fault(
        "blank-parameter-gives-99",
        "必填参数为空文本时返回 99",
        "C1",
        "EL-IF-08/each-blank-parameter-is-reported-as-missing",
    ),
    _fault(
        "holder-type-ignored", "不检查持证主体代码类型", "假想", "EL-IF-09/a-holder-type-outside-the-list-is-refused"
    ),
    _fault(
        "unknown-type-gives-99",
        "证照类型不存在时返回 99",
        "假想",
        "EL-IF-10/an-unknown-licence-type-is-refused",
        "EL-IF-10/an-unpublished-licence-type-is-refused",
    ),
    _fault(
        "unknown-type-not-found",
        "证照类型不存在时返回未找到证照",
        "假想",
        "EL-IF-10/an-unknown-licence-type-is-refused",
        "EL-IF-10/an-unpublished-licence-type-is-refused",
    ),
    _fault("unknown-id-gives-99", "标识不存在时返回 99", "假想", "EL-IF-11/a-valid-id-of-no-licence-is-not-found"),
    _fault(
        "revoked-served",
        "已注销的证照照常返回",
        "假想",
        "EL-IF-12/a-revoked-licence-is-not-served",
        "EL-IF-12/the-file-of-a-revoked-licence-is-not-served",
    ),
    _fault(
        "expired-served",
        "已过期的证照照常返回",
        "假想",
        "EL-IF-13/an-expired-licence-is-not-served",
        "EL-IF-13/the-file-of-an-expired-licence-is-not-served",
    ),
    _fault(
        "frozen-served",
        "已冻结的证照照常返回",
        "假想",
        "EL-IF-14/a-frozen-licence-is-not-served",
        "EL-IF-14/the-file-of-a-frozen-licence-is-not-served",
    ),
    _fault("inactive-served", "未激活的证照照常返回", "假想", "EL-IF-14/an-inactive-licence-is-not-served"),
    _fault(
        "source-fault-gives-99",
        "证照源未提供服务或超时都返回 99",
        "假想",
        "EL-IF-15/a-source-that-offers-no-such-service-is-named-so",
        "EL-IF-15/a-source-that-times-out-is-named-so",
    ),
    _fault(
        "unparsable-data-gives-500",
        "查验数据无法解析时系统出错",
        "假想",
        "EL-IF-16/unparsable-verification-data-is-named-so",
    ),
    _fault(
        "purpose-optional",
        "不填申请事由也返回数据",
        "假想",
        "EL-IF-17/a-download-without-a-purpose-is-refused",
        "EL-IF-17/a-query-without-a-purpose-is-refused",
        "EL-IF-17/a-verification-without-a-purpose-is-refused",
    ),
    _fault(
        "long-purpose-accepted",
        "超过 200 字的申请事由被接受",
        "F11",
        "EL-IF-18/a-purpose-up-to-the-limit-is-accepted-and-a-longer-one-refused",
    ),
    _fault(
        "download-skips-permission",
        "下载不检查证照类型权限",
        "F13",
        "EL-IF-19/download-addresses-of-a-type-without-permission-are-refused",
        "EL-IF-19/downloads-of-a-type-without-permission-are-refused",
    ),
    _fault(
        "permission-not-checked",
        "查询和验证不检查证照类型权限",
        "假想",
        "EL-IF-19/queries-of-a-type-without-permission-are-refused",
        "EL-IF-19/verifications-of-a-type-without-permission-are-refused",
    ),
    _fault(
        "wrong-id-in-answer",
        "按标识查询返回的标识与请求不同",
        "F15",
        "EL-IF-20/a-licence-queried-by-id-carries-that-id",
    ),
    _fault(
        "holder-query-returns-others",
        "按持证主体查询混入他人的证照",
        "假想",
        "EL-IF-21/licences-found-by-search-belong-to-that-holder",
        "EL-IF-21/licences-queried-by-holder-belong-to-that-holder",
    ),
    _fault("total-differs", "检索总数与列表长度不同", "假想", "EL-IF-22/the-search-total-equals-the-number-of-records"),
    _fault(
        "download-of-another-licence",
        "下载得到另一个证照的文件",
        "假想",
        "EL-IF-23/search-query-download-and-verification-agree-on-one-licence",
    ),
    _fault("content-not-ofd", "以 PDF 冒充 OFD", "假想", "EL-IF-25/downloaded-content-is-base64-of-the-requested-type"),
    _fault(
        "content-not-base64",
        "文件内容不是 base64",
        "假想",
        "EL-IF-25/downloaded-content-is-base64-of-the-requested-type",
    ),
    _fault("unknown-file-type-gives-99", "文件类型不支持时返回 99", "假想", "EL-IF-26/an-unknown-file-type-is-refused"),
    _fault("download-address-works-twice", "下载地址可重复使用", "假想", "EL-IF-27/a-download-address-works-once"),
    _fault("download-address-never-expires", "下载地址永不失效", "F9", "EL-IF-28/a-download-address-expires"),
    _fault(
        "sequential-download-tickets",
        "下载标识按顺序编号",
        "假想",
        "EL-IF-29/download-tickets-are-long-distinct-and-unordered",
    ),
    _fault(
        "verification-rejects-correct",
        "信息正确时仍报有误",
        "假想",
        "EL-IF-23/search-query-download-and-verification-agree-on-one-licence",
        "EL-IF-30/correct-information-is-confirmed",
    ),
    _fault(
        "inactive-reported-correct",
        "未激活的证照验证为有效",
        "假想",
        "EL-IF-31/an-inactive-licence-is-reported-as-inactive",
    ),
    _fault(
        "suspended-reported-correct",
        "暂时失效的证照验证为有效",
        "假想",
        "EL-IF-31/a-suspended-licence-is-reported-as-suspended",
    ),
    _fault(
        "revoked-reported-inactive",
        "已注销的证照验证为未激活",
        "F21",
        "EL-IF-31/a-revoked-licence-is-reported-as-lapsed",
    ),
    _fault(
        "incomplete-reported-correct",
        "信息不全时验证为有效",
        "假想",
        "EL-IF-32/incomplete-information-is-reported-as-incomplete",
    ),
    _fault(
        "verification-ignores-holder",
        "信息验证不比对持证主体",
        "假想",
        "EL-IF-32/one-changed-character-in-any-item-is-reported",
    ),
    _fault(
        "verification-ignores-holder-code",
        "信息验证不比对持证主体代码",
        "假想",
        "EL-IF-32/one-changed-character-in-any-item-is-reported",
    ),
    _fault(
        "verification-ignores-number",
        "信息验证不比对证照编号",
        "假想",
        "EL-IF-32/an-unknown-licence-number-is-reported-as-absent",
    ),
    _fault(
        "verification-ignores-issuer",
        "信息验证不比对颁发机构",
        "假想",
        "EL-IF-32/one-changed-character-in-any-item-is-reported",
    ),
    _fault(
        "file-verification-stub",
        "文件验证一律答复未提供",
        "F8",
        "EL-IF-33/an-original-file-passes-and-a-changed-one-does-not",
    ),
    _fault(
        "tampered-file-passes",
        "被改动的文件验证通过",
        "假想",
        "EL-IF-33/an-original-file-passes-and-a-changed-one-does-not",
    ),
    _fault(
        "content-type-ignored", "文件验证不检查内容编码方式", "假想", "EL-IF-34/a-file-in-another-encoding-is-refused"
    ),
    _fault("unknown-qrcode-gives-99", "二维码不存在时返回 99", "F12", "EL-IF-35/an-unknown-qr-code-is-not-found"),
    _fault(
        "face-field-names-differ",
        "照面字段名不能用于信息验证",
        "假想",
        "EL-IF-36/parsed-face-fields-serve-verification",
    ),
    _fault(
        "failure-without-errors",
        "FAILURE 而没有 errors",
        "假想",
        "EL-IF-11/a-valid-id-of-no-licence-is-not-found",
        "EL-IF-35/an-unknown-qr-code-is-not-found",
        "EL-IF-38/a-failure-names-its-errors",
        shapes=(GD,),
    ),
    _fault(
        "constant-correlation-id",
        "correlation_id 不随请求变化",
        "假想",
        "EL-IF-39/correlation-ids-echo-the-request",
        shapes=(GD,),
    ),
    _fault("constant-response-id", "response_id 不唯一", "假想", "EL-IF-39/response-ids-are-distinct", shapes=(GD,)),
    _fault(
        "both-codes-empty-accepted",
        "标识与编号都为空仍返回证照",
        "假想",
        "EL-IF-40/a-query-with-neither-id-nor-number-is-refused",
    ),
    _fault(
        "ambiguous-number-picks-first",
        "编号对应多个证照时取第一个",
        "假想",
        "EL-IF-40/a-number-of-several-licences-is-refused",
    ),
    _fault(
        "revoked-file-still-served",
        "注销后仍可取得证照文件",
        "假想",
        "EL-IF-41/a-revoked-licence-is-not-fetched-by-an-earlier-address",
    ),
)

SECURITY = (
    _fault(
        "plain-http-download-address",
        "下载地址以明文 http 指向回环以外的主机",
        "C1",
        "EL-SE-01/download-addresses-are-encrypted-in-transit",
    ),
    _fault("token-in-download-address", "下载地址带有令牌", "C2", "EL-SE-04/no-address-carries-a-token-or-password"),
    _fault("stack-trace-in-errors", "错误信息带有堆栈", "C1", "EL-SE-05/error-messages-reveal-no-internals"),
    _fault("sql-in-errors", "错误信息带有 SQL 语句", "假想", "EL-SE-05/error-messages-reveal-no-internals"),
    _fault("internal-address-in-errors", "错误信息带有内网地址", "假想", "EL-SE-05/error-messages-reveal-no-internals"),
    _fault(
        "log-without-purpose",
        "调用日志没有事由",
        "假想",
        "EL-SE-06/calls-are-logged-with-account-address-purpose-and-result",
    ),
    _fault(
        "log-without-address",
        "调用日志没有来源地址",
        "假想",
        "EL-SE-06/calls-are-logged-with-account-address-purpose-and-result",
    ),
    _fault(
        "refused-calls-not-logged",
        "被拒绝的调用不留日志",
        "假想",
        "EL-SE-06/calls-are-logged-with-account-address-purpose-and-result",
    ),
    _fault(
        "no-call-limit", "没有调用次数上限", "假想", "EL-SE-07/calls-over-the-limit-are-refused-until-the-next-period"
    ),
    _fault(
        "limit-never-recovers",
        "达到上限后次日不恢复",
        "假想",
        "EL-SE-07/calls-over-the-limit-are-refused-until-the-next-period",
    ),
    _fault(
        "quote-crashes-query",
        "参数含单引号时系统出错",
        "假想",
        "EL-SE-11/hostile-input-is-answered-like-any-unknown-value",
    ),
    _fault(
        "over-long-input-gives-99",
        "参数超长时返回 99",
        "假想",
        "EL-SE-11/hostile-input-is-answered-like-any-unknown-value",
    ),
    _fault("slow-search", "检索响应缓慢", "假想", "EL-PF-01/search-and-query-respond-within-the-limit"),
    _fault("answers-mixed-under-load", "并发时答复串号", "假想", "EL-PF-02/concurrent-queries-get-their-own-answers"),
    _fault("intermittently-unavailable", "间歇性不可用", "假想", "EL-PF-03/repeated-calls-are-answered"),
)

WHOLE = (
    Fault("hollow-200-empty", "一律 200、成功、空数据", "假想", kind=WHOLE_SYSTEM),
    Fault("all-401", "一律 401", "假想", kind=WHOLE_SYSTEM),
    Fault("all-404", "一律 404", "假想", kind=WHOLE_SYSTEM),
    Fault("all-500", "一律 500", "假想", kind=WHOLE_SYSTEM),
)

FAULTS: tuple[Fault, ...] = (*IDENTIFIER, *METADATA, *CATALOGUE, *INTERFACE, *SECURITY, *WHOLE)
