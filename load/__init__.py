"""Citizens, officers and boards that load a test server, over the real wire, and what it took."""
