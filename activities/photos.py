"""Photos: read in full, turned upright, shrunk, encoded anew; nothing of the original file stays.

Encoding anew removes EXIF with its place data and anything hidden behind the picture. Files get
random names and are served only through a page that asks for the permission.
"""

import hashlib
import io
import secrets
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

LONGEST_SIDE = 1600
QUALITY = 82
MAX_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP")


class PhotoRefused(Exception):
    """A file that cannot be taken as a photo, with the reason in Chinese."""


@dataclass(frozen=True)
class StoredPhoto:
    """A photo as it lies in the store."""

    name: str
    width: int
    height: int
    byte_count: int
    sha256: str


def store_photo(source: BinaryIO, *, size: int) -> StoredPhoto:
    """Encode an uploaded picture anew and store it; PhotoRefused when it is none."""
    if size > settings.PHOTO_MAX_BYTES:
        raise PhotoRefused("照片超过 10 MB，请先缩小再传。")
    encoded, width, height = _encode(source)
    name = f"{secrets.token_hex(16)}.jpg"
    target = directory() / name
    target.write_bytes(encoded)
    return StoredPhoto(name, width, height, len(encoded), hashlib.sha256(encoded).hexdigest())


def directory() -> Path:
    """Return the folder of the photos, made when needed."""
    folder = Path(settings.DATA_DIR) / "photos"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _encode(source: BinaryIO) -> tuple[bytes, int, int]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(source, formats=FORMATS)
            if picture.width * picture.height > MAX_PIXELS:
                raise PhotoRefused("照片像素过大，请先缩小再传。")
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,
        ValueError,
    ) as problem:
        raise PhotoRefused("这个文件不是照片，或已损坏。请选 JPEG、PNG 格式的照片。") from problem
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue(), upright.width, upright.height
