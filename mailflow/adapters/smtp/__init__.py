"""Mail leaves from here: a relay that takes it by SMTP, as the port Courier wants it."""

from mailflow.adapters.smtp.courier import SmtpCourier

__all__ = ["SmtpCourier"]
