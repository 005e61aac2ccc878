"""Tickets: states, desks, service levels, grades, proposals for the knowledge base."""
