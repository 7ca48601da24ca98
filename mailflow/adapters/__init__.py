"""The edges: mailbox, courier, store and renderer, each behind its port (see mailflow/ports/)."""
