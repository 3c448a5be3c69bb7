"""`python -m tasks.deploying`: the deploy command of CI."""

import logging
import sys

from tasks.deploying.command import main

if __name__ == "__main__":
    logging.getLogger("prefect").setLevel(logging.ERROR)
    sys.exit(main(sys.argv[1:]))
