"""Lines that a mail program folded (format=flowed), made whole again. Facts: RFC 3676 §4."""

import re

# What begins so is meant as a line, even where whoever wrote the one above left a blank at its end.
_LINE_OF_ITS_OWN = re.compile(r"[-*•] |\d{1,2}[.)、]|[^\s:：]{1,20}[:：]")


def unflowed(text: str, delsp: bool) -> str:
    """A line that ends with a blank goes on in the next one, where that is quoted as deeply; "-- " never does."""
    out: list[list[str]] = []
    depth, goes_on = 0, False
    for line in text.split("\n"):
        bare = line.lstrip(">")
        here = len(line) - len(bare)
        said = bare[1:] if bare[:1] == " " else bare  # space-stuffed (§4.4)
        joined = goes_on and here == depth and bool(said.strip()) and said != "-- "
        joined = joined and not _LINE_OF_ITS_OWN.match(said)
        depth, goes_on = here, said.endswith(" ") and said != "-- " and bool(said.strip())
        said = said[:-1] if goes_on and delsp else said
        if joined:
            out[-1].append(said)
        else:
            out.append([">" * here, " " if here and said else "", said])
    return "\n".join("".join(pieces) for pieces in out)
