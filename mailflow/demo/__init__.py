"""All of it on embedded servers: what `mailflow demo` runs on, and what the tests talk to."""
