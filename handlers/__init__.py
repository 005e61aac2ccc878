"""One conversation turn: what to do and what to say. Knows no Telegram and no SQL dialect."""
