"""Mail automation for IT departments: a shared mailbox, rule files, and nothing else to learn."""

__version__ = "0.1.0"
