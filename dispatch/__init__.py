"""The middle: requests come in by the doors, are carried out one batch at a time, and are told.

Read in this order: batch, timekeeper, replay, dispatcher, forecaster, outbox, admission, presence,
permissions, translate, doors, reporting, wicket.
"""
