"""The home that the sample week is played on: default rules and templates, the embedded servers in site.yaml."""

from importlib.resources.abc import Traversable
from pathlib import Path

from mailflow.defaults import defaults
from mailflow.demo.post_office import PASSWORD, PostOffice
from mailflow.home import Home

ADDRESS = "requests@example.com"

_SITE = """# The site of the demonstration. Its servers live as long as `mailflow demo` does.
name: {{zh: 信息技术部服务邮箱, en: IT requests}}
address: {address}
language: zh
admin: [wang.lei@example.com]

mailboxes:
  - host: {imap.host}
    port: {imap.port}
    security: none               # on this machine only
    user: {address}
    password: {{file: {password}}}
    filed: Filed
    quarantine: Quarantine

smtp:
  host: {smtp.host}
  port: {smtp.port}
  security: none
  hello: demo.example.com

accept_from: ["*@example.com"]
commands: {{trust: token}}
state: embedded
"""


def make_home(folder: Path, servers: PostOffice) -> Home:
    """Write a home into `folder`, with mail by these servers. Raises OSError."""
    source = defaults()
    for name in ("rules", "templates"):
        _copy(source / name, folder / name)
    password = folder / "password"
    password.write_text(PASSWORD, encoding="utf-8")
    site = _SITE.format(address=ADDRESS, imap=servers.imap, smtp=servers.smtp, password=_quoted(password))
    (folder / "rules" / "site.yaml").write_text(site, encoding="utf-8")
    (folder / "state").mkdir(mode=0o700)
    return Home(folder)


def _copy(source: Traversable, target: Path) -> None:
    target.mkdir(parents=True)
    for each in source.iterdir():
        if each.is_dir():
            _copy(each, target / each.name)
        elif not each.name.startswith("."):
            (target / each.name).write_bytes(each.read_bytes())


def _quoted(path: Path) -> str:
    """A path as a YAML text."""
    return "'" + str(path).replace("'", "''") + "'"
