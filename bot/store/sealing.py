"""Secrets as the store keeps them: sealed with keys that are not in it.

Fernet of the library `cryptography` (AES-128 with an HMAC), which the extra `oauth` brings.
"""

import base64
import secrets
from collections.abc import Sequence

from bot.errors import SettingsError

_KEYS = "TME_TOKEN_KEYS"


class Sealer:
    """Seals with the first key and opens with any: how keys are changed without a pause."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Raises SettingsError for keys that are none, and where the library is missing."""
        try:
            # Only here: most installations have one token, in the environment.
            from cryptography.fernet import Fernet, InvalidToken, MultiFernet  # noqa: PLC0415
        except ImportError:
            raise SettingsError(
                "Tokens of several workspaces cannot be sealed: `cryptography` is not installed.",
                'Install the bot with its extra: pip install "tme-bot[oauth]"',
            ) from None
        if not keys:
            raise SettingsError(f"{_KEYS} is not set.", "`tme workspaces --new-key` makes a key.")
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise SettingsError(
                f"{_KEYS} has a key that is none.", "`tme workspaces --new-key` makes one."
            ) from None
        self._invalid = InvalidToken

    def seal(self, secret: str) -> bytes:
        """The secret, unreadable without the keys."""
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """The secret. Raises SettingsError where none of the keys sealed it."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except self._invalid:
            raise SettingsError(
                f"None of the keys in {_KEYS} opens a stored token.",
                "Set the key that sealed it after the new one, or install the app there again.",
            ) from None

    def reseal(self, sealed: bytes) -> bytes:
        """Sealed with the first key. Raises SettingsError."""
        return self.seal(self.open(sealed))


def new_key() -> str:
    """A key that nobody has."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
