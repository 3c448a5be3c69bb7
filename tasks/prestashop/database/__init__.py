"""A shop reached through its MySQL or MariaDB database."""
