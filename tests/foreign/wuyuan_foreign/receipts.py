"""The server's signature over verdicts (section 5.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .chain import unb64, verify


def receipt_text(device: str, lines: Iterable[Mapping[str, Any]]) -> str:
    """The signed text for the lines of `verdicts` and then of `resolved`."""
    text = f"wuyuan-receipt-v1\n{device}\n"
    for line in lines:
        text += f"{line['seq']} {line['hash']} {line['fate']} {line.get('code') or '-'} {line['arrival']}\n"
    return text


def receipt_valid(text: str, signature: str, public_key: str) -> bool:
    """Whether a receipt's signature (base64url) verifies against a key of GET /v1/config."""
    try:
        return verify(unb64(public_key), text.encode(), unb64(signature))
    except ValueError:
        return False
