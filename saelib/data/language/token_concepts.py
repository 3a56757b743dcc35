"""What can be said exactly of a word piece: by itself, by its word, and by what stands around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from saelib.data.language.text import BOOKS, parts_of_speech
from saelib.data.language.token_pieces import WINDOW, Pieces

#: What decides a concept: the piece alone, the word that it is in, or what stands around the word.
KINDS = ("token", "word", "context")

#: First letters; x and z begin fewer than 100 pieces of the text.
LETTERS = "abcdefghijklmnopqrstuvwy"
GROUPS = {
    "article": ("the", "a", "an"),
    "pronoun": ("i", "you", "he", "she", "it", "we", "they", "me", "him", "her", "us", "them"),
    "preposition": ("of", "in", "at", "with", "for", "from", "by", "on", "into", "upon"),
    "conjunction": ("and", "but", "or", "if", "as", "when", "that"),
    "form of be": ("am", "is", "are", "was", "were", "be", "been", "being"),
    "form of have": ("have", "has", "had", "having"),
    "modal verb": ("can", "could", "may", "might", "must", "shall", "should", "will", "would"),
    "title": ("mr", "mrs", "miss", "sir", "lady", "captain", "dr"),
}
#: Words of those groups that are concepts of their own.
FREQUENT = ("the", "a", "i", "you", "he", "she", "it", "of", "in", "at", "with", "for",
            "and", "but", "as", "that", "is", "was", "be", "had", "could", "mr")  # fmt: skip
MARKS = {
    "comma": (",",),
    "semicolon": (";",),
    "end mark": (".", "?", "!"),
    "quotation mark": ("“", "”"),
    "dash": ("—",),
    "apostrophe": ("’",),
    "hyphen": ("-",),
}
SINGLE_MARKS = {
    "full stop": (".", "end mark"),
    "question mark": ("?", "end mark"),
    "exclamation mark": ("!", "end mark"),
    "opening quotation mark": ("“", "quotation mark"),
    "closing quotation mark": ("”", "quotation mark"),
}
ENDINGS = {"-ing": 5, "-ed": 4, "-ly": 5, "-s": 4, "-er": 5, "-tion": 6, "-ness": 6}
LENGTHS = ((1, 2), (3, 4), (5, 6), (7, 9), (10, 99))
PARTS = {"noun": "noun", "verb": "verb", "adj": "adjective", "adv": "adverb"}
FOLLOWED = ("the", "a", "of", "to", "and", "i", "he", "she", "was", "had", "not", "in", "mr", ",", "“")
PRECEDED = ("of", "and", ",", ".", "’")
NAMED = {",": "a comma", ".": "a full stop", "“": "an opening quotation mark", "’": "an apostrophe"}
BANDS = 6


class Concept(NamedTuple):
    """A concept over the pieces.

    Attributes
    ----------
    name : str
        Unique.
    kind : {"token", "word", "context"}
        What decides it.
    parent : str or None
        The concept it is a special case of.
    holds : numpy.ndarray
        bool [n].

    Examples
    --------
    >>> Concept("digit", "token", None, np.array([True, False])).kind
    'token'
    """

    name: str
    kind: str
    parent: str | None
    holds: NDArray[np.bool_]


def token_concepts(found: Pieces, vocabulary: tuple[str, ...]) -> Iterator[Concept]:
    """Concepts that the piece alone decides: two equal pieces always agree.

    Whether the piece continues a word; the first letter of a piece that does not; digits; marks of
    punctuation; frequent function words, alone and in groups.

    Parameters
    ----------
    found : Pieces
        Of the text.
    vocabulary : tuple of str
        Of the network.

    Yields
    ------
    Concept
        Parents before their children.

    Examples
    --------
    >>> next(token_concepts(pieces(), vocabulary())).name  # doctest: +SKIP
    'continues a word'
    """
    place = {string: i for i, string in enumerate(vocabulary)}
    initial = np.array([string[0] for string in vocabulary])

    def of(holds: Callable[[str], bool]) -> NDArray[np.bool_]:
        return np.array([holds(string) for string in vocabulary])[found.ids]

    def one_of(words: tuple[str, ...]) -> NDArray[np.bool_]:
        return np.isin(found.ids, [place[word] for word in words])

    yield Concept("continues a word", "token", None, of(lambda s: s.startswith("##")))
    for letter in LETTERS:
        yield Concept(f"begins with {letter}", "token", None, (initial == letter)[found.ids])
    yield Concept("number", "token", None, of(str.isdigit))
    yield Concept("punctuation", "token", None, of(lambda s: len(s) == 1 and not s.isalnum()))
    for name, marks in MARKS.items():
        yield Concept(name, "token", "punctuation", one_of(marks))
    for name, (mark, parent) in SINGLE_MARKS.items():
        yield Concept(name, "token", parent, one_of((mark,)))
    everything = tuple(word for words in GROUPS.values() for word in words)
    yield Concept("function word or title", "token", None, one_of(everything))
    for name, words in GROUPS.items():
        yield Concept(name, "token", "function word or title", one_of(words))
        for word in words:
            if word in FREQUENT:
                yield Concept(f"the piece “{word}”", "token", name, one_of((word,)))


def word_concepts(found: Pieces) -> Iterator[Concept]:
    """Concepts that the spelled word decides: one piece is not always enough where a word has several.

    Length, endings, and parts of speech. English words are ambiguous (*house* is a noun and a verb), so a
    part of speech counts where the lexicon gives the word **no other**: *only a noun* is exact, and says
    nothing of ambiguous words.

    Parameters
    ----------
    found : Pieces
        Of the text.

    Yields
    ------
    Concept
        Parents before their children.

    Examples
    --------
    >>> next(word_concepts(pieces())).name  # doctest: +SKIP
    '1 to 2 letters'
    """
    words, which = found.words, found.word
    letters = np.array([len(word) if word.isalpha() else 0 for word in words])
    lexicon = parts_of_speech()
    part = np.array([p[0] if len(p := lexicon.get(word, ())) == 1 else "" for word in words])

    def ending(tail: str) -> NDArray[np.bool_]:
        return np.char.endswith(words, tail.lstrip("-")) & (letters >= ENDINGS[tail])

    for low, high in LENGTHS:
        name = f"{low} to {high} letters" if high < 99 else f"{low} letters or more"
        yield Concept(name, "word", None, ((letters >= low) & (letters <= high))[which])
    for tail in ENDINGS:
        yield Concept(f"ends in {tail}", "word", None, ending(tail)[which])
    for short, name in PARTS.items():
        yield Concept(f"only a {name}".replace("a a", "an a"), "word", None, (part == short)[which])
    for short, tail in (("verb", "-ed"), ("verb", "-ing"), ("noun", "-s"), ("adv", "-ly")):
        parent = f"only a {PARTS[short]}".replace("a a", "an a")
        yield Concept(f"{parent}, {tail}", "word", parent, ((part == short) & ending(tail))[which])


def context_concepts(found: Pieces) -> Iterator[Concept]:
    """Concepts that need the surroundings: the same piece has them in one place and not in another.

    Parameters
    ----------
    found : Pieces
        Of the text, windows whole.

    Yields
    ------
    Concept
        Parents before their children. *Follows* and *precedes* are about neighbouring words and stay within
        the window; a capital letter is in print but not in what the network reads.

    Examples
    --------
    >>> next(context_concepts(pieces())).name  # doctest: +SKIP
    'in sixth 1 of the window'
    """
    for band in range(BANDS):
        holds = found.position * BANDS // WINDOW == band
        yield Concept(f"in sixth {band + 1} of the window", "context", None, holds)
    yield Concept("inside quotation marks", "context", None, found.quoted)
    for mark, name in ((2, "a question"), (3, "an exclamation")):
        asked = found.closes == mark
        yield Concept(f"in {name}", "context", None, asked)
        yield Concept(f"in {name}, quoted", "context", f"in {name}", asked & found.quoted)
    word = np.char.isalnum(found.words)[found.word]
    yield Concept("begins a sentence", "context", None, found.opens)
    yield Concept("begins a quoted sentence", "context", "begins a sentence", found.opens & found.quoted)
    yield Concept("ends a sentence", "context", None, found.last)
    inner = found.capital & ~found.opens & (found.words != "i")[found.word]
    yield Concept("capital within a sentence", "context", None, inner)
    yield Concept("seen before in the window", "context", None, _seen_before(found) & word)
    before, after = _neighbours(found)
    for relation, side, neighbours in (("follows", before, FOLLOWED), ("precedes", after, PRECEDED)):
        for neighbour in neighbours:
            name = NAMED.get(neighbour, f"“{neighbour}”")
            # The place behind the last word stands for none.
            holds = np.append(found.words == neighbour, False)[side]
            yield Concept(f"{relation} {name}", "context", None, holds)
    for number, book in enumerate(BOOKS):
        yield Concept(f"in {book}", "context", None, found.book == number)


def _neighbours(found: Pieces) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The word before and the word after the piece's own, -1 where the window ends."""
    word = np.cumsum(found.starts | (found.position == 0)) - 1
    first = np.flatnonzero(np.diff(word, prepend=-1))
    which, window = found.word[first], found.window[first]
    same = window[1:] == window[:-1]
    before, after = np.full_like(which, -1), np.full_like(which, -1)
    before[1:][same], after[:-1][same] = which[:-1][same], which[1:][same]
    return before[word], after[word]


def _seen_before(found: Pieces) -> NDArray[np.bool_]:
    """Whether the same piece stands earlier in the window."""
    _, firsts = np.unique(found.window.astype(np.int64) << 20 | found.ids, return_index=True)
    seen = np.ones(len(found.ids), bool)
    seen[firsts] = False
    return seen
