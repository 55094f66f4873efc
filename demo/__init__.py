"""A hall full of simulated citizens and officers, over the real link, in front of a real server.

day: who comes when, drawn from a seed. stage: the demo's time. people: what citizens and officers
do. play: a whole day of it. window: the screens side by side. recorded, rehearsal, desk, citizens:
a day of the records played again.
"""
