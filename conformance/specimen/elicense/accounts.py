"""Who may call: accounts and tokens, sessions of the shape that logs in, and the daily limit."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Iterable

from conformance.specimen.elicense.outcome import Refusal
from conformance.specimen.elicense.records import Account
from conformance.specimen.fault import Deviations

SESSION_SECONDS = 3600.0


class Accounts:
    """Authenticates calls and counts them. `window`, which may be set, is the length of a "day" in seconds: a specimen cannot wait for one."""

    def __init__(self, accounts: Iterable[Account], faults: Deviations, *, window: float) -> None:
        self._by_name = {account.name: account for account in accounts}
        self._faults = faults
        self.window = window
        self._sessions: dict[str, tuple[str, float]] = {}
        self._used: dict[str, tuple[float, int]] = {}

    @property
    def default(self) -> Account:
        return next(iter(self._by_name.values()))

    def owner(self, token: str | None) -> str:
        """The account that a lasting token belongs to, "" when it is of none."""
        sent = (token or "").encode("utf-8", "replace")
        return next((a.name for a in self._by_name.values() if hmac.compare_digest(a.token.encode(), sent)), "")

    def login(self, name: str | None, password: str | None) -> tuple[str, int]:
        """Account and password → access token and the seconds it lasts.

        A stopped account still gets a token here: an account may be stopped while its token lives, so every call
        looks at the account again, and that is where it is refused.
        """
        account = self._by_name.get(name or "")
        if account is None or not hmac.compare_digest(account.token, password or ""):
            raise Refusal("unauthenticated", "账号或口令错误")
        token = secrets.token_urlsafe(24)
        seconds = -1.0 if account.token_expired else SESSION_SECONDS
        self._sessions[token] = (account.name, time.monotonic() + seconds)
        return token, int(SESSION_SECONDS)

    def authenticate(self, name: str | None, token: str | None) -> Account:
        """The account of a call; `name` is None in the shape whose access token says it."""
        if not token:
            if "missing-token-accepted" in self._faults:
                return self.default
            raise Refusal("unauthenticated", "未提供接入令牌")
        account, expired = self._of_session(token) if name is None else self._of_account(name, token)
        if account is None:
            if "wrong-token-accepted" in self._faults:
                return self.default
            raise Refusal("unauthenticated", "身份验证不通过")
        if expired and "expired-token-accepted" not in self._faults:
            raise Refusal("unauthenticated", "令牌已过期")
        if account.disabled and "disabled-account-accepted" not in self._faults:
            raise Refusal("unauthenticated", "账号已停用")
        return account

    def _of_session(self, token: str) -> tuple[Account | None, bool]:
        name, until = self._sessions.get(token, ("", 0.0))
        return self._by_name.get(name), time.monotonic() > until

    def _of_account(self, name: str, token: str) -> tuple[Account | None, bool]:
        account = self._by_name.get(name)
        if account is None or not hmac.compare_digest(account.token.encode(), token.encode("utf-8", "replace")):
            return None, False
        return account, account.token_expired

    def count(self, account: Account) -> None:
        """One more call of this account today; refuses when there were enough."""
        if account.daily_limit is None or "no-call-limit" in self._faults:
            return
        now = time.monotonic()
        start, used = self._used.get(account.name, (now, 0))
        if now - start >= self.window and "limit-never-recovers" not in self._faults:
            start, used = now, 0
        self._used[account.name] = (start, used + 1)
        if used >= account.daily_limit:
            raise Refusal("rate-limited", "今日调用次数已达上限")
