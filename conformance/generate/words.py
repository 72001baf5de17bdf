"""Characters that text is made of: the ordinary ones, and those that registers and databases are known to lose."""

from __future__ import annotations

import functools
from collections.abc import Mapping

COMMON = "的一是在人有中大国上个民法政府市区县证照明安全工程建设施管理师许可经营资格编号文化教育卫生交通"

# Characters of personal and place names in 《通用规范汉字表》 outside GBK: two-byte systems turn them into "?".
RARE_NAME = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇"
    "㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬"
    "䗖䗛䗪䗴䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮"
    "𠅤𠙶𠳐𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌𪟝𪣻𪤗𪨰𪨶𪩘𪾢"
)

SPECIAL = "'\"`<>&;%\\/{}[]()$#=,|*?!@^~+-_:.，。；：“”‘’（）《》【】、…—·％＜＞"

# Cc without NUL (many stores refuse it for their own reasons), then the marks that reorder or hide text.
CONTROL = (
    "\t\n\r\x01\x07\x08\x1b\x7f\x85"
    "\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)

_EXTENSIONS = ((0x3400, 0x4DB5), (0x20000, 0x2A6D6), (0x2A700, 0x2B734))  # CJK extensions A, B, C

_NAMED: Mapping[str, str] = {
    "digits": "0123456789",
    "upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "lower": "abcdefghijklmnopqrstuvwxyz",
    "alphanumeric": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "printable": "".join(map(chr, (*range(0x30, 0x7F), *range(0x20, 0x30)))),
    "chinese": COMMON,
    "rare-name": RARE_NAME,
    "special": SPECIAL,
    "control": CONTROL,
}


@functools.cache
def alphabet(name: str) -> str:
    """The characters of a named alphabet (`rules.ALPHABETS`), the simplest first; KeyError when there is none."""
    if name == "gb18030-four-byte":
        # a few of extension A have a two-byte code, which only the codec knows
        every = (chr(c) for low, high in _EXTENSIONS for c in range(low, high + 1))
        return "".join(c for c in every if len(c.encode("gb18030")) == 4)
    return _NAMED[name]
