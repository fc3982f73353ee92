"""Tagging records with the concepts of the vocabulary, by the policy in `taxonomy.yaml`."""

from bot.vocabulary.tagging.tagger import Tagger, tagger_of

__all__ = ["Tagger", "tagger_of"]
