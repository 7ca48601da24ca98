"""Mail comes from here: one folder of an IMAP account, as the port Mailbox wants it."""

from mailflow.adapters.imap.mailbox import ImapMailbox

__all__ = ["ImapMailbox"]
