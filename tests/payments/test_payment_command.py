"""`willing payments` finds a crisis as the other commands do."""

from command_line import run


def test_a_crisis_is_named_by_number_or_by_name() -> None:
    """Both give the same account; a name that no crisis has ends in a message and code 2."""
    named = run("payments", "gulf war")
    assert named.returncode == 0
    assert named.stdout == run("payments", "393").stdout
    assert "Turkey" in named.stdout
    wrong = run("payments", "atlantis")
    assert wrong.returncode == 2
    assert "no crisis 'atlantis'" in wrong.stderr
