"""A question in, a ranked and explained answer out."""
