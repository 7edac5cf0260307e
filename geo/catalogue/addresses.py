"""The address of a database: what may be told of it, and what may not."""

from __future__ import annotations

import re
from typing import Final

from geo.errors import Problem, RequestError

__all__ = ["Address", "is_address"]

_SCHEMES: Final = ("postgresql://", "postgres://")
_SIGNS: Final = r"[^\s:@/?#\[\]]"
_FORM: Final = re.compile(
    rf"postgres(?:ql)?://(?:(?P<user>{_SIGNS}*)(?::(?P<password>{_SIGNS}*))?@)?"
    rf"(?P<hosts>(?:{_SIGNS}|[:,]|\[[0-9A-Fa-f:.]*\])*)(?:/(?P<name>{_SIGNS}*))?(?:\?(?P<options>[^\s#]*))?"
)
_SECRET: Final = re.compile(r"(?:^|&)[^=&]*(?:password|key|token)[^=&]*=([^&]*)", re.IGNORECASE)


def is_address(text: str) -> bool:
    """Return whether a text is meant as the address of a PostgreSQL database."""
    return text.lower().startswith(_SCHEMES)


class Address:
    """Where a PostgreSQL database is; as a text it has no password, whoever shows it.

    Parameters
    ----------
    text
        A connection URI of libpq: ``postgresql://USER@HOST:PORT/DATABASE?options=…``.

    Attributes
    ----------
    secret
        The whole text, for the library that connects and for nobody else.
    name
        The database, as it stands in the address; empty when it does not say which.

    Raises
    ------
    RequestError
        When the text has not the form of such an address: where a password holds ``@`` or ``/`` as it is, no reader
        can tell it from the host.
    """

    def __init__(self, text: str) -> None:
        found = _FORM.fullmatch(text)
        if not found:
            step = "write %40 for @, %3A for : and %2F for / within a name; keep passwords in ~/.pgpass"
            expected = "postgresql://USER@HOST/DATABASE"
            problem = Problem("the question", "address", "", "postgresql://…", expected, step, "address")
            raise RequestError("That is no address of a database", [problem])
        self.secret = text
        self.name = found["name"] or ""
        secrets = {found["password"] or "", *_SECRET.findall(found["options"] or "")}
        self._secrets = {part for text in secrets for part in (text, _decoded(text)) if part}
        user = f"{found['user']}@" if found["user"] else ""
        self._shown = f"postgresql://{user}{found['hosts']}{f'/{self.name}' if self.name else ''}"

    def __str__(self) -> str:
        """Return the address without its password and its options."""
        return self._shown

    def __repr__(self) -> str:
        """Return the same."""
        return f"Address({self._shown!r})"

    def clean(self, message: str) -> str:
        """Return a message of the library on one line, without any secret of the address."""
        line = " ".join(message.replace(self.secret, str(self)).split())
        for secret in sorted(self._secrets, key=len, reverse=True):
            line = line.replace(secret, "…")
        return line


def _decoded(text: str) -> str:
    from urllib.parse import unquote  # noqa: PLC0415  (only an address needs it)

    return unquote(text)
