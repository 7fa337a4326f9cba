"""Under which names other people's tables hold our fields, beside what the records declare.

Words a declaration has no room for: parts of places and quantities, columns
that become records of their own (markings, sites), and what is said of how a
thing was found. Compared without case, accents and punctuation.
"""

from __future__ import annotations

PLACE = {
    "place_latitude": ("latitude", "lat", "gps latitude", "y", "latitud", "широта", "خط العرض",
                       "_latitude", "gps lat"),
    "place_longitude": ("longitude", "lon", "long", "lng", "gps longitude", "x", "longitud", "долгота",
                        "خط الطول", "довгота", "_longitude", "gps lon"),
    "place_precision": ("precision", "location precision", "accuracy class"),
    "place_locality": ("locality", "town", "city", "village", "ville", "commune", "ciudad",
                       "localidad", "municipio", "município", "город", "населенный пункт", "місто",
                       "مدينة", "المدينة", "قرية", "البلدة"),
    "place_district": ("district", "admin2", "county", "distrito", "район", "район/округ", "قضاء",
                       "المنطقة"),
    "place_province": ("province", "governorate", "region", "admin1", "oblast", "provincia",
                       "departamento", "département", "région", "область", "المحافظة", "محافظة",
                       "state/province"),
    "place_country": ("country found", "country of seizure", "country of recovery", "country found in",
                      "recovery country", "seizure country", "country of find", "pays de saisie",
                      "país de incautación", "страна изъятия", "بلد الضبط"),
    "place_verbatim": ("place", "place found", "where found", "found at", "coordinates", "gps", "coords",
                       "lieu", "lieu de saisie", "lieu de découverte", "lugar", "lugar de hallazgo",
                       "coordenadas", "coordonnées", "место", "место обнаружения", "место изъятия",
                       "координаты", "мiсце", "місце", "مكان", "المكان", "مكان الضبط", "الإحداثيات",
                       "local", "local da apreensão"),
}
QUANTITY = {
    "quantity_value": ("quantity", "qty", "qnty", "count", "number", "amount", "how many", "pieces", "quantité",
                       "nombre", "cantidad", "quantidade", "количество", "кол-во", "кількість",
                       "الكمية", "العدد", "عدد"),
    "quantity_unit": ("unit", "units", "ui", "uom", "unit of issue", "unité", "unidad", "unidade",
                      "единица", "ед.", "одиниця", "الوحدة"),
    "quantity_method": ("count method", "how counted", "counted by", "method of count"),
}
MONEY = {
    "value_amount": ("value", "amount paid", "price", "valeur", "valor", "стоимость", "القيمة"),
    "value_currency": ("currency", "devise", "moneda", "moeda", "валюта", "العملة"),
}
PARTS = {**PLACE, **QUANTITY, **MONEY}

# Columns of an items table that are markings of the item: kind of marking and names.
MARKINGS = {
    "serial": ("serial", "serial no", "serial number", "serial nr", "serial num", "serials", "serialno",
               "serial number 1", "s/n", "sn", "numéro de série", "no de série", "n° de série", "n de serie",
               "numero de serie", "n° de serie", "número de serie", "número de série", "nº de série",
               "серийный номер", "заводской номер", "номер", "серийный №", "серийный", "серійний номер",
               "الرقم التسلسلي", "رقم تسلسلي", "الرقم المتسلسل", "序列号", "编号", "seri numarası",
               "seriennummer"),
    "lot": ("lot", "lot no", "lot number", "batch", "batch no", "batch number", "lot nr", "numéro de lot",
            "n° de lot", "no de lot", "lote", "número de lote", "n° de lote", "партия", "номер партии",
            "партія", "رقم الدفعة", "الدفعة", "رقم التشغيلة", "批号"),
    "headstamp": ("headstamp", "head stamp", "marquage de culot", "culot", "marcaje de culote",
                  "клеймо на донце", "донное клеймо"),
    "part_number": ("part number", "part no", "pn", "p/n", "numéro de pièce", "número de pieza",
                    "номер детали", "رقم القطعة"),
    "date_code": ("date code",),
    "barcode": ("barcode", "bar code", "gtin", "ean", "code-barres", "código de barras", "штрихкод",
                "باركود"),
    "factory_code": ("factory code", "factory mark", "code usine", "код завода"),
    "unknown": ("marking", "markings", "marks", "marking text", "inscription", "stencil", "marquage",
                "marquages", "marcas", "marcaje", "marcação", "маркировка", "клеймо", "маркування",
                "العلامات", "علامة", "标记"),
}
SITE = ("site", "site name", "location", "location name", "cache", "cache site", "site of recovery",
        "recovery site", "nom du site", "sitio", "nombre del sitio", "объект", "місце знахідки",
        "الموقع", "موقع")
