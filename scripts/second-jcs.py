#!/usr/bin/env python3
"""A second implementation of the project's digests, written from RFC 8785 and the contract alone, standard library only.

    scripts/second-jcs.py test/fixtures/hashing           writes preimages/ from cases.json and inputs/
    scripts/second-jcs.py test/fixtures/hashing --check   exits 1 when a file on disk differs

Each case names the parts of one preimage; the file that is written has exactly those bytes, so `sha256sum` of it is the digest.
"""
import gzip
import hashlib
import json
import math
import pathlib
import sys


def canonical(value):
    """RFC 8785 text of a JSON value."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return string(value)
    if isinstance(value, int):
        if abs(value) >= 2**53:
            raise ValueError("integer beyond 2^53")
        return str(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    members = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be"))
    return "{" + ",".join(string(key) + ":" + canonical(member) for key, member in members) + "}"


SHORT = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}


def string(text):
    out = []
    for char in text:
        code = ord(char)
        if code in SHORT:
            out.append(SHORT[code])
        elif code < 32:
            out.append("\\u%04x" % code)
        elif 0xD800 <= code <= 0xDFFF:
            raise ValueError("lone surrogate")
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


def number(value):
    """The shortest digits that read back to the same double, laid out as ECMAScript does."""
    if not math.isfinite(value):
        raise ValueError("not finite")
    if value == 0:
        return "0"
    if value < 0:
        return "-" + number(-value)
    mantissa, _, exponent = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + ("" if fraction == "0" else fraction)
    point = len(whole) + int(exponent or 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    digits = stripped.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return digits + "0" * (point - count)
    if 0 < point <= 21:
        return digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    sign = "+" if point > 0 else "-"
    tail = "e" + sign + str(abs(point - 1))
    return digits[0] + ("." + digits[1:] if count > 1 else "") + tail


def sort_arrays(value):
    """Every array as a set: sorted by the bytes of its items' canonical text."""
    if isinstance(value, list):
        return sorted((sort_arrays(item) for item in value), key=lambda item: canonical(item).encode())
    if isinstance(value, dict):
        return {key: sort_arrays(member) for key, member in value.items()}
    return value


def load(path):
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return json.loads(raw.decode("utf-8"))


def part_bytes(part, folder, digests):
    kind = part["part"]
    if kind == "text":
        return part["text"].encode("utf-8")
    if kind == "hex":
        return bytes.fromhex(part["hex"])
    if kind == "digest_of":
        return digests[part["case"]].encode()
    if kind == "bytes":
        return (folder / "inputs" / part["file"]).read_bytes()
    assert kind == "jcs", kind
    value = load(folder / "inputs" / part["file"])
    for key in part.get("at", []):
        value = value[key]
    if "pick" in part:
        value = {key: value[key] for key in part["pick"]}
    for owner, keys in part.get("pick_in", {}).items():
        value = {**value, owner: {key: value[owner][key] for key in keys}}
    for key in part.get("omit", []):
        value = {name: member for name, member in value.items() if name != key}
    if part.get("sort_arrays"):
        value = sort_arrays(value)
    return canonical(value).encode("utf-8")


def main(folder, check):
    out = folder / "preimages"
    out.mkdir(exist_ok=True)
    digests, wrong, names = {}, [], set()
    for case in json.loads((folder / "cases.json").read_text("utf-8"))["cases"]:
        content = b"".join(part_bytes(part, folder, digests) for part in case["parts"])
        digests[case["name"]] = hashlib.sha256(content).hexdigest()
        packed = case.get("gzip", False)
        path = out / (case["name"] + (".bin.gz" if packed else ".bin"))
        names.add(path.name)
        on_disk = None
        if path.exists():
            on_disk = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
        if on_disk == content:
            continue
        wrong.append(path.name)
        if not check:
            path.write_bytes(gzip.compress(content, mtime=0) if packed else content)
    for path in out.iterdir():
        if path.name not in names:
            wrong.append(path.name)
            if not check:
                path.unlink()
    for name in wrong:
        print(("differs: " if check else "wrote ") + name)
    return 1 if check and wrong else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), "--check" in sys.argv[2:]))
