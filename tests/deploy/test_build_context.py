import fnmatch

from tests.deploy.files import ROOT, stage


def test_the_build_context_holds_what_the_dockerfile_copies_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    assert patterns[0] == "*", "everything is left out that is not named"
    let_in = {pattern[1:] for pattern in patterns if pattern.startswith("!")}
    copied = {source for instruction in stage("build").every("COPY") for source in instruction.words[:-1]}
    for source in copied:
        assert any(fnmatch.fnmatch(name, source) for name in let_in), f"{source} is copied and not let in"
    for name in let_in:
        assert any(fnmatch.fnmatch(name, source) for source in copied), f"{name} is let in and not copied"


def test_python_s_caches_stay_out() -> None:
    assert "**/__pycache__" in (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
