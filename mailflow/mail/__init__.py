"""Bytes to values and back: reading the mail that comes, composing the mail that goes. Pure."""
