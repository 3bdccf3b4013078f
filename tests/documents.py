"""The repository's Markdown files read as data: links, headings, fenced blocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block; `language` is empty where none is named."""

    language: str
    text: str


def documents() -> list[Path]:
    return sorted(
        path for path in ROOT.rglob("*.md") if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    )


def blocks(markdown: str) -> list[Block]:
    return [Block(language, text) for language, text in FENCE.findall(markdown)]


def prose(markdown: str) -> str:
    """The text without fenced blocks, where brackets are no links and `#` is no heading."""
    return FENCE.sub("", markdown)


def links(markdown: str) -> list[str]:
    """The targets of links and pictures inside the repository."""
    return [target for target in LINK.findall(prose(markdown)) if not re.match(r"[a-z]+:", target)]


def anchors(markdown: str) -> set[str]:
    """The anchors that GitHub derives from the headings."""
    return set(_anchors(markdown))


def _anchors(markdown: str) -> Iterator[str]:
    seen: dict[str, int] = {}
    for heading in re.findall(r"^#+ (.+)$", prose(markdown), re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", words).strip().replace(" ", "-")
        yield f"{name}-{seen[name]}" if name in seen else name
        seen[name] = seen.get(name, 0) + 1


def section(markdown: str, heading: str) -> str:
    """The text under a heading of the second level."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", markdown, re.MULTILINE | re.DOTALL)
    assert found, f"there is no section {heading!r}"
    return found[1]
