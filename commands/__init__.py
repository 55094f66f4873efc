"""What each command of `motcua` does. Each imports only what it runs: a screen starts fast."""
