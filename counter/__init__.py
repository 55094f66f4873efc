"""The officer's console: sign in, call, serve, pass on. Re-implements no rule of the hall."""
