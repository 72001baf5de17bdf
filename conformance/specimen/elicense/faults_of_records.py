"""Faults in what the service holds: identifiers, metadata, catalogue."""

from __future__ import annotations

from conformance.specimen.elicense.fault_names import fault

IDENTIFIER = (
    fault(
        "wrong-check-character",
        "校验位按『字母值+1』算法计算",
        "F1",
        "EL-ID-10/served-ids-carry-a-correct-check-character",
    ),
    fault(
        "check-character-over-root",
        "校验位把根代码算了进去",
        "F2",
        "EL-ID-10/served-ids-carry-a-correct-check-character",
    ),
    fault("foreign-root", "根代码为 1.2.156.3003.2", "F2", "EL-ID-02/served-ids-begin-with-the-licence-root"),
    fault("id-without-issuer", "标识缺少颁发机构代码", "F2", "EL-ID-01/served-ids-have-six-dot-separated-parts"),
    fault(
        "short-type-code-in-id",
        "标识中的类型代码只有 20 位",
        "假想",
        "EL-ID-03/type-codes-in-ids-have-twenty-one-digits-or-capitals",
        "EL-ID-14/the-type-code-in-an-id-equals-the-metadata",
    ),
    fault(
        "type-code-with-wrong-uscc",
        "标识中的类型代码前 18 位校验位错误",
        "假想",
        "EL-ID-04/type-codes-in-ids-hold-a-valid-definer-code-and-a-three-digit-sequence",
        "EL-ID-14/the-type-code-in-an-id-equals-the-metadata",
    ),
    fault(
        "region-code-as-issuer",
        "以行政区划代码作颁发机构代码",
        "F3",
        "EL-ID-05/issuer-codes-in-ids-have-eighteen-digits-or-capitals",
    ),
    fault(
        "issuer-digits-transposed",
        "颁发机构代码两位颠倒",
        "假想",
        "EL-ID-06/issuer-codes-in-ids-carry-a-correct-check-character",
    ),
    fault("lower-case-serial", "流水号含小写字母", "假想", "EL-ID-07/serials-in-ids-hold-digits-and-capitals-only"),
    fault("hyphen-in-serial", "流水号含连字符", "C11", "EL-ID-07/serials-in-ids-hold-digits-and-capitals-only"),
    fault("unpadded-version", "版本号未补零", "F5", "EL-ID-08/versions-in-ids-have-three-digits"),
    fault(
        "lower-case-check-character",
        "校验位为小写字母",
        "假想",
        "EL-ID-09/check-characters-in-ids-are-one-digit-or-capital",
        "EL-ID-10/served-ids-carry-a-correct-check-character",
    ),
    fault(
        "serial-only-lookup",
        "只按流水号查证照，标识其余部分写错也返回",
        "假想",
        "EL-ID-11/an-id-with-one-changed-character-returns-no-licence",
    ),
    fault(
        "version-not-increased", "重新制证后版本号不变", "假想", "EL-ID-12/a-reissued-licence-carries-a-higher-version"
    ),
    fault(
        "constant-id-in-lists",
        "列表中所有证照都是同一个标识",
        "F15",
        "EL-ID-13/different-licences-carry-different-ids",
        "EL-IF-23/search-query-download-and-verification-agree-on-one-licence",
    ),
    fault(
        "type-in-id-differs",
        "标识中的类型代码与元数据不同",
        "假想",
        "EL-ID-14/the-type-code-in-an-id-equals-the-metadata",
    ),
    fault(
        "issuer-in-id-differs",
        "标识中的颁发机构代码与元数据不同",
        "F4",
        "EL-ID-15/the-issuer-code-in-an-id-equals-the-metadata",
    ),
    fault(
        "version-off-by-one",
        "元数据中的版本号比标识大一",
        "假想",
        "EL-ID-16/the-version-in-an-id-equals-the-catalogue-information",
    ),
    fault(
        "random-id",
        "标识由业务号加随机文字组成",
        "F6",
        "EL-MD-04/served-licences-carry-a-coded-id",
        "EL-ID-01/served-ids-have-six-dot-separated-parts",
        "EL-ID-02/served-ids-begin-with-the-licence-root",
    ),
)

