"""`python -m tasks.metrics`."""

import os
import sys

from tasks.metrics.serving import main

if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # a reading that hangs must not keep the program from ending
