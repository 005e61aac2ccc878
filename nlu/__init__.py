"""What the owner means: words to numbers, days, intents and measures."""