METADATA = (
    fault("empty-name", "证照名称为空", "假想", "EL-MD-01/served-licences-carry-a-name"),
    fault(
        "type-missing-from-list",
        "目录中没有在用的证照类型",
        "假想",
        "EL-MD-02/served-licences-carry-a-published-type-code",
    ),
    fault("missing-number", "证照编号为空", "假想", "EL-MD-03/served-licences-carry-a-number"),
    fault("missing-issuer-name", "证照颁发机构为空", "假想", "EL-MD-05/served-licences-carry-an-issuer-and-its-code"),
    fault(
        "impossible-issue-date", "颁发日期为 2023-02-30", "假想", "EL-MD-06/issue-dates-exist-and-are-not-in-the-future"
    ),
    fault("future-issue-date", "颁发日期在将来", "假想", "EL-MD-06/issue-dates-exist-and-are-not-in-the-future"),
    fault("missing-holder", "持证主体为空", "假想", "EL-MD-07/served-licences-carry-a-holder"),
    fault("missing-holder-code", "持证主体代码为空", "假想", "EL-MD-08/served-licences-carry-a-holder-code"),
    fault(
        "holder-type-outside-annex",
        "持证主体代码类型为 10，不在附录 A",
        "F7",
        "EL-MD-09/holder-types-come-from-the-code-list",
    ),
    fault(
        "holder-type-name-differs",
        "持证主体代码类型名称与代码不一致",
        "假想",
        "EL-MD-10/holder-type-names-agree-with-their-codes",
    ),
    fault(
        "holder-uscc-with-wrong-check-character",
        "法人的统一社会信用代码校验位错误",
        "假想",
        "EL-MD-11/holder-codes-of-type-001-are-valid-credit-codes",
    ),
    fault(
        "citizen-id-with-wrong-check-character",
        "自然人的公民身份号码校验位错误",
        "假想",
        "EL-MD-12/holder-codes-of-type-111-are-valid-citizen-numbers",
    ),
    fault("validity-swapped", "有效期起止颠倒", "假想", "EL-MD-13/validity-periods-end-after-they-begin"),
    fault(
        "long-term-treated-as-expired",
        "长期有效的证照被判为过期",
        "假想",
        "EL-MD-14/a-licence-valid-for-an-unlimited-term-is-served",
    ),
    fault(
        "stale-metadata-in-search",
        "检索结果中的证照名称是旧的",
        "假想",
        "EL-MD-15/one-licence-has-the-same-metadata-in-every-service",
    ),
    fault(
        "copy-without-cause",
        "加注件没有加注，也没有制作事由",
        "F10",
        "EL-MD-16/downloaded-copies-carry-the-four-copy-elements",
    ),
    fault(
        "past-copy-expiry-accepted",
        "接受已经过去的加注件有效期",
        "假想",
        "EL-MD-17/a-copy-that-expires-in-the-past-is-refused",
    ),
    fault(
        "extension-collides-with-base-item",
        "扩展项与基础项重名",
        "假想",
        "EL-MD-18/extension-names-begin-with-the-extension-prefix",
    ),
    fault("mixed-date-forms", "日期有两种写法", "假想", "EL-MD-19/dates-are-written-in-one-form"),
    fault("twelve-digit-area-code", "属地编码为 12 位", "假想", "EL-MD-20/area-codes-are-six-digit-division-codes"),
)

CATALOGUE = (
    fault("type-without-definer", "目录缺少证照定义机构", "假想", "EL-CT-01/catalogue-entries-carry-type-and-definer"),
    fault(
        "definer-code-differs",
        "定义机构代码与类型代码前 18 位不同",
        "假想",
        "EL-CT-02/definer-codes-equal-the-head-of-their-type-codes",
    ),
    fault("duplicate-type-in-list", "目录中类型代码重复", "假想", "EL-CT-03/type-codes-occur-once-in-the-catalogue"),
    fault(
        "free-text-holder-category",
        "持证主体类别为自由文字",
        "假想",
        "EL-CT-04/holder-categories-come-from-the-code-list",
    ),
    fault("definer-level-nine", "定义机构级别为 9", "假想", "EL-CT-05/authority-levels-come-from-the-code-lists"),
    fault(
        "legal-type-accepts-citizens",
        "法人的证照类型接受公民身份号码",
        "假想",
        "EL-CT-06/a-person-is-refused-for-a-type-held-by-legal-persons",
    ),
    fault(
        "item-code-without-name", "关联事项有代码而无名称", "假想", "EL-CT-07/related-items-carry-both-name-and-code"
    ),
    fault(
        "over-long-field-truncated",
        "归集记录超长项被悄悄截断",
        "假想",
        "EL-CT-08/a-record-with-a-missing-or-over-long-item-is-refused-with-a-reason",
    ),
    fault(
        "missing-required-field-accepted",
        "归集记录缺必填项仍被接受",
        "假想",
        "EL-CT-08/a-record-with-a-missing-or-over-long-item-is-refused-with-a-reason",
    ),
    fault(
        "batch-resubmission-duplicates",
        "同一批次重复提交产生重复记录",
        "假想",
        "EL-CT-09/a-batch-submitted-twice-is-recorded-once",
    ),
)
