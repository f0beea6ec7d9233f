"""Where the shards of a study may be: in its folder, or at an address that the person has named.

The address stands in ``study.json``, which may come from somebody else. fsspec can do far more with an
address than to reach a storage (chains of file systems, references, programs), so only plain addresses of
known storage are let through, and one that a person did not name is never opened.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from experiments.kit.errors import UserError
from sim.values import hint

SCHEMES = ("file", "memory", "s3", "gs", "gcs", "abfs", "abfss", "az", "sftp", "ssh")
"""Kinds of storage whose addresses are allowed."""
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://")
_LONGEST = 2000


def checked(address: str, source: str = "command line: shards") -> str:
    """An address of a storage of a known kind, in the form that is stored.

    Parameters
    ----------
    address
        A folder of this machine, or ``scheme://place/folder`` with a scheme of `SCHEMES`.
    source
        What to name in a message.

    Returns
    -------
    str
        The absolute path of a folder, or the address without a slash at its end.

    Raises
    ------
    UserError
        If it is of another kind, chains file systems (``::``), climbs (``..``) or holds a password.
    """
    shown = ascii(address[:80])
    if not address.strip() or len(address) > _LONGEST or not address.isprintable():
        raise UserError(f"{source}: found {shown}; allowed: a folder, or an address as s3://bucket/folder")
    if "::" in address or "{" in address:
        raise UserError(f"{source}: found {shown}; allowed: a plain address, without :: and braces")
    found = _SCHEME.match(address)
    if found is None:
        return os.path.abspath(address)
    scheme, rest = found.group(1).lower(), address[found.end() :]
    if scheme not in SCHEMES:
        raise UserError(
            f"{source}: found {shown}; allowed: a folder, or an address that begins with "
            f"{', '.join(f'{one}://' for one in SCHEMES)}{hint(scheme, SCHEMES)}"
        )
    if ".." in rest.split("/") or "\\" in rest:
        raise UserError(f"{source}: found {shown}; allowed: an address without .. and backslashes")
    if re.match(r"^[^/@]*:[^/@]*@", rest):
        raise UserError(f"{source}: found a password in an address; allowed: an address without one")
    if scheme == "file":
        return os.path.abspath("/" + rest.lstrip("/"))
    return f"{scheme}://{rest.rstrip('/')}"


def permitted(recorded: str | None, named: Sequence[str], folder: Path) -> str:
    """The root of a study's shards, a local folder or an address.

    Parameters
    ----------
    recorded
        Address in the study's record; None: the folder itself.
    named
        Addresses that the person named, now.

    Raises
    ------
    UserError
        If the shards are elsewhere and the person has not said that this is meant.
    """
    if recorded is None:
        return str(folder.absolute())
    address = checked(recorded, f"{folder / 'study.json'}: shards")
    for one in named:
        root = checked(one)
        if address == root or address.startswith(root.rstrip("/") + "/"):
            return address
    given = f"found shards={named[0]}; allowed: " if named else ""
    raise UserError(
        f"{folder}: its shards are elsewhere, at {address}; {given}shards={address}, if you know that place"
    )
