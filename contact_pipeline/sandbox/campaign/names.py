"""The stock of names: first names and surnames with a heavy tail like the real US one, and what people are called.

Faker's en_US lists carry census weights but end after 1,000 surnames, so that every second person would be a
namesake; the tail is made of Spanish and other lists and of compounds (Ashford, Beckwith). Lists are read as data;
every draw uses the caller's own random generator.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from random import Random

from contact_pipeline.sandbox.campaign.chance import Weighted, heavy_tail, pick, words

FEMALE, MALE = "female", "male"
SPANISH = "spanish"
AMERICAN = "american"
ORIGINS = {"de_DE": "german", "it_IT": "italian", "fr_FR": "french", "en_IN": "indian", "nl_NL": "dutch"}
"""Locale of a list of surnames → what its names are called in the truth."""

_STEMS = words(
    "Ash Beck Black Bram Brook Buck Burn Cald Carl Chad Clay Cran Dal Dart Dun Ed Elling Fair Farn Faw Fen Gal "
    "Gil Glen Gold Grim Had Hal Harg Hart Hather Haw Hazel Heath Hol Horn Hux Ing Kel Ken Kings Lang Lark Led Lin "
    "Lock Long Lud Mal March Mar Med Mel Mid Mor Nor North Oak Os Pem Pen Pick Pres Quar Rad Ran Red Rock Ros "
    "Rush Sal Sand Shel Ship Stan Stock Strat Sut Swin Tal Thorn Til Tren Tun Under Wal War Wake Wen West Whit "
    "Wick Wil Win Wood Wor Wrex Wyn Yar York "
)
_ENDINGS = words(
    "ford ton well ley wood worth field ham by more ridge stone land man son dale hurst combe gate wick ington "
    "croft shaw bourne bury ster cott low row sley "
)

_SPANISH_HEAD = words(
    "García Rodríguez Martínez Hernández López González Pérez Sánchez Ramírez Torres Flores Rivera Gómez Díaz "
    "Reyes Morales Cruz Ortiz Gutiérrez Chávez Ramos Ruiz Álvarez Mendoza Vásquez Castillo Jiménez Moreno Romero "
    "Herrera "
)
"""The commonest Spanish surnames in the United States, commonest first."""

_MODERN_FEMALE = words(
    "Aaliyah Keisha Latoya Imani Nia Ebony Shanice Tanisha Lakeisha Zariah Priya Ananya Lakshmi Mei Xiomara Thuy "
    "Linh Yuna Soo-Jin Amara Chiamaka Fatima Aisha Zainab Layla Mackenzie Brynlee Kinsley Harper Everleigh "
    "Anneliese Marybeth "
)
_MODERN_MALE = words(
    "DeShawn Tyrone Jamal Malik Darnell Marquis Terrell Jaquan Darius Kareem Raj Arjun Rohan Wei Minh Tuan Emeka "
    "Chidi Omar Hassan Yusuf Ibrahim Jaxon Bryson Easton Grayson Maverick Beau Tripp Thatcher "
)

_CALLED = (
    "Abigail Abby Gail, Alexander Alex Xander, Alexandra Alex Sandra, Alexandria Lexi Alex, Alexis Lexi Alex, "
    "Allison Allie, Amanda Mandy, Andrea Andi, Andrew Andy Drew, Anthony Tony, Barbara Barb Barbie, Benjamin Ben "
    "Benji, Bradley Brad, Cameron Cam, Catherine Cathy Kate, Charles Charlie Chuck, Christina Tina Chris, "
    "Christine Chris Tina, Christopher Chris Topher, Cynthia Cindy, Daniel Dan Danny, David Dave, Deborah Debbie "
    "Deb, Donald Don, Dorothy Dot Dottie, Douglas Doug, Edward Ed Eddie Ted, Elizabeth Liz Beth Lizzie, Francisco "
    "Paco Frank, Frederick Fred, Gabriel Gabe, Gabriella Gabby, Gregory Greg, Guadalupe Lupe, Isabella Izzy "
    "Bella, Isabel Izzy, Jacob Jake, Jacqueline Jackie, James Jim Jimmy Jamie, Jeffrey Jeff, Jennifer Jen Jenny, "
    "Jessica Jess Jessie, John Jack Johnny, Jonathan Jon, Joseph Joe Joey, José Pepe, Joshua Josh, Katherine Kate "
    "Katie Kathy, Kathleen Kathy Kate, Kathryn Katie Kathy, Kenneth Ken Kenny, Kimberly Kim, Lawrence Larry, "
    "Leonard Leo Len, Madeline Maddie, Madison Maddie, Margaret Maggie Peggy Meg, Matthew Matt, Michael Mike "
    "Mikey, Michelle Shelly, Mohammed Mo, Morgan Mo, Nathan Nate, Nathaniel Nate, Nicholas Nick Nicky, Nicole "
    "Nikki, Olivia Liv, Pamela Pam, Patricia Pat Patty Trish, Patrick Pat, Peter Pete, Philip Phil, Raymond Ray, "
    "Rebecca Becky Becca, Richard Rick Dick Rich, Robert Bob Rob Bobby, Ronald Ron Ronnie, Samantha Sam, Samuel "
    "Sam Sammy, Sandra Sandy, Sarah Sally, Stephanie Steph, Stephen Steve, Steven Steve, Susan Sue Susie, "
    "Theodore Ted Theo, Theresa Terri Tess, Thomas Tom Tommy, Timothy Tim, Valerie Val, Victoria Vicky Tori, "
    "Vincent Vinny Vince, Virginia Ginny, William Bill Will Billy, Zachary Zach "
)

NICKNAMES: dict[str, tuple[str, ...]] = {
    name: tuple(called) for name, *called in (words(entry) for entry in _CALLED.split(","))
}
"""What Americans call one another. Some (Katie, Paco, Lupe, Izzy, Mo) are missing from public nickname lists."""

TWIN_NAMES: tuple[tuple[str, str, str], ...] = (
    ("Emma", "Ella", FEMALE), ("Ethan", "Evan", MALE), ("Hannah", "Heather", FEMALE), ("Jayden", "Jordan", MALE),
    ("Madison", "Morgan", FEMALE), ("Jacob", "Joshua", MALE), ("Matthew", "Michael", MALE), ("Taylor", "Tyler", MALE),
    ("Faith", "Hope", FEMALE), ("Olivia", "Sophia", FEMALE), ("Daniel", "David", MALE), ("Chloe", "Claire", FEMALE),
    ("Landon", "Logan", MALE), ("Megan", "Molly", FEMALE), ("Brian", "Ryan", MALE), ("Ava", "Anna", FEMALE),
)  # fmt: skip
"""Pairs parents choose for twins, with the gender of both."""


@dataclass(frozen=True)
class NameStock:
    """Weighted lists to draw from."""

    female: Weighted[str]
    male: Weighted[str]
    spanish_female: Weighted[str]
    spanish_male: Weighted[str]
    surnames: Weighted[tuple[str, str]]

    def surname(self, rng: Random) -> tuple[str, str]:
        """A surname and its origin, which decides which first names go with it."""
        return self.surnames.draw(rng)

    def first(self, rng: Random, gender: str, origin: str) -> str:
        """A first name; three in five bearers of a Spanish surname have a Spanish one."""
        if origin == SPANISH and rng.random() < 0.6:
            return (self.spanish_female if gender == FEMALE else self.spanish_male).draw(rng)
        return (self.female if gender == FEMALE else self.male).draw(rng)


def _faker_names(locale: str, attribute: str) -> list[tuple[str, float]]:
    """A list of Faker's with its weights; heavy-tailed ones where it has none, in alphabetical order either way."""
    provider = import_module(f"faker.providers.person.{locale}").Provider
    names = getattr(provider, attribute)
    if hasattr(names, "items"):
        return sorted((str(name), float(weight)) for name, weight in names.items())
    usable = sorted({name for name in names if " " not in name and "-" not in name} - set(_SPANISH_HEAD))
    tail = Random(f"{locale} {attribute}").sample(usable, len(usable))
    return heavy_tail([*(_SPANISH_HEAD if locale == "es_MX" and attribute == "last_names" else ()), *tail])


