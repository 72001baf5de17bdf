"""`python -m conformance.specimen elicense+fault --port 8100`: a specimen for a person to look at; eseal is one of files."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from conformance import arguments as arguments_
from conformance.errors import UsageError, system_reason
from conformance.specimen import registry
from conformance.specimen.eseal import SPOILS, writing


def main(arguments: list[str] | None = None) -> int:
    """Start one and block until Ctrl-C; or list the faults of one."""
    parser = arguments_.Parser(
        prog="python -m conformance.specimen",
        description="启动一个样机（只在本机可访问）",
        epilog="示例: python -m conformance.specimen elicense+wrong-check-character --port 8100",
    )
    parser.add_argument(
        "spec",
        metavar="样机",
        help="样机名，可加缺陷：elicense+wrong-check-character；可用：" + "、".join(registry.names()),
    )
    parser.add_argument(
        "--write", metavar="文件夹", type=Path, help="把文件样本（eseal，可加缺陷）写到这个文件夹，不启动服务"
    )
    parser.add_argument("--port", type=_port, default=0, metavar="端口", help="端口；不写则任选一个空闲的")
    parser.add_argument("--faults", action="store_true", help="只列出这个样机的缺陷")
    try:
        given = parser.parse_args(arguments)
        if given.write is not None or given.spec.partition("+")[0] == writing.NAME:
            return _files(given.spec, given.write, given.faults)
        if given.faults:
            for fault in registry.faults(registry.parse(given.spec)[0]):
                print(f"{fault.name:42} {fault.title}（{fault.source}）{' '.join(fault.kills)}")
            return 0
        running = registry.start(given.spec, port=given.port)
    except (UsageError, OSError) as error:
        busy = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        print(
            f"端口 {given.port} 已被占用：换一个 --port，或先结束占用它的程序" if busy else _said(error),
            file=sys.stderr,
        )
        return 2
    with running:
        print(
            f"{running.spec}  {running.target['parameters'].get('base_url', running.base_url)}  （Ctrl-C 结束）",
            flush=True,
        )
        try:
            running.join()
        except KeyboardInterrupt:
            print()
    return 0


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError(text)
    return port


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, UsageError) else system_reason(error)


def _files(spec: str, folder: Path | None, faults: bool) -> int:
    active = writing.parse(spec)
    if faults:
        for spoil in SPOILS.values():
            told = " ".join((*spoil.clauses, *spoil.licence)) + ("（提示）" if spoil.advice else "")
            print(f"{spoil.name:42} {spoil.title}（{spoil.file}，{spoil.source}）{told}")
        return 0
    if folder is None:
        raise UsageError("U304", f"样本 {writing.NAME} 是一批文件，不是服务", hint="加 --write 文件夹，把文件写出来")
    writing.write(folder, active)
    print(f"文件在 {folder / 'files'}，信任材料在 {folder / 'trust'}，目标文件是 {folder / 'target.yaml'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
