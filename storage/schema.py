"""All tables together: a module of tables not named here would be missing from migrations and their test."""

from storage import enterprise_tables
from storage.tables import Base

MODULES = (enterprise_tables,)
metadata = Base.metadata
