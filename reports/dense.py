"""Bytes as printable text of a page: thirteen bits to two characters of ninety-one.

Base64 takes four characters for three bytes; this takes sixteen for thirteen, 23 % on top instead of 33. Seven bits
to a character would take 14 %, with control characters in the page, which no HTML may have and a terminal obeys. Two
of 91 characters are 8,281 and so hold 13 bits; 91 printable ones are left without the three that markup is made of.
``static/unpack/10-unpack.js`` reads it.
"""

from __future__ import annotations

import numpy as np

BITS, BASE, LONE = 13, 91, 6
ALPHABET = np.array([code for code in range(33, 127) if chr(code) not in "&<>"], np.uint8)


def dense(data: bytes) -> str:
    """``data`` in characters of which none is a space, an ampersand or an angle bracket.

    Where six bits or fewer are left at the end one character holds them, so that the text's length tells the data's.
    """
    bits = np.unpackbits(np.frombuffer(data, np.uint8))
    left = len(bits) % BITS
    padded = np.concatenate([bits, np.zeros(-len(bits) % BITS, np.uint8)]).reshape(-1, BITS)
    words = padded @ (1 << np.arange(BITS)[::-1])
    places = np.stack([words // BASE, words % BASE], axis=1).ravel()
    if 0 < left <= LONE:
        places = np.append(places[:-2], words[-1] >> (BITS - LONE))
    return ALPHABET[places].tobytes().decode("ascii")
