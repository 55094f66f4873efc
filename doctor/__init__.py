"""What is to be mended before a hall opens: looks at disk, clock, network, terminal and devices of
one machine, and says it in plain words. Changes nothing, and disturbs no hall at work.
"""
