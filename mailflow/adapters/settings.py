"""What a mailbox and a courier must be told; defined in mailflow.settings, which policy fills in too."""

from mailflow.settings import ImapSettings, NullSender, Security, SmtpSettings, SmtpTimeouts

__all__ = ["ImapSettings", "NullSender", "Security", "SmtpSettings", "SmtpTimeouts"]
