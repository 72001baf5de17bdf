"""What GM/T 0099-2020 lays over a whole package: a signed list of its files (annex D), and encryption (annexes A, C)."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.specimen.eseal import sm4
from conformance.specimen.eseal.bodies import NS, Files, b64, xml
from conformance.specimen.eseal.cms import Cms
from conformance.specimen.eseal.hashes import sm3

ENTRIES, ENTRIES_VALUE = "OFDEntries.xml", "signedvalue.dat"
ENCRYPTIONS, SEED, MAP = "Encryptions.xml", "decryptseed.dat", "entriesmap.dat"
PASSWORD = "口令-sm4-仅供测试"  # noqa: S105 - published on purpose, so that the encrypted specimen can be opened


@dataclass(frozen=True)
class Integrity:
    """OFDEntries.xml and its time-stamped signature. `leave`: files left out of the list; `extra`: such as are only in it."""

    cms: Cms
    leave: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    def __call__(self, files: Files) -> Files:
        names = (*(name for name in files if name not in self.leave), *self.extra)
        listed = "".join(f'<ofd:File ID="{n}" FileLoc="/{name}"/>' for n, name in enumerate(names, 1))
        entries = xml(
            f'<ofd:DocEntries {NS} ID="1" CreatorName="specimen"><ofd:SignedValueLoc>/{ENTRIES_VALUE}</ofd:SignedValueLoc>'
            f"<ofd:FileList>{listed}</ofd:FileList></ofd:DocEntries>"
        )
        return {**files, ENTRIES: entries, ENTRIES_VALUE: self.cms.over(entries)}


@dataclass(frozen=True)
class Encryption:
    """SM4-CBC under a file key that a password wraps; the files named are replaced by their ciphertext.

    scheme      identifier of annex A (1.1.1: by a password)
    iv          as it is stated; keep: files whose plain text stays in the package
    other_key   encrypted with a key that nobody gets
    """

    names: tuple[str, ...]
    scheme: str = "1.1.1"
    iv: bytes = bytes(range(0x20, 0x30))
    keep: tuple[str, ...] = ()
    other_key: bool = False
    seed: bool = True

    def __call__(self, files: Files) -> Files:
        file_key, iv = sm3(b"eseal specimen file key")[:16], bytes(range(0x20, 0x30))
        used = bytes(16) if self.other_key else file_key
        out = {n: d for n, d in files.items() if n not in self.names or n in self.keep}
        entries = ""
        for n, name in enumerate(self.names):
            out[f"Doc_0/Enc/sec_{n}.dat"] = sm4.encrypt(used, iv, files[name])
            entries += f'<ofd:EncryptEntry Path="/{name}" EPath="/Doc_0/Enc/sec_{n}.dat"/>'
        wrapping = sm3(PASSWORD.encode() + b"\0\0\0\1")[:16]  # KDF of GB/T 32918.4, 5.4.3
        seed = (
            f'<ofd:DecyptSeed {NS} ID="1" EncryptCaseId="{self.scheme}"><ofd:UserInfo UserName="test" UserType="User">'
            f"<ofd:EncryptedWK>{b64(sm4.encrypt(wrapping, iv, file_key))}</ofd:EncryptedWK>"
            f"<ofd:IVValue>{b64(self.iv)}</ofd:IVValue></ofd:UserInfo></ofd:DecyptSeed>"
        )
        entry = (
            f'<ofd:Encryptions {NS}><ofd:EncryptInfo ID="1"><ofd:Provider Name="specimen" Company="仅供测试" Version="1.0"/>'
            f"<ofd:EncryptScope>pages</ofd:EncryptScope><ofd:DecryptSeedLoc>/{SEED}</ofd:DecryptSeedLoc>"
            f"<ofd:EntriesMapLoc>/{MAP}</ofd:EntriesMapLoc></ofd:EncryptInfo></ofd:Encryptions>"
        )
        out |= {
            ENCRYPTIONS: xml(entry),
            MAP: sm4.encrypt(used, iv, xml(f'<ofd:EncryptEntries {NS} ID="1">{entries}</ofd:EncryptEntries>')),
        }
        return {**out, SEED: xml(seed)} if self.seed else out
