"""A receiver of the webhook: knows that a POST is from Rexbit Flows, drops what it has had, clears what was written.

REXBIT_WEBHOOK_SECRET=... python webhook_receiver.py 8080
"""

import hashlib
import hmac
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["REXBIT_WEBHOOK_SECRET"].encode()
had: set[str] = set()  # a real one keeps this in a file or table, for a week


def is_ours(body: bytes, signature: str) -> bool:
    """Compare the header `Rexbit-Signature` with the signature of the bytes as they came, before they are parsed."""
    return hmac.compare_digest("sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest(), signature)


def clear(products: list[int]) -> None:
    """Clear what your shop caches of these products (`id_product`)."""
    print("clear", products, flush=True)


class Receiver(BaseHTTPRequestHandler):
    """Takes the POSTs."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Idempotency-Key"]
        ours = is_ours(body, self.headers.get("Rexbit-Signature", ""))
        if ours and key not in had:
            clear(json.loads(body)["products"])
            had.add(key)  # after the work: a POST that failed comes again under the same key
        self.send_response(204 if ours else 401)
        self.end_headers()


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
