"""Invented people for the corpus, and how each kind of cell writes them.

Making values belongs here. Which columns a layout has belongs to `layouts_open` and `layouts_held_out`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

NAMES = {
    "en": ("Dorothy Walter Naomi Clifford Megan Trevor Alicia Brandon Paige Russell Denise Howard Kelsey Wesley Joyce",
           "Holloway Pruitt Ashford Ridley Kessler Barlow Whitfield Tatum Ogden Strickland Merrill Vance Yates Crosby"),
    "es": ("Marisol Joaquín Lucía Ramiro Ximena Héctor Paloma Esteban Yolanda Rubén Carmen Andrés Beatriz Gonzalo",
           "Quintero Villanueva Peña Zambrano Arroyo Cárdenas Montalvo Escobedo Fuentes Ibarra Salcedo Reyes"),
    "fr": ("Geneviève Thierry Solange Étienne Margaux Loïc Colette Bastien Hélène Gaspard Odile Fabrice",
           "Lefebvre Marchand Beaulieu Girard Fontaine Chevalier Rousseau Delacroix Perrin Gauthier"),
    "pt": ("Thiago Larissa João Beatriz Caetano Fernanda Murilo Conceição Otávio Raquel Vinícius Luíza",
           "Carvalho Nogueira Figueiredo Azevedo Teixeira Moura Barbosa Queiroz Pacheco Rezende"),
    "de": ("Jürgen Annelise Matthias Ulrike Heinrich Sabine Lothar Käthe Torsten Greta Wolfgang Friederike",
           "Schneider Vogel Brandt Lindemann Hoffmann Kühn Zimmermann Krüger Baumann Scholz"),
    "ht": ("Wilner Mirlande Jean-Robert Guerda Fritznel Marie-Ange Roselaure Evens Nadège Kervens",
           "Toussaint Desrosiers Pierre-Louis Jean-Baptiste Dorvil Saint-Fleur Casimir Belizaire"),
    "it": ("Giancarlo Ornella Salvatore Chiara Vincenzo Lucrezia Gennaro Fiorella Raimondo Giulia",
           "Ferraro Bellini Marchetti Esposito Caruso Lombardi Galvani Pellegrini Rinaldi"),
}  # fmt: skip
"""First and last names by language."""

STREETS = ("Heron Ln", "Oak St", "Bayshore Blvd", "N Dale Mabry Hwy", "Pelican Way", "Magnolia Ave", "SW 8th St",
           "Cypress Ct", "Harbor View Dr", "E Fowler Ave", "County Road 540", "Palmetto Cir")  # fmt: skip
CITIES = (("Tampa", "Hillsborough", "33602"), ("St. Petersburg", "Pinellas", "33701"), ("Orlando", "Orange", "32801"),
          ("Miami", "Miami-Dade", "33130"), ("Jacksonville", "Duval", "32202"), ("Fort Myers", "Lee", "33901"),
          ("Gainesville", "Alachua", "32601"), ("Kissimmee", "Osceola", "34741"))  # fmt: skip
AREA_CODES = ("813", "727", "407", "305", "904", "239", "352", "321")
COMPANIES = ("Tidewater Clinic", "Bluefin Roofing LLC", "Self-employed", "Sunset Dental", "Retired",
             "Gulf Coast Credit Union", "Pinellas Schools", "Osprey Logistics, Inc.",
             "Mango Street Bakery")  # fmt: skip
TITLES = ("Nurse", "Teacher", "Owner", "Attorney", "Software engineer", "Project Manager", "Electrician", "Director")
NOTES = (
    "Met at the spring fair, wants to help with phones.",
    "Left voicemail 5/3",
    "Prefers evenings",
    "Speaks Spanish and Creole; has a car.",
    "Moved last year, check address",
    "Call back after the debate",
)
EVENTS = ("Spring Gala 2026", "Canvass kickoff", "Phone bank training", "Town hall Tampa", "5K Fun Run")
TAGS = ("volunteer-2026", "gala", "phonebank", "donor", "host", "newsletter", "vip", "do-not-mail")
PARTIES = ("DEM", "REP", "NPA", "LPF")
STATUSES_YES_NO = ("Yes", "No")


@dataclass(frozen=True)
class Person:
    """One invented person."""

    number: int
    first: str
    middle: str
    last: str
    email: str
    phone: str
    street: str
    unit: str
    city: str
    county: str
    zip: str
    born: date
    woman: bool
    chance: random.Random


def invented(count: int, seed: str, languages: str) -> list[Person]:
    """People whose names come from these languages (`en es`), always the same for the same seed."""
    chance = random.Random(f"corpus-{seed}")
    return [_person(number, chance, languages.split()) for number in range(1, count + 1)]


def _person(number: int, chance: random.Random, languages: list[str]) -> Person:
    firsts, lasts = NAMES[chance.choice(languages)]
    first, last = chance.choice(firsts.split()), chance.choice(lasts.split())
    city, county, zip_code = chance.choice(CITIES)
    mailbox = f"{_plain(first)}{chance.choice(('.', '_', ''))}{_plain(last)}{chance.choice(('', str(number)))}"
    return Person(
        number=number,
        first=first,
        middle=chance.choice("ABCDEGHJKLMNPRST"),
        last=last,
        email=f"{mailbox}@{chance.choice(('example.org', 'example.com', 'mail.example.net'))}",
        phone=f"{chance.choice(AREA_CODES)}55501{chance.randrange(100):02d}",
        street=f"{chance.randrange(1, 9900)} {chance.choice(STREETS)}",
        unit=chance.choice(("", "", "", f"Apt {chance.randrange(1, 40)}", f"#{chance.randrange(100, 999)}", "Unit B")),
        city=city,
        county=county,
        zip=zip_code,
        born=date(1940, 1, 1) + timedelta(days=chance.randrange(24_000)),
        woman=chance.random() < 0.5,
        chance=chance,
    )


def _plain(name: str) -> str:
    table = str.maketrans("áéíóúñüöäçãõêèàâïîôë", "aeiounuoacaoeeaaiioe")
    return "".join(letter for letter in name.lower().translate(table) if letter.isascii() and letter.isalpha())


def _phone(form: str) -> Callable[[Person], str]:
    return lambda p: form.format(a=p.phone[:3], b=p.phone[3:6], c=p.phone[6:])


def _mixed_phone(p: Person) -> str:
    return _phone(p.chance.choice(("({a}) {b}-{c}", "{a}-{b}-{c}", "{a}.{b}.{c}", "+1{a}{b}{c}", "1-{a}-{b}-{c}")))(p)


def _maybe(share: float, value: Callable[[Person], str]) -> Callable[[Person], str]:
    return lambda p: value(p) if p.chance.random() < share else ""


def _one_of(*values: str) -> Callable[[Person], str]:
    return lambda p: p.chance.choice(values)


def _day(p: Person, form: str = "%Y-%m-%d") -> str:
    return (date(2024, 1, 1) + timedelta(days=p.chance.randrange(900))).strftime(form)


def _other_number(p: Person) -> str:
    return f"{p.chance.choice(AREA_CODES)}-555-01{p.chance.randrange(100):02d}"


KINDS: dict[str, tuple[str, Callable[[Person], str]]] = {
    # kind: (the field it is, how it is written)
    "first": ("first_name", lambda p: p.first),
    "last": ("last_name", lambda p: p.last),
    "middle": ("middle_name", _maybe(0.6, lambda p: p.middle)),
    "full": ("full_name", lambda p: f"{p.first} {p.last}"),
    "fullmid": ("full_name", lambda p: f"{p.first} {p.middle}. {p.last}"),
    "lastfirst": ("full_name", lambda p: f"{p.last}, {p.first}"),
    "upperfull": ("full_name", lambda p: f"{p.first} {p.last}".upper()),
    "mixedfull": ("full_name", lambda p: p.chance.choice((f"{p.first} {p.last}", f"{p.last}, {p.first} {p.middle}"))),
    "prefix": ("prefix", _maybe(0.5, lambda p: "Mrs." if p.woman else "Mr.")),
    "suffix": ("suffix", _maybe(0.15, _one_of("Jr.", "Sr.", "III", "II", "MD"))),
    "nick": ("preferred_name", _maybe(0.4, lambda p: p.first[:4])),
    "email": ("email", lambda p: p.email),
    "upemail": ("email", lambda p: p.email.upper()),
    "email2": ("email", _maybe(0.3, lambda p: f"w.{p.email}")),
    "emails": ("email", lambda p: p.email if p.number % 3 else f"{p.email}; alt.{p.email}"),
    "phone": ("phone", _phone("({a}) {b}-{c}")),
    "dash": ("phone", _phone("{a}-{b}-{c}")),
    "dots": ("phone", _phone("{a}.{b}.{c}")),
    "digits": ("phone", _phone("{a}{b}{c}")),
    "e164": ("phone", _phone("+1{a}{b}{c}")),
    "mixed": ("phone", _mixed_phone),
    "phone2": ("phone", _maybe(0.4, _other_number)),
    "phones": ("phone", lambda p: _mixed_phone(p) if p.number % 3 else f"{_mixed_phone(p)} / {_other_number(p)}"),
    "street": ("address", lambda p: p.street),
    "streetunit": ("address", lambda p: f"{p.street} {p.unit}".strip()),
    "unit": ("unit", lambda p: p.unit),
    "city": ("city", lambda p: p.city),
    "state": ("state", lambda p: "FL" if p.number % 9 else "GA"),
    "statename": ("state", lambda p: "Florida" if p.number % 9 else "Georgia"),
    "zip": ("zip", lambda p: p.zip),
    "zip9": ("zip", lambda p: f"{p.zip}-{1000 + p.number}"),
    "country": ("country", lambda p: "United States"),
    "cc": ("country", lambda p: "US"),
    "fulladdr": ("full_address", lambda p: f"{p.street}{' ' + p.unit if p.unit else ''}, {p.city} FL {p.zip}"),
    "fulladdr2": ("full_address", lambda p: f"{p.street}, {p.city}, FL, {p.zip}, USA"),
    "citystzip": ("-", lambda p: f"{p.city}, FL {p.zip}"),
    "dob": ("birth_date", lambda p: p.born.isoformat()),
    "dobus": ("birth_date", lambda p: p.born.strftime("%m/%d/%Y")),
    "dobeu": ("birth_date", lambda p: p.born.strftime("%d.%m.%Y")),
    "dobeuslash": ("birth_date", lambda p: p.born.strftime("%d/%m/%Y")),
    "birthyear": ("birth_date", lambda p: str(p.born.year)),
    "monthday": ("-", lambda p: p.born.strftime("%m/%d")),
    "gender": ("gender", lambda p: "Female" if p.woman else "Male"),
    "sex": ("gender", lambda p: "F" if p.woman else "M"),
    "company": ("company", _one_of(*COMPANIES)),
    "title": ("title", _one_of(*TITLES)),
    "linkedin": (
        "linkedin",
        _maybe(0.6, lambda p: f"https://www.linkedin.com/in/{_plain(p.first + p.last)}-{p.number}"),
    ),
    "tags": ("tags", lambda p: ", ".join(p.chance.sample(TAGS, p.chance.randrange(0, 4)))),
    "emailok": ("email_consent", _one_of("yes", "yes", "no")),
    "emailok10": ("email_consent", _one_of("1", "0")),
    "emailoktf": ("email_consent", _one_of("TRUE", "FALSE")),
    "subscribed": ("email_consent", _one_of("subscribed", "subscribed", "unsubscribed")),
    "smsok": ("sms_consent", _one_of("Yes", "No", "")),
    "mailok": ("mail_consent", _one_of("yes", "no")),
    "emailout": ("email_opt_out", _one_of("", "", "", "yes")),
    "smsout": ("sms_opt_out", _one_of("FALSE", "FALSE", "TRUE")),
    "mailout": ("mail_opt_out", _one_of("No", "No", "Yes")),
    "allout": ("do_not_contact", _one_of("", "", "X")),
    "outday": ("email_opt_out", _maybe(0.2, _day)),
    "id": ("-", lambda p: str(48_120_000 + 7 * p.number)),
    "smallid": ("-", lambda p: str(p.number)),
    "longid": ("-", lambda p: f"61109823364117{p.number:05d}"),
    "tenid": ("-", lambda p: str(8_135_550_000 + p.number)),
    "code": ("-", lambda p: f"ROSTER-{p.number:04d}"),
    "recid": ("-", lambda p: "rec" + "".join(p.chance.choices("abcdefghijkmnpqrstuvwxyzABCDEFGHJK23456789", k=14))),
    "uuid": ("-", lambda p: f"{p.chance.getrandbits(32):08x}-0b1c-4d2e-9f3a-{p.chance.getrandbits(48):012x}"),
    "amount": ("-", lambda p: f"{p.chance.choice((5, 10, 25, 50, 100, 250))}.00"),
    "money": ("-", lambda p: f"${p.chance.choice((5, 25, 50, 100, 1250)):,}.00"),
    "count": ("-", lambda p: str(p.chance.randrange(0, 12))),
    "fiveint": ("-", lambda p: str(p.chance.randrange(10_000, 60_000))),
    "score": ("-", lambda p: f"{p.chance.random() * 100:.1f}"),
    "age": ("-", lambda p: str(2026 - p.born.year)),
    "day": ("-", _day),
    "dayus": ("-", lambda p: _day(p, "%m/%d/%Y")),
    "moment": ("-", lambda p: _day(p, "%Y-%m-%d 08:14:09")),
    "momentz": ("-", lambda p: _day(p, "%Y-%m-%dT08:14:09Z")),
    "yesno": ("-", _one_of("Yes", "No")),
    "truefalse": ("-", _one_of("true", "false")),
    "note": ("-", _maybe(0.5, _one_of(*NOTES))),
    "note2": ("-", _maybe(0.5, lambda p: f'{p.chance.choice(NOTES)}\nsecond line, with "quotes"')),
    "event": ("-", _one_of(*EVENTS)),
    "ticket": ("-", _one_of("General Admission", "VIP", "Table sponsor")),
    "word": ("-", _one_of("web", "import", "form", "event")),
    "county": ("-", lambda p: p.county),
    "party": ("-", _one_of(*PARTIES)),
    "precinct": ("-", lambda p: f"{p.chance.randrange(100, 999)}"),
    "ip": ("-", lambda p: f"203.0.113.{p.number % 250}"),
    "url": ("-", _maybe(0.4, lambda p: f"https://www.example.org/p/{p.number}")),
    "handle": ("-", _maybe(0.3, lambda p: f"@{_plain(p.last)}{p.number}")),
    "lat": ("-", lambda p: f"27.{p.chance.randrange(100_000, 999_999)}"),
    "lon": ("-", lambda p: f"-82.{p.chance.randrange(100_000, 999_999)}"),
    "blank": ("-", lambda p: ""),
    "currency": ("-", lambda p: "USD"),
    "zone": ("-", lambda p: "America/New_York"),
    "lang": ("-", _one_of("English", "Spanish", "en", "es")),
    "shirt": ("-", _one_of("S", "M", "L", "XL")),
    "shift": ("-", _one_of("Morning", "Afternoon", "Evening")),
    "kindofphone": ("-", _one_of("mobile", "home", "work")),
    "kindofemail": ("-", _one_of("* Home", "Work", "Other")),
    "otherfull": ("-", _maybe(0.4, lambda p: f"Pat {p.last}")),
    "otherfirst": ("-", _maybe(0.4, lambda p: "Pat")),
    "otherlast": ("-", _maybe(0.4, lambda p: p.last)),
    "otheremail": ("-", _maybe(0.4, lambda p: f"pat.{p.email}")),
    "otherphone": ("-", _maybe(0.4, _other_number)),
    "otherstreet": ("-", _maybe(0.6, lambda p: f"{p.number + 100} Commerce Park Blvd")),
    "othercity": ("-", _maybe(0.6, _one_of("Atlanta", "Tampa"))),
    "otherstate": ("-", _maybe(0.6, _one_of("GA", "FL"))),
    "otherzip": ("-", _maybe(0.6, _one_of("30303", "33609"))),
    "othercountry": ("-", _maybe(0.6, _one_of("US"))),
    "fax": ("-", _maybe(0.2, _other_number)),
    "destreet": ("address", lambda p: f"{p.chance.choice(('Hauptstraße', 'Lindenweg', 'Am Markt'))} {p.number}"),
    "deplz": ("zip", lambda p: str(10_000 + 13 * p.number)),
    "decity": ("city", _one_of("Köln", "München", "Leipzig", "Bremen")),
    "frstreet": ("address", lambda p: f"{p.number} rue {p.chance.choice(('de la Paix', 'Victor Hugo', 'du Moulin'))}"),
    "frzip": ("zip", lambda p: str(69_000 + p.number)),
    "frcity": ("city", _one_of("Lyon", "Nantes", "Montréal", "Lille")),
    "ouinon": ("email_consent", _one_of("Oui", "Non")),
    "sino": ("email_consent", _one_of("Sí", "No")),
    "simnao": ("sms_consent", _one_of("Sim", "Não")),
    "janein": ("email_consent", _one_of("Ja", "Nein")),
    "wino": ("sms_consent", _one_of("Wi", "Non")),
}
