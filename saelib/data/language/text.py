"""Three novels, paragraph by paragraph, and the parts of speech of their words."""

from __future__ import annotations

import csv
import gzip
import io
from functools import cache
from pathlib import Path
from typing import NamedTuple

from saelib.data.language.pinned import Pinned

_NOVELS = Pinned("novels.csv.gz", 509_995, "d9f55442e1a3eb62609e7e6f4421f118ac76942cfbccb1017480d2bed1cfaf03")
_LEXICON = Pinned(
    "lexicon.csv.gz", 42_303, "fda406d2841e1b5810da1beea1051be3a52e0cd75a868a4556c7a91e47b89923"
)
_FOLDER = Path(__file__).parent / "running_text"

#: The novels, in the order of the text.
BOOKS = ("Persuasion", "The Adventures of Sherlock Holmes", "The War of the Worlds")


class Paragraph(NamedTuple):
    """A paragraph and where it stands.

    Attributes
    ----------
    book : str
        One of the three titles.
    chapter : int
        Counted from 1 within the book.
    text : str
        With curly quotation marks, as printed.

    Examples
    --------
    >>> Paragraph("Persuasion", 1, "Vanity was the beginning.").chapter
    1
    """

    book: str
    chapter: int
    text: str


@cache
def paragraphs() -> tuple[Paragraph, ...]:
    """*Persuasion*, *The Adventures of Sherlock Holmes* and *The War of the Worlds*, 247,503 words.

    The novels are in the public domain, the editions (Standard Ebooks) under CC0; they come with saelib.

    Returns
    -------
    tuple of Paragraph
        4,421, in the order of reading.

    Raises
    ------
    InputError
        If the file was changed or lost.

    Examples
    --------
    >>> first = paragraphs()[0]
    >>> first.book, first.text[:20]
    ('Persuasion', 'Sir Walter Elliot, o')
    """
    return tuple(Paragraph(book, int(chapter), text) for book, chapter, text in _rows(_NOVELS))


@cache
def parts_of_speech() -> dict[str, tuple[str, ...]]:
    """Every part of speech that a word of the novels may be, by a lexicon.

    Of the words whose spelling the SPECIALIST Lexicon knows as some form of an adjective, adverb, auxiliary,
    noun or verb. It has no articles, pronouns, prepositions or conjunctions.

    Returns
    -------
    dict of str to tuple of str
        By word in lower case: "adj", "adv", "aux", "noun", "verb", sorted.

    Raises
    ------
    InputError
        If the file was changed or lost.

    Examples
    --------
    >>> parts_of_speech()["house"], parts_of_speech()["quickly"]
    (('adj', 'noun', 'verb'), ('adv',))
    """
    return {word: tuple(parts.split()) for word, parts in _rows(_LEXICON)}


def _rows(file: Pinned) -> list[list[str]]:
    """The rows of a CSV file below its header."""
    path = file.found_in(_FOLDER, "the novels", "install saelib again")
    content = gzip.decompress(path.read_bytes()).decode("utf-8")
    return list(csv.reader(io.StringIO(content, newline="")))[1:]
