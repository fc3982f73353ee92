"""PostgreSQL under the store's areas: one table of differences, its pool, its schema, moving in."""
