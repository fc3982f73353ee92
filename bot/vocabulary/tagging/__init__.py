"""Tagging records with the concepts of the vocabulary, by the policy in `taxonomy.yaml`."""

from bot.vocabulary.tagging.tagger import Tagger

__all__ = ["Tagger"]
