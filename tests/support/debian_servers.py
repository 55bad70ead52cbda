"""Redis 8.0 and Valkey 8.1 for tests, from Debian 13's packages, beside what is installed.

    python -m tests.support.debian_servers FOLDER

Afterwards FOLDER/bin has `redis-server-8` and `valkey-server-8`, and tests run against them with
`LBGEN_TEST_SERVERS=FOLDER/bin LBGEN_TEST_KINDS=redis8,valkey8`. Nothing is installed: packages are
unpacked below the folder, and each server runs with the loader and the libraries of its own Debian.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

_SUITE: Final = "trixie"
_SERVERS: Final = {"redis-server-8": "redis-server", "valkey-server-8": "valkey-server"}
"""What our servers are called, and the Debian package and the program of each."""
_OF_THE_SYSTEM: Final = re.compile(
    r"(adduser|passwd|debconf|perl|init|systemd|sysvinit|lsb|base-|login|mawk|dpkg|tar|bash"
    r"|libpam|libselinux|libsemanage|libsepol|libaudit|libdb|libmount|libblkid|libbz2|libcrypt1)"
)
"""Packages that a server depends on only so that it can be installed."""


def _mirror() -> str:
    """The Debian mirror that this machine's packages come from."""
    places = [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]
    text = "\n".join(place.read_text() for place in places if place.is_file())
    found = re.search(r"https?://\S+/debian/?(?=\s)", text)
    if found is None:
        raise SystemExit("apt's sources name no Debian mirror")
    return found.group()


def _run(*command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def _packages(apt: list[str]) -> list[str]:
    """The packages of the servers and everything that their programs need."""
    wanted = ["--recurse", "--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks"]
    wanted += ["--no-replaces", "--no-enhances"]
    listed = _run("apt-cache", *apt, "depends", *wanted, *_SERVERS.values())
    names = {line for line in listed.splitlines() if re.match(r"[a-z0-9]", line)}
    return sorted(name for name in names if not _OF_THE_SYSTEM.match(name))


def unpack(folder: Path) -> None:
    """Unpack the servers and what they need below a folder, and make their programs.

    Args:
        folder: where; made if it is not there.
    """
    root, programs = folder / "root", folder / "bin"
    root.mkdir(parents=True, exist_ok=True)
    programs.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for part in ("lists/partial", "cache/archives/partial", "packages"):
            (work / part).mkdir(parents=True)
        (work / "sources.list").write_text(f"deb {_mirror()} {_SUITE} main\n")
        apt = [f"-oDir::Etc::sourcelist={work}/sources.list", "-oDir::Etc::sourceparts=-"]
        apt += [f"-oDir::State::Lists={work}/lists", f"-oDir::Cache={work}/cache"]
        _run("apt-get", *apt, "-qq", "update")
        _run("apt-get", *apt, "-qq", "download", *_packages(apt), cwd=work / "packages")
        for package in sorted((work / "packages").glob("*.deb")):
            _run("dpkg", "-x", str(package), str(root))
    loader = next(root.rglob("ld-linux-*.so.*"))
    libraries = next(root.rglob("libc.so.6")).parent
    for ours, theirs in _SERVERS.items():
        server = next(root.rglob(f"bin/{theirs}"))
        run = f'exec "{loader}" --library-path "{libraries}" --argv0 {theirs} "{server}" "$@"\n'
        (programs / ours).write_text(f"#!/bin/sh\n{run}")
        (programs / ours).chmod(0o755)
        print(_run(str(programs / ours), "--version").strip())


if __name__ == "__main__":
    unpack(Path(sys.argv[1]).resolve())
