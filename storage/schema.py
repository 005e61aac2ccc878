"""All tables together: a module of tables not named here would be missing from migrations and their test."""

from storage import campaign_tables, enterprise_tables, subscription_tables, ticket_tables
from storage.tables import Base

MODULES = (campaign_tables, enterprise_tables, subscription_tables, ticket_tables)
metadata = Base.metadata
