"""Records, originals and log kept together: the only writer, and the only reader of the tables.

``Case`` opens a case (a folder with SQLite, or a PostgreSQL database with a
folder beside it); ``Case.change`` is the one write path, ``Case.read`` the one
read filter, ``verify`` recomputes everything.
"""
