"""What a team adds to its records: reading lists, corrections of tags, reports of errors."""
