"""Tests of the local workspace in the browser."""
