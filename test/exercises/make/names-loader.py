"""What Python's own functions make of a folder of names, for test/exercises/names-loader.ts.

    python test/exercises/make/names-loader.py        (Python 3.10 or newer, nothing else)

Writes ../names-loader.expected.json: the files of each folder as text, and the names by language that the notebook's
functions give once they are repaired, read from a real folder. Names written for this test.
"""
import glob
import json
import os
import pathlib
import string
import tempfile
import unicodedata

OUT = pathlib.Path(__file__).resolve().parent.parent / "names-loader.expected.json"
LETTERS = string.ascii_letters + ".,;'"

FOLDERS = {
    "plain": {"Dutch.txt": "Visser\nBakker\nVisser\nSmit", "Welsh.txt": "Evans\nMorgan"},
    "accents": {
        "Czech.txt": "Dvořák\nNovotný\nŽižka",
        "French.txt": "Lefèvre\nFrançois\nD'Aubigné",
        "German.txt": "Müller\nGroß\nSchön",  # ß has no accent to split off
        "Vietnamese.txt": "Nguyễn\nĐặng\nTrần",  # nor has Đ
        "Decomposed.txt": "Jose\u0301\nPen\u0303a",  # the accents already stand apart
    },
    "windows": {"Irish.txt": "O'Brien\r\nByrne\r\nKelly", "Polish.txt": "\ufeffNowak\r\nWójcik"},
    "blank": {"Breton.txt": "Le Goff\n", "Greek.txt": "\n\nPappas\n\n   \nKostas\n\n", "Norse.txt": "  Olsen  \n\t\nHansen"},
    "lost": {"Chinese.txt": "王\nChen\n李", "Danish.txt": "Jensen"},
    "dots": {"Old.English.txt": "Aelfric", "Middle.High.German.txt": "Walther\nHartmann"},
    "order": {f"{name}.txt": f"{name[0]}ab" for name in ["Zulu", "Arabic", "isiNdebele", "Maori", "Basque", "Xhosa", "Khmer"]},
    "others": {"Scottish.txt": "Reid", "README.md": "# Names\n", "notes.txt.bak": "Old\n", "counts.csv": "Scottish,1\n"},
}


def unicode_to_ascii(text):
    parts = unicodedata.normalize("NFD", text)
    return "".join(c for c in parts if unicodedata.category(c) != "Mn" and c in LETTERS)


def load(folder):
    names = {}
    for path in sorted(glob.glob(os.path.join(folder, "*.txt"))):
        language = os.path.splitext(os.path.basename(path))[0]
        with open(path, encoding="utf-8", newline="") as file:
            lines = [unicode_to_ascii(line) for line in file.read().split("\n")]
        names[language] = [line for line in lines if line]
    return names


result = {}
for title, files in FOLDERS.items():
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            pathlib.Path(folder, name).write_bytes(text.encode("utf-8"))
        result[title] = {"files": files, "names": load(folder)}
OUT.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
