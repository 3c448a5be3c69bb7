"""Private PostgreSQL and MariaDB servers: own folder, own port, gone when this program ends.

`start_postgresql(folder)` and `start_mariadb(folder)` make the data on the first call and reuse it later.
Start them from a thread that lives as long as they should: on Linux they end with their starting thread.
"""

from demo.mariadb import MariaDb, start_mariadb
from demo.postgresql import Postgres, start_postgresql

__all__ = ["MariaDb", "Postgres", "start_mariadb", "start_postgresql"]
