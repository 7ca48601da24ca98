"""What is installed from a wheel is whole: the program, its types, and the default rules and templates."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import mailflow
from mailflow.defaults import defaults

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        capture_output=True,
        text=True,
        timeout=55,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


def carried(folder: str) -> set[str]:
    return {f"mailflow/_home/{path.relative_to(ROOT)}" for path in (ROOT / folder).rglob("*") if path.is_file()}


def test_a_wheel_carries_the_default_rules_and_templates(wheel: zipfile.ZipFile) -> None:
    inside = {name for name in wheel.namelist() if name.startswith("mailflow/_home/")}
    assert inside == carried("rules") | carried("templates")


def test_a_wheel_carries_the_program_and_nothing_of_the_repository_besides(wheel: zipfile.ZipFile) -> None:
    assert {name.split("/")[0] for name in wheel.namelist()} == {
        "mailflow",
        f"mailflow-{mailflow.__version__}.dist-info",
    }
    assert "mailflow/py.typed" in wheel.namelist()


def test_a_wheel_installs_the_command(wheel: zipfile.ZipFile) -> None:
    points = wheel.read(f"mailflow-{mailflow.__version__}.dist-info/entry_points.txt").decode()
    assert "mailflow = mailflow.cli:main" in points


def test_an_installed_wheel_finds_its_defaults(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    code = "from mailflow.defaults import defaults; print(defaults())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert Path(done.stdout.strip()) == tmp_path / "mailflow" / "_home"


def test_a_source_checkout_is_its_own_default_home() -> None:
    assert defaults() == ROOT
