"""The wire: what is sent arrives bit for bit, and anything else is an error."""

from __future__ import annotations

import io
import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.interface import wire
from adapters.interface.wire import WireClosed, WireError, consecutive, receive, send

ARRAYS = {
    "float16": np.array([0.5, -0.0, np.inf, np.nan], np.float16),
    "bfloat16": np.array([[1.0, -3.5], [np.nan, 1e-40]], ml_dtypes.bfloat16),
    "float32": np.array([1e-45, -1.5, np.inf], np.float32),
    "float64": np.array([5e-324, 0.1]),
    "0-d": np.array(0.1),
    "0-d bfloat16": np.array(0.5, ml_dtypes.bfloat16),
    "empty": np.zeros((0, 3), np.float32),
    "empty bfloat16": np.zeros(0, ml_dtypes.bfloat16),
    "bool": np.array([True, False]),
    "int64": np.array([-(2**63), 2**63 - 1]),
    "big-endian": np.array([1.0, 2.0, -3.0], ">f8"),
    "strided": np.arange(24, dtype=np.float32).reshape(2, 3, 4)[:, ::-1, 1::2],
    "transposed": np.arange(6.0).reshape(2, 3).T,
}


def frame(header: dict[str, Any], *arrays: Any) -> bytes:
    stream = io.BytesIO()
    send(stream, header, arrays)
    return stream.getvalue()


def same_bits(a: Any, b: Any) -> bool:
    a, b = np.asarray(a), np.asarray(b)
    native = a.dtype if a.dtype == ml_dtypes.bfloat16 else a.dtype.newbyteorder("=")
    return bool(a.shape == b.shape and native == b.dtype and a.astype(native).tobytes() == b.tobytes())


@pytest.mark.parametrize("name", ARRAYS)
def test_roundtrip_keeps_bits_shape_and_dtype(name: str) -> None:
    header, (got,) = receive(io.BytesIO(frame({"op": "x"}, ARRAYS[name])))
    assert header == {"op": "x"}
    assert same_bits(ARRAYS[name], got)
    assert got.flags.writeable


def test_frames_follow_each_other() -> None:
    stream = io.BytesIO(frame({"n": 1}, *ARRAYS.values()) + frame({"n": 2}) + frame({"n": 3}, np.ones(2)))
    assert [receive(stream)[0]["n"] for _ in range(3)] == [1, 2, 3]
    with pytest.raises(WireClosed):
        receive(stream)


class Trickle(io.RawIOBase):
    """A stream that gives and takes at most three bytes at a time, as a full pipe may."""

    def __init__(self, data: bytes = b"") -> None:
        self.data, self.at = bytearray(data), 0

    def read(self, size: int = -1) -> bytes:
        piece = bytes(self.data[self.at : self.at + min(size, 3)])
        self.at += len(piece)
        return piece

    def write(self, data: Any) -> int:
        self.data += bytes(data[:3])
        return min(len(data), 3)


def test_short_reads_and_writes_lose_nothing() -> None:
    stream = Trickle()
    send(stream, {"op": "x"}, [ARRAYS["float64"]])  # type: ignore[arg-type]
    assert bytes(stream.data) == frame({"op": "x"}, ARRAYS["float64"])
    _, (got,) = receive(stream)  # type: ignore[arg-type]
    assert same_bits(ARRAYS["float64"], got)


def test_every_truncation_is_noticed() -> None:
    whole = frame({"op": "x"}, np.arange(4.0), ARRAYS["bfloat16"])
    for length in range(1, len(whole)):
        with pytest.raises(WireError):
            receive(io.BytesIO(whole[:length]))


def announce(header: Any) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "big") + text


@pytest.mark.parametrize(
    "data",
    [
        b"\xff" * 64,
        b"Warning: something\n" * 10,
        b"\x00" * 64,
        announce(b"{"),
        announce(b"\xff\xfe{}"),
        announce(b"[" * 100_000),
        announce([1]),
        announce({}),
        announce({"arrays": {}}),
        announce({"arrays": [1]}),
        announce({"arrays": [{"dtype": "object", "shape": [1]}]}),
        announce({"arrays": [{"dtype": "float32", "shape": [-1]}]}),
        announce({"arrays": [{"dtype": "float32", "shape": [True]}]}),
        announce({"arrays": [{"dtype": "float32", "shape": "3"}]}),
        announce({"arrays": [{"dtype": "float32", "shape": [1] * 33}]}),
        announce({"arrays": [{"dtype": "float64", "shape": [2**40]}]}),
        announce({"arrays": [{"dtype": "float64", "shape": [2**20]}]}),
    ],
)
def test_garbage_raises_and_allocates_nothing_big(data: bytes) -> None:
    with pytest.raises(WireError):
        receive(io.BytesIO(data))


def test_garbage_on_an_open_pipe_is_noticed_at_once() -> None:
    # Whoever waits for the announced bytes waits for ever: the writer stays and writes no more.
    read_end, write_end = os.pipe()
    os.write(write_end, b"Traceback (most recent call last):")
    with ThreadPoolExecutor(1) as pool, os.fdopen(read_end, "rb") as stream:
        waiting = pool.submit(receive, stream)
        try:
            with pytest.raises(WireError):
                waiting.result(timeout=60)
        finally:
            os.close(write_end)


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_random_bytes_never_do_anything_else(data: bytes) -> None:
    try:
        receive(io.BytesIO(data))
    except WireError:
        return
    assert b'"arrays"' in data


@pytest.mark.parametrize(
    "value", [np.ones(2, complex), np.array(["a"]), np.array([object()]), np.ones(2, np.longdouble)]
)
def test_what_cannot_travel_is_refused_before_a_byte_is_written(value: Any) -> None:
    stream = io.BytesIO()
    with pytest.raises(WireError):
        send(stream, {}, [np.ones(3), value])
    with pytest.raises(WireError):
        send(stream, {"x": float("nan")})
    with pytest.raises(WireError):
        send(stream, {"x": object()})
    assert stream.getvalue() == b""


def test_bfloat16_without_ml_dtypes_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = frame({}, ARRAYS["bfloat16"])
    monkeypatch.setattr(wire, "_BFLOAT16", None)
    with pytest.raises(WireError, match="ml-dtypes"):
        receive(io.BytesIO(sent))
    with pytest.raises(WireError, match="ml-dtypes"):
        frame({}, ARRAYS["bfloat16"])


def test_consecutive_values_are_two_numbers() -> None:
    got = consecutive("float32", [0x3F800000, 3])
    assert got.dtype == np.float32
    assert got.tolist() == [1.0, 1.0 + 2**-23, 1.0 + 2**-22]
    assert consecutive("bfloat16", [0x3F80, 2]).astype(np.float64).tolist() == [1.0, 1.0078125]
    wrong: list[tuple[str, Any]] = [("float64", [0, 1]), ("float16", [65535, 2]), ("float32", [-1, 1]), ("float32", 3)]
    for dtype, run in wrong:
        with pytest.raises(WireError, match="no run of consecutive values"):
            consecutive(dtype, run)
