"""Documents of the materials library and of records: taken for what they hold, never for what they are called.

A PDF, a Word document without macros, or a plain text. Nothing is opened by a parser: a package is
judged by its directory and by patterns in its parts, within limits on their size. Files get random
names and are served, as attachments only, through a page that asks for the permission.
"""

import hashlib
import io
import re
import secrets
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from django.conf import settings
from django.http import FileResponse, Http404

from activities.models import MaterialVersion
from partybuild.table_reader import CLASSIFIED, OLE_MAGIC, ZIP_MAGIC

Kind = MaterialVersion.Kind
MEBIBYTE = 1 << 20
MAX_PARTS = 2000
MAX_UNPACKED = 200 * MEBIBYTE
RATIO_MATTERS_FROM = 100 * 1024
MAX_RATIO = 100
NAME_LENGTH = 80

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain; charset=utf-8",
}

ACCEPTED = "只收 PDF、Word（.docx）和纯文本文件。"
BROKEN = "文件不完整或已损坏。请打开确认，另存后再传。"
ENCRYPTED = "文件设有打开密码，别人读不了。请取消密码后再传。"
MACRO = "文件带有宏，为安全起见不接收。请另存为不带宏的 .docx 或 PDF 后再传。"
EMBEDDED = "文件里嵌有其他文件或控件，为安全起见不接收。请删除后再传，或者另存为 PDF。"
OUTSIDE = "文件要从外部取模板、图片或数据，为安全起见不接收。请断开链接后再传，或者另存为 PDF。"
BLOATED = "文件展开后过大，像是用来拖垮系统的，不予接收。"
ACTIVE = "这个 PDF 带有自动执行的程序或夹带的文件，为安全起见不接收。请重新打印成 PDF 后再传。"

# What a Word document consists of.
PART_ENDINGS = {
    *(".xml", ".rels", ".vml", ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff"),
    *(".emf", ".wmf", ".wdp", ".odttf", ".ttf", ".fntdata"),
}
MAIN_PART = "word/document.xml"
MAIN_TYPE = b"wordprocessingml.document.main+xml"
RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
EXTERNAL = re.compile(rb"""TargetMode\s*=\s*["']External["']""", re.IGNORECASE)
HYPERLINK = re.compile(rb"""Type\s*=\s*["'][^"']*/hyperlink["']""")
DYNAMIC = re.compile(rb"DDEAUTO|instrText[^>]*>\s*DDE\b", re.IGNORECASE)
TAG = re.compile(rb"<[^>]*>")
MARK = re.compile("[绝机秘]密★")

# Names in a PDF that make a reader do something; also when they are written with escapes.
ACTIVE_NAME = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|ImportData|SubmitForm)(?![A-Za-z])"
)
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
STREAM = re.compile(rb"stream\r?\n")
BEFORE_STREAM = 4096
END_WITHIN = 2048
CHUNK = 64 * 1024
LOCKED = re.compile(rb"/Encrypt\s*(<<|\d)")

PAGE_OF_THE_WEB = re.compile(r"\s*<(!doctype|html|script|svg|\?xml)", re.IGNORECASE)
CHINESE = re.compile("[\u4e00-\u9fff]")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
UNFIT_FOR_A_NAME = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class DocumentRefused(Exception):
    """A file that cannot be taken as a document, with the reason in Chinese."""


@dataclass(frozen=True)
class StoredDocument:
    """A document as it lies in the store."""

    name: str
    file_name: str
    kind: str
    byte_count: int
    sha256: str


def store_document(source: BinaryIO, *, size: int, file_name: str) -> StoredDocument:
    """Check an uploaded document by its content and store it; DocumentRefused when it is none."""
    limit = settings.UPLOAD_MAX_BYTES
    if size > limit:
        raise DocumentRefused(f"文件超过 {limit // MEBIBYTE} MB，请压缩或分成几个再传。")
    kind, content = read_document(source.read(limit + 1))
    name = f"{secrets.token_hex(16)}.{kind}"
    (directory() / name).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return StoredDocument(name, name_for(file_name, kind), kind, len(content), digest)


def read_document(data: bytes) -> tuple[str, bytes]:
    """Return what a file is and the bytes to keep; DocumentRefused when it is nothing we take."""
    if not data:
        raise DocumentRefused("这个文件是空的。")
    if data.startswith(b"%PDF-"):
        check_pdf(data)
        return Kind.PDF, data
    if data.startswith(ZIP_MAGIC):
        check_word(data)
        return Kind.WORD, data
    if data.startswith(OLE_MAGIC):
        raise DocumentRefused("这是旧式的 Word 或 Excel 文件。请另存为 .docx 或 PDF 后再传。")
    return Kind.TEXT, read_text(data).encode()


