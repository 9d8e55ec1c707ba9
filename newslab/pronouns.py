"""The pronouns of English, in small letters, by what they tell of whom they mean."""

from __future__ import annotations

import re

FIRST_PERSON = frozenset(("i", "me", "my", "we", "us", "our"))
SECOND_PERSON = frozenset(("you", "your"))
RELATIVE = frozenset(("who", "which", "that", "whom", "whose"))
IT = frozenset(("it", "its"))
OWNERS = frozenset(("his", "her", "their", "its", "my", "our", "your"))
PLURAL = frozenset(("they", "them", "their", "we", "us", "our"))
GENDER = {"he": "m", "him": "m", "his": "m", "she": "f", "her": "f"}
LESS_LIKELY = re.compile(  # behind such words somebody is seldom meant by a pronoun; bounded: 14 characters
    r"\b(?:of|by|for|with|to|from|against|about|on|at|in|than|and)\s(?:the\s)?$"
)
