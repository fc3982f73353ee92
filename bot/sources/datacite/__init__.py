"""DataCite: DOIs of data, software, theses and arXiv."""
