"""`mailflow init`."""

import stat
from pathlib import Path

from tests.homes import inside

ROOT = Path(__file__).resolve().parents[2]


def test_a_new_home_has_the_defaults_and_a_private_state(tmp_path: Path) -> None:
    done = inside("init", tmp_path / "new" / "home")
    home = tmp_path / "new" / "home"
    assert done.status == 0
    assert "check" in done.out
    for folder in ("rules", "templates"):
        for path in (ROOT / folder).rglob("*.*"):
            assert (home / path.relative_to(ROOT)).read_bytes() == path.read_bytes()
    assert stat.S_IMODE((home / "state").stat().st_mode) == 0o700
    assert (home / "state" / "README.md").is_file()


def test_a_new_home_passes_its_check(tmp_path: Path) -> None:
    inside("init", tmp_path)
    done = inside("--home", tmp_path, "check", "--now", "2026-11-23T10:00")
    assert done.status == 0, done.out
    assert "0 errors" in done.out


def test_nothing_is_overwritten_and_nothing_half_written(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "site.yaml").write_text("mine")
    done = inside("init", tmp_path)
    assert done.status == 1
    assert str(tmp_path / "rules" / "site.yaml") in done.err
    assert (tmp_path / "rules" / "site.yaml").read_text() == "mine"
    assert [path.name for path in tmp_path.rglob("*")] == ["rules", "site.yaml"]


def test_a_folder_with_other_things_in_it_becomes_a_home(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "state").mkdir(mode=0o755)
    assert inside("init", tmp_path).status == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_a_place_that_cannot_be_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = inside("init", tmp_path / "file")
    assert done.status == 1
    assert str(tmp_path / "file") in done.err
