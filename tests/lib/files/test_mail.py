"""What is read out of mails: those of Python's own library and of msgforge."""

from email.message import EmailMessage

from tests import corpus
from tests.lib.files.reading import found, sample

WORDS = "Dear Budi,\n\nplease send forty kilograms – the café waits.\n"


def mail(subject: str = "Order for May", words: str = WORDS) -> EmailMessage:
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = subject, "Ána <ana@kopi.example>", "budi@kopi.example"
    made["Date"] = "Sun, 01 Mar 2026 14:30:00 +0700"
    made.set_content(words, cte="base64")
    return made


def read(made: EmailMessage):
    return found(made.as_bytes(), "a.eml")


HEAD = """# Order for May

From: Ána <ana@kopi.example>
To: budi@kopi.example
Date: Sun, 01 Mar 2026 14:30:00 +0700

"""


def test_a_mail_is_its_subject_its_people_and_its_words():
    assert read(mail()).text == HEAD + WORDS.rstrip()


def test_of_two_bodies_the_plain_one_is_read():
    made = mail()
    made.add_alternative("<p>As a <b>page</b></p>", subtype="html")
    assert read(made).text == HEAD + WORDS.rstrip()


def test_a_body_that_is_a_page_is_read_as_one():
    made = mail()
    made.set_content("<html><body><p>As a <b>page</b></p><script>x</script></body></html>", subtype="html")
    assert read(made).text == HEAD + "As a page"


def test_attached_files_are_read_under_their_names():
    made = mail()
    made.add_attachment(corpus.sheet(One=[["Gayo", 40]]), maintype="application", subtype="x", filename="o.xlsx")
    made.add_attachment("Thank you", filename="thanks.txt")
    inside = read(made)
    assert "## Attachment: o.xlsx\n\n# One\n\n| Gayo | 40 |\n| --- | --- |\n\n## Attachment: thanks.txt" in inside.text
    assert inside.text.endswith("Thank you\n")
    assert {block.path for block in inside.blocks} == {"", "o.xlsx", "thanks.txt"}
    assert "UEsDB" not in inside.text, "no base64"
    assert inside.warnings == {}


def test_attached_files_that_cannot_be_read_are_named():
    made = mail()
    for name, data in (("a.png", corpus.picture()), ("b.exe", b"MZ\x90\0" + bytes(99)), ("c.docx", b"PK\x03\x04")):
        made.add_attachment(data, maintype="application", subtype="x", filename=name)
    inside = read(made)
    assert inside.warnings == {"attachments_unread": {"names": "a.png, b.exe, c.docx"}}
    assert inside.text == HEAD + WORDS.rstrip()


def test_a_bomb_that_is_attached_leaves_the_mail():
    made = mail()
    bomb = corpus.repacked(corpus.word("x"), "word/document.xml", b"<a>" + b" " * 301_000_000)
    made.add_attachment(bomb, maintype="application", subtype="x", filename="bomb.docx")
    assert read(made).warnings == {"attachments_unread": {"names": "bomb.docx"}}


def test_mails_in_mails_are_read_some_deep():
    made = mail("Innermost", "deep")
    for n in range(50):
        outer = mail(f"Number {n}", f"words {n}")
        outer.add_attachment(made)
        made = outer
    inside = read(made)
    assert "words 49" in inside.text
    assert "words 47" in inside.text
    assert "words 40" not in inside.text
    assert "attachments_unread" in inside.warnings


def test_only_so_many_files_of_a_mail_are_read():
    made = mail()
    for n in range(25):
        made.add_attachment(f"text {n}", filename=f"{n}.txt")
    assert read(made).warnings == {"attachments_unread": {"names": "20.txt, 21.txt, 22.txt, 23.txt, 24.txt"}}


def test_a_mail_that_names_no_known_encoding_is_read():
    raw = mail().as_bytes().replace(b'charset="utf-8"', b'charset="x-unknown"')
    assert "the café waits" in found(raw, "a.eml").text


def test_a_page_with_its_pictures_is_a_page():
    made = EmailMessage()
    made["Subject"] = "Saved"
    made.set_content("<html><body><h1>Saved</h1><p>Words</p></body></html>", subtype="html")
    made.add_related(corpus.picture(), "image", "png")
    assert found(made.as_bytes(), "a.mht").text == "# Saved\n\n# Saved\n\nWords"


def test_a_mail_of_outlook_is_read_with_what_is_attached():
    inside = sample("order.msg")
    assert inside.text == (
        '# Order for May\n\nFrom: "Ana" <ana@kopi.example>\nTo: Budi <budi@kopi.example>\n'
        "Date: 2026-03-01 14:30+00:00\n\n"
        "Dear Budi,\n\nplease send forty kilograms.\n\nAna\n\n"
        "## Attachment: order.xlsx\n\n# Sheet\n\n| Bean | kg |\n| --- | --- |\n| Gayo | 40 |"
    )
    assert sample("page.msg").text.endswith("Only a page")


def test_a_block_knows_the_file_it_came_in():
    (table,) = (block for block in sample("order.msg").blocks if block.kind == "table")
    assert (table.sheet, table.path) == ("Sheet", "order.xlsx")
