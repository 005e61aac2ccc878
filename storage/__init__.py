"""The database: tables, sessions, inbox and outbox claims, migrations. Imports nothing of the other rooms."""
