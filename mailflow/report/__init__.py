"""What can be seen of records: sheets, lists, drawings. Plain values; no decision is made here."""
