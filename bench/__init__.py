"""Measures mailflow on this machine: `python -m bench`, `make bench`. docs/performance.md says what and how."""
