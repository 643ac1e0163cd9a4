"""Where the invented people live: cities of Georgia and Florida with their ZIPs and area codes, and invented streets.

Cities, ZIPs and area codes are real so that they agree with one another; streets and house numbers are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from contact_pipeline.sandbox.campaign.chance import Weighted, pick, words


@dataclass(frozen=True, slots=True)
class Place:
    """A city with the ZIPs and area codes used there."""

    city: str
    state: str
    zips: tuple[str, ...]
    area_codes: tuple[str, ...]
    weight: int


@dataclass(frozen=True, slots=True)
class Address:
    """A home as its owner would write it; `line_2` holds the unit."""

    line_1: str
    line_2: str
    city: str
    state: str
    zip_code: str


def _place(city: str, state: str, zips: str, area_codes: str, weight: int) -> Place:
    return Place(city, state, tuple(zips.split()), tuple(area_codes.split()), weight)


PLACES: tuple[Place, ...] = (
    _place("Athens", "GA", "30601 30605 30606 30607", "706 762", 130),
    _place("Atlanta", "GA", "30305 30306 30307 30309 30310 30311 30312 30316 30318 30319 30324 30327 30328 30331 30338 "
           "30339 30341 30342 30350", "404 470 678 770", 170),
    _place("Decatur", "GA", "30030 30032 30033 30034", "404 470 678", 35),
    _place("Marietta", "GA", "30060 30062 30064 30066 30067 30068", "770 678 470", 55),
    _place("Roswell", "GA", "30075 30076", "770 678 470", 35),
    _place("Alpharetta", "GA", "30004 30005 30009 30022", "770 678 470", 45),
    _place("Johns Creek", "GA", "30022 30097", "770 678 470", 25),
    _place("Lawrenceville", "GA", "30043 30044 30045 30046", "770 678 470", 35),
    _place("Duluth", "GA", "30096 30097", "770 678 470", 20),
    _place("Suwanee", "GA", "30024", "770 678 470", 20),
    _place("Cumming", "GA", "30028 30040 30041", "770 678 470", 30),
    _place("Gainesville", "GA", "30501 30504 30506 30507", "770 678 470", 20),
    _place("Watkinsville", "GA", "30677", "706 762", 25),
    _place("Monroe", "GA", "30655 30656", "770 678", 12),
    _place("Winder", "GA", "30680", "770 678", 10),
    _place("Peachtree City", "GA", "30269", "770 678", 18),
    _place("Kennesaw", "GA", "30144 30152", "770 678 470", 22),
    _place("Smyrna", "GA", "30080 30082", "770 678 470", 22),
    _place("Snellville", "GA", "30039 30078", "770 678 470", 16),
    _place("Savannah", "GA", "31401 31404 31405 31406 31419", "912", 30),
    _place("Statesboro", "GA", "30458 30461", "912", 10),
    _place("Augusta", "GA", "30901 30904 30906 30907 30909", "706 762", 26),
    _place("Macon", "GA", "31201 31204 31206 31210", "478", 20),
    _place("Warner Robins", "GA", "31088 31093", "478", 14),
    _place("Columbus", "GA", "31901 31903 31904 31907 31909", "706 762", 20),
    _place("Valdosta", "GA", "31601 31602 31605", "229", 10),
    _place("Albany", "GA", "31701 31705 31707 31721", "229", 10),
    _place("Jacksonville", "FL", "32202 32205 32207 32210 32216 32217 32223 32225 32244 32246 32256 32257 32258",
           "904 324", 60),
    _place("Tampa", "FL", "33602 33606 33609 33611 33613 33614 33618 33624 33629 33647", "813 656", 50),
    _place("St. Petersburg", "FL", "33701 33702 33703 33704 33705 33710 33713", "727", 25),
    _place("Clearwater", "FL", "33755 33756 33759 33761 33764", "727", 15),
    _place("Orlando", "FL", "32801 32803 32804 32806 32807 32812 32819 32822 32825 32828 32835", "407 689 321", 45),
    _place("Kissimmee", "FL", "34741 34743 34744 34746", "407 689 321", 12),
    _place("Miami", "FL", "33125 33127 33129 33130 33133 33134 33137 33143 33145 33155 33165 33173 33176 33186",
           "305 786 645", 60),
    _place("Hialeah", "FL", "33010 33012 33013 33014 33016 33018", "305 786 645", 18),
    _place("Fort Lauderdale", "FL", "33301 33304 33308 33309 33311 33312 33316", "954 754", 25),
    _place("Boca Raton", "FL", "33428 33431 33432 33433 33434 33486 33487 33496 33498", "561 728", 18),
    _place("West Palm Beach", "FL", "33401 33405 33407 33409 33411", "561 728", 18),
    _place("Port St. Lucie", "FL", "34952 34953 34983 34984 34986", "772", 10),
    _place("Tallahassee", "FL", "32301 32303 32304 32308 32309 32311 32312 32317", "850 448", 22),
    _place("Pensacola", "FL", "32501 32503 32504 32505 32506 32507", "850 448", 12),
    _place("Gainesville", "FL", "32601 32605 32606 32607 32608 32609", "352", 20),
    _place("Ocala", "FL", "34470 34471 34472 34474 34476", "352", 12),
    _place("Sarasota", "FL", "34231 34232 34233 34236 34238", "941", 14),
    _place("Naples", "FL", "34102 34103 34104 34108 34109 34119", "239", 12),
    _place("Fort Myers", "FL", "33901 33905 33907 33908 33912 33919", "239", 12),
    _place("Cape Coral", "FL", "33904 33909 33914 33990 33991", "239", 10),
    _place("Lakeland", "FL", "33801 33803 33805 33809 33810 33813", "863", 12),
    _place("Daytona Beach", "FL", "32114 32117 32118 32119", "386", 10),
    _place("Melbourne", "FL", "32901 32904 32934 32935 32940", "321", 12),
)  # fmt: skip

ANYWHERE: Weighted[Place] = Weighted((place, place.weight) for place in PLACES)
ATHENS: Place = PLACES[0]

STREET_NAMES: tuple[str, ...] = (
    *words(
        "Oak Maple Cedar Pine Magnolia Dogwood Peachtree Hickory Laurel Willow Chestnut Holly Birch Azalea Camellia "
        "Cypress Heron Pelican Osprey Egret Mockingbird Cardinal Bluebird Robin Quail Fox Deer Bear Turtle Gator "
        "Lakeshore Riverbend Creekside Brookstone Millbrook Meadow Orchard Harvest Prairie Hillcrest Highland "
        "Ridgeview Summit Valley Canyon Washington Jefferson Madison Monroe Jackson Lincoln Franklin Clayton Lumpkin "
        "Milledge Baxter Prince Dearing Cobb Church College University Market Mill Station Depot Harbor Bayshore "
        "Seminole Cherokee Oconee Chattahoochee Savannah Sunset Sunrise Lantern Colony Heritage Liberty Independence "
        "Victory Coronet Regency Windsor Cambridge Oxford Bristol Stewart Steiner Aptos Floral Suitor Unity Boxwood "
        "Plantation Tidewater Lighthouse Coral Palmetto Hibiscus Gardenia Jasmine Juniper Sycamore Hawthorne Wisteria "
        "Ivy Clover Thistle Fern Stonebridge Rockdale Ironwood Silverleaf Goldenrod "
    ),
    "Martin Luther King Jr", "Saint Charles", "Old Mill", "Cold Spring", "Indian River", "La Vista", "El Dorado",
)  # fmt: skip
"""Some begin like a unit word (Stewart, Steiner, Aptos): those broke suffix patterns without word boundaries."""

STREET_TYPES: Weighted[str] = Weighted(
    [("Street", 20), ("St", 18), ("Drive", 14), ("Dr", 14), ("Road", 8), ("Rd", 8), ("Avenue", 7), ("Ave", 8),
     ("Lane", 7), ("Ln", 7), ("Court", 5), ("Ct", 5), ("Circle", 3), ("Way", 5), ("Trail", 3), ("Place", 3),
     ("Boulevard", 2), ("Blvd", 2), ("Parkway", 1), ("Trce", 1)]
)  # fmt: skip

_DIRECTIONS: Weighted[str] = Weighted([("", 80), ("N ", 4), ("S ", 4), ("E ", 4), ("W ", 4), ("NW ", 2), ("SE ", 2)])
_UNIT_FORMS: tuple[str, ...] = ("Apt {}", "Apt {}", "Apt. {}", "Unit {}", "#{}", "# {}", "Apartment {}", "apt {}")


def street(rng: Random) -> str:
    """A house number and a street, for example `1412 NW Heron Ln`."""
    return f"{int(10 ** (1.5 + 2.5 * rng.random()))} {street_name(rng)}"


def street_name(rng: Random) -> str:
    """A street without a number, for example `NW Heron Ln`."""
    return f"{_DIRECTIONS.draw(rng)}{pick(rng, STREET_NAMES)} {STREET_TYPES.draw(rng)}"


def unit_number(rng: Random) -> str:
    """What follows `Apt`: `204`, `4B` or `C`."""
    form = rng.random()
    if form < 0.6:
        return str(rng.randrange(1, 13) * 100 + rng.randrange(1, 25))
    if form < 0.85:
        return f"{rng.randrange(1, 40)}{pick(rng, 'ABCDEFGH')}"
    return pick(rng, "ABCDEFGHJKLM")


def written_unit(rng: Random, unit: str) -> str:
    """One of the many ways people write a unit."""
    return pick(rng, _UNIT_FORMS).format(unit)


def home(rng: Random, place: Place, *, unit_share: float = 0.22) -> Address:
    """An address in `place`; `unit_share` of them are apartments."""
    unit = written_unit(rng, unit_number(rng)) if rng.random() < unit_share else ""
    return Address(street(rng), unit, place.city, place.state, pick(rng, place.zips))
