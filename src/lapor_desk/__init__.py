"""The house that runs channels and notifiers: database, durable engine, HTTP, officers' console, command line."""
