"""The parts of a workbook's file: a ZIP of XML, which a stranger made.

What the file says about itself is not trusted. A part is read piece by piece and never held; pieces are counted as they
are unpacked. XML is parsed with Expat, which stops at a document type: without one there are no entities.
"""

import itertools
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any, cast
from xml.parsers import expat

from hidra.errors import Rejected

MAX_PACKED = 100 * 1024**2
MAX_UNPACKED = 1024**3  # of one part
MAX_FILES = 1_000
MAX_TEXT = 1_000  # characters that are read of a cell: more than any field may have
PIECE = 64 * 1024
_MAX_DIRECTORY = 1024**2  # the ZIP's list of files; zipfile reads it at once, some 500 bytes of memory a file
_MAX_TOKEN = 1024**2  # a tag or a comment, which Expat holds whole
MAX_DEPTH = 64  # of tags; Expat keeps each open one
_MAX_NAMES = 2_000  # names of elements and attributes, which Expat and pyexpat keep

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # [MS-OFFCRYPTO] 2.3.4.4
_ZIP = b"PK"

type Start = Callable[[str, dict[str, str]], None]
type End = Callable[[str], None]


def unreadable(
    detail: str = "The workbook cannot be read.", advice: str = "Save it as CSV and create a new import."
) -> Rejected:
    return Rejected(f"{detail} {advice}", code="unreadable_workbook")


def too_large() -> Rejected:
    return Rejected(
        "The workbook is too large once it is unpacked. Save it as CSV and create a new import.", code="too_large"
    )


class Parts:
    """The parts of a workbook by their names, which are compared without case, as Excel does."""

    def __init__(self, file: IO[bytes]) -> None:
        """
        Raises:
            Rejected: the file is no workbook, is protected by a password, or has too many parts.
        """
        try:
            self._archive = zipfile.ZipFile(cast("IO[bytes]", _Limited(file)))
            infos = self._archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, RuntimeError) as error:
            raise _no_zip(file) from error
        if len(infos) > MAX_FILES:
            raise too_large()
        if any(info.flag_bits & 1 for info in infos):
            raise unreadable(
                "The workbook is protected by a password.", "Save it without the password and create a new import."
            )
        self._infos = {info.filename.replace("\\", "/").lower(): info for info in infos}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._infos

    def size(self, name: str) -> int:
        """Returns the unpacked size as the file says it, for showing progress only."""
        return self._infos[name.lower()].file_size

    def pieces(self, name: str, most: int = MAX_UNPACKED) -> Iterator[bytes]:
        """
        Raises:
            Rejected: the part is missing, broken, or larger than ``most`` bytes.
        """
        info = self._infos.get(name.lower())
        # Any other method may unpack a few bytes to many at once; Excel writes these two.
        if info is None or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.flag_bits & 1:
            raise unreadable()
        read = 0
        try:
            with self._archive.open(info) as part:
                while piece := part.read(PIECE):
                    read += len(piece)
                    if read > most:
                        raise too_large()
                    yield piece
        except (zipfile.BadZipFile, EOFError, ValueError, OSError, RuntimeError, zlib.error) as error:
            raise unreadable() from error

    def targets(self, part: str) -> dict[str, tuple[str, str]]:
        """Returns a part's relations: id → the last word of the relation's type, and the name of the other part."""
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if local(tag) == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "").replace("\\", "/")
                path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                found[attributes.get("Id", "")] = attributes.get("Type", "").rpartition("/")[2], path

        if relations in self:
            parse(self.pieces(relations, 4 * 1024**2), start)
        return found


class _Limited:
    """A file whose reads are limited, for ``zipfile``, which trusts the size that a ZIP gives for its list of files."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(_MAX_DIRECTORY + 1 if size < 0 else min(size, _MAX_DIRECTORY + 1))
        if len(content) > _MAX_DIRECTORY:
            raise too_large()
        return content


def parse(pieces: Iterator[bytes], start: Start, end: End | None = None) -> None:
    """Parses the tags of a whole part.

    Raises:
        Rejected: the part is no well-formed XML, or is built to exhaust memory.
    """
    depth = 0

    def opened(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise unreadable()
        start(tag, attributes)

    def closed(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(tag)

    for _ in parsed(parser(opened, closed), pieces):
        pass


def parser(start: Start, end: End | None = None, text: Callable[[str], None] | None = None) -> Any:
    """Returns an Expat parser with these handlers. They count depth, up to ``MAX_DEPTH``."""
    made = expat.ParserCreate(intern={})
    made.buffer_text = True
    made.StartElementHandler = start
    made.EndElementHandler = end
    made.CharacterDataHandler = text
    made.StartDoctypeDeclHandler = _no_doctype
    return made


def parsed(parser: Any, pieces: Iterator[bytes]) -> Iterator[int]:
    """Yields after each piece how many bytes were parsed so far.

    Raises:
        Rejected: the part is no well-formed XML, or is built to exhaust memory.
    """
    read = token = 0
    try:
        for piece in itertools.chain(pieces, [None]):  # Expat may leave the last tag for the call that is the last one
            parser.Parse(piece or b"", piece is None)
            read += len(piece or b"")
            token = max(token, parser.CurrentByteIndex)  # -1 while Expat waits for the end of a token
            if read - token > _MAX_TOKEN or len(parser.intern) > _MAX_NAMES:
                raise unreadable()
            yield read
    except (expat.ExpatError, ValueError, LookupError) as error:  # LookupError: an unknown encoding
        raise unreadable() from error
    finally:
        # Handlers refer to their parser: a cycle, which garbage collection would find late.
        parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None


def local(name: str) -> str:
    """Returns a tag or an attribute without its prefix."""
    return name.rpartition(":")[2]


def _no_doctype(*_: Any) -> None:
    raise unreadable("The workbook contains a document type (DOCTYPE), which no spreadsheet program writes.")


def _no_zip(file: IO[bytes]) -> Rejected:
    """Returns what the file is in place of a workbook."""
    file.seek(0)
    head = file.read(len(_OLE))
    if head.startswith(_ZIP):
        return unreadable("The workbook is damaged: its end is missing.", "Save it again and create a new import.")
    if head != _OLE:
        return unreadable(
            "The file is not a workbook (.xlsx).", "Create a new import with the file's own format: csv or jsonl."
        )
    while piece := file.read(1024**2):
        if _ENCRYPTED in piece:
            return unreadable(
                "The workbook is protected by a password.", "Save it without the password and create a new import."
            )
    return unreadable(
        "The file is an Excel workbook of before 2007 (.xls).", "Save it as .xlsx and create a new import."
    )
