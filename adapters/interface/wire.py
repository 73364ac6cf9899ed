"""The wire between the driver and a worker: whole frames or an error, never half an array.

A frame is ``8-byte big-endian header length | UTF-8 JSON header | raw buffers``. ``header["arrays"]`` lists the dtype
and the shape of every buffer in order; buffers are C-ordered and little-endian. Values never travel as decimal text
and never by pickle, because the two ends may run different NumPy versions.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

try:
    import ml_dtypes

    _BFLOAT16: np.dtype[Any] | None = np.dtype(ml_dtypes.bfloat16)
except ImportError:  # An environment without it simply can't exchange bfloat16.
    _BFLOAT16 = None

Array = NDArray[Any]

MAX_HEADER_BYTES = 1 << 26
MAX_ARRAY_BYTES = 1 << 34
_CHUNK = 1 << 22
_SMALL = 1 << 16
_INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
_PLAIN = ("float16", "float32", "float64", "bool", *_INTEGERS)


class WireError(Exception):
    """The stream does not carry a whole, well-formed frame. The stream is unusable from here on."""


class WireClosed(WireError):
    """The stream ended cleanly between two frames."""


def dtype_named(name: str) -> np.dtype[Any]:
    """The NumPy dtype that travels under ``name``; bfloat16 is the ml_dtypes extension type.

    Raises WireError for a name that does not travel, and for bfloat16 where ml_dtypes is missing.
    """
    if name == "bfloat16":
        if _BFLOAT16 is None:
            raise WireError("bfloat16 needs the ml-dtypes package, which this environment lacks")
        return _BFLOAT16
    if name not in _PLAIN:
        raise WireError(f"dtype {name!r} does not travel; known: {', '.join((*_PLAIN, 'bfloat16'))}")
    return np.dtype(name)


@functools.cache
def _name(dtype: np.dtype[Any]) -> str:
    # NumPy works it out anew whenever it is asked, which takes longer than all else about a short array.
    return dtype.name


def _little(name: str) -> np.dtype[Any]:
    # Extension dtypes have no byte order of their own; the plain ones are forced to little-endian.
    dtype = dtype_named(name)
    return dtype if name == "bfloat16" else dtype.newbyteorder("<")


def send(stream: BinaryIO, header: dict[str, Any], arrays: Sequence[Array] = ()) -> None:
    """Write one frame and flush it. Nothing is written when an array or the header can't travel (WireError).

    Errors of the stream itself (BrokenPipeError and so on) pass through.
    """
    described: list[dict[str, Any]] = []
    buffers: list[Array] = []
    for array in arrays:
        array = np.asarray(array)
        name = _name(array.dtype)
        buffers.append(np.ascontiguousarray(array, dtype=_little(name)).reshape(-1).view(np.uint8))
        described.append({"dtype": name, "shape": list(array.shape)})
    try:
        text = json.dumps({**header, "arrays": described}, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as problem:
        raise WireError(f"header is not JSON: {problem}") from None
    if len(text) > MAX_HEADER_BYTES:
        raise WireError(f"header of {len(text)} bytes is over the limit of {MAX_HEADER_BYTES}")
    opening = len(text).to_bytes(8, "big") + text
    if sum(buffer.size for buffer in buffers) <= _SMALL:
        # Most frames are: each piece is a turn between two processes.
        _write(stream, b"".join((opening, *(buffer.data for buffer in buffers))))
    else:
        _write(stream, opening)
        for buffer in buffers:
            _write(stream, buffer.data)
    stream.flush()


def receive(stream: BinaryIO) -> tuple[dict[str, Any], list[Array]]:
    """Read one frame: the header without its "arrays", and the arrays, writable and owned by the caller.

    Raises WireClosed when the stream ends before the first byte, WireError for truncation or garbage.
    """
    first = stream.read(1)
    if not first:
        raise WireClosed("the stream ended")
    length = int.from_bytes(bytes(first) + _read(stream, 7), "big")
    if not 2 <= length <= MAX_HEADER_BYTES:
        raise WireError(f"garbage on the wire: a header of {length} bytes was announced")
    try:
        header = json.loads(_read(stream, length).decode())
    except (ValueError, RecursionError) as problem:
        raise WireError(f"garbage on the wire: header is not JSON ({type(problem).__name__})") from None
    if not isinstance(header, dict) or not isinstance(header.get("arrays"), list):
        raise WireError("garbage on the wire: header is not an object with a list of arrays")
    return header, [_read_array(stream, entry) for entry in header.pop("arrays")]


def _read_array(stream: BinaryIO, entry: Any) -> Array:
    if not isinstance(entry, dict) or not isinstance(entry.get("dtype"), str):
        raise WireError(f"garbage on the wire: array described as {entry!r:.80}")
    shape = entry.get("shape")
    if not isinstance(shape, list) or len(shape) > 32 or not all(type(n) is int and n >= 0 for n in shape):
        raise WireError(f"garbage on the wire: array shape {shape!r:.80}")
    dtype = dtype_named(entry["dtype"])
    count = 1
    for extent in shape:
        count *= extent
    if count * dtype.itemsize > MAX_ARRAY_BYTES:
        raise WireError(f"array of {count * dtype.itemsize} bytes is over the limit of {MAX_ARRAY_BYTES}")
    buffer = _read(stream, count * dtype.itemsize)
    return np.frombuffer(buffer, dtype=_little(entry["dtype"])).astype(dtype, copy=False).reshape(shape)


def _read(stream: BinaryIO, count: int) -> bytearray:
    # Grows with what arrives, so that a false announcement costs no memory. Streams may give short reads.
    buffer = bytearray()
    while len(buffer) < count:
        piece = stream.read(min(count - len(buffer), _CHUNK))
        if not piece:
            raise WireError(f"truncated: {len(buffer)} of {count} bytes arrived")
        buffer += piece
    return buffer


def _write(stream: BinaryIO, data: bytes | memoryview) -> None:
    view = memoryview(data)
    while len(view):
        # A raw stream may write only a part; a buffered one writes all.
        written = stream.write(view[:_CHUNK])
        view = view[written:]


def consecutive(dtype: str, run: Any) -> Array:
    """The values whose encodings are ``run[1]`` consecutive unsigned integers from ``run[0]`` on.

    A sweep asks for millions of them, which the two numbers say as well as the array would. Raises
    WireError for any other.
    """
    bits = {"float16": 16, "bfloat16": 16, "float32": 32}.get(dtype, 0)
    whole = isinstance(run, list) and len(run) == 2 and all(type(number) is int for number in run)
    if not bits or not whole or not (run[0] >= 0 and 1 <= run[1] <= 1 << 24 and run[0] + run[1] <= 1 << bits):
        raise WireError(f"no run of consecutive values of {dtype}: {run!r:.60}")
    patterns = np.arange(run[0], run[0] + run[1], dtype=np.uint32)
    return patterns.astype(f"uint{bits}", copy=False).view(dtype_named(dtype))
