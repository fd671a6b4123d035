#!/usr/bin/env python3
"""edo as its users get it: installed, moved, packaged, and as a part of their tree.

Builds the library as `cmake --install` wants it, once plain and once checked, and the program in
consumer/ against it in each way that the README names. All of it is under build/install-test.
With one compiler the library and the programs are its own; else the first builds the library, and
pkg-config is also tried with the others."""
import os
import pathlib
import re
import shlex
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness import ROOT, STANDARD, Tally, options, parallel, run  # noqa: E402
from install import symbols  # noqa: E402

CONSUMER = ROOT / "tests" / "install" / "consumer"
BUILD_TIMEOUT_S = 1200
ONLY_THE_LIBRARY = [f"-DEDO_BUILD_{part}=OFF" for part in ("TESTS", "APPS", "EXAMPLES", "BENCHES")]
KIT_SAYS = "wakes 1, live 1\n"


def consumer_says(flavour):
    return f"task 42, host 127.0.0.1, {flavour}\n"


class Install:
    """The checks of one mode, static or shared, in the order in which main() runs them."""

    def __init__(self, chosen):
        self.tally = Tally()
        self.jobs = str(chosen.jobs)
        self.shared = chosen.shared
        self.compilers = list(chosen.compilers.values())
        self.compiler = self.compilers[0]
        self.work = ROOT / "build" / ("install-test-shared" if self.shared else "install-test")
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        # Nothing that the caller's shell says about packages may help or disturb.
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith("PKG_CONFIG") and
                    k not in ("DESTDIR", "LD_LIBRARY_PATH", "CMAKE_PREFIX_PATH", "edo_DIR")}

    def run(self, command, **more):
        env = self.env | {k: str(v) for k, v in more.pop("env", {}).items()}
        return run([str(word) for word in command], timeout=BUILD_TIMEOUT_S, env=env, **more)

    def must(self, text, command, **more):
        """The finished process, if it succeeded."""
        done = self.run(command, **more)
        self.tally.claim(done.returncode == 0, text, (done.stderr + done.stdout)[-4000:])
        return done if done.returncode == 0 else None

    def prints(self, text, expected, command, **more):
        done = self.run(command, **more)
        self.tally.claim(done.returncode == 0 and done.stdout == expected, f"{text}: runs",
                         f"exit code {done.returncode}\n{done.stdout}{done.stderr}")

    # ------------------------------------------------------------------------------ the library

    def configure_library(self, name, *more):
        """Configures it with all that may leak: hardening, strict mode, errors for warnings."""
        build = self.work / f"build-{name}"
        done = self.must(f"edo configures, {name}", [
            "cmake", "--preset", "shared" if self.shared else "release", "-S", ROOT, "-B", build,
            f"-DCMAKE_CXX_COMPILER={self.compiler}", "-DEDO_WERROR=ON", *ONLY_THE_LIBRARY, *more],
            cwd=ROOT)
        return build if done else None

    def install_library(self, name, *more):
        """The prefix where it is installed, or nothing."""
        build = self.configure_library(name, *more)
        prefix = self.work / f"prefix-{name}"
        held = build and self.must(f"edo builds, {name}",
                                   ["cmake", "--build", build, "-j", self.jobs])
        held = held and self.must(f"edo installs, {name}",
                                  ["cmake", "--install", build, "--prefix", prefix])
        return prefix if held else None

    # ------------------------------------------------------------------------ ways to consume it

    def cmake(self, name, *more):
        """Configures the consumer; the finished process."""
        launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
        return self.run(["cmake", "-S", CONSUMER, "-B", self.work / name, "-G", "Ninja",
                         f"-DCMAKE_CXX_COMPILER={self.compiler}", "-DCMAKE_BUILD_TYPE=Release",
                         "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", *launcher, *more])

    def consume(self, name, flavour, *more):
        """Configures, builds and runs the consumer; true if that got as far as running."""
        done = self.cmake(name, *more)
        self.tally.claim(done.returncode == 0, f"{name}: configures", done.stderr)
        if done.returncode != 0:
            return False
        self.no_leaks(name, flavour, done.stdout)
        build = self.work / name
        if not self.must(f"{name}: builds", ["cmake", "--build", build, "-j", self.jobs]):
            return False
        self.prints(name, consumer_says(flavour), [build / "consumer"])
        self.prints(f"{name}, the kit", KIT_SAYS, [build / "kit"])
        return True

    def no_leaks(self, name, flavour, configured):
        """The target asks for C++23, threads and the flavour, and for no other flag."""
        defines = ["EDO_SHARED"] * self.shared + ["EDO_CHECKED=1"] * (flavour == "checked")
        expected = {"COMPILE_OPTIONS": "value-NOTFOUND", "COMPILE_FEATURES": "cxx_std_23",
                    "COMPILE_DEFINITIONS": ";".join(defines) or "value-NOTFOUND",
                    "LINK_OPTIONS": "value-NOTFOUND", "LINK_LIBRARIES": "Threads::Threads"}
        found = dict(re.findall(r"edo::edo (\w+) \[(.*)\]", configured))
        self.tally.claim(found == expected, f"{name}: the properties of edo::edo",
                         f"expected {expected}\nfound    {found}")
        allowed = re.compile(r"-(o|c|O3|DNDEBUG|pthread|std=(c|gnu)\+\+2[3b]|I.*|isystem)")
        commands = (self.work / name / "compile_commands.json").read_text(encoding="utf-8")
        line = re.search(r'"command": "(.*main\.cpp)"', commands).group(1)
        flags = [word for word in shlex.split(line)
                 if word.startswith("-") and not allowed.fullmatch(word)]
        self.tally.claim(sorted(flags) == sorted(f"-D{define}" for define in defines),
                         f"{name}: the flags that the consumer is compiled with", " ".join(flags))

    def find_package(self, name, prefix, flavour="unchecked"):
        if not self.consume(name, flavour, f"-DCMAKE_PREFIX_PATH={prefix}"):
            return
        cache = (self.work / name / "CMakeCache.txt").read_text(encoding="utf-8")
        self.tally.claim(f"edo_DIR:PATH={prefix}/" in cache, f"{name}: finds this edo, no other")

    def pkg_config(self, name, prefix, compiler, flavour="unchecked"):
        """As the README says, and the way that Makefiles do."""
        package = next(prefix.rglob("edo.pc")).parent
        flags = self.must(f"{name}: pkg-config",
                          ["pkg-config", "--cflags", "--libs", "edo >= 0.1"],
                          env={"PKG_CONFIG_LIBDIR": package})
        if not flags:
            return
        expected = {STANDARD, "-ledo", *["-DEDO_CHECKED=1"] * (flavour == "checked"),
                    *["-DEDO_SHARED=1"] * self.shared}
        words = {word for word in shlex.split(flags.stdout) if not word.startswith(("-I", "-L"))}
        self.tally.claim(words == expected, f"{name}: the flags of edo.pc", flags.stdout)
        program = self.work / f"{name}-consumer"
        if self.must(f"{name}: builds", [
                compiler, "-O2", CONSUMER / "main.cpp", *shlex.split(flags.stdout), "-o", program]):
            self.prints(name, consumer_says(flavour), [program],
                        env={"LD_LIBRARY_PATH": package.parent} if self.shared else {})

    def add_subdirectory(self):
        name = "add_subdirectory"
        if not self.consume(name, "unchecked", f"-DEDO_SOURCE_DIR={ROOT}",
                            f"-DBUILD_SHARED_LIBS={'ON' if self.shared else 'OFF'}"):
            return
        build, prefix = self.work / name, self.work / "prefix-of-parent"
        listed = self.run(["ctest", "--test-dir", build, "-N"])
        self.tally.claim("Total Tests: 0" in listed.stdout, f"{name}: adds no test to the parent",
                         listed.stdout)
        self.must(f"{name}: the parent installs",
                  ["cmake", "--install", build, "--prefix", prefix])
        self.tally.claim(not prefix.exists(), f"{name}: the parent installs nothing of edo")

    # --------------------------------------------------------------------------- what must fail

    def wrong_requests(self, prefix):
        where = f"-DCMAKE_PREFIX_PATH={prefix}"
        for version in ("9", "0.2", "0.0"):
            done = self.cmake(f"version-{version}", where, f"-DEDO_VERSION={version}")
            self.tally.claim(done.returncode != 0 and "version: 0.1.0" in done.stderr,
                             f"edo {version} is not found, and CMake names the version it saw",
                             done.stderr)
        done = self.cmake("component", where, "-DEDO_COMPONENTS=nonsense")
        self.tally.claim(done.returncode != 0 and "no component nonsense" in done.stderr,
                         "a component that edo does not have is not found", done.stderr)

    def mixed_flavours(self, plain, checked):
        """Compiled by hand, with the flavour of the other library."""
        for prefix, flavour, define in ((checked, "unchecked", []),
                                        (plain, "checked", ["-DEDO_CHECKED=1"])):
            libraries = next(prefix.rglob("edo.pc")).parent.parent
            done = self.run([self.compiler, STANDARD, *define, f"-I{prefix}/include",
                             CONSUMER / "main.cpp", f"-L{libraries}", "-ledo", "-pthread",
                             "-o", self.work / f"mixed-{flavour}"])
            self.tally.claim(
                done.returncode != 0 and f"edo_abi_v0_{flavour}" in done.stderr,
                f"{flavour} code does not link with the other library, and the linker names why",
                f"exit code {done.returncode}\n{done.stderr}")

    # ------------------------------------------------------------------------ what is installed

    def contents(self, prefix):
        tree, installed = ({p.relative_to(top).as_posix(): p.read_bytes()
                            for p in top.rglob("*") if p.is_file()}
                           for top in (ROOT / "include", prefix / "include"))
        differ = sorted(name for name in tree.keys() | installed.keys()
                        if tree.get(name) != installed.get(name))
        self.tally.claim(tree and not differ, "the installed headers are those of include/",
                         "\n".join(differ))
        # The tree contains the build and the prefix: one search finds all three.
        texts = [p for p in prefix.rglob("*") if p.suffix in (".cmake", ".pc")]
        named = [p.name for p in texts if str(ROOT) in p.read_text(encoding="utf-8")]
        self.tally.claim(len(texts) > 4 and not named,
                         "the packages name neither the source tree nor the prefix",
                         "\n".join(named))

    def destdir(self):
        stage, prefix = self.work / "stage", self.work / "elsewhere"
        if not self.must("DESTDIR: installs", ["cmake", "--install", self.work / "build-plain",
                                               "--prefix", prefix], env={"DESTDIR": stage}):
            return
        self.tally.claim(not prefix.exists(), "DESTDIR: nothing is installed outside of it")
        staged = pathlib.Path(f"{stage}{prefix}")
        files = [p for p in stage.rglob("*") if p.is_file()]
        outside = [str(p) for p in files if not p.is_relative_to(staged)]
        self.tally.claim(files and not outside, "DESTDIR: what is in it is under the prefix",
                         "\n".join(outside))
        naming = [str(p) for p in files if str(stage).encode() in p.read_bytes()]
        self.tally.claim(not naming, "DESTDIR: no file mentions it", "\n".join(naming))

    def odd_directories(self):
        """edo.pc, where the directories are not lib and include; a configured tree has it."""
        away = self.work / "away"
        for name, libdir, includedir, expected in (
                ("deep", "lib/deep", "include/edo-0.1",
                 ["${pcfiledir}/../../..", "${prefix}/lib/deep", "${prefix}/include/edo-0.1"]),
                ("away", f"{away}/lib", f"{away}/include",
                 [f"{away}", f"{away}/lib", f"{away}/include"])):
            build = self.configure_library(name, f"-DCMAKE_INSTALL_PREFIX={away}",
                                           f"-DCMAKE_INSTALL_LIBDIR={libdir}",
                                           f"-DCMAKE_INSTALL_INCLUDEDIR={includedir}")
            if build:
                text = (build / "edo.pc").read_text(encoding="utf-8")
                found = re.findall(r"^(?:prefix|libdir|includedir)=(.*)$", text, re.MULTILINE)
                self.tally.claim(found == expected, f"edo.pc of odd directories, {name}", text)

    def shared_object(self, prefix):
        library = next(prefix.rglob("libedo.so"))
        exported = self.must("nm reads the library", ["nm", "-DC", "--defined-only", library])
        dynamic = self.must("readelf reads the library", ["readelf", "-dW", library])
        if exported and dynamic:
            symbols.check(self.tally, exported.stdout, dynamic.stdout)


