"""What follows from a message: a new record, a reply, a notice, a question. Pure."""
