"""The decisions. No I/O, no clock, no chance: everything a decision needs is an argument of it."""
