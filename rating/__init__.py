"""The citizen at the counter: how was it? Nothing here knows who is asked."""
