"""Words of the synthetic catalogue: what things are called, who makes them, what shops write by hand."""

from __future__ import annotations

NOUNS = (
    ("Wiertarka", "Drill"),
    ("Szlifierka kątowa", "Angle grinder"),
    ("Młotek ślusarski", "Machinist's hammer"),
    ("Klucz nasadowy", "Socket wrench"),
    ("Latarka czołowa", "Head torch"),
    ("Żarówka", "Light bulb"),
    ("Kabel zasilający", "Power cord"),
    ("Przedłużacz ogrodowy", "Garden extension lead"),
    ("Wąż ogrodowy", "Garden hose"),
    ("Kosiarka", "Lawn mower"),
    ("Rękawice robocze", "Work gloves"),
    ("Kask ochronny", "Safety helmet"),
    ("Taśma miernicza", "Measuring tape"),
    ("Poziomica", "Spirit level"),
    ("Skrzynka narzędziowa", "Toolbox"),
    ("Zestaw śrubokrętów", "Screwdriver set"),
    ("Lutownica", "Soldering iron"),
    ("Piła ręczna", "Hand saw"),
    ("Drabina", "Ladder"),
    ("Myjka ciśnieniowa", "Pressure washer"),
)
KINDS = (
    ("kolor czarny, nowa partia", "black, new batch"),
    ("kolor żółty", "yellow"),
    ("Pro", "Pro"),
    ("Mini", "Mini"),
    ("z walizką", "with case"),
    ("bez opakowania", "loose"),
    ("wersja wzmocniona", "reinforced"),
    ('24"', '24"'),
    ("1/2 cala", "1/2 inch"),
    ("dla leworęcznych", "left-handed"),
    ("L'Atelier", "L'Atelier"),
    ("rozmiar XXL – długi trzonek", "XXL – long handle"),
)
MANUFACTURERS = (
    ("ALF", "Alfa Narzędzia"),
    ("BRD", "Bród & Synowie"),
    ("KNT", "Kontakt"),
    ("LMX", "Lumex"),
    ("OGR", "Ogród Plus"),
    ("SAW", "Sawicki"),
    ("TOR", "Toruńska Fabryka"),
    ("ZBR", "Żubr"),
)
SIZES = ("S", "M", "L", "XL", "XXL", "3XL")
SUPPLIERS = {1: "Acme Hurt", 2: "Baltic Trade"}  # id_supplier -> name
LANGUAGES = {  # iso_code -> name, language_code, locale
    "pl": ("Polski", "pl", "pl-PL"),
    "en": ("English", "en-us", "en-US"),
    "de": ("Deutsch", "de", "de-DE"),
    "cs": ("Čeština", "cs-cz", "cs-CZ"),
}
NOW_BY_HAND = {"pl": "W magazynie, wysyłka w 24 h", "en": "In stock, ships within 24 h"}
LATER_BY_HAND = {"pl": "Na zamówienie – zapytaj o termin", "en": "Made to order – ask for the date"}
LATER_UNMANAGED = {"pl": "Produkujemy sami: 3 tygodnie", "en": "Made by us: 3 weeks"}
