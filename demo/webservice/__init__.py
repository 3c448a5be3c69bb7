"""A stand-in for PrestaShop's Webservice, over the tables of a shop on MariaDB, for tests and benchmarks.

It behaves as the Webservices of installed 1.6.1, 1.7.8, 8.2 and 9.1 shops were seen to; the version is the one in the
shop's `configuration`. What was not seen was read in PrestaShop's sources:

- the order of the checks; a switched-off shop redirects like an unknown one, so does `id_shop=all`; id_group_shop
  reads as one shop and writes to all of the group; a key without the shop: 403, code 132; a row of another shop: 404,
  code 131;
- a list of stock rows holds those of the shop *and* those of its group, whichever of them counts;
- dates filter and sort only with `date=1`; brackets within a filter's value switch the filter off;
- only active languages are shown, but with `language=[1|2]`; a PUT empties the inactive ones as well;
- a text without `<language>` nodes goes to all languages; line breaks and tags are lost; `<>={}` are refused;
- all fields of an entity are validated, also those that a PATCH didn't send;
- several entities in one body are written one after the other; the first that is refused ends the request, and those
  before it stay written; the id in the address plays no part; a body without entities is answered 200;
- a write of a combination's stock row sets the quantity of the product's row to the sum; all columns of a stock row
  are written back as they were read, also by PATCH;
- a write in a shop that a product doesn't belong to makes its rows there;
- JSON: `id` is a number in all versions; with `display` a single one stands in a list; a language without a row is a
  PHP warning, thus 500; of several entities written only the last is shown.

Not held: POST and DELETE, images, categories and other resources, the shop's hooks and caches.
"""

from demo.webservice.asking import Request
from demo.webservice.faults import Fault
from demo.webservice.records import Record, Requests
from demo.webservice.server import KEY, Webservice, start_webservice

__all__ = ["KEY", "Fault", "Record", "Request", "Requests", "Webservice", "start_webservice"]
