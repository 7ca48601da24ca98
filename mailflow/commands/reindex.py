"""`mailflow reindex`: rebuild what is derived from the records: columns for lists, and when each is due next."""

from mailflow.commands.opening import at_work
from mailflow.commands.options import NowOption, moment
from mailflow.commands.output import counted, say, working
from mailflow.home import Home


def reindex(home: Home, now: NowOption = "") -> int:
    """Rebuild what is derived from the records."""
    at = moment(now, home)
    with at_work(home, at) as parts, working("reading all records"):
        number = parts.store.reindex()
        parts.engine.adopt(at)
    say(f"{counted(number, 'record')} reindexed")
    return 0