def as_attachment(stored_as: str, *, file_name: str, kind: str) -> FileResponse:
    """Return a stored document to be saved and never shown by the browser; Http404 without it."""
    file = directory() / stored_as
    if not stored_as or not file.is_file():
        raise Http404
    response = FileResponse(
        file.open("rb"), as_attachment=True, filename=file_name, content_type=CONTENT_TYPES[kind]
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def name_for(file_name: str, kind: str) -> str:
    """Return a name to offer at download: what it was called, with the ending of what it is."""
    stem = PurePosixPath(UNFIT_FOR_A_NAME.sub("", file_name.replace("\\", "/").split("/")[-1])).stem
    return f"{stem.strip(' .')[:NAME_LENGTH] or '学习资料'}.{kind}"


def directory() -> Path:
    """Return the folder of the documents, made when needed."""
    folder = Path(settings.DATA_DIR) / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


# --- Word ----------------------------------------------------------------------------------------


def check_word(data: bytes) -> None:
    """Refuse a package that is no Word document, or more than one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_directory(package.infolist())
            if MAIN_TYPE not in package.read("[Content_Types].xml"):
                raise DocumentRefused(MACRO)
            for entry in package.infolist():
                if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _check_part(package.read(entry), entry.filename.lower())
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        NotImplementedError,
        OSError,
    ) as why:
        raise DocumentRefused(BROKEN) from why


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename.lower().replace("\\", "/") for entry in entries]
    if any(entry.flag_bits & 1 for entry in entries):
        raise DocumentRefused(ENCRYPTED)
    if MAIN_PART not in names:
        raise DocumentRefused(f"这是压缩包或其他文件，不是 Word 文件。{ACCEPTED}")
    strange = any(name.startswith("/") or ":" in name or ".." in name.split("/") for name in names)
    if strange or len(set(names)) < len(names) or len(names) > MAX_PARTS:
        raise DocumentRefused(BROKEN)
    if any("vbaproject" in name or "vbadata" in name for name in names):
        raise DocumentRefused(MACRO)
    for name in names:
        known = name.endswith("/") or PurePosixPath(name).suffix in PART_ENDINGS
        known = known or name == "_rels/.rels"
        if not known or "/embeddings/" in name or "/activex/" in name:
            raise DocumentRefused(EMBEDDED)
    _check_sizes(entries)


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise DocumentRefused(BLOATED)
    for entry in entries:
        packed = max(entry.compress_size, 1)
        if entry.file_size > RATIO_MATTERS_FROM and entry.file_size > MAX_RATIO * packed:
            raise DocumentRefused(BLOATED)


def _check_part(xml: bytes, name: str) -> None:
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or xml.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DocumentRefused("文件内部带有普通文件不会有的定义，为安全起见不接收。请另存后再传。")
    if name.endswith(".rels"):
        for relation in RELATION.findall(xml):
            if EXTERNAL.search(relation) and not HYPERLINK.search(relation):
                raise DocumentRefused(OUTSIDE)
    elif DYNAMIC.search(xml) or b"DDEAUTO" in TAG.sub(b"", xml).upper():
        raise DocumentRefused(OUTSIDE)
    elif MARK.search(TAG.sub(b"", xml).decode(errors="replace")):
        raise DocumentRefused(CLASSIFIED)


# --- PDF -----------------------------------------------------------------------------------------


def check_pdf(data: bytes) -> None:
    """Refuse a PDF that is cut off, locked, or makes a reader do something."""
    if b"%%EOF" not in data[-END_WITHIN:]:
        raise DocumentRefused(BROKEN)
    if LOCKED.search(_plain(data)):
        raise DocumentRefused(ENCRYPTED)
    for part in (data, *_unpacked(data)):
        if ACTIVE_NAME.search(_plain(part)):
            raise DocumentRefused(ACTIVE)


def _plain(part: bytes) -> bytes:
    """Return a part of a PDF with the escapes in its names written out."""
    return ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), part)


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Yield what the packed streams hold, pictures apart, within a limit for all of them."""
    steps = MAX_UNPACKED // CHUNK
    for match in STREAM.finditer(data):
        head = _plain(data[max(match.start() - BEFORE_STREAM, 0) : match.start()])
        head = head.rpartition(b" obj")[2]
        if b"/Image" in head and b"/ObjStm" not in head:
            continue
        unpacking, found, at = zlib.decompressobj(), bytearray(), match.end()
        try:
            while not unpacking.eof and (at < len(data) or unpacking.unconsumed_tail):
                packed = unpacking.unconsumed_tail
                if not packed:
                    packed, at = data[at : at + CHUNK], at + CHUNK
                found += unpacking.decompress(packed, CHUNK)
                steps -= 1
                if not steps:
                    raise DocumentRefused(BLOATED)
        except zlib.error:
            pass  # no packed stream, or cut off: what was read so far is looked at
        yield bytes(found)


# --- plain text ----------------------------------------------------------------------------------


def read_text(data: bytes) -> str:
    """Return a plain text, be it UTF-8 or GB 18030; DocumentRefused when it is none."""
    text = _decoded(data)
    if text is None or CONTROL.search(text):
        raise DocumentRefused(f"认不出这是什么文件，或已损坏。{ACCEPTED}")
    if PAGE_OF_THE_WEB.match(text):
        raise DocumentRefused(f"这是网页文件。{ACCEPTED}")
    if MARK.search(text):
        raise DocumentRefused(CLASSIFIED)
    return text


def _decoded(data: bytes) -> str | None:
    """Return the text in the encoding that makes Chinese of it: a few words may be valid in both."""
    found = []
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            found.append(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    likely = [text for text in found if text.isascii() or CHINESE.search(text)]
    return next(iter(likely or found), None)
