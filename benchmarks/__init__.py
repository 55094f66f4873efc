"""Measurements that anybody can repeat: each a program that prints a table. None is a test.

python -m benchmarks [P3 ...]                                 every target of speed and size
python -m benchmarks.years --turns 1000000 /tmp/years.db     ten years of a big hall
python -m benchmarks.reports /tmp/years.db                    how fast its figures are found
python -m benchmarks.beside /tmp/years.db                     what a report costs the hall
python -m benchmarks.asked                                    from a request to answer and boards
python -m benchmarks.throughput                               requests a second, all at once
python -m benchmarks.recovery                                 how long a killed hall is gone
python -m benchmarks.terminals                                start, memory, idling of screens
python -m benchmarks.floor URL HELLO                          the least that a screen can be
python -m benchmarks.commits                                  what writing a request down takes
python -m benchmarks.board                                    what an update of a board costs
python -m benchmarks.call                                     from the officer's key to eye and ear
python -m benchmarks.memory                                   the server's, with many boards
python -m benchmarks.encrypted                                what a connection costs under TLS
python -m benchmarks.strangers                                what strangers cost those at work
python -m benchmarks.backup                                   backup, update, restore of years
python -m benchmarks.theory                                   simulated days and queueing theory
python -m benchmarks.waits                                    how right the expected wait is
"""
