"""Texts of somebody who means harm: each would steer a terminal, a printer, a reader or a table.

Everyone begins and ends with a plain word, so that a test sees whether it came through.
"""

from __future__ import annotations

from typing import Final

ESC: Final = "\x1b"

ORDERS: Final = {
    "every control character": "".join(map(chr, range(32))),
    "every character of a byte": "".join(map(chr, range(256))),
    "clear the screen": f"{ESC}[2J{ESC}[3J{ESC}[H",
    "reset the terminal": f"{ESC}c{ESC}[!p",
    "clipboard": f"{ESC}]52;c;cm0gLXJmIC8K\a",
    "title": f"{ESC}]0;owned\a{ESC}]2;owned{ESC}\\",
    "link": f"{ESC}]8;;https://example.org{ESC}\\here{ESC}]8;;{ESC}\\",
    "palette": f"{ESC}]4;1;#000000\a{ESC}]10;#000000\a",
    "device string": f"{ESC}P$q q{ESC}\\{ESC}P+q544e{ESC}\\{ESC}_Ga=T;AAAA{ESC}\\{ESC}^x{ESC}\\",
    "answers of the terminal": f"{ESC}[c{ESC}[5n{ESC}[6n{ESC}[>c{ESC}[21t",
    "in eight bits": "\x9b2J\x9d0;owned\x9c\x90q\x9c\x84\x85\x8d\x9e\x9f",
    "other screen and mouse": f"{ESC}[?1049l{ESC}[?1003l{ESC}[?25h{ESC}[20l{ESC}(0",
    "keys and pictures": f"{ESC}[>31u{ESC}Pq#0;2;0;0;0~~{ESC}\\",
    "printer": f"{ESC}@\x1dV\x00\x10\x04\x01{ESC}p\x00",
    "right to left": "\u202edetsuced\u202c\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
    "no width": "a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg\u180eh\u034fi\u3164j\u2800k",
    "a chain of joiners": "\U0001f468\u200d" * 60,
    "marks without end": "a" + "\u0301\u0323\u0489" * 70,
    "marks on nothing": "\u0301" * 200,
    "tags and variants": "\U000e0041\U000e0001\ufe0f\ufe0e\U000e0100" * 20,
    "private and unassigned": "\ue000\uf8ff\U000f0000\U0010ffff\uffff\u0378",
    "lines": "one\ntwo\r\nthree\u2028four\u2029five\vsix\fseven\x85eight",
    "more than there is room for": "Ở" * 200,
}
PLAIN: Final = {  # harmless letters, unless somebody reads more into them
    "markup": "[/nope][red]red[/red][bold",
    "a link in markup": "[@click=app.quit]press[/][link=https://example.org]here[/link]",
    "html": "<script>alert(1)</script>&amp;<img src=x onerror=alert(1)>",
    "speech": '<speak><audio src="/etc/passwd"/></speak> [[h@l@U]] --pho',
    "format": "{0} %s %(name)s {number} ${HOME} $(reboot) `reboot`",
    "formula": "=1+1",
    "another formula": "@SUM(1)",
    "from the right": "שלום עולם مرحبا",
}
HALVES: Final = {  # of letters; only JSON's escapes and names of files bring them
    "half a letter": "\ud800",
    "the other half": "\udfff",
    "in the wrong order": "\ude00\ud83d",
    "bytes of a name that are no text": "\udcff\udc80",
}


def lines(longest: int) -> list[str]:
    """All of them as texts of at most so many characters."""
    texts = [*ORDERS.values(), *PLAIN.values()]
    room = longest - len("an ") - len(" binh")
    return [
        f"an {text[start : start + room]} binh"
        for text in texts
        for start in range(0, len(text), room)
    ]
