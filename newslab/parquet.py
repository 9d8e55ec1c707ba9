"""Columns of any kind as Parquet files hold them, the same for each part of a table."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from newslab.corpus.columns import in_words, whole_characters
from newslab.tables import DTYPES

_MOST_FIELDS = 1000  # of the dicts in a column; with more, such as a key for each name, they are kept as text
NOT_HELD = (pa.ArrowException, OverflowError, ValueError, TypeError, NotImplementedError)  # by a column of one type
_JOINED = (pa.types.is_nested, pa.types.is_decimal, pa.types.is_timestamp, pa.types.is_duration)
_NESTED = {"spans": pa.list_(pa.list_(pa.int64())), "aliases": pa.list_(pa.string())}
_ARROW = {"str": pa.string(), "int64": pa.int64(), "Int64": pa.int64(), "float64": pa.float64(), "bool": pa.bool_()}


def parquet_bytes(table: pa.Table) -> bytes:
    """A table as the content of a Parquet file; the same table gives the same bytes."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def to_arrow(name: str, frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """A part of a table as Parquet holds it."""
    if name == "quotes":
        spans = [[list(s) for s in spans] for spans in frame["spans"]]
        frame = frame.assign(spans=pd.Series(spans, index=frame.index, dtype="object"))
    return pa.Table.from_pandas(frame, schema, preserve_index=False).replace_schema_metadata()


def arrow_schema(name: str, frame: pd.DataFrame) -> pa.Schema:
    """The columns of a table as Parquet holds them, the same for each part."""
    fields = []
    for column, dtype in frame.dtypes.items():
        if column in _NESTED and column in DTYPES[name]:
            kind = _NESTED[column]
        elif str(dtype) in _ARROW:
            kind = _ARROW[str(dtype)]
        else:
            kind = pa.Array.from_pandas(frame[column]).type
        fields.append(pa.field(column, kind))
    return pa.schema(fields)


def arrow_type(dtype: Any) -> pa.DataType | None:
    """The type of a dtype in Parquet; None if there is none that gives back the same."""
    if isinstance(dtype, pd.IntervalDtype):
        return None
    try:
        kind = pa.Array.from_pandas(pd.Series([], dtype=dtype)).type
    except pa.ArrowException:  # complex or sparse
        return None
    return pa.string() if pa.types.is_large_string(kind) else kind


def storable(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy in which columns that Parquet cannot hold are as :func:`as_column` makes them."""
    out = frame.copy()
    for k in range(out.shape[1]):
        column = out.iloc[:, k]
        if isinstance(column.dtype, pd.CategoricalDtype):
            kind = column.cat.categories.dtype
            if isinstance(kind, (pd.IntervalDtype, pd.PeriodDtype)):  # as pd.cut makes them; Parquet has the plain ones
                column = column.astype(kind)
                out.isetitem(k, column)
        is_object = pd.api.types.is_object_dtype(column.dtype)
        if not is_object:
            with suppress(*NOT_HELD):
                pa.Table.from_pandas(column.to_frame())
                continue
        made = as_column(column.tolist())
        made = made if fits_parquet(made.type) else as_text(column.tolist())
        if not is_object or pa.types.is_string(made.type):
            out.isetitem(k, made.to_pandas().set_axis(out.index))
    return out


def as_column(values: Sequence[Any]) -> pa.Array:
    """Values as Arrow can hold them: of mixed kinds, or of kinds that it does not know, as text."""
    try:
        moments = pd.Series(values, dtype="object").infer_objects()
        if moments.dtype.kind in "mM":  # Arrow itself would leave out nanoseconds and mistake the year 10000
            return pa.Array.from_pandas(moments)
        kind = pa.infer_type(values, from_pandas=True)
        if _n_fields(kind) <= _MOST_FIELDS:
            column = pa.array(values, kind, from_pandas=True)
            # Arrow takes moments among days for days, and text among bytes for bytes.
            mixes = pa.types.is_date(kind) or pa.types.is_binary(kind)
            if not mixes or as_text(column.to_pylist()).equals(as_text(values)):
                return column
    except NOT_HELD:  # told as text
        pass
    return as_text(values)


def as_text(values: Sequence[Any]) -> pa.Array:
    """Values as text, lists and dicts as Python writes them; what is missing stays so."""
    texts = [
        None if is_missing(v) else whole_characters(v if isinstance(v, str) else in_words(_filled(v))) for v in values
    ]
    return pa.array(texts, pa.string())


def _filled(value: Any) -> Any:
    """A list or dict without keys that hold nothing: which of these it has may depend on the articles around it."""
    if isinstance(value, Mapping):
        return {k: _filled(v) for k, v in value.items() if not is_missing(v)}
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and not value.ndim):
        return value.item()
    return [_filled(v) for v in value] if isinstance(value, (list, tuple, set, np.ndarray)) else value


def is_missing(value: Any) -> bool:
    """Whether a value is None, NaN, NaT or NA."""
    return pd.api.types.is_scalar(value) and bool(pd.isna(value))


def joined(one: pa.DataType, two: pa.DataType) -> pa.DataType:
    """The type of a column with values of both; text if there is none, or one of too many fields.

    Lists and dicts go together where what is in them does: a dict then has the keys of all, and None where it had none.
    """
    if one == two:
        return one
    if any(is_of(one) and is_of(two) for is_of in _JOINED):
        schemas = [pa.schema([("", kind)]) for kind in (one, two)]
        try:
            kind = pa.unify_schemas(schemas, promote_options="permissive").field(0).type
        except pa.ArrowException:
            return pa.string()
        return kind if _n_fields(kind) <= _MOST_FIELDS else pa.string()
    return pa.string()


def fits_parquet(kind: pa.DataType) -> bool:
    """Whether a Parquet file can have a column of this type; it has none for dicts that are all empty."""
    try:
        parquet_bytes(pa.schema([("", kind)]).empty_table())
    except pa.ArrowException:
        return False
    return True


def _n_fields(kind: pa.DataType) -> int:
    """How many columns a Parquet file has for one of this type: a dict has one for each of its keys."""
    if not pa.types.is_nested(kind):
        return 1
    return sum(_n_fields(kind.field(k).type) for k in range(kind.num_fields))
