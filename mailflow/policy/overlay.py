"""Rule files with some lines laid over them, node by node, so that every place stays the one it was written at."""

from collections.abc import Mapping

from mailflow.policy.nodes import Listing, Node, Scalar, Table

# What names an entry of a list of mappings.
_NAMES = ("address", "id", "name", "host")


def laid_over(below: Mapping[str, Node], above: Mapping[str, Node]) -> dict[str, Node]:
    """The nodes of files, with those of `above` on top; a file that is not there below stands by itself."""
    whole = dict(below)
    for path, node in above.items():
        whole[path] = _merged(whole[path], node) if path in whole else node
    return whole


def _merged(below: Node, above: Node) -> Node:
    """Mappings are laid over key by key, and so are the entries of a list that bear one name; the rest is replaced."""
    match below, above:
        case Table(), Table():
            entries, keys = dict(below.entries), {**below.keys, **above.keys}
            for key, node in above.entries.items():
                entries[key] = _merged(entries[key], node) if key in entries else node
            return Table(entries, keys, above.place)
        case Listing(), Listing() if above.items and all(_name(each) for each in above.items):
            by_name = {_name(each): each for each in above.items}
            items = [_merged(each, by_name.pop(_name(each), each)) for each in below.items]
            return Listing((*items, *by_name.values()), above.place)
        case _:
            return above


def _name(node: Node) -> str:
    """What an entry of a list is called, "" when it is not."""
    if not isinstance(node, Table):
        return ""
    named = (node.entries.get(each) for each in _NAMES)
    return next((each.text.casefold() for each in named if isinstance(each, Scalar)), "")
