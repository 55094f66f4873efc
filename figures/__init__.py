"""What every figure means, and what a report is made of. Reads and writes nothing."""
