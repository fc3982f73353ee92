"""What a record is, and what names it: a record is one work, with every identifier it has."""