def _scaled(pairs: list[tuple[str, float]], share: float, origin: str) -> list[tuple[tuple[str, str], float]]:
    total = sum(weight for _, weight in pairs)
    return [((name, origin), weight / total * share) for name, weight in pairs]


def _compounds() -> list[tuple[str, float]]:
    names = sorted({stem + ending for stem in _STEMS for ending in _ENDINGS})
    return heavy_tail(Random("compound surnames").sample(names, len(names)), exponent=0.6)


def _first_names(attribute: str, modern: tuple[str, ...]) -> Weighted[str]:
    listed = _faker_names("en_US", attribute)
    total = sum(weight for _, weight in listed)
    return Weighted([*listed, *((name, total * 0.06 / len(modern)) for name in modern)])


@cache
def name_stock() -> NameStock:
    """The stock, built once: 42 % census surnames, 14 % Spanish, 26 % compounds, 18 % from other countries' lists."""
    surnames = _scaled(_faker_names("en_US", "last_names"), 0.42, AMERICAN)
    surnames += _scaled(_faker_names("es_MX", "last_names"), 0.14, SPANISH)
    surnames += _scaled(_compounds(), 0.26, AMERICAN)
    for locale, origin in ORIGINS.items():
        surnames += _scaled(_faker_names(locale, "last_names"), 0.036, origin)
    return NameStock(
        female=_first_names("first_names_female", _MODERN_FEMALE),
        male=_first_names("first_names_male", _MODERN_MALE),
        spanish_female=Weighted(_faker_names("es_MX", "first_names_female")),
        spanish_male=Weighted(_faker_names("es_MX", "first_names_male")),
        surnames=Weighted(surnames),
    )


def called(rng: Random, first: str) -> str:
    """A nickname of `first`, or `first` itself where none is known."""
    return pick(rng, NICKNAMES[first]) if first in NICKNAMES else first


def may_be_one(first: str, second: str) -> bool:
    """Whether two first names are one, or one stands for the other."""
    return first == second or first in NICKNAMES.get(second, ()) or second in NICKNAMES.get(first, ())


def with_nickname(rng: Random, gender: str) -> str:
    """A first name that has nicknames, of the given gender; the commoner ones come more often."""
    stock = name_stock()
    for _ in range(200):
        first = (stock.female if gender == FEMALE else stock.male).draw(rng)
        if first in NICKNAMES:
            return first
    return "Elizabeth" if gender == FEMALE else "Robert"
