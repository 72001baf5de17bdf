"""How a file is made, step by step, with a place for a change at every step.

body → for each signature: what is added before it, its description, its value → what happens after → container
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from conformance.specimen.eseal import container, oids
from conformance.specimen.eseal.bodies import NS, PAGE, Content, Files, b64, build, xml
from conformance.specimen.eseal.clock import Clock
from conformance.specimen.eseal.cms import Cms
from conformance.specimen.eseal.container import Entry
from conformance.specimen.eseal.hashes import digest
from conformance.specimen.eseal.seals import Ses

Change = Callable[[Files], Files]
Rewrite = Callable[[str], str]
Repack = Callable[[tuple[Entry, ...]], tuple[Entry, ...]]

LIST = "Doc_0/Signs/Signatures.xml"


def folder(index: int) -> str:
    return f"Doc_0/Signs/Sign_{index}"


@dataclass(frozen=True)
class Signing:
    """One signature of a package.

    value       what its value is made of
    kind        Type in the list, None to leave it out
    before      what is added to the package just before
    leave       files that are left out of the References; whole: the list of signatures is put in
    method      CheckMethod, None to leave it out; hash: the digest that is computed
    beside      Seal.esl lies beside: the seal of `value`, or these bytes
    describe    changes to the text of Signature.xml before its value is made
    bare        the value is no structure but these bytes
    """

    value: Ses | Cms
    kind: str | None = "Seal"
    before: tuple[Change, ...] = ()
    leave: tuple[str, ...] = ()
    whole: bool = False
    method: str | None = oids.SM3
    hash: str = "sm3"
    algorithm: str = oids.SM2_SM3
    beside: bool = True
    other_seal: bytes | None = None
    relative: str = ""
    stamp: tuple[int, str] | None = (PAGE[0], "150 230 40 40")
    describe: tuple[Rewrite, ...] = ()
    bare: bytes | None = None

    @property
    def has_seal(self) -> bool:
        return isinstance(self.value, Ses) and self.beside


@dataclass(frozen=True)
class Package:
    """An OFD file."""

    clock: Clock
    content: Content
    signings: tuple[Signing, ...] = ()
    before: tuple[Change, ...] = ()
    after: tuple[Change, ...] = ()
    repack: tuple[Repack, ...] = ()

    def make(self) -> bytes:
        files = build(self.content)
        for change in self.before:
            files = change(files)
        for n, signing in enumerate(self.signings):
            files = _sign(files, self.signings[: n + 1], signing)
        for change in self.after:
            files = change(files)
        members = container.entries(files)
        for repack in self.repack:
            members = repack(members)
        return container.write(members)


def _sign(files: Files, so_far: tuple[Signing, ...], it: Signing) -> Files:
    out = dict(files)
    for change in it.before:
        out = change(out)
    n = len(so_far) - 1
    mine = folder(n)
    if LIST not in out:
        link = f"<ofd:Signatures>{LIST}</ofd:Signatures></ofd:DocBody>".encode()
        out["OFD.xml"] = out["OFD.xml"].replace(b"</ofd:DocBody>", link, 1)
    out[LIST] = _list(so_far)
    if it.has_seal:
        assert isinstance(it.value, Ses)
        out[f"{mine}/Seal.esl"] = it.other_seal or it.value.seal.der()
    skip = {*it.leave, *(() if it.whole else (LIST,))}
    text = _description(it, {name: data for name, data in out.items() if name not in skip})
    for rewrite in it.describe:
        text = rewrite(text)
    description = xml(text)
    out[f"{mine}/Signature.xml"] = description
    if it.bare is not None:
        value = it.bare
    elif isinstance(it.value, Ses):
        value = it.value.over(description, f"/{mine}/Signature.xml")
    else:
        value = it.value.over(description)
    out[f"{mine}/SignedValue.dat"] = value
    return out


def _list(signings: tuple[Signing, ...]) -> bytes:
    entries = "".join(
        f'<ofd:Signature ID="s{n + 1:03d}"{f" Type={chr(34)}{s.kind}{chr(34)}" if s.kind else ""}'
        f'{f" Relative={chr(34)}{s.relative}{chr(34)}" if s.relative else ""} BaseLoc="/{folder(n)}/Signature.xml"/>'
        for n, s in enumerate(signings)
    )
    return xml(f"<ofd:Signatures {NS}><ofd:MaxSignId>s{len(signings):03d}</ofd:MaxSignId>{entries}</ofd:Signatures>")


def _description(it: Signing, covered: Files) -> str:
    time = it.value.signed if isinstance(it.value, Ses) else it.value.time
    method = f' CheckMethod="{it.method}"' if it.method else ""
    references = "".join(
        f'<ofd:Reference FileRef="/{name}"><ofd:CheckValue>{b64(digest(it.hash, data))}</ofd:CheckValue></ofd:Reference>'
        for name, data in covered.items()
    )
    stamp = ""
    if it.stamp is not None:
        stamp = f'<ofd:StampAnnot ID="1" PageRef="{it.stamp[0]}" Boundary="{it.stamp[1]}"/>'
    seal = "<ofd:Seal><ofd:BaseLoc>Seal.esl</ofd:BaseLoc></ofd:Seal>" if it.has_seal else ""
    return (
        f'<ofd:Signature {NS}><ofd:SignedInfo><ofd:Provider ProviderName="specimen" Company="仅供测试" Version="1.0"/>'
        f"<ofd:SignatureMethod>{it.algorithm}</ofd:SignatureMethod>"
        f"<ofd:SignatureDateTime>{time:%Y%m%d%H%M%SZ}</ofd:SignatureDateTime>"
        f"<ofd:References{method}>{references}</ofd:References>{stamp}{seal}</ofd:SignedInfo>"
        "<ofd:SignedValue>SignedValue.dat</ofd:SignedValue></ofd:Signature>"
    )


# Changes that more than one place needs ------------------------------------------------------------------------


def swap(name: str, old: str, new: str, count: int = 1) -> Change:
    """Replace text in one file of the package; the text has to be there."""

    def change(files: Files) -> Files:
        assert old.encode() in files[name], (name, old)
        return {**files, name: files[name].replace(old.encode(), new.encode(), count)}

    return change


def put(name: str, data: bytes) -> Change:
    return lambda files: {**files, name: data}


def drop(name: str) -> Change:
    def change(files: Files) -> Files:
        assert name in files, name
        return {k: v for k, v in files.items() if k != name}

    return change


def reword(old: str, new: str) -> Rewrite:
    """Replace text in a description; the text has to be there."""

    def rewrite(text: str) -> str:
        assert old in text, old
        return text.replace(old, new, 1)

    return rewrite


def first(package: Package, **changes: object) -> Package:
    """The first signature, changed."""
    changed = replace(package.signings[0], **changes)  # type: ignore[arg-type]
    return replace(package, signings=(changed, *package.signings[1:]))
