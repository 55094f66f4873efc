"""Measurements that anybody can repeat: each a program that prints a table. None is a test.

python -m benchmarks.years --turns 1000000 /tmp/years.db     ten years of a big hall
python -m benchmarks.reports /tmp/years.db                    how fast its figures are found
python -m benchmarks.beside /tmp/years.db                     what a report costs the hall
python -m benchmarks.asked                                    from a request to answer and boards
python -m benchmarks.throughput                               requests a second, all at once
python -m benchmarks.recovery                                 how long a killed hall is gone
python -m benchmarks.terminals                                start, memory, idling of screens
python -m benchmarks.commits                                  what writing a request down takes
python -m benchmarks.board                                    what an update of a board costs
python -m benchmarks.call                                     from the officer's key to eye and ear
python -m benchmarks.waits                                    how right the expected wait is
"""
