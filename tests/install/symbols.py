"""What a shared library of edo gives to the programs that load it, as nm and readelf tell it."""
import re

from harness import ROOT

# How C++ names what it makes of a class or a function, before the name itself.
MADE_OF = re.compile(r"^(typeinfo for|typeinfo name for|vtable for|VTT for|guard variable for|"
                     r"(non-)?virtual thunk to) ")
OWN = re.compile(r"^edo::v0::|^edo_abi_v0_|\bstd::.*\bedo::v0::")
# Templates of the C++ library are exported from whatever uses them: its headers say so.
STANDARD = re.compile(r"^\w+ [WVu] (?!.*\bedo::v0::).*\bstd::")
NAMED = re.compile(r"edo::v0::(?:(?:detail|test)::)?(\w+)|(edo_abi_v0_\w+)")
# The C++ library and what it stands on; edo needs nothing else.
SYSTEM = re.compile(r"lib(stdc\+\+|m|gcc_s|c|pthread)\.so\.\d+|ld-linux-.*")


def check(tally, exported, dynamic):
    """Of `nm -DC --defined-only` and `readelf -dW`."""
    names = [MADE_OF.sub("", line.split(None, 2)[2]) for line in exported.splitlines()
             if not STANDARD.match(line)]
    foreign = [name for name in names if not OWN.search(name)]
    tally.claim(names and not foreign, "the library exports edo and nothing else",
                "\n".join(foreign))
    headers = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "include").rglob("*.hpp"))
    words = set(re.findall(r"\w+", headers))
    private = sorted({name for name in names for match in [NAMED.match(name)]
                      if match and (match.group(1) or match.group(2)) not in words})
    tally.claim(not private, "what the library exports stands in a public header",
                "\n".join(private))
    tally.claim(re.search(r"\(SONAME\).*\[libedo\.so\.0\.1\]", dynamic),
                "SONAME has the version", dynamic)
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)
    tally.claim(needed and all(SYSTEM.fullmatch(name) for name in needed),
                "the library needs the C++ library and no other", "\n".join(needed))
    tally.claim(not re.search(r"\((RPATH|RUNPATH)\)", dynamic),
                "the installed library looks for others in no special directory", dynamic)
