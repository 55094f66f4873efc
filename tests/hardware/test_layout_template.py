"""Templates of the ticket: what an installer can get wrong, and how it is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.template import (
    GapRow,
    LineRow,
    NumberRow,
    PictureRow,
    QrRow,
    TemplateMistakes,
    TextRow,
    read,
)

MISTAKES = [
    ('text = "{nummer}"', 'row[1].text: {nummer} is no fact of a ticket. Did you mean "number"?'),
    ('text = "{zzz}"', "row[1].text: {zzz} is no fact of a ticket."),
    ('text = "{}"', "row[1].text: {} is no fact of a ticket."),
    ('text = "{hall.__class__}"', "row[1].text: {hall.__class__} is no fact of a ticket."),
    (
        'text = "{hall"',
        'row[1].text: "{hall" has a brace that is not part of a {fact}; write {{ for one.',
    ),
    (
        'text = "{ahead:9999999}"',
        'row[1].text: "{ahead:9999999}" has a brace that is not part of a {fact};'
        " write {{ for one.",
    ),
    (
        'text = { vi = "{number}", en = "{numbr}" }',
        'row[1].text: {numbr} is no fact of a ticket. Did you mean "number"?',
    ),
    (
        "text = 5",
        'row[1].text: 5 is not a text, or texts by language such as { vi = "...", en = "..." }.',
    ),
    (
        'text = "A"\nlabel = "{wiat}"',
        'row[1].label: {wiat} is no fact of a ticket. Did you mean "wait"?',
    ),
    (
        'text = "A"\nwieght = "bold"',
        'row[1]: "wieght" is no key of a text row. Did you mean "weight"?',
    ),
    (
        'text = "A"\nweight = "blod"',
        'row[1].weight: "blod" is not "regular", "semibold" or "bold". Did you mean "bold"?',
    ),
    (
        'text = "A"\nalign = "centre"',
        'row[1].align: "centre" is not "left", "center" or "right". Did you mean "center"?',
    ),
    (
        'text = "A"\nheight_mm = 300',
        "row[1].height_mm: 300 is not a height of 1.2 to 30 mm.",
    ),
    ('text = "A"\nframe = "yes"', 'row[1].frame: "yes" is not true or false.'),
    (
        'text = "A"\nlabel = "B"\nframe = true',
        "row[1]: a text with a label has no frame.",
    ),
    (
        'text = "A"\nonly_if = "prioritty"',
        'row[1].only_if: "prioritty" is no fact of a ticket. Did you mean "priority"?',
    ),
    (
        'number = "{number}"\nheight_mm = 9',
        "row[1].height_mm: 9 is not a height of 14 to 40 mm.",
    ),
    ('qr = "{token}"\nbox = 3', "row[1].box: 3 is not a whole number of dots from 4 to 16."),
    (
        'line = "thinn"',
        'row[1].line: "thinn" is not "thin", "thick" or "dashed". Did you mean "thin"?',
    ),
    ("gap = -1", "row[1].gap: -1 is not a gap of 0 to 50 mm."),
    ('picture = ""', 'row[1].picture: "" is not the name of a picture file.'),
    (
        'txt = "A"',
        "row[1]: must have exactly one of text, number, picture, qr, line, gap."
        ' Did you mean "text"?',
    ),
    (
        'text = "A"\ngap = 2',
        "row[1]: must have exactly one of text, number, picture, qr, line, gap.",
    ),
]


def mistakes(path: Path) -> str:
    with pytest.raises(TemplateMistakes) as wrong:
        read(path)
    return str(wrong.value)


@pytest.mark.parametrize(("row", "said"), MISTAKES)
def test_a_mistake_is_named_with_its_place_and_the_nearest_spelling(
    tmp_path: Path, row: str, said: str
) -> None:
    file = tmp_path / "my.toml"
    file.write_text(f"[[row]]\n{row}\n")
    assert mistakes(file) == f"my.toml: {said}"


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text('[[row]]\ntext = "{nummer}"\n[[row]]\ngap = 2\n[[row]]\nlime = "thin"\n')
    first, second = mistakes(file).splitlines()
    assert "row[1].text" in first
    assert "row[3]: must have exactly one of" in second
    assert second.endswith('Did you mean "line"?')


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "needs between 1 and 100 rows"),
        (b"row = 1", "needs between 1 and 100 rows"),
        (b"row = [1]", "row[1]: 1 is no row"),
        (b"[[rows]]\ngap = 1", '"rows" is no key of a template'),
        (b"[[row]", "not TOML"),
        (b"\xff", "not TOML"),
        (b"#" * 100_001, "larger than 100000 bytes"),
    ],
)
def test_a_file_that_is_no_template_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "my.toml"
    file.write_bytes(content)
    assert said in mistakes(file)


def test_a_missing_file_is_named_with_where_it_was_looked_for(tmp_path: Path) -> None:
    assert f"It was looked for at {tmp_path / 'gone.toml'}." in mistakes(tmp_path / "gone.toml")


def test_the_shipped_template_has_no_mistake_and_shows_every_kind_but_a_picture() -> None:
    template = read()
    kinds = {type(row) for row in template.rows}
    assert kinds == {TextRow, NumberRow, QrRow, LineRow, GapRow}
    assert not template.troubles


def test_every_kind_of_row_is_read(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text(
        '[[row]]\ntext = { vi = "Số" }\nlabel = "A"\nheight_mm = 3\nweight = "bold"\n'
        'align = "left"\nonly_if = "papers"\n'
        '[[row]]\nnumber = "{number}"\n[[row]]\npicture = "x.png"\n[[row]]\nqr = "{token}"\n'
        '[[row]]\nline = "dashed"\n[[row]]\ngap = 3\n'
    )
    assert read(file).rows == (
        TextRow(
            text={"vi": "Số"}, label="A", height_mm=3, weight="bold", align="left", only_if="papers"
        ),
        NumberRow(number="{number}"),
        PictureRow(picture="x.png"),
        QrRow(qr="{token}"),
        LineRow(line="dashed"),
        GapRow(gap=3),
    )
