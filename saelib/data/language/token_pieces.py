"""The novels cut into word pieces and windows, as the network reads them, with what surrounds each piece."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from saelib.data.language.text import BOOKS, paragraphs
from saelib.data.language.weights import minilm_folder

#: Pieces of text in a window; with the marks [CLS] and [SEP] around them the network reads 128.
WINDOW = 126

_ABBREVIATION = re.compile(r"(?:^|[^A-Za-z])(?:Mr|Mrs|Dr|St|Esq|[A-HJ-Z])$")
_ENDS = frozenset(".!?")
_CLOSING = frozenset("”’)")


@dataclass(frozen=True)
class Pieces:
    """The n word pieces of the windows, in the order of reading.

    Attributes
    ----------
    ids : numpy.ndarray
        int32 [n], numbers in the network's vocabulary.
    words : numpy.ndarray
        str, every word and mark of the text once, in lower case.
    word : numpy.ndarray
        int32 [n], where in ``words`` the word stands that the piece belongs to.
    starts : numpy.ndarray
        bool [n], the piece is the first of its word (a mark of punctuation is a word).
    capital : numpy.ndarray
        bool [n], the word begins with a capital letter in print; the network is told lower case only.
    quoted : numpy.ndarray
        bool [n], between “ and ”, the marks left out. A speech that is not closed runs to the end of its
        paragraph, as printers do it.
    opens : numpy.ndarray
        bool [n], a piece of the first word of a sentence, marks left out.
    closes : numpy.ndarray
        int8 [n], the mark that ends the sentence: 1 full stop, 2 question mark, 3 exclamation mark, 0 none.
    last : numpy.ndarray
        bool [n], a piece of the last word of its sentence.
    book, chapter : numpy.ndarray
        int8 [n], number of the book in `saelib.data.language.text.BOOKS`; int16 [n], chapters counted from 0
        through all three.
    window, position : numpy.ndarray
        int32 [n], number of the window; int16 [n], place in it, from 0.

    Examples
    --------
    >>> pieces().ids.shape  # doctest: +SKIP
    (307944,)
    """

    ids: NDArray[np.int32]
    words: NDArray[np.str_]
    word: NDArray[np.int32]
    starts: NDArray[np.bool_]
    capital: NDArray[np.bool_]
    quoted: NDArray[np.bool_]
    opens: NDArray[np.bool_]
    closes: NDArray[np.int8]
    last: NDArray[np.bool_]
    book: NDArray[np.int8]
    chapter: NDArray[np.int16]
    window: NDArray[np.int32]
    position: NDArray[np.int16]

    def take(self, rows: NDArray[np.integer]) -> Pieces:
        """Some of the pieces, in the order asked for."""
        columns = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "words"}
        return Pieces(words=self.words, **{name: column[rows] for name, column in columns.items()})


@cache
def pieces() -> Pieces:
    """Cut every chapter into windows of 126 pieces; what is left at its end is dropped.

    No window runs over a chapter's end, and none is padded.

    Returns
    -------
    Pieces
        Of 63 chapters.

    Raises
    ------
    InputError
        If the network's tokenizer is not installed.

    Examples
    --------
    >>> pieces().position[:3]  # doctest: +SKIP
    array([0, 1, 2], dtype=int16)
    """
    tokenizer = _tokenizer()
    columns: dict[str, list[NDArray]] = {}
    words: dict[str, int] = {}
    windows = 0
    chapters = groupby(paragraphs(), key=lambda p: (p.book, p.chapter))
    for number, ((book, _), parts) in enumerate(chapters):
        texts = [p.text for p in parts]
        read = [_read(t, e, words) for t, e in zip(texts, tokenizer.encode_batch(texts), strict=True)]
        n = sum(len(one["ids"]) for one in read) // WINDOW * WINDOW
        for name in read[0]:
            columns.setdefault(name, []).append(np.concatenate([one[name] for one in read])[:n])
        place = np.arange(n)
        columns.setdefault("book", []).append(np.full(n, BOOKS.index(book), np.int8))
        columns.setdefault("chapter", []).append(np.full(n, number, np.int16))
        columns.setdefault("window", []).append((windows + place // WINDOW).astype(np.int32))
        columns.setdefault("position", []).append((place % WINDOW).astype(np.int16))
        windows += n // WINDOW
    return Pieces(words=np.array(list(words)), **{name: np.concatenate(c) for name, c in columns.items()})


@cache
def vocabulary() -> tuple[str, ...]:
    """The network's 30,522 pieces by number; one that continues a word begins with ``##``.

    Returns
    -------
    tuple of str
        Lower case, accents removed.

    Raises
    ------
    InputError
        If the network's tokenizer is not installed.

    Examples
    --------
    >>> vocabulary()[1996]  # doctest: +SKIP
    'the'
    """
    known = _tokenizer().get_vocab()
    return tuple(sorted(known, key=known.__getitem__))


@cache
def _tokenizer():  # type: ignore[no-untyped-def]
    folder = minilm_folder()  # first: it says what to install
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.post_processor = None
    return tokenizer


def _read(text: str, encoding: object, known: dict[str, int]) -> dict[str, NDArray]:
    """The columns of one paragraph that its own text decides; new words get the next numbers."""
    words = np.array(encoding.word_ids)  # type: ignore[attr-defined]
    begin, end = np.array(encoding.offsets).T  # type: ignore[attr-defined]
    first = np.r_[True, words[1:] != words[:-1]]
    at = np.cumsum(first) - 1
    begins = begin[first]
    ends = end[np.r_[np.flatnonzero(first)[1:] - 1, len(words) - 1]]
    spelled = [text[a:b] for a, b in zip(begins, ends, strict=True)]
    opens, closes, last = sentences(text, spelled, begins)
    by_word: dict[str, NDArray] = {
        "word": np.array([known.setdefault(word.lower(), len(known)) for word in spelled], np.int32),
        "capital": np.array([word[0].isupper() for word in spelled]),
        "quoted": inside_quotation(spelled),
        "opens": opens,
        "closes": closes,
        "last": last,
    }
    ids = np.array(encoding.ids, np.int32)  # type: ignore[attr-defined]
    return {"ids": ids, "starts": first} | {name: column[at] for name, column in by_word.items()}


def inside_quotation(words: list[str]) -> NDArray[np.bool_]:
    """Which words stand between “ and ”, the marks themselves left out.

    Parameters
    ----------
    words : list of str
        The words and marks of a paragraph.

    Returns
    -------
    numpy.ndarray
        bool, one a word.

    Examples
    --------
    >>> inside_quotation(["“", "Yes", ",", "”", "she", "said"]).tolist()
    [False, True, True, False, False, False]
    """
    inside, found = False, []
    for word in words:
        inside = inside and word != "”"
        found.append(inside)
        inside = inside or word == "“"
    return np.array(found, dtype=bool)


def sentences(
    text: str, words: list[str], begins: NDArray
) -> tuple[NDArray[np.bool_], NDArray[np.int8], NDArray[np.bool_]]:
    """Where sentences begin and how they end.

    A sentence ends at ``.``, ``!`` or ``?`` where the next word begins with a capital letter or the paragraph
    ends, unless the mark is the full stop of *Mr.*, *Mrs.*, *Dr.*, *St.*, *Esq.* or of an initial other than
    *I*; and at ``!`` or ``?`` before ”. What follows such a speech in lower case (“Who?” *asked he.*) ends
    like a sentence but does not begin like one.

    Parameters
    ----------
    text : str
        The paragraph.
    words : list of str
        Its words and marks.
    begins : numpy.ndarray
        Where each begins in the text.

    Returns
    -------
    opens : numpy.ndarray
        bool, the first word of a sentence; marks before it are not.
    closes : numpy.ndarray
        int8, how the sentence of this word ends: 1 full stop, 2 question mark, 3 exclamation mark, 0 none.
    last : numpy.ndarray
        bool, the last word of a sentence that ends with a mark.

    Examples
    --------
    >>> words = ["Is", "Mr", ".", "Lee", "in", "?", "No", "."]
    >>> opens, closes, last = sentences("Is Mr. Lee in? No.", words, np.array([0, 3, 5, 7, 11, 13, 15, 17]))
    >>> [w for w, yes in zip(words, opens) if yes], [w for w, yes in zip(words, last) if yes]
    (['Is', 'No'], ['in', 'No'])
    >>> closes.tolist()
    [2, 2, 2, 2, 2, 2, 1, 1]
    """
    is_word = np.array([word[0].isalnum() for word in words])
    following = np.append(np.flatnonzero(is_word), len(words))
    opens, last = np.zeros(len(words), bool), np.zeros(len(words), bool)
    closes = np.zeros(len(words), np.int8)
    start, before = 0, -1
    fresh = True
    for i, word in enumerate(words):
        if is_word[i]:
            opens[i], fresh, before = fresh, False, i
        elif word in _ENDS:
            after = following[np.searchsorted(following, i)]
            begins_next = after < len(words) and words[after][0].isupper()
            said = word != "." and i + 1 < len(words) and words[i + 1] == "”"
            ends = begins_next or said or after == len(words)
            if ends and not (word == "." and _ABBREVIATION.search(text[max(0, begins[i] - 6) : begins[i]])):
                stop = i + 1
                while stop < len(words) and words[stop] in _CLOSING:
                    stop += 1
                closes[start:stop] = ".?!".index(word) + 1
                if before >= start:
                    last[before] = True
                start, fresh = stop, begins_next
    return opens, closes, last
