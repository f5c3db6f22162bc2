"""Two JSON schemas of one value: can what one side writes still be read by the other?

In an answer the new server writes and the old client reads; in a request it is the other way round. Either way every
value of the writer must be one that the reader takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeAlias

from galleria.control.delivery.verification.references import resolve

Schema: TypeAlias = dict[str, Any]
"""A JSON schema, as YAML or JSON says it."""

_NAME: Final = "$ref"  # a plain schema keeps the name that it was found under
_UPPER: Final = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")
_LOWER: Final = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")


class Side(StrEnum):
    """Which way a value travels. Its text goes into the break's sentence."""

    REQUEST = "in requests"
    ANSWER = "in answers"


@dataclass
class Comparison:
    """Compares schemas of two descriptions. A pair of named schemas is looked at once, so that a cycle ends."""

    old: Schema
    new: Schema
    _seen: set[tuple[str, str, Side]] = field(default_factory=set)

    def breaks(self, where: str, old: Schema | bool, new: Schema | bool, side: Side) -> Iterator[str]:
        """Yield what breaks between the two schemas at this place.

        :raises ContractUnreadable: a reference leads nowhere.
        """
        before, after = self._alternatives(self.old, old), self._alternatives(self.new, new)
        written, read = (after, before) if side is Side.ANSWER else (before, after)
        for schema in written:
            yield from self._best(where, schema, read, side)

    def _alternatives(self, description: Schema, schema: Schema | bool) -> list[Schema]:
        """Return the schema as a list of plain ones: unions taken apart, references followed, parts merged."""
        if isinstance(schema, bool):  # true takes anything, false nothing
            return [{}] if schema else [{"enum": []}]
        plain = {**resolve(description, schema), **({_NAME: schema["$ref"]} if "$ref" in schema else {})}
        union = plain.pop("anyOf", []) + plain.pop("oneOf", [])
        for part in plain.pop("allOf", []):
            plain = _merged(plain, resolve(description, part))
        if union:
            return [{**plain, **one} for part in union for one in self._alternatives(description, part)]
        if isinstance(plain.get("type"), list):
            return [{**plain, "type": name} for name in plain["type"]]
        return [plain]

    def _best(self, where: str, written: Schema, read: list[Schema], side: Side) -> list[str]:
        """Return the breaks against the reader's alternative that fits best: none if any takes all that is written."""
        of_kind = [schema for schema in read if _takes_kind(written, schema)]
        if not of_kind:
            return [_say_kind(where, written, read, side)]
        seen, tried = set(self._seen), []
        for schema in of_kind:
            self._seen = set(seen)
            tried.append((list(self._of_pair(where, written, schema, side)), self._seen))
        found, self._seen = min(tried, key=lambda attempt: len(attempt[0]))
        return found

    def _of_pair(self, where: str, written: Schema, read: Schema, side: Side) -> Iterator[str]:
        if _NAME in written and _NAME in read:
            pair = (written[_NAME], read[_NAME], side)
            if pair in self._seen:
                return
            self._seen.add(pair)
            where = f"{read[_NAME].rsplit('/', 1)[-1]} {side}:"
        yield from _of_values(where, written, read, side)
        if side is Side.REQUEST:
            yield from _of_limits(where, written, read)
        if "properties" in written or "properties" in read:
            yield from self._of_fields(where, written, read, side)
        for part, name in (("items", "each item"), ("additionalProperties", "each value")):
            if isinstance(read.get(part), dict):
                inner = written.get(part)
                place = _inside(where, name)
                yield from self._inner(place, inner if isinstance(inner, dict) else {}, read[part], side)

    def _of_fields(self, where: str, written: Schema, read: Schema, side: Side) -> Iterator[str]:
        sent: Schema = written.get("properties", {})
        known: Schema = read.get("properties", {})
        always, needed = set(written.get("required", [])), set(read.get("required", []))
        for name, schema in known.items():
            place = _inside(where, name)
            if name in sent:
                if name in needed - always:
                    yield f"{place} " + ("is now required" if side is Side.REQUEST else "is no longer always there")
                yield from self._inner(place, sent[name], schema, side)
            elif side is Side.ANSWER:
                yield f"{place} was removed"
            elif name in needed:  # a client of old never sends it
                yield f"{place} is new and required"
        if side is Side.REQUEST:
            yield from (f"{_inside(where, name)} was removed" for name in sent if name not in known)

    def _inner(self, where: str, written: Schema, read: Schema, side: Side) -> Iterator[str]:
        old, new = (read, written) if side is Side.ANSWER else (written, read)
        yield from self.breaks(where, old, new, side)


def _inside(where: str, name: str) -> str:
    return f"{where} {name}" if where.endswith(":") else f"{where}, {name}"


def _merged(one: Schema, other: Schema) -> Schema:
    """Return what must hold when both do, as far as objects go."""
    fields = {**one.get("properties", {}), **other.get("properties", {})}
    needed = [*one.get("required", []), *other.get("required", [])]
    both = {**one, **other}
    return {**both, **({"properties": fields} if fields else {}), **({"required": needed} if needed else {})}


def _kinds(schema: Schema) -> set[str]:
    """Return the JSON types a plain schema's values have; empty: any."""
    if "type" in schema:
        return {schema["type"]}
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return {names.get(type(value), "null") for value in _values(schema) or []}


def _values(schema: Schema) -> list[Any] | None:
    """Return the only values a schema takes, if it lists them."""
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _takes_kind(written: Schema, read: Schema) -> bool:
    taken, given = _kinds(read), _kinds(written)
    if "number" in taken:
        taken.add("integer")
    return not taken or (bool(given) and given <= taken)


def _say_kind(where: str, written: Schema, read: list[Schema], side: Side) -> str:
    kinds = " or ".join(sorted(_kinds(written))) or "anything"
    if side is Side.ANSWER:
        return f"{where} may now be {kinds}"
    wanted = sorted({kind for schema in read for kind in _kinds(schema)})
    return f"{where} no longer takes {kinds}, only {' or '.join(wanted)}"


def _of_values(where: str, written: Schema, read: Schema, side: Side) -> Iterator[str]:
    known, sent = _values(read), _values(written)
    if known is not None:
        if sent is None:
            text = "takes only certain values now" if side is Side.REQUEST else "is no longer one of certain values"
            yield f"{where} {text}"
        elif side is Side.REQUEST:
            yield from (f"{where} no longer takes {value!r}" for value in sent if value not in known)
        elif "const" in read:  # a list in an answer may grow, see compatibility.py; a constant is a promise
            yield from (f"{where} may now be {value!r}" for value in sent if value not in known)
    if "format" in read and written.get("format") != read["format"]:
        text = "must now be" if side is Side.REQUEST else "is no longer"
        yield f"{where} {text} of the format {read['format']}"


def _of_limits(where: str, written: Schema, read: Schema) -> Iterator[str]:
    for key in _UPPER:
        if key in read and (key not in written or written[key] > read[key]):
            yield f"{where} has a tighter {key}, {read[key]}"
    for key in _LOWER:
        if read.get(key) and (key not in written or written[key] < read[key]):
            yield f"{where} has a tighter {key}, {read[key]}"
    if "multipleOf" in read and ("multipleOf" not in written or written["multipleOf"] % read["multipleOf"]):
        yield f"{where} must now be a multiple of {read['multipleOf']}"
    if read.get("uniqueItems") and not written.get("uniqueItems"):
        yield f"{where} must not hold one thing twice any more"
    if "pattern" in read and written.get("pattern") != read["pattern"]:
        yield f"{where} must now match {read['pattern']}"
