"""The scenarios of cases after the estimates, filled in from the sources."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from willing.casebook.cases import FOLDER, read_cases
from willing.files import replacing
from willing.forecast.scenario_of_states import scenario
from willing.theory.scenario import toml_value

_WIDTH = 96


@dataclass(frozen=True)
class Setting:
    """What the sources cannot say of a case.

    Attributes
    ----------
    leader, target
        States; if the target is no state, the one on whose soil it stands.
    year
        The year of the crisis; values are those known when it begins.
    severity
        Of violence, as ICB counts it.
    remarks
        Why these choices, as the file says it.
    title
        What to call it.
    name, strength
        Of a target that is no state.
    aside
        States that are no candidates.
    """

    leader: str
    target: str
    year: int
    severity: int
    remarks: str
    title: str
    name: str | None = None
    strength: float | None = None
    aside: tuple[str, ...] = ()


SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        "libya-2011": Setting(
            leader="USA",
            target="Libya",
            year=2011,
            severity=3,
            remarks="severity is ours: Kosovo's, an air campaign without ground war.",
            title="Libya, 2011",
        ),
        "islamic-state-2014": Setting(
            leader="USA",
            target="Iraq",
            year=2014,
            severity=3,
            remarks=(
                "What is no state is in none of the sources: what is said of the target is said of "
                "Iraq, but for its strength. That is a guess, twice a country's share of the "
                "world's soldiers that 20,000 to 31,500 fighters would make, spread over the six "
                "parts of the index. Iraq and Syria, on whose soil it stood, are no candidates. "
                "severity is ours."
            ),
            title="The Islamic State, 2014",
            name="Islamic State",
            strength=0.0005,
            aside=("Syria",),
        ),
    }
)


def write_scenarios() -> None:
    """Write the scenario files of these cases into the package."""
    for name, setting in SETTINGS.items():
        with replacing(FOLDER / "scenarios" / f"{name}.toml") as path:
            path.write_text(made_scenario(setting, read_cases()[name].joined), encoding="utf-8")


def made_scenario(setting: Setting, joined: Sequence[str]) -> str:
    """Write one scenario file, a line a partner, with those who joined."""
    filled = scenario(setting.leader, setting.target, year=setting.year, severity=setting.severity)
    content = filled.to_dict()
    content["title"] = setting.title
    if setting.name is not None:
        content["target"] |= {"name": setting.name, "strength": setting.strength}
    partners = [each for each in content.pop("partners") if each["name"] not in setting.aside]
    first = (
        f"Filled in for a crisis of {setting.year} from the last years of the sources; `willing "
        f"scenario {setting.leader} {setting.target} --year {setting.year} --all` prints the year "
        "of every value."
    )
    said = [line for line in filled.remarks()[1:] if not line.startswith("cost and benefit")]
    lines = [
        f"# {line}"
        for remark in (first, *said, setting.remarks)
        for line in textwrap.wrap(remark, _WIDTH)
    ]
    lines += [f"title = {toml_value(content.pop('title'))}", "", "joined = ["]
    lines += [f"    {toml_value(each)}," for each in joined]
    lines += ["]", "", "partners = ["]
    lines += [f"    {{ {', '.join(_entries(each))} }}," for each in partners]
    lines.append("]")
    for table, values in content.items():
        lines += ["", f"[{table}]", *_entries(values)]
    return "\n".join([*lines, ""])


def _entries(values: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {toml_value(value)}" for key, value in values.items()]
