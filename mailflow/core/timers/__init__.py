"""When things happen by themselves: deadlines derived from a record's history and the rules. Pure."""
