"""The steps that brought old databases to today's tables. Never changed once released."""
