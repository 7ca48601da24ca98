"""Servers and secrets: what site.yaml says of them, and that no secret shows."""

import pytest

from mailflow.policy import load
from mailflow.settings import Secret, SecretMissing
from tests.policy.home import edited, small_home

SITE = "rules/site.yaml"


def read(path: str) -> str:
    files = {"secrets/smtp": "from the file\n"}
    if path not in files:
        raise FileNotFoundError(2, "No such file or directory")
    return files[path]


def test_what_is_not_said_of_a_mailbox_has_its_default() -> None:
    (mailbox,) = load(small_home()).settings.mailboxes
    server = mailbox.server
    assert (server.host, server.port, server.security) == ("imap.example.com", 993, "tls")
    assert (server.folder, server.filed, server.quarantine) == ("INBOX", "Filed", "Quarantine")
    assert (server.poll, server.since) == (30.0, 86400.0)


def test_filed_null_leaves_mail_where_it_is() -> None:
    files = edited(small_home(), SITE, "    password: ${", "    filed: null\n    poll: 5m\n    password: ${")
    (mailbox,) = load(files).settings.mailboxes
    assert mailbox.server.filed is None
    assert mailbox.server.poll == 300.0


def test_secrets_come_from_the_environment_or_a_file_when_they_are_used() -> None:
    settings = load(small_home()).settings
    assert settings.smtp is not None
    assert settings.mailboxes[0].unlock({"IMAP_PASSWORD": "hunter2"}, read).password == "hunter2"
    assert settings.smtp.unlock({}, read).password == "from the file"


def test_a_secret_that_cannot_be_had_says_which() -> None:
    mailbox = load(small_home()).settings.mailboxes[0]
    with pytest.raises(SecretMissing, match="IMAP_PASSWORD is not set"):
        mailbox.unlock({}, read)
    with pytest.raises(SecretMissing, match="nowhere cannot be read: No such file"):
        Secret(file="nowhere").reveal({}, read)


def test_an_unset_variable_is_a_warning_where_it_stands() -> None:
    loaded = load(small_home(), environment={})
    assert [str(each) for each in loaded.problems] == [
        "rules/site.yaml:9:15: warning: the environment variable IMAP_PASSWORD is not set, set it before 'mailflow run'"
    ]
    assert load(small_home(), environment={"IMAP_PASSWORD": "x"}).problems == ()


def test_no_secret_shows() -> None:
    files = edited(small_home(), SITE, "${IMAP_PASSWORD}", "hunter2")
    files = edited(files, SITE, "commands:", "state: postgresql://mailflow:hunter2@db/mailflow\ncommands:")
    loaded = load(files)
    assert loaded.settings.state.reveal({}, read) == "postgresql://mailflow:hunter2@db/mailflow"
    assert "hunter2" not in repr(loaded) + "".join(map(str, loaded.problems))
    assert "hunter2" not in repr(loaded.settings.mailboxes[0].unlock({}, read))


def test_state_is_embedded_or_a_server() -> None:
    assert load(small_home()).settings.embedded
    files = edited(small_home(), SITE, "commands:", "state: ${DATABASE}\ncommands:")
    assert not load(files).settings.embedded


def test_what_this_release_cannot_do_is_said_before_it_is_switched_on() -> None:
    for old, new, word in (
        ("commands:", "state: postgresql://db/mailflow\ncommands:", "PostgreSQL"),
        ("trust: token", "trust: authentication-results", "authentication-results"),
    ):
        found = load(edited(small_home(), SITE, old, new)).problems
        assert any(word in each.message and "not in this release" in each.message for each in found)


def test_every_setting_of_the_site_file_is_taken() -> None:
    files = {
        **small_home(),
        SITE: """
name: IT requests
address: requests@example.com
aliases: [it@example.com]
language: zh
admin: [mail-admin@example.com]
mailboxes:
  - host: imap.example.com
    port: 993
    security: tls
    user: requests@example.com
    password: {file: /etc/mailflow/imap}
    folder: INBOX
    filed: Filed
    quarantine: Quarantine
    poll: 30s
    since: 1d
smtp: {host: smtp.example.com, port: 587, security: starttls, user: x, password: "${P}", null_sender: never}
accept_from: ["*@example.com"]
commands: {trust: token}
state: embedded
limits: {message_size: 1.5MB, acks_per_sender_per_day: 200}
""",
    }
    loaded = load(files)
    assert loaded.problems == ()
    assert loaded.policy is not None
    assert loaded.policy.site.name == {"zh": "IT requests", "en": "IT requests"}
    assert loaded.policy.site.limits.message_size == 1_500_000
    assert loaded.settings.mailboxes[0].password.file == "/etc/mailflow/imap"
    assert loaded.settings.smtp is not None and loaded.settings.smtp.server.null_sender == "never"
