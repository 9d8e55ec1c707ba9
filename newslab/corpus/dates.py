"""Dates of publication: dateutil's grammar, made strict, and one order of day and month for a column."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from dateutil import parser

from newslab.corpus.columns import is_blank, unwrapped

_NUMERIC = re.compile(r"(?<![\d/-])(\d{1,2})[/-](\d{1,2})[/-]\d{4}\b")  # 03/04/2024: which is the month?
_YEAR = re.compile(r"\d{4}")  # 2024/03/12 has its own order,
_POINTS = re.compile(r"(?<![\d.])(\d{1,2})\. ?(\d{1,2})\. ?\d{4}")  # and so have 12.03.2024 and "Fri, 12. 3. 2024"
_POINT_TIME = re.compile(r"\b(\d{1,2})\.(\d\d)(?=\s*[ap]\.?m)", re.I)  # 10.30am
_HALF = re.compile(r"\b([ap])\.m\.?", re.I)
_ZONES = {"WET": 0, "BST": 1, "IST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
          "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}  # fmt: skip
_SINCE_1970 = {9: "s", 10: "s", 12: "ms", 13: "ms", 16: "us", 19: "ns"}  # unit by number of digits
_LONGEST = 500  # characters of a date; what is longer is a text, on which dateutil may take its time
_FIRST_YEAR, _LAST_YEAR = 1678, 2261  # what datetime64[ns] can hold in full


def parse_dates(values: Sequence[Any]) -> tuple[np.ndarray, list[int], list[str]]:
    """Dates of one column (datetime64[ns], UTC), the positions not understood, and the dates whose order is a guess."""
    found = {i: m for i, v in enumerate(values) if isinstance(v, str) and (m := _NUMERIC.search(v[:_LONGEST]))}
    day_first = any(int(m[1]) > 12 for m in found.values())
    known_order = day_first or any(int(m[2]) > 12 for m in found.values())
    points = [m for v in values if isinstance(v, str) and (m := _POINTS.search(v[:_LONGEST]))]
    american = any(int(m[2]) > 12 for m in points) and not any(int(m[1]) > 12 for m in points)  # 12.31.2024
    dates = np.full(len(values), "NaT", dtype="datetime64[ns]")
    bad = []
    for i, value in enumerate(values):
        if not is_blank(value):
            moment = _moment(value, day_first, not american)
            if moment is None:
                bad.append(i)
            else:
                dates[i] = moment.to_datetime64()
    unsure = [] if known_order else [i for i, m in found.items() if int(m[1]) != int(m[2])]
    return dates, bad, [values[i] for i in sorted(set(unsure).difference(bad))]


def parse_day(value: Any) -> pd.Timestamp:
    """A date on its own, in all forms of a column; a ValueError if it is none, or may be two (03/04/2024)."""
    if not isinstance(value, (str, Real)):
        return pd.Timestamp(value)
    dates, bad, guessed = parse_dates([value])
    if bad or guessed:
        raise ValueError(value)
    return pd.Timestamp(dates[0])


def _moment(value: Any, day_first: bool, day_first_in_points: bool) -> pd.Timestamp | None:
    value = unwrapped(value)
    try:
        if isinstance(value, (Real, Decimal)) and not isinstance(value, (bool, np.bool_)):
            value = f"{value:.0f}"
        if isinstance(value, str):
            text = " ".join(value.split())
            if len(text) > _LONGEST:
                return None
            moment = _from_text(text, day_first, day_first_in_points)
        elif isinstance(value, (date, np.datetime64)):
            moment = pd.Timestamp(value)
        else:
            return None
    except (ValueError, ArithmeticError, KeyError, NotImplementedError):
        # Too long a number; an unknown zone, or a number that is no time; a moment out of Python's range.
        return None
    if moment.tzinfo is not None:
        moment = moment.tz_convert("UTC").tz_localize(None)
    return moment.as_unit("ns") if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


@lru_cache(maxsize=10_000)
def _from_text(text: str, day_first: bool, day_first_in_points: bool) -> pd.Timestamp:
    if text.isdecimal() and len(text) not in (8, 14):  # those with 8 or 14 digits are 20240312 and 20240312103000
        return pd.Timestamp(int(text), unit=_SINCE_1970[len(text)])
    try:
        return pd.Timestamp(datetime.fromisoformat(text))
    except ValueError:
        pass
    if not re.search(r"\d{4}", text):
        raise ValueError(text)  # dateutil would complete a year of two digits, by guessing
    day_first = day_first_in_points if _POINTS.search(text) else day_first and not _YEAR.match(text)
    text = _HALF.sub(r"\1m", _POINT_TIME.sub(r"\1:\2", text))
    text = re.sub(r"\b([ECMP])T$", r"\1ST", text)
    # dateutil takes what a text does not say from a default: where two defaults give two dates, the text is no date.
    one, two = (
        parser.parse(text, dayfirst=day_first, default=default, tzinfos=_zone)
        for default in (datetime(2000, 1, 1), datetime(2004, 2, 2))
    )
    if one != two:
        raise ValueError(text)
    return pd.Timestamp(one)


def _zone(name: str | None, offset: int | None) -> int | None:
    """Seconds east of Greenwich."""
    return offset if name is None or offset is not None else _ZONES[name] * 3600
