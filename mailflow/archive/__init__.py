"""What came of a record, filed together in a folder that people can open (P2.13): its sheet, its mails, its files."""
