"""The rules of the hall: whose turn it is, and why. No input, no output, no clock.

    decide(hall, command, now) -> events, or Refused
    evolve(hall, event, at)    -> the hall after it

Read in this order: model, commands, events; decide and the rooms it asks (intake, counters, turns,
tick); evolve, order, hours, waits, views.
"""
