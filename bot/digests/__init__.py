"""Subscriptions, what is new for them, and the outbox that posts it once."""