def main():
    chosen = options(__doc__, shared="build the shared library, instead of the static one")
    test = Install(chosen)
    plain = test.install_library("plain")
    checked = test.install_library("checked", "-DEDO_CHECKED=ON")
    if not plain or not checked:
        return test.tally.end()
    test.contents(plain)
    if test.shared:
        test.shared_object(plain)
    moved = test.work / "moved" / "deeper"
    steps = [lambda: test.find_package("find_package", plain),
             lambda: test.find_package("find_package, checked", checked, "checked"),
             lambda: test.pkg_config("pkg-config, checked", checked, test.compiler, "checked"),
             lambda: test.wrong_requests(plain),
             lambda: test.mixed_flavours(plain, checked),
             test.add_subdirectory, test.destdir, test.odd_directories]
    steps += [lambda c=c: test.pkg_config(f"pkg-config, {c}", plain, c) for c in test.compilers]
    parallel(lambda step: step(), steps, chosen.jobs)
    moved.parent.mkdir()
    plain.rename(moved)
    parallel(lambda step: step(), [
        lambda: test.find_package("find_package, moved", moved),
        lambda: test.pkg_config("pkg-config, moved", moved, test.compiler)], chosen.jobs)
    return test.tally.end()


if __name__ == "__main__":
    sys.exit(main())
