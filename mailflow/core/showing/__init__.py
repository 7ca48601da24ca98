"""What a mail of ours may say: a letter and its record as plain values in the reader's language. Pure."""
