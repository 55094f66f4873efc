"""The citizen's screen: choose a field, choose a service, take the ticket. Nobody is kept."""
