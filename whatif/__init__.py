"""What would have been: a recorded day run forward through the very rules of `hall`, with another
plan, hundreds of times. Reads the records, writes nothing, and keeps no second set of rules.

Read in this order: model, day (read back), times, plan; run, outcome, runs; compare, staffing.
"""
