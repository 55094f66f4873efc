"""Shared parts of every screen: app, pane, big numbers, words. Nothing of one screen alone."""
