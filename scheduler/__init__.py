"""Time: the clock, deadlines, campaigns, the sender and its pacing."""
