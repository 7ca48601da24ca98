"""What an edge may raise, by what the caller may do next."""


class Unavailable(Exception):
    """A server or a disk cannot be used now; nothing was lost, try again later (exit 75)."""


class Refused(Exception):
    """A server says no for good: wrong password, missing folder, certificate not trusted."""


class Conflict(Exception):
    """Somebody else wrote the record since it was read: load it and decide again."""
