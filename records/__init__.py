"""What is written down: the events, the answers given, one row per turn, what they come to.

Nothing is decided here.

Read in this order: tables, engine, migrate, journal, turns, spans, rollup, rebuild, reports,
experience.
"""
