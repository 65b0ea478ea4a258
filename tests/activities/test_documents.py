"""Which files the materials library takes: judged by what they hold, refused in plain words."""

import io
import zipfile
import zlib

import docx
import pytest
from PIL import Image

from activities.documents import (
    DocumentRefused,
    directory,
    name_for,
    read_document,
    store_document,
)

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ENABLED = "application/vnd.ms-word.document.macroEnabled"


def word(text="学习材料", **parts):
    """Return a real Word document, with parts added or replaced."""
    document = docx.Document()
    document.add_paragraph(text)
    plain = io.BytesIO()
    document.save(plain)
    out = io.BytesIO()
    with zipfile.ZipFile(plain) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, parts.pop(name, before.read(name)))
        for name, content in parts.items():
            after.writestr(name, content)
    return out.getvalue()


def part_of(name):
    return zipfile.ZipFile(io.BytesIO(word())).read(name)


def pdf(*objects, trailer=b"<< /Root 1 0 R >>", end=b"%%EOF\n"):
    """Return the bytes of a small PDF with these objects."""
    body = b"".join(
        b"%d 0 obj\n%b\nendobj\n" % (number, one) for number, one in enumerate(objects, 1)
    )
    return b"%PDF-1.7\n" + body + b"trailer\n" + trailer + b"\n" + end


def packed(content, head=b"/Type /ObjStm /N 1 /First 4"):
    stream = zlib.compress(content)
    return b"<< %b /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (
        head,
        len(stream),
        stream,
    )


def printed():
    """Return a PDF as a program writes it."""
    out = io.BytesIO()
    Image.effect_noise((400, 300), 90).convert("RGB").save(out, "PDF")
    return out.getvalue()


def relation(kind, target):
    rels = part_of("word/_rels/document.xml.rels")
    one = f'<Relationship Id="rX" TargetMode="External" Type="http://x/{kind}" Target="{target}"/>'
    return rels.replace(b"</Relationships>", one.encode() + b"</Relationships>")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (word(), "docx"),
        (
            word(**{"word/_rels/document.xml.rels": relation("hyperlink", "http://www.gov.cn")}),
            "docx",
        ),
        (pdf(b"<< /Type /Catalog >>", packed(b"1 0 << /Type /Page >>")), "pdf"),
        (printed(), "pdf"),
        ("一、学习原文。\n二、交流。\n".encode(), "txt"),
        ("一、学习原文。".encode("gb18030"), "txt"),
    ],
    ids=["word", "word-with-a-link", "pdf", "printed-pdf", "utf-8", "gb18030"],
)
def test_plain_documents_are_taken(data, kind):
    assert read_document(data)[0] == kind


def test_a_text_is_kept_in_one_encoding():
    assert read_document("学习".encode("gb18030")) == ("txt", "学习".encode())


def renamed(old, new, data=None):
    """Return a package in which a part has got another name, of the same length."""
    return (data or word()).replace(old.encode(), new.encode())


