"""OpenAlex: works of every kind, with who can read them."""
