"""The real Lightbus, in each version that this machine can run, and the contract's package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lbgen.tasks.build import build_folder
from tests.interop.real_lightbus import VERSIONS, Lightbus, NotHere
from tests.support.packages import imported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


@pytest.fixture(scope="session", params=VERSIONS)
def lightbus(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Lightbus:
    """A version of Lightbus, installed once for all tests."""
    version = request.param
    if version not in _INSTALLED:  # fixtures are made again when their parameters take turns
        try:
            _INSTALLED[version] = Lightbus(version, tmp_path_factory.mktemp("lightbus"))
        except NotHere as reason:
            _INSTALLED[version] = str(reason)
    found = _INSTALLED[version]
    if isinstance(found, str):
        pytest.skip(f"Lightbus {version}: {found}")
    return found


_INSTALLED: dict[str, Lightbus | str] = {}


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The package that is generated from the contracts beside this file."""
    folder = tmp_path_factory.mktemp("package") / "neighbours"
    schemas = Path(__file__).with_name("schemas")
    assert build_folder(schemas, folder, check=False, format="text") == 0
    with imported(folder) as module:
        yield module
