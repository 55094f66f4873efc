"""The rules of the hall: whose turn it is, and why. No input, no output, no clock.

    decide(hall, command, now) -> events, or Refused
    evolve(hall, event, at)    -> the hall after it

Read in this order: model, commands, events; decide and the rooms it asks (intake, counters, turns,
undo, manager, devices, tick, alarms); evolve and its rooms (changes, beside); order, hours;
desk_times, waits; views and its rooms (boards, overview).
"""
