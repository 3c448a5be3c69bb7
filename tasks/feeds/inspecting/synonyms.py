"""What suppliers call the fields (Polish, English, German, Czech): to propose a mapping, never to read by it.

Names are without case, accents and signs between words; the more telling ones stand first.
"""


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SYNONYMS = {
    "ean": _names("ean ean13 kodean gtin gtin13 barcode kodkreskowy eanupc eanupccode upc eancode"),
    "stock_quantity": _names(
        "stockquantity quantity stanmagazynowy namagazynie stan stany stanmag magazyn ilosc iloscsztuk stock qty"
        " instock dostepnailosc quantityinstock bestand lagerbestand menge anzahl skladem pocet pocetkusu centralstock"
        " quantity24h wariantstanmagazynowy"
    ),
    "is_available": _names(
        "isavailable availability dostepnosc dostepny czydostepny available verfugbarkeit verfugbar dostupnost"
    ),
    "delivery_days": _names(
        "deliverydays termindostawy czasdostawy terminrealizacji terminwysylki czaswysylki wysylka termin dostawa"
        " deliverytime deliverydate dostawadni delivery leadtime shippingtime lieferzeit liefertermin"
        " dodacidoba dodani avail"
    ),
    "purchase_price": _names(
        "purchaseprice purchasepricenet cenazakupu cenazakupunetto cenanetto cenahurtowa cenabruttohurt cenahurt"
        " pricenet netprice pricenetto cena price nettopreis einkaufspreis ekpreis preis cenabezdph cenabrutto"
        " pricegross net pricevat"
    ),
    "sku": _names(
        "sku symbol kodproduktu kodtowaru symboltowaru indeks indekstowaru index numerkatalogowy nrkatalogowy"
        " kodproducenta codeproducer mpn productcode itemcode articlenumber artikelnummer artnr partnumber"
        " vendorpartnumber reference referencja kod code productno katalogovecislo"
    ),
    "supplier_sku": _names(
        "suppliersku kodwdostawcy koddostawcy suppliercode id idproduktu productid itemid kodwewnetrzny supplieraid"
    ),
    "available_later": _names("availablelater opisdostepnosci availabilitytext availabilitydescription"),
    "name": _names("name nazwa nazwaproduktu nazwatowaru productname title tytul bezeichnung artikelname nazev opis"),
}
