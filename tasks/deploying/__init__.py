"""Deploying from CI: check the project's files, show what differs from the server, and bring the server up to date.

`python -m tasks.deploying` is its door. The files own connections, mapping, limits and cron; the server owns what is
paused; an edit made in the UI stops it until a person says which of the two counts.
"""