HOSTILE = {
    "a macro": (word(**{"word/vbaProject.bin": b"x"}), "文件带有宏"),
    "a macro document": (
        word(
            **{
                "[Content_Types].xml": part_of("[Content_Types].xml").replace(
                    WORD.encode(), ENABLED.encode()
                )
            }
        ),
        "文件带有宏",
    ),
    "an embedded file": (word(**{"word/embeddings/oleObject1.xml": b"<x/>"}), "嵌有其他文件"),
    "a program inside": (word(**{"word/setup.exe": b"MZ"}), "嵌有其他文件"),
    "a page inside": (word(**{"word/afchunk.mht": b"x"}), "嵌有其他文件"),
    "a template from elsewhere": (
        word(**{"word/_rels/settings.xml.rels": relation("attachedTemplate", "http://x/t.dotm")}),
        "从外部取",
    ),
    "a picture from elsewhere": (
        word(**{"word/_rels/document.xml.rels": relation("image", "\\\\x\\y.png")}),
        "从外部取",
    ),
    "a command": (
        word(**{"word/footer9.xml": b"<w:instrText>DDE</w:t><w:t>AUTO c:\\cmd</w:instrText>"}),
        "从外部取",
    ),
    "an entity": (word(**{"word/footer9.xml": b'<!DOCTYPE x [<!ENTITY a "b">]>'}), "定义"),
    "a path outwards": (renamed("word/document.xml", "wor/../umentx.xml"), "Word 文件"),
    "a bomb": (word(**{"word/footer9.xml": b" " * (50 << 20)}), "展开后过大"),
    "a mark": (word("机密★1年"), "密级"),
    "a split mark": (word(**{"word/footer9.xml": "<t>秘</t><t>密★</t>".encode()}), "密级"),
    "another package": (renamed("word/document.xml", "xl/x_workbook.xml"), "不是 Word 文件"),
    "a package cut off": (word()[:2000], "损坏"),
    "an old document": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "旧式的 Word 或 Excel 文件",
    ),
    "a PDF cut off": (printed()[:-40], "损坏"),
    "a locked PDF": (pdf(b"<< >>", trailer=b"<< /Encrypt 5 0 R >>"), "打开密码"),
    "a PDF with a script": (pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>"), "自动执行"),
    "a PDF with an escaped script": (pdf(b"<< /S /J#61vaScript /JS (x) >>"), "自动执行"),
    "a PDF that starts programs": (pdf(b"<< /S /Launch /F (cmd.exe) >>"), "自动执行"),
    "a PDF with a file inside": (pdf(b"<< /Names << /EmbeddedFiles 4 0 R >> >>"), "夹带的文件"),
    "a PDF with a packed script": (pdf(packed(b"1 0 << /S /JavaScript >>")), "自动执行"),
    "a PDF with a script that says it is a picture": (
        pdf(packed(b"1 0 << /S /JavaScript >>", b"/Subtype /Image /Type /Obj#53tm")),
        "自动执行",
    ),
    "a PDF that says a stream ends early": (
        pdf(packed(b"endstream" * 3 + b" << /S /Launch >>")),
        "自动执行",
    ),
    "a PDF that bursts": (pdf(*[packed(b"\0" * (150 << 20))] * 2), "展开后过大"),
    "a page of the web": (b"<!DOCTYPE html><script>alert(1)</script>", "网页文件"),
    "a picture with a script": (b"<svg onload='alert(1)'/>", "网页文件"),
    "a program": (b"MZ\x90\0\x03\0\0\0", "认不出"),
    "a marked text": ("绝密★启用前".encode(), "密级"),
    "nothing": (b"", "空的"),
}


@pytest.mark.parametrize(("data", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_and_broken_files_are_refused_for_their_own_reason(data, reason):
    with pytest.raises(DocumentRefused, match=reason):
        read_document(data)


def test_a_file_is_stored_under_a_random_name_and_offered_under_its_own(data_dir):
    stored = store_document(io.BytesIO(word()), size=100, file_name="C:\\学习\\讲稿.PDF")

    assert stored.file_name == "讲稿.docx"
    assert "讲稿" not in stored.name
    assert (directory() / stored.name).read_bytes()[:2] == b"PK"
    assert directory().parent == data_dir


def test_a_file_that_is_too_large_is_not_even_read(settings):
    with pytest.raises(DocumentRefused, match="超过 20 MB"):
        store_document(io.BytesIO(b""), size=settings.UPLOAD_MAX_BYTES + 1, file_name="a.pdf")
    assert list(directory().iterdir()) == []


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        ("讲稿.docm", "讲稿.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("a\u202efdp.exe", "afdp.pdf"),
        ('a"\r\nSet-Cookie: x.txt', "aSet-Cookie x.pdf"),
        ("", "学习资料.pdf"),
        ("...pdf", "学习资料.pdf"),
        ("长" * 200 + ".pdf", "长" * 80 + ".pdf"),
    ],
)
def test_the_name_offered_is_harmless_and_has_the_ending_of_what_it_is(given, offered):
    assert name_for(given, "pdf") == offered
