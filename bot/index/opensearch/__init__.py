"""OpenSearch as the index, where one machine's disk cannot hold it.

What is found and how it is scored are those of the index in a folder: the bot folds and stems every
word itself, and sends what it would have written there.
"""
