"""What the files of a folder are called: by date, author and name (P2.13). Pure."""

from datetime import datetime

from mailflow.mail.filenames import distinct, safe_name


class Names:
    """The names of one folder as they are given out; none twice."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def file(self, at: datetime, author: str, name: str) -> str:
        """What was attached, such as `2026-11-23 Zhang Wei budget.xlsx`; `at` is a local moment."""
        return self._distinct(f"{at:%Y-%m-%d}", author, safe_name(name) or "file")

    def mail(self, at: datetime, author: str, subject: str) -> str:
        """A message, such as `2026-11-23 1000 Zhang Wei Budget.eml`."""
        return self._distinct(f"{at:%Y-%m-%d %H%M}", author, f"{subject[:60].rstrip()}.eml")

    def _distinct(self, *parts: str) -> str:
        whole = " ".join(part.strip() for part in parts if part.strip())
        return distinct(safe_name(whole.replace("/", "_").replace("\\", "_")), self._taken)
