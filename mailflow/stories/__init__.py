"""Stories with times in YAML: who writes what when, time passes, and which mails go out; anything else is a failure."""
