"""The manager: the hall now, the figures, the reports."""
