"""Find a state by what people call it: name, COW code, COW abbreviation or ISO 3166 code."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import cache

from willing.errors import ScenarioError
from willing.sources.names_by_date import OTHER_NAMES
from willing.sources.states import members, state_system
from willing.texts import quoted

# ISO 3166-1 alpha-3 by COW code, of the states of today and of those whose code was withdrawn.
_ISO_CODES = """
2 USA 20 CAN 31 BHS 40 CUB 41 HTI 42 DOM 51 JAM 52 TTO 53 BRB 54 DMA 55 GRD 56 LCA 57 VCT 58 ATG
60 KNA 70 MEX 80 BLZ 90 GTM 91 HND 92 SLV 93 NIC 94 CRI 95 PAN 100 COL 101 VEN 110 GUY 115 SUR
130 ECU 135 PER 140 BRA 145 BOL 150 PRY 155 CHL 160 ARG 165 URY 200 GBR 205 IRL 210 NLD 211 BEL
212 LUX 220 FRA 221 MCO 223 LIE 225 CHE 230 ESP 232 AND 235 PRT 255 DEU 265 DDR 290 POL 305 AUT
310 HUN 315 CSK 316 CZE 317 SVK 325 ITA 331 SMR 338 MLT 339 ALB 341 MNE 343 MKD 344 HRV 345 SRB
346 BIH 347 XKX 349 SVN 350 GRC 352 CYP 355 BGR 359 MDA 360 ROU 365 RUS 366 EST 367 LVA 368 LTU
369 UKR 370 BLR 371 ARM 372 GEO 373 AZE 375 FIN 380 SWE 385 NOR 390 DNK 395 ISL 402 CPV 403 STP
404 GNB 411 GNQ 420 GMB 432 MLI 433 SEN 434 BEN 435 MRT 436 NER 437 CIV 438 GIN 439 BFA 450 LBR
451 SLE 452 GHA 461 TGO 471 CMR 475 NGA 481 GAB 482 CAF 483 TCD 484 COG 490 COD 500 UGA 501 KEN
510 TZA 516 BDI 517 RWA 520 SOM 522 DJI 530 ETH 531 ERI 540 AGO 541 MOZ 551 ZMB 552 ZWE 553 MWI
560 ZAF 565 NAM 570 LSO 571 BWA 572 SWZ 580 MDG 581 COM 590 MUS 591 SYC 600 MAR 615 DZA 616 TUN
620 LBY 625 SDN 626 SSD 630 IRN 640 TUR 645 IRQ 651 EGY 652 SYR 660 LBN 663 JOR 666 ISR 670 SAU
679 YEM 680 YMD 690 KWT 692 BHR 694 QAT 696 ARE 698 OMN 700 AFG 701 TKM 702 TJK 703 KGZ 704 UZB
705 KAZ 710 CHN 712 MNG 713 TWN 731 PRK 732 KOR 740 JPN 750 IND 760 BTN 770 PAK 771 BGD 775 MMR
780 LKA 781 MDV 790 NPL 800 THA 811 KHM 812 LAO 816 VNM 817 VDR 820 MYS 830 SGP 835 BRN 840 PHL
850 IDN 860 TLS 900 AUS 910 PNG 920 NZL 935 VUT 940 SLB 946 KIR 947 TUV 950 FJI 955 TON 970 NRU
983 MHL 986 PLW 987 FSM 990 WSM
"""
ISO: dict[int, str] = {int(code): iso for code, iso in re.findall(r"(\d+) ([A-Z]{3})", _ISO_CODES)}
"""ISO 3166-1 alpha-3 codes by COW code."""

# Names of up to so many letters are initials, as UK and USSR.
_INITIALS = 4
# Names in use beside those of the Correlates of War, and those of other days (`OTHER_NAMES`).
_ALSO = {
    "america": 2,
    "united states": 2,
    "us": 2,
    "uk": 200,
    "britain": 200,
    "great britain": 200,
    "holland": 210,
    "czechia": 316,
    "bosnia": 346,
    "ussr": 365,
    "russian federation": 365,
    "cote d'ivoire": 437,
    "congo-brazzaville": 484,
    "congo-kinshasa": 490,
    "dr congo": 490,
    "drc": 490,
    "turkiye": 640,
    "uae": 696,
    "people's republic of china": 710,
    "republic of china": 713,
    "dprk": 731,
    "republic of korea": 732,
    "timor-leste": 860,
}


def find_state(name: str | int, day: date) -> int:
    """Give the COW code of a member of the state system.

    Parameters
    ----------
    name
        Its name (the beginning is enough where only one state has it), a common other name, its
        COW code, COW abbreviation or ISO 3166 code; upper and lower case and accents are alike.
    day
        The day on which it must be a member.

    Returns
    -------
    int

    Raises
    ------
    ScenarioError
        If there is none or more than one; the message says who may have been meant.
    """
    wanted = plain(str(name))
    present = dict(members(day).select("ccode", "name").iter_rows())
    found = {code for code in codes_called(wanted) if code in present}
    if not found and wanted:
        named = {code: plain(name) for code, name in present.items()}
        found = {code for code in named if named[code].startswith(wanted)}
        found = found or {code for code in named if wanted in named[code].split()}
    if len(found) == 1:
        return found.pop()
    if found:
        alike = ", ".join(f"{present[code]} ({code})" for code in sorted(found))
        raise ScenarioError(
            f"{quoted(str(name))} may be {alike}; give the whole name or the COW code"
        )
    if gone := codes_called(wanted):
        spells = state_system().filter(ccode=min(gone))
        raise ScenarioError(
            f"{spells['name'][0]} was no member of the state system on {day}; it was one from "
            + ", from ".join(
                f"{start} to {end or 'now'}" for start, end in spells.select("start", "end").rows()
            )
        )
    raise ScenarioError(f"there is no state {quoted(str(name))}{_meant(wanted, present.values())}")


def plain(name: str) -> str:
    """Give a name without accents, in lower case."""
    letters = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def codes_called(name: str) -> frozenset[int]:
    """Give the codes of all states, of whatever time, that a name or code can mean."""
    return _known().get(plain(name), frozenset())


def names_of(code: int) -> frozenset[str]:
    """Give the names that a state has had."""
    return frozenset(state_system().filter(ccode=code)["name"])


@cache
def _known() -> dict[str, frozenset[int]]:
    """The codes of the states by everything that they are called."""
    called: dict[str, set[int]] = {}
    for code, abbreviation, name in (
        state_system().select("ccode", "abbreviation", "name").iter_rows()
    ):
        for each in (name, abbreviation, str(code), ISO.get(code, "")):
            called.setdefault(plain(each), set()).add(code)
    for code, name, _, _ in OTHER_NAMES:
        called.setdefault(plain(name), set()).add(code)
    for each, code in _ALSO.items():
        called.setdefault(each, set()).add(code)
    del called[""]
    return {each: frozenset(codes) for each, codes in called.items()}


def _meant(wanted: str, names: Iterable[str]) -> str:
    also = [each.upper() if len(each) <= _INITIALS else each.title() for each in _ALSO]
    others = [*also, *(name for _, name, _, _ in OTHER_NAMES)]
    by_plain = {plain(name): name for name in (*others, *names)}
    near = difflib.get_close_matches(wanted, by_plain, n=3, cutoff=0.6)
    if near:
        return f"; did you mean {' or '.join(by_plain[each] for each in near)}?"
    return "; give a name, a COW code, a COW abbreviation or an ISO 3166 code of three letters"