# How a thing left use, where the table of items says so itself.
RECOVERY = {
    "manner": ("manner", "recovery type", "how recovered", "manner of recovery", "circumstance type"),
    "finder": ("finder", "found by", "seized by", "recovered by", "unit", "saisi par", "incautado por",
               "кем изъято", "изъято кем", "ضبط من قبل"),
    "documented_on": ("documented on", "date documented", "date recorded", "inspection date",
                      "date of inspection"),
    "circumstances": ("circumstances", "context", "circonstances", "circunstancias", "обстоятельства",
                      "الظروف"),
    "armed_group": ("armed group", "group", "groupe armé", "grupo armado", "группировка", "الجماعة"),
}
# More names for plain fields, by kind and field.
FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    "item": {
        "item_type": ("weapon", "weapon description", "name", "item name", "kind", "arme", "type d'arme",
                      "arma", "tipo de arma", "descripción", "тип оружия", "вид оружия", "оружие",
                      "наименование", "зброя", "тип зброї", "نوع السلاح", "السلاح", "نوع", "类型",
                      "désignation", "objet"),
        "tag": ("id", "no", "ref", "reference", "item id", "case item", "n°", "référence",
                "numéro de scellé", "número", "№", "№ п/п", "رقم القطعة المضبوطة", "الرقم"),
        "make": ("fabricante/marca", "make/manufacturer", "марка", "изготовитель", "الشركة المصنعة",
                 "制造商", "brand name"),
        "model": ("make model", "mark/model", "type/model", "модель/тип", "الموديل", "型号"),
        "recovered_on": ("date recovered", "recovered", "seized on", "date of seizure", "date of find",
                         "date de saisie", "date de découverte", "fecha de incautación",
                         "fecha de hallazgo", "data da apreensão", "data", "дата изъятия",
                         "дата обнаружения", "дата вилучення", "تاريخ الضبط", "تاريخ", "日期"),
        "description": ("descripcion detallada", "описание", "الوصف", "опис"),
        "condition": ("condition of item", "الحالة", "стан"),
    },
    "transfer": {
        "goods": ("goods", "item", "item name", "description", "goods description", "description of goods",
                  "marchandise", "mercancía", "товар", "البضاعة"),
        "from_party": ("from", "seller", "exporter", "consignor", "shipper", "sender", "exportateur",
                       "exportador", "отправитель", "экспортер", "المرسل", "المصدر"),
        "to_party": ("to", "buyer", "importer", "consignee", "recipient", "end user", "destinataire",
                     "importador", "получатель", "импортер", "المستلم", "المستورد"),
        "from_place_country": ("country of export", "origin country", "country of origin", "from country"),
        "to_place_country": ("country of import", "destination", "destination country",
                             "country of destination", "to country"),
        "happened_on": ("date", "invoice date", "year", "fecha", "дата", "التاريخ"),
        "licence": ("licence", "license", "licence number", "license number", "euc"),
        "serials": ("serials", "serial numbers", "serial number", "serial range"),
        "lot": ("lot", "lot number", "batch"),
    },
    "site": {
        "name": ("nom", "nombre", "название", "назва", "الاسم", "اسم الموقع", "name of site"),
        "site_kind": ("type", "kind", "site type", "type de site", "tipo", "тип", "النوع"),
    },
    "party": {
        "country": ("pays", "país", "страна", "країна", "البلد", "country of registration"),
        "address": ("adresse", "dirección", "адрес", "العنوان"),
    },
    "tally": {
        "what": ("kind", "type", "category", "weapon"),
        "count": ("count", "number", "total", "n", "nombre", "cantidad", "количество"),
        "period": ("date", "year", "month", "period"),
    },
}
