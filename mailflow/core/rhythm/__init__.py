"""What comes again: meetings and reports at their times (process P6), derived as timers are. Pure."""
