"""The embedded mail servers, each in a thread of its own on a free loopback port."""

from mailflow.demo.imap import ImapServer, Stored
from mailflow.demo.smtp import Answer, Received, SmtpSink, Stage

__all__ = ["Answer", "ImapServer", "Received", "SmtpSink", "Stage", "Stored"]
