"""What is written down: the events, the answers given, and one row per turn.

Nothing is decided here.

Read in this order: tables, engine, migrate, journal, turns, rebuild, reports.
"""
