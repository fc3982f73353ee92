"""Every statement of the larger areas of the store, by name."""
