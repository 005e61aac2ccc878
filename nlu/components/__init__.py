"""Thin Rasa components around the pure modules of `nlu` and `policy_kb`. No lazy annotations here: Rasa reads them."""
