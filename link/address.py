"""Where a screen finds its server; the rest of config.toml is for the server to read."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

HOST: Final = "127.0.0.1"
PORT: Final = 8765
EVERYWHERE: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - listened on, not connected to


def address_in(config: Path) -> tuple[str, int]:
    """Host and port under [server]; the usual ones where the file does not say, or is not there."""
    try:
        server = _read(config.read_text(encoding="utf-8"))["server"]
        host, port = str(server.get("host", HOST)), int(server.get("port", PORT))
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return HOST, PORT
    return HOST if host in EVERYWHERE else host, port


def ca_in(config: Path) -> Path | None:
    """The authority (ca.pem) that the file names under [server]: for screens, or the server's."""
    try:
        server = _read(config.read_text(encoding="utf-8"))["server"]
        for key, name in (("ca", ""), ("tls", "ca.pem")):
            if isinstance(server.get(key), str):
                return Path(server[key], name).expanduser()
    except (OSError, ValueError, KeyError, AttributeError):
        pass
    return None


@lru_cache(maxsize=1)  # a screen that starts asks twice
def _read(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def kept_ca() -> Path | None:
    """The authority where a screen's machine keeps what must outlive a restart."""
    kept = Path.home() / ".local" / "state" / "motcua" / "ca.pem"
    return kept if kept.exists() else None
