"""Arabic in tables: its digits, its months, and what columns are called, as the English that patterns are made of."""

from __future__ import annotations

import unicodedata

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹\u066c\u066b\u060c", "01234567890123456789,.,")
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069\u0640"))
"""Marks of direction, which spreadsheets leave in cells, and the stroke that stretches a word."""
_HEADS = {
    "site": "الموقع|موقع|الموقع الحالي|مكان النزوح|موقع النزوح|المكان",
    "site name": "اسم الموقع|اسم المكان",
    "camp": "المخيم|مخيم",
    "camp name": "اسم المخيم",
    "village": "القرية|المدينة|البلدة|المحلة|التجمع",
    "district": "المديرية|القضاء|المحلية|المقاطعة",
    "region": "المنطقة|الاقليم|الجهة",
    "state": "الولاية|المحافظة",
    "country": "البلد|الدولة",
    "date": "التاريخ|تاريخ|تاريخ التسجيل|تاريخ الاحصاء|اليوم",
    "persons": "عدد الاشخاص|الاشخاص|اجمالي الاشخاص",
    "individuals": "عدد الافراد|الافراد|اجمالي الافراد",
    "displaced persons": "عدد النازحين|النازحون|النازحين|اعداد النازحين|اجمالي النازحين|الاشخاص النازحون",
    "refugees": "عدد اللاجئين|اللاجئون|اللاجئين",
    "returnees": "العائدون|العائدين|عدد العائدين",
    "population": "السكان|عدد السكان",
    "households": "عدد الاسر|الاسر|العائلات|عدد العائلات|الاسر النازحة",
    "female": "الاناث|اناث|النساء|نساء",
    "male": "الذكور|ذكور|الرجال|رجال",
    "children": "الاطفال|اطفال",
    "latitude": "خط العرض|دائرة العرض",
    "longitude": "خط الطول",
    "capacity": "السعة|الطاقة الاستيعابية|القدرة الاستيعابية",
    "opens": "تاريخ الافتتاح|تاريخ الفتح",
    "closes": "تاريخ الاغلاق",
    "pcode": "الرمز|رمز الموقع",
    "full name": "الاسم الكامل|الاسم الثلاثي|الاسم الرباعي|اسم رب الاسرة|رب الاسرة",
    "phone": "الهاتف|رقم الهاتف|الجوال|رقم الجوال",
    "id number": "رقم الهوية|رقم البطاقة|الرقم الوطني|رقم جواز السفر",
    "total": "المجموع|مجموع|الاجمالي|اجمالي|المجموع الكلي|الاجمالي العام",
}
_MONTHS = {
    "january": "يناير|جانفي|كانون الثاني",
    "february": "فبراير|فيفري|شباط",
    "march": "مارس|اذار",
    "april": "ابريل|افريل|نيسان",
    "may": "مايو|ماي|ايار",
    "june": "يونيو|جوان|حزيران",
    "july": "يوليو|جويلية|تموز",
    "august": "اغسطس|اوت|اب",
    "september": "سبتمبر|ايلول",
    "october": "اكتوبر|تشرين الاول",
    "november": "نوفمبر|تشرين الثاني",
    "december": "ديسمبر|كانون الاول",
}


def western_digits(text: str) -> str:
    """Return a text with Arabic and Persian digits as 0 to 9, and without marks of direction.

    Their marks between thousands and of decimals become ``,`` and ``.``.
    """
    return text if text.isascii() else text.translate(_DIGITS).translate(_MARKS).strip()


def in_english(text: str) -> str:
    """Return what a column, a row of a sum or a date is called in English, where it is so in Arabic; else the text."""
    if not any("\u0600" <= letter <= "\u06ff" for letter in text[:200]):
        return text
    plain = _plain(western_digits(text[:200]))
    for head, words in _HEADS.items():
        if plain in words.split("|"):
            return head
    for month, words in _MONTHS.items():
        for word in sorted(words.split("|"), key=len, reverse=True):
            # A month stands between its day and its year, and alone it is none.
            if f" {word} " in f" {plain} " and any(letter.isdigit() for letter in plain):
                return f" {plain} ".replace(f" {word} ", f" {month} ").strip()
    return western_digits(text)


def _plain(text: str) -> str:
    """Letters without their marks: alif with and without hamza are one, as people write them."""
    letters = unicodedata.normalize("NFKD", text)
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(kept.replace("ى", "ي").strip(" :*").split())
